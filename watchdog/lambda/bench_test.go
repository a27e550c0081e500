package lambda

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkInvoke is what a call costs here, without net/http and a process:
// an event of 1 KiB handed over, and an answer of as much.
func BenchmarkInvoke(b *testing.B) {
	d := NewDispatcher(Config{})
	r := d.NewRuntime(1)
	payload := []byte(`"` + strings.Repeat("x", 1022) + `"`)
	served := make(chan struct{})
	go func() {
		defer close(served)
		next := httptest.NewRequest("GET", root+"invocation/next", nil)
		post := httptest.NewRequest("POST", root, nil)
		post.ContentLength = int64(len(payload))
		w := &discard{header: http.Header{}}
		for body := bytes.NewReader(nil); ; {
			if r.ServeHTTP(w, next); w.status != 0 {
				return
			}
			body.Reset(payload)
			post.Body = io.NopCloser(body)
			post.URL.Path = root + "invocation/" + w.header.Get(requestID) + "/response"
			r.ServeHTTP(w, post)
			w.status = 0
		}
	}()
	benchmark(b, d, payload)
	r.Close(nil)
	<-served
}

// BenchmarkInvokeHTTP adds a loopback connection and net/http's server.
func BenchmarkInvokeHTTP(b *testing.B) {
	d := NewDispatcher(Config{})
	p := newProcess(b, d, 1)
	payload := []byte(`"` + strings.Repeat("x", 1022) + `"`)
	conn, err := net.Dial("tcp", p.server.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for from := bufio.NewReader(conn); ; {
			fmt.Fprintf(conn, "GET %sinvocation/next HTTP/1.1\r\nHost: x\r\n\r\n", root)
			resp, err := http.ReadResponse(from, nil)
			if err != nil || resp.StatusCode != 200 {
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			fmt.Fprintf(conn, "POST %sinvocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", root, resp.Header.Get(requestID), len(payload), payload)
			if resp, err = http.ReadResponse(from, nil); err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
		}
	}()
	benchmark(b, d, payload)
	p.api.Close(nil)
	<-served
	conn.Close()
}

func benchmark(b *testing.B, d *Dispatcher, payload []byte) {
	b.ReportAllocs()
	for b.Loop() {
		a, err := d.Invoke(b.Context(), Event{Payload: payload})
		if err != nil {
			b.Fatal(err)
		}
		a.Body.Close()
	}
}

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
