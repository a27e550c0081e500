package router

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// sendRaw sends bytes to a face as they are and returns the statuses of the answers
// that come, until the connection ends or nothing more is said.
func sendRaw(t testing.TB, face http.Handler, text string) (statuses []int, bodies string, heads http.Header) {
	t.Helper()
	server := httptest.NewServer(face)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	answers := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			return statuses, bodies, heads
		}
		body, _ := io.ReadAll(resp.Body)
		statuses, bodies, heads = append(statuses, resp.StatusCode), bodies+string(body), resp.Header
	}
}

// faces are a fresh house's two.
func faces(t testing.TB) map[string]*house {
	t.Helper()
	functions := map[string]body{"public": echo, "private": echo}
	return map[string]*house{"public": build(t, functions), "operator": build(t, functions)}
}

func (h *house) named(name string) http.Handler {
	if name == "public" {
		return h.Public()
	}
	return h.Operator()
}

// What two servers could read as different requests is one request, or none.
func TestRaw_NothingIsSmuggled(t *testing.T) {
	const inner = "POST /function/private HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"
	const head = "POST /function/public HTTP/1.1\r\nHost: h\r\n"
	for name, c := range map[string]struct {
		text     string
		statuses []int // that may come
	}{
		"two lengths":                  {head + "Content-Length: 0\r\nContent-Length: 65\r\n\r\n" + inner, []int{400}},
		"a list of lengths":            {head + "Content-Length: 0, 65\r\n\r\n" + inner, []int{400}},
		"a length with a sign":         {head + "Content-Length: +0\r\n\r\n" + inner, []int{400}},
		"a negative length":            {head + "Content-Length: -1\r\n\r\n" + inner, []int{400}},
		"a length in hex":              {head + "Content-Length: 0x41\r\n\r\n" + inner, []int{400}},
		"an unknown coding":            {head + "Transfer-Encoding: xchunked\r\n\r\n" + inner, []int{501}},
		"two codings":                  {head + "Transfer-Encoding: gzip, chunked\r\n\r\n" + inner, []int{501}},
		"the coding twice":             {head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner, []int{400, 501}},
		"a space before the colon":     {head + "Transfer-Encoding : chunked\r\n\r\n" + inner, []int{400}},
		"a folded header":              {head + "X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n", []int{200, 400}},
		"a chunk of no size":           {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + inner, []int{400, 200}},
		"a chunk that is too large":    {head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + inner, []int{400, 200}},
		"a space in a header's name":   {head + "X Y: a\r\n\r\n", []int{400}},
		"a zero byte in a header":      {head + "X: a\x00b\r\n\r\n", []int{400}},
		"a lone return in a header":    {head + "X: a\rY: b\r\n\r\n", []int{400}},
		"two hosts":                    {head + "Host: other\r\n\r\n", []int{400}},
		"a request line of four words": {"POST /function/public x HTTP/1.1\r\nHost: h\r\n\r\n", []int{400}},
	} {
		for face, h := range faces(t) {
			statuses, _, _ := sendRaw(t, h.named(face), c.text)
			if len(statuses) != 1 || !slices.Contains(c.statuses, statuses[0]) {
				t.Errorf("%s, %s listener: %d", name, face, statuses)
			}
			for _, call := range h.engine.called() {
				if call.Function == "private" {
					t.Errorf("%s, %s listener: the inner request was answered", name, face)
				}
			}
		}
	}
}

