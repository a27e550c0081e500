package lambda

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestParsePrelude(t *testing.T) {
	for _, c := range []struct {
		name, text string
		status     int
		want       http.Header
	}{
		{"nothing said", `{}`, 200, http.Header{}},
		{"what AWS documents", `{"statusCode":201,"headers":{"k":"v"},"cookies":["a=b","c=d; Path=/"]}`, 201, http.Header{"K": {"v"}, "Set-Cookie": {"a=b", "c=d; Path=/"}}},
		{"of API Gateway", `{"headers":{"a":"1"},"multiValueHeaders":{"A":["2","3"]}}`, 200, http.Header{"A": {"1", "2", "3"}}},
		{"numbers of JavaScript", `{"statusCode":"404","headers":{"a":1,"b":true,"c":null}}`, 404, http.Header{"A": {"1"}, "B": {"true"}, "C": {""}}},
		{"blanks around", " {\"statusCode\":599}\n", 599, http.Header{}},
		{"what it does not know", `{"isBase64Encoded":false,"body":{}}`, 200, http.Header{}},
		{"about the connection", `{"headers":{"connection":"x","Transfer-Encoding":"chunked","content-length":7,"Upgrade":"h2c","keep-alive":"1",
			"proxy-authenticate":"x","Proxy-Connection":"x","te":"x","trailer":"x","x-proxy":"stays"}}`, 200, http.Header{"X-Proxy": {"stays"}}},
		{"a cookie as a header", `{"headers":{"set-cookie":"a=b"},"cookies":["c=d"]}`, 200, http.Header{"Set-Cookie": {"a=b", "c=d"}}},
		{"a name twice", `{"headers":{"x-a":"2","X-A":"1"}}`, 200, http.Header{"X-A": {"1", "2"}}},
	} {
		status, got, err := parsePrelude([]byte(c.text))
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil || status != c.status {
			t.Errorf("%s: %d, %v, (-want +got):\n%s", c.name, status, err, diff)
		}
	}
}

func TestParsePrelude_RefusesWhatNoAnswerCanHave(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":               "",
		"null":                  "null",
		"a list":                "[]",
		"two objects":           "{}{}",
		"a status of none":      `{"statusCode":0}`,
		"a status in advance":   `{"statusCode":101}`,
		"no such status":        `{"statusCode":600}`,
		"a negative status":     `{"statusCode":-200}`,
		"half a status":         `{"statusCode":200.5}`,
		"a status in words":     `{"statusCode":"OK"}`,
		"a list of a status":    `{"statusCode":[200]}`,
		"a header of lists":     `{"headers":{"a":["b"]}}`,
		"a header without name": `{"headers":{"":"b"}}`,
		"a blank in a name":     `{"headers":{"a b":"c"}}`,
		"a colon in a name":     `{"headers":{"a:":"c"}}`,
		"another header":        `{"headers":{"a":"b\r\nSet-Cookie: c=d"}}`,
		"another body":          `{"headers":{"a":"b\n\nbody"}}`,
		"a NUL":                 `{"headers":{"a":"b\u0000"}}`,
		"a cookie and another":  `{"cookies":["a=b\nX: y"]}`,
		"many headers of one":   `{"multiValueHeaders":{"a":["b","c\rd"]}}`,
		"a letter beyond ASCII": `{"headers":{"ä":"b"}}`,
	} {
		if status, h, err := parsePrelude([]byte(text)); err == nil || len(err.Error()) > 200 {
			t.Errorf("%s: %d, %v, %v", name, status, h, err)
		}
	}
}

func TestSplitPrelude_HoweverItComes(t *testing.T) {
	end := strings.Repeat("\x00", 8)
	for _, c := range []struct{ name, head, rest string }{
		{"no body", "{}", ""},
		{"a body", "{}", "body"},
		{"a body of NULs", "{}", "\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"an empty head", "", "body"},
		{"the longest", strings.Repeat(" ", maxPrelude), strings.Repeat("x", 1<<20)},
	} {
		for how, as := range map[string]func(io.Reader) io.Reader{"at once": func(r io.Reader) io.Reader { return r }, "by bytes": iotest.OneByteReader, "by halves": iotest.HalfReader, "with its end": iotest.DataErrReader} {
			from := as(strings.NewReader(c.head + end + c.rest))
			head, rest, err := splitPrelude(from)
			if err != nil || string(head) != c.head {
				t.Errorf("%s %s: %d bytes, %v", c.name, how, len(head), err)
			}
			if more, err := io.ReadAll(from); err != nil || string(rest)+string(more) != c.rest {
				t.Errorf("%s %s: then %d and %d bytes, %v", c.name, how, len(rest), len(more), err)
			}
		}
	}
}

func TestSplitPrelude_ReadsNoMoreThanItHasTo(t *testing.T) {
	endless := iotest.OneByteReader(io.MultiReader(strings.NewReader(strings.Repeat(" ", maxPrelude+100)), iotest.ErrReader(errGone)))
	if _, _, err := splitPrelude(endless); !errors.Is(err, errPreludeEnd) {
		t.Error(err)
	}
	if _, _, err := splitPrelude(iotest.ErrReader(errGone)); !errors.Is(err, errGone) {
		t.Error(err)
	}
}

func FuzzPrelude(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "{}\x00\x00\x00\x00\x00\x00\x00\x00", "\x00\x00\x00\x00\x00\x00\x00\x00",
		"{\"statusCode\":201,\"headers\":{\"k\":\"v\",\"n\":1},\"cookies\":[\"a=b\"]}\x00\x00\x00\x00\x00\x00\x00\x00body",
		"{\"multiValueHeaders\":{\"k\":[\"v\",null]}}\x00\x00\x00\x00\x00\x00\x00\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		head, rest, err := splitPrelude(bytes.NewReader(text))
		if err != nil {
			return
		}
		if len(head) > maxPrelude || !bytes.HasPrefix(text, head) {
			t.Errorf("head %q of %q", head, text)
		}
		if !bytes.HasPrefix(text[len(head)+len(preludeEnd):], rest) {
			t.Errorf("rest %q of %q", rest, text)
		}
		status, h, err := parsePrelude(head)
		if err != nil {
			return
		}
		if status < 200 || status > 599 || h == nil {
			t.Errorf("%d %v", status, h)
		}
		for name, values := range h {
			if !validName(name) || hopByHop(name) || name != http.CanonicalHeaderKey(name) {
				t.Errorf("name %q", name)
			}
			for _, value := range values {
				if !validValue(value) {
					t.Errorf("%s: %q", name, value)
				}
			}
		}
	})
}
