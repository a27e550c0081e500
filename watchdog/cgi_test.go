package watchdog

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/upstream"
)

func TestParseHead(t *testing.T) {
	plain := http.Header{"Content-Type": {"text/plain"}}
	for _, c := range []struct {
		name, head, body string
		status           int
		header           http.Header
	}{
		{"lines that end in LF", "Content-Type: text/plain\n\n", "body", 200, plain},
		{"lines that end in CRLF", "Content-Type: text/plain\r\n\r\n", "body", 200, plain},
		{"of both kinds", "Content-Type: text/plain\r\n\n", "body", 200, plain},
		{"no body", "Content-Type: text/plain\n\n", "", 200, plain},
		{"a body that looks like a header", "Content-Type: text/plain\n\n", "Status: 500\n\n", 200, plain},
		{"a body that begins with an empty line", "Content-Type: text/plain\n\n", "\n\nbody", 200, plain},
		{"a name in any case, blanks around the value", "content-TYPE:\t text/plain \t\n\n", "", 200, plain},
		{"Status with a reason", "Status: 404 Not Found\n\n", "", 404, http.Header{}},
		{"Status without one", "Status: 404\nContent-Type: text/plain\n\n", "", 404, plain},
		{"Status with an empty reason", "Status: 404 \n\n", "", 404, http.Header{}},
		{"the first Status", "Status: 404\nStatus: 500\n\n", "", 404, http.Header{}},
		{"an empty Status, which is none", "Status:\nContent-Type: text/plain\n\n", "", 200, plain},
		{"the least Status", "Status: 200\n\n", "", 200, http.Header{}},
		{"the greatest Status", "Status: 599\n\n", "", 599, http.Header{}},
		{"Location is a redirection", "Location: /a\n\n", "", 302, http.Header{"Location": {"/a"}}},
		{"Location with another Status", "Status: 201 Created\nLocation: /a\n\n", "", 201, http.Header{"Location": {"/a"}}},
		{"a folded line", "Content-Type: text/plain\nX-Long: one\n two\n\tthree\n\n", "", 200, http.Header{"Content-Type": {"text/plain"}, "X-Long": {"one two three"}}},
		{"a header twice stays twice", "Status: 200\nSet-Cookie: a=1\nSet-Cookie: b=2\n\n", "", 200, http.Header{"Set-Cookie": {"a=1", "b=2"}}},
		{"Content-Length is counted here", "Content-Type: text/plain\nContent-Length: 1000\n\n", "body", 200, plain},
		{"what is about a connection goes no further", "Status: 200\nConnection: close, X-Mine\nX-Mine: 1\nKeep-Alive: 5\nTransfer-Encoding: chunked\nUpgrade: h2c\nTrailer: X\nTE: x\nProxy-Authenticate: x\nX-Other: 1\n\n", "", 200, http.Header{"X-Other": {"1"}}},
		{"letters beyond ASCII in a value", "Status: 200\nX-Name: hündchen\n\n", "", 200, http.Header{"X-Name": {"hündchen"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, status, header, err := parseHead([]byte(c.head + c.body))
			if err != nil {
				t.Fatal(err)
			}
			if n != len(c.head) || status != c.status {
				t.Errorf("%d bytes and status %d, want %d and %d", n, status, len(c.head), c.status)
			}
			if diff := cmp.Diff(c.header, header); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseHead_Refuses(t *testing.T) {
	for _, c := range []struct{ name, text, message string }{
		{"nothing", "", "does not end in an empty line"},
		{"no empty line", "Content-Type: text/plain\nbody", "does not end in an empty line"},
		{"a line that has not ended", "Content-Type: text/plain", "does not end in an empty line"},
		{"an empty block", "\nbody", "none of Content-Type, Location and Status"},
		{"an empty block, CRLF", "\r\nbody", "none of Content-Type, Location and Status"},
		{"no field of CGI", "X-A: 1\n\nbody", "none of Content-Type, Location and Status"},
		{"none with a value", "Content-Type:\nStatus:\nLocation:\n\n", "none of Content-Type, Location and Status"},
		{"no field at all", "hello\n\n", "malformed"},
		{"a status line of HTTP", "HTTP/1.1 200 OK\nContent-Type: text/plain\n\n", "malformed"},
		{"a folded line at first", " folded\nStatus: 200\n\n", "malformed"},
		{"no name", ": x\nStatus: 200\n\n", "malformed"},
		{"a blank before the colon", "Status : 200\n\n", "none of"},
		{"a name with a control character", "Sta\x01tus: 200\nContent-Type: a\n\n", "malformed"},
		{"a name with a NUL", "A\x00: 1\nStatus: 200\n\n", "malformed"},
		{"a name beyond ASCII", "Ä: 1\nStatus: 200\n\n", "malformed"},
		{"a value with a NUL", "Status: 200\nX-A: a\x00b\n\n", "malformed"},
		{"a value with a carriage return", "Status: 200\nX-A: a\rSet-Cookie: evil\n\n", "malformed"},
		{"Status that is no number", "Status: fine\n\n", "Status is none from 200 to 599"},
		{"Status with a sign", "Status: +20\n\n", "Status is none"},
		{"Status of one digit", "Status: 2\n\n", "Status is none"},
		{"Status of four", "Status: 2000\n\n", "Status is none"},
		{"Status with a reason that is glued on", "Status: 200OK\n\n", "Status is none"},
		{"Status that ends nothing", "Status: 100 Continue\n\n", "Status is none"},
		{"Status that changes the protocol", "Status: 101\n\n", "Status is none"},
		{"Status 199", "Status: 199\n\n", "Status is none"},
		{"Status 600", "Status: 600\n\n", "Status is none"},
		{"Status 000", "Status: 000\n\n", "Status is none"},
		{"Status -01", "Status: -01\n\n", "Status is none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, status, header, err := parseHead([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.message) {
				t.Errorf("status %d, %v, error %v; want %q in it", status, header, err, c.message)
			}
		})
	}
}

func FuzzParseHead(f *testing.F) {
	for _, seed := range []string{
		"Content-Type: text/plain\n\nbody", "Status: 404 Not Found\r\n\r\n", "Location: /\n\n", "X: 1\n two\nStatus: 200\n\n",
		"\n", "\r\n", "Status: 200\nSet-Cookie: a\nSet-Cookie: b\n\n", "Status: 200\nConnection: x\nX: 1\n\n", "Status: 200\n:\n\n", "Status: 200\n\x00\n\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		n, status, header, err := parseHead(text)
		if err != nil {
			if n != 0 || status != 0 || header != nil {
				t.Errorf("%q: %d, %d, %v and error %v", text, n, status, header, err)
			}
			return
		}
		if n < 1 || n > len(text) || text[n-1] != '\n' {
			t.Errorf("%q: the body begins at %d", text, n)
		}
		if status < 200 || status > 599 {
			t.Errorf("%q: status %d", text, status)
		}
		wantSendable(t, text, header)
	})
}

// wantSendable fails unless an answer with that header reads as it was meant.
func wantSendable(t *testing.T, text []byte, header http.Header) {
	t.Helper()
	for _, name := range append([]string{"Status", "Content-Length"}, upstream.HopByHop...) {
		if _, there := header[name]; there {
			t.Errorf("%q: %s goes on", text, name)
		}
	}
	for name, values := range header {
		for _, value := range append(values, name) {
			if strings.ContainsAny(value, "\r\n\x00") {
				t.Errorf("%q: %q has %q", text, name, value)
			}
		}
	}
}

// cgi is a script behind HTTP whose STDOUT begins with a header block.
func cgi(t *testing.T, script string, log io.Writer) *httptest.Server {
	t.Helper()
	return serve(t, env{"fprocess": sh(script), "cgi_response": "true"}, log)
}

func TestCGIResponse_SetsStatusAndHeaders(t *testing.T) {
	for _, c := range []struct {
		name, script string
		status       int
		header       http.Header
		body         string
	}{
		{"a type", `printf 'Content-Type: text/html\n\n<p>'`, 200, http.Header{"Content-Type": {"text/html"}, "Content-Length": {"3"}}, "<p>"},
		{"a status", `printf 'Status: 404 Nowhere\n\nno'`, 404, http.Header{"Content-Length": {"2"}}, "no"},
		{"a redirection", `printf 'Location: https://hark.example/\r\n\r\n'`, 302, http.Header{"Location": {"https://hark.example/"}, "Content-Length": {"0"}}, ""},
		{"cookies", `printf 'Status: 200\nSet-Cookie: a=1\nSet-Cookie: b=2\n\n'`, 200, http.Header{"Set-Cookie": {"a=1", "b=2"}}, ""},
		{"a length that is not true", `printf 'Status: 200\nContent-Length: 1\n\nwhole'`, 200, http.Header{"Content-Length": {"5"}}, "whole"},
		{"a status without a body", `printf 'Status: 204\n\n'`, 204, http.Header{"Content-Length": nil}, ""},
		{"a status without a body, and a body", `printf 'Status: 304\nEtag: "x"\n\nbody'`, 304, http.Header{"Content-Length": nil, "Etag": {`"x"`}}, ""},
		{"a server's error of its own", `printf 'Status: 503\nRetry-After: 9\n\nlater'`, 503, http.Header{"Retry-After": {"9"}, "X-Exit-Status": nil}, "later"},
		{"an exit status goes before", `printf 'Status: 200\n\nfine'; exit 3`, 500, http.Header{"X-Exit-Status": {"3"}}, "the function ended with exit status 3\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body, err := roundTrip(t, cgi(t, c.script, io.Discard), "GET", nil)
			if err != nil || resp.StatusCode != c.status || body != c.body {
				t.Fatalf("%v, %q, error %v", resp, body, err)
			}
			for name, want := range c.header {
				if diff := cmp.Diff(want, resp.Header[name]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

// roundTrip is a request whose answer is read as it is: do follows no
// redirection either, but has a body only from a reader.
func roundTrip(t *testing.T, server *httptest.Server, method string, header http.Header) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := server.Client().Transport.RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

func TestCGIResponse_OfHEADHasNoBody(t *testing.T) {
	server := cgi(t, `printf 'Content-Type: text/html\n\n%s' "$Http_Method"`, io.Discard)
	resp, body, err := roundTrip(t, server, "HEAD", nil)
	if err != nil || resp.StatusCode != 200 || body != "" || resp.ContentLength != 4 || resp.Header.Get("Content-Type") != "text/html" {
		t.Errorf("%v, %q, error %v", resp, body, err)
	}
	if got := get(t, server, "/"); got != "GET" { // the connection is in order
		t.Errorf("%q", got)
	}
}

// What is longer than the window is sent before the program has ended.
func TestCGIResponse_StreamsALongBody(t *testing.T) {
	server := cgi(t, `printf 'Status: 201\n\n'; `+overWindow+`cat`, io.Discard)
	reader, writer := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL, reader)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 201 {
		t.Errorf("%s", resp.Status)
	}
	body := bufio.NewReader(resp.Body)
	if _, err := io.ReadFull(body, make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(writer, "the end") // only now
	writer.Close()
	if rest, err := io.ReadAll(body); err != nil || string(rest) != "the end" {
		t.Errorf("%q, error %v", rest, err)
	}
}

func TestCGIResponse_WithoutAHeadIs502(t *testing.T) {
	file := filepath.Join(t.TempDir(), "head")
	if err := os.WriteFile(file, []byte("Status: 200\nX-Long: "+strings.Repeat("x", Window)+"\n\nbody"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, script, reason string }{
		{"none", "echo secret", "does not end in an empty line"},
		{"nothing at all", "true", "does not end in an empty line"},
		{"no field of CGI", `printf 'X-Secret: secret\n\n'`, "none of Content-Type, Location and Status"},
		{"a status that is none", `printf 'Status: 99\n\nsecret'`, "Status is none from 200 to 599"},
		{"an end beyond the window", "cat " + file, "in the first "},
		{"a program that goes on and on", "yes secret", "does not end in an empty line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log journal
			resp, body, err := roundTrip(t, cgi(t, c.script, &log), "GET", nil)
			if err != nil || resp.StatusCode != 502 || body != "the function broke its answer off\n" || resp.Header.Get("X-Secret") != "" {
				t.Errorf("%v, %q, error %v", resp, body, err)
			}
			log.await(t, c.reason)
		})
	}
}

// The setting is for every answer.
func TestCGIResponse_YieldsToTheContentTypeOfTheSettings(t *testing.T) {
	server := serve(t, env{"fprocess": sh(`printf 'Content-Type: text/own\nX-Own: yes\n\nbody'`), "cgi_response": "true", "content_type": "text/set"}, io.Discard)
	resp, body, err := do(t, server, "GET", "/", nil)
	if err != nil || resp.Header.Get("Content-Type") != "text/set" || resp.Header.Get("X-Own") != "yes" || body != "body" {
		t.Errorf("%v, %q, error %v", resp, body, err)
	}
}