// A chunked body with a length besides is read by its chunks, and the connection
// carries no other request than those that follow the chunks.
func TestRaw_ChunksGoBeforeALength(t *testing.T) {
	for face, h := range faces(t) {
		statuses, body, _ := sendRaw(t, h.named(face), "POST /function/public HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nPOST /function/private HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
		if len(statuses) == 0 || statuses[0] == 200 && !strings.HasPrefix(body, "abc") {
			t.Errorf("%s: %d %q", face, statuses, body)
		}
		for _, call := range h.engine.called() {
			if face == "public" && call.Function == "private" {
				t.Error("a private function was called")
			}
		}
	}
}

// What is said about a request goes back with nothing of it that a header could
// be made of.
func TestRaw_NoHeaderIsInjected(t *testing.T) {
	for _, path := range []string{"/function/x%0d%0aSet-Cookie:%20a=b", "/function/public%0d%0aX-Evil:1", "/function/%00", "/%0d%0aX-Evil:%201", "/alexa/%0d%0aX-Evil:1"} {
		for face, h := range faces(t) {
			statuses, body, header := sendRaw(t, h.named(face), "POST "+path+" HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
			if len(statuses) != 1 || statuses[0] < 400 || header.Get("Set-Cookie")+header.Get("X-Evil") != "" || strings.Count(body, "\n") != 1 {
				t.Errorf("%s, %s: %d %q %v", path, face, statuses, body, header)
			}
			if n := strings.Count(h.log.String(), "\n"); n != strings.Count(h.log.String(), `{"time"`) {
				t.Errorf("%s, %s: the log has a line of the request's", path, face)
			}
		}
	}
}

// However a path is written, it leads on the public listener to public functions
// and the skill only.
func TestRaw_NoPathLeadsInside(t *testing.T) {
	for _, path := range []string{
		"/function/private", "//function/private", "/function//private", "/function/./private", "/function/public/../private",
		"/function/public%2f..%2fprivate", "/function/public/%2e%2e/private", "/function/%70rivate", "/Function/private", "/function%2fprivate",
		"/function/private.openfaas-fn", "/function/private%00", "/function/private;x", "/function/private%2f", "/./metrics", "/metrics", "//metrics", "/alexa/../metrics",
		"/function/public/../../system/functions", "/system/functions", "/%73ystem/functions", "/healthz", "/function/public/..;/private",
		"http://h/function/private", "http://localhost/system/functions",
	} {
		h := build(t, map[string]body{"public": echo, "private": echo})
		for _, method := range []string{"GET", "POST", "QUERY"} {
			statuses, body, _ := sendRaw(t, h.Public(), method+" "+path+" HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
			if len(statuses) != 1 || statuses[0] < 400 && !strings.HasPrefix(path, "/function/public/") || strings.Contains(body, "go_goroutines") {
				t.Errorf("%s %s: %d", method, path, statuses)
			}
		}
		for _, call := range h.engine.called() {
			if call.Function != "public" {
				t.Errorf("%s called %s", path, call.Function)
			}
		}
	}
	h := build(t, map[string]body{"public": echo, "private": echo})
	if statuses, _, _ := sendRaw(t, h.Public(), "POST / HTTP/1.1\r\nHost: h\r\nX-Function: private\r\nContent-Length: 0\r\n\r\n"); len(statuses) != 1 || statuses[0] != 404 {
		t.Errorf("X-Function: %d", statuses)
	}
}

// A door is the function's, however the function is named.
func TestRaw_EveryWayToAFunctionHasItsDoors(t *testing.T) {
	h := doored(t, github, echo)
	for _, request := range []string{"POST /function/f", "POST /function/%66", "POST /function/f.openfaas-fn", "POST /function/f/a/../b", "QUERY /function/f", "OPTIONS /function/f", "HEAD /function/f", "POST /"} {
		for _, face := range []http.Handler{h.Public(), h.Operator()} {
			statuses, _, _ := sendRaw(t, face, request+" HTTP/1.1\r\nHost: h\r\nX-Function: f\r\nX-HTTP-Method-Override: GET\r\nContent-Length: 0\r\n\r\n")
			if len(statuses) != 1 || statuses[0] != 403 {
				t.Errorf("%s: %d", request, statuses)
			}
		}
	}
	if len(h.engine.called()) > 0 {
		t.Error("the function was started")
	}
}
