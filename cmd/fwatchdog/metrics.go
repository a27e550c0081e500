package main

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/harkvoice/hark/watchdog"
)

// metrics are the classic watchdog's, by its names. They are written by hand:
// three metrics are not worth the 4 MB that the client library would add to
// every function's image (docs/decisions).
type metrics struct {
	mu       sync.Mutex
	inFlight int
	requests map[labels]*histogram
}

// labels are those of a request. Both have few values.
type labels struct{ code, method string }

// histogram counts durations: in each bucket those that belong there and in no
// lower one, in the last those that belong in none.
type histogram struct {
	counts  [len(buckets) + 1]uint64
	seconds float64
}

// buckets are the upper bounds in seconds, the usual ones of Prometheus.
var buckets = [...]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

func newMetrics() *metrics { return &metrics{requests: map[labels]*histogram{}} }

// instrument counts the requests of a handler.
func (m *metrics) instrument(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == watchdog.HealthPath || r.URL.Path == watchdog.ReadyPath { // checks are no requests
			next.ServeHTTP(w, r)
			return
		}
		begun := time.Now()
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		m.enter()
		defer func() { m.leave(seen.status, r.Method, time.Since(begun)) }()
		next.ServeHTTP(seen, r)
	})
}

func (m *metrics) enter() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inFlight++
}

func (m *metrics) leave(status int, method string, took time.Duration) {
	key := labels{strconv.Itoa(status), methodLabel(method)}
	at, _ := slices.BinarySearch(buckets[:], took.Seconds())
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inFlight--
	h := m.requests[key]
	if h == nil {
		h = &histogram{}
		m.requests[key] = h
	}
	h.counts[at]++
	h.seconds += took.Seconds()
}

// methodLabel is a method in small letters; clients can send any, so that all
// others are one.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodPut, http.MethodHead, http.MethodPost, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace, http.MethodPatch:
		return strings.ToLower(method)
	}
	return "unknown"
}

// ServeHTTP writes the metrics in Prometheus' text format.
func (m *metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(m.text())
}

func (m *metrics) text() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(m.requests), func(a, b labels) int {
		return strings.Compare(a.code+a.method, b.code+b.method)
	})
	var out bytes.Buffer
	head := func(name, kind, help string) {
		fmt.Fprintf(&out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	}
	head("http_request_duration_seconds", "histogram", "Seconds spent serving HTTP requests.")
	for _, key := range keys {
		m.requests[key].write(&out, fmt.Sprintf("code=%q,method=%q", key.code, key.method))
	}
	head("http_requests_in_flight", "gauge", "HTTP requests under way.")
	fmt.Fprintf(&out, "http_requests_in_flight %d\n", m.inFlight)
	head("http_requests_total", "counter", "HTTP requests answered.")
	for _, key := range keys {
		fmt.Fprintf(&out, "http_requests_total{code=%q,method=%q} %d\n", key.code, key.method, m.requests[key].total())
	}
	return out.Bytes()
}

func (h *histogram) total() (n uint64) {
	for _, count := range h.counts {
		n += count
	}
	return n
}

func (h *histogram) write(out *bytes.Buffer, labels string) {
	var below uint64
	for i, bound := range buckets {
		below += h.counts[i]
		fmt.Fprintf(out, "http_request_duration_seconds_bucket{%s,le=\"%v\"} %d\n", labels, bound, below)
	}
	fmt.Fprintf(out, "http_request_duration_seconds_bucket{%s,le=\"+Inf\"} %d\n", labels, h.total())
	fmt.Fprintf(out, "http_request_duration_seconds_sum{%s} %v\n", labels, h.seconds)
	fmt.Fprintf(out, "http_request_duration_seconds_count{%s} %d\n", labels, h.total())
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (s *statusWriter) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Hijack implements http.Hijacker. A connection is taken over for another
// protocol only.
func (s *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	s.status = http.StatusSwitchingProtocols
	return http.NewResponseController(s.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController through.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// serveMetrics serves /metrics on a listener of its own until it is closed. A
// function may need the port itself: that it is taken is no reason to end.
func serveMetrics(port int, m *metrics, log *slog.Logger) (closeServer func()) {
	if port == 0 {
		return func() {}
	}
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(port))
	if err != nil {
		log.Warn("no metrics: metrics_port chooses another port, 0 none", "metrics_port", port, "error", err)
		return func() {}
	}
	mux := http.NewServeMux()
	mux.Handle("/metrics", m)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: maxHeader}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	return func() {
		_ = server.Close()
		serving.Wait()
	}
}
