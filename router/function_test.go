package router

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

func TestFunction_CarriesTheCallAndTheAnswer(t *testing.T) {
	h := build(t, map[string]body{"hook": func(_ context.Context, inv function.Invocation) (function.Result, error) {
		return function.Result{Status: http.StatusTeapot, Header: http.Header{"X-Own": {"yes"}}, Body: io.NopCloser(inv.Body)}, nil
	}})
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"} {
		r := httptest.NewRequest(method, "/function/hook/a/b%20c?x=1&y=2", strings.NewReader("body"))
		r.Header.Set("X-Test", "t")
		w := httptest.NewRecorder()
		h.Operator().ServeHTTP(w, r)
		if w.Code != http.StatusTeapot || w.Body.String() != "body" || w.Header().Get("X-Own") != "yes" || w.Header().Get(function.HeaderRequestID) == "" {
			t.Errorf("%s: %d %q %v", method, w.Code, w.Body, w.Header())
		}
		calls := h.engine.called()
		inv := calls[len(calls)-1]
		if c := inv.HTTP; c.Method != method || c.Path != "/a/b c" || c.Query != "x=1&y=2" || c.Header.Get("X-Test") != "t" || c.ContentLength != 4 || c.Host != "example.com" {
			t.Errorf("%s: %+v", method, c)
		}
		if inv.Voice != nil {
			t.Error("a generic call has the environment of a voice request")
		}
	}
	if rec := h.record(t); rec["route"] != "function" || rec["function"] != "hook" || rec["status"] != 418.0 || rec["outcome"] != "ok" {
		t.Errorf("record %v", rec)
	}
}

func TestFunction_IsNamedByTheHeaderOnTheRoot(t *testing.T) {
	h := build(t, map[string]body{"publichook": echo})
	for _, face := range []http.Handler{h.Operator(), h.Public()} {
		for _, method := range []string{"POST", "PUT"} {
			r := httptest.NewRequest(method, "/", strings.NewReader("x"))
			r.Header.Set(HeaderFunction, "publichook")
			w := httptest.NewRecorder()
			face.ServeHTTP(w, r)
			if w.Code != 200 || w.Body.String() != "x" {
				t.Errorf("%s: %d %s", method, w.Code, w.Body)
			}
		}
	}
}

func TestFunction_FailuresKeepTheirHTTPMeaning(t *testing.T) {
	h := build(t, map[string]body{
		"exit":        fails(&function.ExitError{Status: 3}),
		"signal":      fails(&function.ExitError{Status: 137, Signal: "killed"}),
		"timeout":     fails(function.ErrTimeout),
		"busy":        fails(function.ErrOverloaded),
		"unavailable": fails(function.ErrUnavailable),
		"flood":       fails(function.ErrOutputTooLarge),
		"inside":      fails(io.ErrNoProgress),
		"panic":       func(context.Context, function.Invocation) (function.Result, error) { panic("oh") },
		"reads": func(_ context.Context, inv function.Invocation) (function.Result, error) {
			_, err := io.Copy(io.Discard, inv.Body)
			return function.Result{}, err
		},
	}, func(c *Config) { c.MaxBody = 10 })
	tests := []struct {
		target, body string
		length       int64
		status       int
		text, header string
	}{
		{"/function/unknown", "", 0, 404, "no such function", ""},
		{"/function/..%2f..%2fetc", "", 0, 404, "no such function", ""},
		{"/function/", "", 0, 404, "no such function", ""},
		{"/function//exit", "", 0, 404, "no such function", ""},
		{"/nowhere", "", 0, 404, "this is hark", ""},
		{"/function/exit", "", 0, 502, "exit: the function ended with exit status 3", "3"},
		{"/function/signal", "", 0, 502, "signal: the function was ended by a signal: killed", "137"},
		{"/function/timeout", "", 0, 504, "in time", ""},
		{"/function/busy", "", 0, 429, "busy", ""},
		{"/function/unavailable", "", 0, 503, "not available", ""},
		{"/function/flood", "", 0, 502, "too large", ""},
		{"/function/inside", "", 0, 500, "internal error", ""},
		{"/function/panic", "", 0, 500, "internal error", ""},
		{"/function/reads", "12345678901", 11, 413, "too large", ""}, // announced
		{"/function/reads", "12345678901", -1, 413, "too large", ""}, // found out
	}
	for _, tt := range tests {
		r := httptest.NewRequest("POST", tt.target, io.NopCloser(strings.NewReader(tt.body)))
		r.ContentLength = tt.length
		w := httptest.NewRecorder()
		h.Operator().ServeHTTP(w, r)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.text) || strings.Count(w.Body.String(), "\n") != 1 {
			t.Errorf("%s: %d %q", tt.target, w.Code, w.Body)
		}
		if got := w.Header().Get(function.HeaderExitStatus); got != tt.header {
			t.Errorf("%s: exit status %q", tt.target, got)
		}
		if w.Code == 429 && w.Header().Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
	}
}

