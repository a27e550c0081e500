package lambda

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
)

// FuzzRuntime lets a process that has one event say anything.
func FuzzRuntime(f *testing.F) {
	for _, seed := range []struct{ method, path, header, body string }{
		{"GET", root + "invocation/next", "", ""},
		{"POST", root + "invocation/id/response", "Content-Type: application/json", "{}"},
		{"POST", root + "invocation/id/response", headerMode + ": streaming", "stream"},
		{"POST", root + "invocation/id/response", "Content-Type: " + integration, "{\"statusCode\":201}\x00\x00\x00\x00\x00\x00\x00\x00body"},
		{"POST", root + "invocation/id/response", "Content-Type: " + integration, "{"},
		{"POST", root + "invocation/id/error", headerErrorType + ": T", `{"errorType":"Boom","errorMessage":"it broke"}`},
		{"POST", root + "invocation/other/response", "", ""},
		{"POST", root + "invocation//response", "", ""},
		{"POST", root + "init/error", "", "no handler"},
		{"DELETE", "", "A: b\nA: c", "\x00"},
	} {
		f.Add(seed.method, seed.path, seed.header, []byte(seed.body), true)
		f.Add(seed.method, seed.path, seed.header, []byte(seed.body), false)
	}
	f.Fuzz(func(t *testing.T, method, path, header string, body []byte, known bool) {
		d := NewDispatcher(Config{MaxStream: 1 << 10})
		r := d.NewRuntime(1)
		got := invoke(t.Context(), d, Event{ID: "id"})
		local(r, "GET", "invocation/next", "")
		ended := make(chan result)
		go func() {
			result := <-got
			if result.answer != nil {
				_, _ = io.Copy(io.Discard, result.answer.Body)
				result.answer.Body.Close()
			}
			ended <- result
		}()
		w := httptest.NewRecorder()
		req := request(method, path, header, body, known)
		r.ServeHTTP(w, req)
		if w.Code < 200 || w.Code > 599 || w.Body.Len() == 0 || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
		}
		r.Close(nil)
		if result := <-ended; (result.answer == nil) == (result.err == nil) {
			t.Errorf("%+v", result)
		}
		if r.Inflight() != 0 || len(d.unanswered) > 0 || len(r.calls) > 0 {
			t.Errorf("%d in flight, %v, %v", r.Inflight(), d.unanswered, r.calls)
		}
	})
}

// request is what net/http makes of a message, and what it would refuse.
func request(method, path, header string, body []byte, known bool) *http.Request {
	h, _ := textproto.NewReader(bufio.NewReader(strings.NewReader(header + "\r\n\r\n"))).ReadMIMEHeader()
	req := &http.Request{Method: method, URL: &url.URL{Path: path}, Header: http.Header(h), ContentLength: -1}
	req.Body = io.NopCloser(strings.NewReader(string(body)))
	if known {
		req.ContentLength = int64(len(body))
	}
	if known && len(body) == 0 {
		req.Body = http.NoBody
	}
	req.Trailer = http.Header{headerErrorType: h["X-Trailer"], headerErrorBody: h["X-Trailer-Body"]}
	return req
}
