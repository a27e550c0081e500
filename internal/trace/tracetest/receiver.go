// Package tracetest receives traces for tests, as a collector does: OTLP over HTTP,
// read by OpenTelemetry's own types.
//
//	receiver := tracetest.New(t)
//	… trace.Config{URL: receiver.URL + "/v1/traces"} …
//	spans := receiver.Await(t, 8)
package tracetest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// patience is how long spans may take to come.
const patience = 20 * time.Second

// Receiver takes what is sent to it. It is safe for concurrent use.
type Receiver struct {
	URL string

	mu      sync.Mutex
	spans   []*otlp.Span
	last    *otlp.ResourceSpans
	headers []http.Header
	answer  func(w http.ResponseWriter)
	came    chan struct{} // something did; of room for one
}

// New starts a receiver, which ends with the test.
func New(t testing.TB) *Receiver {
	r := &Receiver{came: make(chan struct{}, 1)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { r.receive(t, w, q) }))
	t.Cleanup(server.Close)
	r.URL = server.URL
	return r
}

// Answer has requests answered so, and not be taken; nil has them be taken again.
func (r *Receiver) Answer(by func(w http.ResponseWriter)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = by
}

func (r *Receiver) receive(t testing.TB, w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil || q.Method != http.MethodPost || q.URL.Path != "/v1/traces" || q.Header.Get("Content-Type") != "application/x-protobuf" {
		t.Errorf("not OTLP/HTTP: %s %s %v (%v)", q.Method, q.URL, q.Header, err)
	}
	// An ExportTraceServiceRequest is the same on the wire, but its package needs gRPC.
	var data otlp.TracesData
	if err := proto.Unmarshal(body, &data); err != nil {
		t.Errorf("not protobuf: %v", err)
	}
	strict(t, data.ProtoReflect())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.headers = append(r.headers, q.Header.Clone())
	defer r.tell()
	if r.answer != nil {
		r.answer(w)
		return
	}
	for _, of := range data.GetResourceSpans() {
		r.last = of
		for _, scope := range of.GetScopeSpans() {
			r.spans = append(r.spans, scope.GetSpans()...)
		}
	}
}

func (r *Receiver) tell() {
	select {
	case r.came <- struct{}{}:
	default:
	}
}

// Spans are those that were taken so far.
func (r *Receiver) Spans() []*otlp.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.spans
}

// Await returns the spans that were taken so far, once there are n.
func (r *Receiver) Await(t testing.TB, n int) []*otlp.Span {
	t.Helper()
	return r.until(t, func() bool { return len(r.spans) >= n })
}

// AwaitRequests waits until n requests came, and returns their headers.
func (r *Receiver) AwaitRequests(t testing.TB, n int) []http.Header {
	t.Helper()
	r.until(t, func() bool { return len(r.headers) >= n })
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.headers
}

func (r *Receiver) until(t testing.TB, done func() bool) []*otlp.Span {
	t.Helper()
	late := time.After(patience)
	for {
		r.mu.Lock()
		spans, ok := r.spans, done()
		r.mu.Unlock()
		if ok {
			return spans
		}
		select {
		case <-r.came:
		case <-late:
			t.Fatalf("%d spans came within %s", len(spans), patience)
		}
	}
}

// Resource is what the last request told of its sender.
func (r *Receiver) Resource() *otlp.ResourceSpans {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}