func TestFunction_OnlyPublicOnesAreOnThePublicListener(t *testing.T) {
	h := build(t, map[string]body{"publichook": echo, "private": echo})
	for target, want := range map[string]int{"/function/publichook": 200, "/function/private": 404, "/metrics": 404, "/healthz": 404, "/alexa": 405} {
		w := httptest.NewRecorder()
		h.Public().ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		if w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

func TestFunction_MetricsHaveNoLabelsFromOutside(t *testing.T) {
	h := build(t, nil)
	for _, target := range []string{"/function/evil1", "/function/evil2", "/evil3"} {
		h.Operator().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("EVIL4", target, nil))
		h.Operator().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", target, nil))
	}
	h.say(t, envelope("evil5"))
	w := httptest.NewRecorder()
	h.Operator().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || strings.Contains(strings.ToLower(w.Body.String()), "evil") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(w.Body.String(), `hark_alexa_refused_total{reason="signature"} 0`) {
		t.Error("refusals that have not happened are not there")
	}
}

func TestFunction_StreamsBothWays(t *testing.T) {
	h := build(t, map[string]body{"echo": echo})
	server := httptest.NewServer(h.Operator())
	defer server.Close()
	sent, sending := io.Pipe()
	r, err := http.NewRequest("POST", server.URL+"/function/echo", sent)
	if err != nil {
		t.Fatal(err)
	}
	chunk := bytes.Repeat([]byte("x"), 32<<10)
	go func() { _, _ = sending.Write(chunk) }()
	resp, err := http.DefaultClient.Do(r) // answers although the request goes on
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for range 3 { // each part comes back before the next is sent
		got := make([]byte, len(chunk))
		if _, err := io.ReadFull(resp.Body, got); err != nil || !bytes.Equal(got, chunk) {
			t.Fatal(err)
		}
		go func() { _, _ = sending.Write(chunk) }()
	}
	_ = sending.Close()
}

func TestFunction_ACutAnswerDoesNotPassForWhole(t *testing.T) {
	h := build(t, map[string]body{"cut": func(context.Context, function.Invocation) (function.Result, error) {
		return function.Result{Status: 200, Body: io.NopCloser(io.MultiReader(bytes.NewReader(make([]byte, 100<<10)), broken{}))}, nil
	}})
	server := httptest.NewServer(h.Operator())
	defer server.Close()
	resp, err := http.Get(server.URL + "/function/cut")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the client took half an answer for the whole")
	}
}

func TestFunction_EndsWhenTheClientLeaves(t *testing.T) {
	started, ended := make(chan struct{}), make(chan struct{})
	h := build(t, map[string]body{"slow": func(ctx context.Context, _ function.Invocation) (function.Result, error) {
		close(started)
		<-ctx.Done()
		close(ended)
		return function.Result{}, ctx.Err()
	}})
	server := httptest.NewServer(h.Operator())
	defer server.Close()
	ctx, leave := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/function/slow", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-started; leave() }()
	if resp, err := http.DefaultClient.Do(r); err == nil {
		resp.Body.Close()
		t.Error("the client got an answer")
	}
	<-ended
}

