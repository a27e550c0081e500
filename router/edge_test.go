package router

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// raw sends bytes on a connection of its own, ends its side unless the client
// stalls, and returns all that comes back until the server closes.
func raw(t *testing.T, server *httptest.Server, text string, stall bool) string {
	t.Helper()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second)) // a test that hangs fails
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	if !stall {
		_ = c.(*net.TCPConn).CloseWrite()
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Errorf("the connection stays open: %v; so far %q", err, answer)
	}
	return string(answer)
}

func readsAll(_ context.Context, inv function.Invocation) (function.Result, error) {
	if _, err := io.Copy(io.Discard, inv.Body); err != nil {
		return function.Result{}, err
	}
	return function.Result{Status: 200, Body: io.NopCloser(strings.NewReader("read"))}, nil
}

func readsLater(_ context.Context, inv function.Invocation) (function.Result, error) {
	go func() { _, _ = io.Copy(io.Discard, inv.Body) }() // as the watchdog does
	return function.Result{Status: 200, Body: io.NopCloser(strings.NewReader("early"))}, nil
}

func TestEdge_ABrokenBodyIsNotFollowedByAnotherRequest(t *testing.T) {
	smuggled := "GET /function/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
	h := build(t, map[string]body{"reads": readsAll, "later": readsLater, "ignores": prints("ignored"), "smuggled": prints("smuggled")})
	server := httptest.NewServer(h.Operator())
	defer server.Close()
	for _, name := range []string{"reads", "later", "ignores"} {
		head := "POST /function/" + name + " HTTP/1.1\r\nHost: x\r\n"
		for _, request := range []string{
			head + "Transfer-Encoding: chunked\r\n\r\nZZZ\r\n" + smuggled,
			head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX" + smuggled,
		} {
			if got := raw(t, server, request, false); strings.Contains(got, "smuggled") {
				t.Errorf("%s: a part of the body was taken for a request:\n%s", name, got)
			}
		}
	}
}

func TestEdge_ABodyThatWasReadLeavesTheConnectionOpen(t *testing.T) {
	h := build(t, map[string]body{"reads": readsAll})
	server := httptest.NewServer(h.Operator())
	defer server.Close()
	request := "POST /function/reads HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
	if got := raw(t, server, request+request, false); strings.Count(got, "200 OK") != 2 {
		t.Errorf("got %q", got)
	}
}

func TestEdge_AShortBodyIsTheSendersFault(t *testing.T) {
	h := build(t, map[string]body{"reads": readsAll})
	server := httptest.NewServer(h.Operator())
	defer server.Close()
	got := raw(t, server, "POST /function/reads HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc", false)
	if !strings.HasPrefix(got, "HTTP/1.1 400") || !strings.Contains(got, "reads: the request body did not arrive whole") {
		t.Errorf("got %q", got)
	}
	server.Close()
	if rec := h.record(t); rec["outcome"] != "input_broken" || rec["level"] != "WARN" {
		t.Errorf("record %v", rec)
	}
}

func TestEdge_AStalledBodyHoldsNothing(t *testing.T) {
	h := build(t, map[string]body{"later": readsLater}, func(c *Config) { c.VoiceTimeout = 50 * time.Millisecond })
	server := httptest.NewServer(h.Operator())
	defer server.Close() // waits for every connection
	var all sync.WaitGroup
	for range 200 { // the reader and the server meet in more than one order
		all.Go(func() {
			if got := raw(t, server, "POST /function/later HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc", true); !strings.Contains(got, "early") {
				t.Errorf("a function that answers early: %q", got)
			}
		})
	}
	all.Wait()
	if got := raw(t, server, "POST /alexa HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc", true); !strings.HasPrefix(got, "HTTP/1.1 400") {
		t.Errorf("a voice request that does not come: %q", got)
	}
}

func TestEdge_ALimitThatIsFoundOutWhileAnswering(t *testing.T) {
	// The engine reads on while the handler answers: under the race detector
	// this shows that neither writes what the other does.
	h := build(t, map[string]body{"later": readsLater}, func(c *Config) { c.MaxBody = 1000 })
	server := httptest.NewServer(h.Operator())
	defer server.Close()
	for range 50 {
		resp, err := http.Post(server.URL+"/function/later", "", struct{ io.Reader }{bytes.NewReader(make([]byte, 100_000))}) // chunked
		if err != nil {
			continue // the server may close before all is sent
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

func TestEdge_FunctionsTakeAnyMethodAndAnyPath(t *testing.T) {
	h := build(t, map[string]body{"hi": func(_ context.Context, inv function.Invocation) (function.Result, error) {
		return function.Result{Status: 200, Body: io.NopCloser(strings.NewReader(inv.HTTP.Method + " " + inv.HTTP.Path))}, nil
	}})
	for _, tt := range []struct{ method, target, header, want string }{
		{"PROPFIND", "/function/hi", "", "PROPFIND "},
		{"FOO", "/function/hi/a//b/", "", "FOO /a//b/"},
		{"GET", "/function/%68i", "", "GET "},
		{"MKCOL", "/", "hi", "MKCOL /"},
		{"GET", "/function//x", "hi", "404"}, // a path names the function, or nothing does
		{"FOO", "/nowhere", "", "404"},
		{"FOO", "/alexa", "", "405"},
	} {
		r := httptest.NewRequest(tt.method, tt.target, nil)
		if tt.header != "" {
			r.Header.Set(HeaderFunction, tt.header)
		}
		w := httptest.NewRecorder()
		h.Operator().ServeHTTP(w, r)
		got := w.Body.String()
		if w.Code != http.StatusOK {
			got = strconv.Itoa(w.Code)
		}
		if got != tt.want {
			t.Errorf("%s %s: %d %q, want %s", tt.method, tt.target, w.Code, w.Body, tt.want)
		}
		if w.Code == http.StatusMethodNotAllowed && w.Header().Get("Allow") != "POST" {
			t.Errorf("%s %s: Allow %q", tt.method, tt.target, w.Header().Get("Allow"))
		}
	}
}
