package watchdog

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/harkvoice/hark/internal/function"
)

func TestHTTPEnviron(t *testing.T) {
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h[pairs[i]] = append(h[pairs[i]], pairs[i+1])
		}
		return h
	}
	for _, c := range []struct {
		name string
		call function.HTTP
		want []string
	}{
		{
			"the request line, as the classic watchdog gives it",
			function.HTTP{Method: "POST", Path: "/a b", Query: "x=1&y=", Host: "hark:8080", ContentLength: 5},
			[]string{"Http_Method=POST", "Http_Path=/a b", "Http_Query=x=1&y=", "Http_Host=hark:8080", "Http_ContentLength=5", "Http_Content_Length=5"},
		},
		{
			"a body of unknown length",
			function.HTTP{Method: "POST", ContentLength: -1},
			[]string{"Http_Method=POST", "Http_Transfer_Encoding=chunked"},
		},
		{
			"headers, with several values joined",
			function.HTTP{Header: header("X-Hub-Signature-256", "sha256=ab", "Accept", "text/plain", "Accept", "*/*")},
			[]string{"Http_X_Hub_Signature_256=sha256=ab", "Http_Accept=text/plain, */*", "Http_ContentLength=0", "Http_Content_Length=0"},
		},
		{
			"Proxy is left out: it would become HTTP_PROXY (CVE-2016-5385)",
			function.HTTP{Header: header("Proxy", "http://evil", "proxy", "http://evil", "PROXY", "http://evil"), ContentLength: -1},
			[]string{"Http_Transfer_Encoding=chunked"},
		},
		{
			"no header stands in for the request line",
			function.HTTP{Method: "GET", Path: "/", Header: header("Method", "DELETE", "Path", "/admin", "Query", "a", "Host", "evil",
				"Contentlength", "9", "Content-Length", "9", "Content_length", "9", "Transfer-Encoding", "x", "Transfer_encoding", "x")},
			[]string{"Http_Method=GET", "Http_Path=/", "Http_ContentLength=0", "Http_Content_Length=0"},
		},
		{
			"names that are no variables' are left out",
			function.HTTP{Header: header("", "x", "A=B", "x", "A.B", "x", "A B", "x", "Ä", "x", "A\x00", "x", "!#$", "x", "OK", "y"), ContentLength: -1},
			[]string{"Http_OK=y", "Http_Transfer_Encoding=chunked"},
		},
		{
			"NUL, which no environment can hold",
			function.HTTP{Method: "GET", Path: "/a\x00b", Query: "q\x00", Header: header("X-A", "a\x00b"), ContentLength: -1},
			[]string{"Http_Method=GET", "Http_Transfer_Encoding=chunked"},
		},
		{
			"two headers for one variable: the usual spelling counts",
			function.HTTP{Header: header("X_1", "forged", "X-1", "true"), ContentLength: -1},
			[]string{"Http_X_1=true", "Http_Transfer_Encoding=chunked"},
		},
		{
			"no header reaches the names of a voice call",
			function.HTTP{Header: header("ALEXA_INTENT", "Unlock", "Alexa-Intent", "Unlock"), ContentLength: -1},
			[]string{"Http_ALEXA_INTENT=Unlock", "Http_Alexa_Intent=Unlock", "Http_Transfer_Encoding=chunked"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, HTTPEnviron(&c.call), sorted); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

var sorted = cmpopts.SortSlices(strings.Compare)

func FuzzHTTPEnviron(f *testing.F) {
	f.Add("POST", "/a", "x=1", "Proxy", "http://evil", int64(3))
	f.Add("GET", "\x00", "", "Method", "DELETE", int64(-1))
	f.Add("", "", "", "X_1", "a\x00", int64(0))
	f.Fuzz(func(t *testing.T, method, path, query, name, value string, length int64) {
		call := function.HTTP{Method: method, Path: path, Query: query, ContentLength: length, Header: http.Header{
			name:                               {value, value},
			http.CanonicalHeaderKey(name):      {value},
			strings.ReplaceAll(name, "-", "_"): {value},
		}}
		seen := map[string]bool{}
		for _, pair := range HTTPEnviron(&call) {
			variable, _, _ := strings.Cut(pair, "=")
			if !strings.HasPrefix(variable, "Http_") || strings.EqualFold(variable, "Http_Proxy") {
				t.Errorf("%q crosses", pair)
			}
			if strings.IndexByte(pair, 0) >= 0 {
				t.Errorf("%q holds a NUL", pair)
			}
			if seen[variable] {
				t.Errorf("%s is there twice", variable)
			}
			seen[variable] = true
			if variable == "Http_Method" && pair != "Http_Method="+method {
				t.Errorf("%q of a request %q", pair, method)
			}
		}
	})
}

func TestVoiceEnviron_LetsOnlyVoiceVariablesCross(t *testing.T) {
	got := VoiceEnviron(map[string]string{
		"ALEXA_INTENT":         "ChangeColor",
		"ALEXA_SLOT_LEDCOLOR":  "light = red\n",
		"ALEXA_SLOT_EMPTY":     "",
		"ALEXA_":               "no name",
		"ALEXA_slot":           "small letters",
		"ALEXA_A=B":            "an assignment",
		"ALEXA_A\n":            "a line more",
		"XALEXA_A":             "another prefix",
		"PATH":                 "/evil",
		"LD_PRELOAD":           "/evil.so",
		"":                     "nothing",
		"ALEXA_SLOT_WITH_ZERO": "a\x00b",
		"ALEXA_Ä":              "another alphabet",
	})
	want := []string{"ALEXA_INTENT=ChangeColor", "ALEXA_SLOT_EMPTY=", "ALEXA_SLOT_LEDCOLOR=light = red\n"}
	if diff := cmp.Diff(want, got, sorted); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInherit(t *testing.T) {
	parent := []string{"PATH=/bin", "HOME=/root", "HARK_STATE=/secret", "ALEXA_INTENT=forged", "Http_Method=forged", "EMPTY=", "TRACEPARENT=forged"}
	got := Inherit(parent, map[string]string{"HOME": "/srv", "COLOR": "a=b", "ALEXA_SLOT_X": "forged", "Http_Path": "forged"})
	want := []string{"COLOR=a=b", "EMPTY=", "HOME=/srv", "PATH=/bin"}
	if diff := cmp.Diff(want, got, sorted); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !slices.Contains(parent, "HOME=/root") {
		t.Error("the parent's environment was changed")
	}
}