func TestOperator_Healthz(t *testing.T) {
	w := httptest.NewRecorder()
	build(t, nil).Operator().ServeHTTP(w, httptest.NewRequest("GET", "/healthz", nil))
	if w.Code != 200 || w.Body.String() != "ok\n" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

// An escaped slash is a part of the path's word, and of no name.
func TestFunction_KeepsTheEscapesOfThePath(t *testing.T) {
	h := build(t, map[string]body{"hook": readsAll})
	for target, want := range map[string]string{"/function/hook/a%2Fb%20c": "/a%2Fb%20c", "/function/h%6Fok/%2e%2e/x": "/%2e%2e/x", "/function/hook": ""} {
		w := httptest.NewRecorder()
		h.Operator().ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		calls := h.engine.called()
		if w.Code != http.StatusOK || calls[len(calls)-1].HTTP.RawPath != want {
			t.Errorf("%s: %d, %+v", target, w.Code, calls[len(calls)-1].HTTP)
		}
	}
	w := httptest.NewRecorder()
	h.Operator().ServeHTTP(w, httptest.NewRequest("GET", "/function/hook%2Fa", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d of a function whose name has a slash", w.Code)
	}
}

// A deadline that passes may cost a process, so that outsiders have no say in it.
func TestFunction_OutsidersAskForNoDeadline(t *testing.T) {
	h := build(t, map[string]body{"publichook": readsAll})
	for name, face := range map[string]http.Handler{"1s": h.Operator(), "": h.Public()} {
		r := httptest.NewRequest("GET", "/function/publichook", nil)
		r.Header.Set(function.HeaderTimeout, "1s")
		w := httptest.NewRecorder()
		face.ServeHTTP(w, r)
		calls := h.engine.called()
		if got := calls[len(calls)-1].HTTP.Header.Get(function.HeaderTimeout); w.Code != http.StatusOK || got != name {
			t.Errorf("%d, %q, want %q", w.Code, got, name)
		}
	}
}

func TestFunction_TellsWhatOpenFaaSTellsOfACall(t *testing.T) {
	h := build(t, map[string]body{"public": prints("hi"), "fails": fails(function.ErrTimeout)})
	for _, face := range []http.Handler{h.Operator(), h.Public()} {
		for _, target := range []string{"/function/public", "/function/fails", "/function/nobody"} {
			w := httptest.NewRecorder()
			face.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
			id, began := w.Header().Get("X-Call-Id"), w.Header().Get("X-Start-Time")
			if id == "" || id != w.Header().Get("X-Request-Id") || len(began) != 19 {
				t.Errorf("%s: %v", target, w.Header())
			}
		}
	}
}

func TestFunction_IsNamedWithItsNamespaceToo(t *testing.T) {
	h := build(t, map[string]body{"publichook": func(_ context.Context, inv function.Invocation) (function.Result, error) {
		return function.Result{Status: 200, Body: io.NopCloser(strings.NewReader(inv.Function + inv.HTTP.Path))}, nil
	}})
	for target, want := range map[string]int{"/function/publichook.openfaas-fn/a": 200, "/function/publichook.prod/a": 404, "/function/.openfaas-fn/a": 404, "/function/publichook.openfaas-fn.openfaas-fn/a": 404} {
		for _, face := range []http.Handler{h.Operator(), h.Public()} {
			w := httptest.NewRecorder()
			face.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
			if w.Code != want || want == 200 && w.Body.String() != "publichook/a" {
				t.Errorf("%s: %d %s", target, w.Code, w.Body)
			}
		}
	}
	if rec := h.record(t); rec["function"] == "publichook.openfaas-fn" {
		t.Errorf("record %v", rec)
	}
}
