package router

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/local"
	"github.com/harkvoice/hark/internal/trace"
)

// BenchmarkSeen measures what metrics, the access record in JSON and a trace of
// eight spans add to the CPU time of a voice request, sending and receiving the
// trace included. Requests that are seen and such that are not take turns in rounds;
// metrics cannot be switched off, so that theirs are measured alone. What is more is
// told of the line alone, from HTTP handler to response with an engine that does
// nothing; of the same over a kept TLS connection, without its client; and of a
// request that a shell script answers, under the embedded engine.
// The goal is 5%.
func BenchmarkSeen(b *testing.B) {
	sink := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer sink.Close()
	tracer := trace.New(trace.Config{URL: sink.URL, Service: "hark", Ratio: 1, Log: slog.New(slog.DiscardHandler)})
	defer tracer.Close(b.Context())
	functions := map[string]body{"ChangeColorIntent": prints("OK, red.")}
	watched := func(log slog.Handler, t *trace.Tracer) *house {
		h := build(b, functions, func(c *Config) { c.Log, c.Tracer = slog.New(log), t })
		h.Engine = noop{}
		return h
	}
	blind, logged, traced := watched(slog.DiscardHandler, nil), watched(slog.NewJSONHandler(io.Discard, nil), nil), watched(slog.DiscardHandler, tracer)
	m := blind.metrics
	signed := make([]signedEnvelope, 512) // two batches of traces; of the last minutes, and heard again: replays are let pass
	for i := range signed {
		signed[i] = signEnvelope(b, authority())
	}
	line := func(h *house) float64 {
		face, next := h.Public(), 0
		runtime.GC() // of what the round before has left
		return cpu(len(signed), func() {
			r := httptest.NewRequest(http.MethodPost, "/alexa", strings.NewReader(signed[next].text))
			r.Header = signed[next].header.Clone()
			next++
			w := httptest.NewRecorder()
			if face.ServeHTTP(w, r); w.Code != http.StatusOK {
				b.Fatalf("%d %s", w.Code, w.Body)
			}
		})
	}
	houses := []*house{blind, logged, traced}
	took := make([][]float64, len(houses))
	var counts []float64
	for turn := 0; b.Loop(); turn++ {
		for i := range houses { // another one first each time
			at := (turn + i) % len(houses)
			took[at] = append(took[at], line(houses[at]))
		}
		counts = append(counts, cpu(1000, func() {
			inflight := m.inflight.WithLabelValues(routeSkill)
			inflight.Inc()
			defer inflight.Dec()
			end := m.invocations.begin("ChangeColorIntent")
			m.invocations.decided("ChangeColorIntent", http.StatusOK, time.Millisecond)
			end()
			m.requests.WithLabelValues(routeSkill, stageRespond, outcomeOK).Inc()
			m.durations.WithLabelValues(routeSkill).Observe(.001)
		}))
	}
	// What others do on the machine can only add, and differences are small: the
	// quietest rounds are compared.
	quiet := func(of []float64) float64 {
		slices.Sort(of)
		return of[len(of)/10]
	}
	more := func(than, seen []float64) float64 { return quiet(seen) - quiet(than) }
	script, overTLS := scripted(b, signed), kept(b, blind, signed)
	log, spans, metrics := more(took[0], took[1]), more(took[0], took[2]), median(counts)
	unseen := quiet(took[0]) - metrics
	b.ReportMetric(unseen, "unseen-µs/req")
	b.ReportMetric(metrics, "metrics-µs/req")
	b.ReportMetric(log, "log-µs/req")
	b.ReportMetric(spans, "trace-µs/req")
	b.ReportMetric(script, "script-µs/req")
	b.ReportMetric(overTLS, "tls-µs/req")
	b.ReportMetric(100*(metrics+log+spans)/unseen, "%more-than-line")
	b.ReportMetric(100*(metrics+log+spans)/overTLS, "%more-than-tls")
	b.ReportMetric(100*(metrics+log+spans)/script, "%more-than-script")
	b.ReportMetric(0, "ns/op") // of a round, which says nothing
}

// scripted is the CPU time of a request, unseen, that a shell script answers, that
// of its process included.
func scripted(b *testing.B, signed []signedEnvelope) float64 {
	engine := local.New(local.Config{Log: slog.New(slog.DiscardHandler)})
	defer engine.Close(b.Context())
	spec := function.Spec{Name: "ChangeColorIntent", Dir: b.TempDir(), Process: `sh -c 'echo "OK, $ALEXA_SLOT_LEDCOLOR."'`}
	if err := engine.Deploy(b.Context(), spec); err != nil {
		b.Fatal(err)
	}
	h := build(b, map[string]body{spec.Name: nil}, func(c *Config) { c.Log = slog.New(slog.DiscardHandler) })
	h.Engine = engine
	face, before := h.Public(), usage()+usageOf(syscall.RUSAGE_CHILDREN)
	for _, next := range signed {
		r := httptest.NewRequest(http.MethodPost, "/alexa", strings.NewReader(next.text))
		r.Header = next.header.Clone()
		w := httptest.NewRecorder()
		if face.ServeHTTP(w, r); !strings.Contains(w.Body.String(), "OK, red.") {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	return float64((usage() + usageOf(syscall.RUSAGE_CHILDREN) - before).Microseconds()) / float64(len(signed))
}

// kept is the CPU time of a request, unseen, that comes over a TLS connection which
// is kept, from a client in a process of its own.
func kept(b *testing.B, h *house, signed []signedEnvelope) float64 {
	server := httptest.NewTLSServer(h.Public())
	defer server.Close()
	sent := make([]clientRequest, len(signed))
	for i, next := range signed {
		sent[i] = clientRequest{server.URL + "/alexa", next.text, next.header}
	}
	text, err := json.Marshal(sent)
	if err != nil {
		b.Fatal(err)
	}
	client := exec.CommandContext(b.Context(), os.Args[0])
	client.Env, client.Stdin, client.Stderr = append(os.Environ(), clientVariable+"=1"), bytes.NewReader(text), os.Stderr
	before := usage()
	if err := client.Run(); err != nil {
		b.Fatal(err)
	}
	return float64((usage() - before).Microseconds()) / float64(len(signed)*clientRounds)
}

type clientRequest struct {
	URL, Text string
	Header    http.Header
}

// With clientVariable in its environment, the test is a client.
const (
	clientVariable = "HARK_TEST_CLIENT"
	clientRounds   = 4
)

func TestMain(m *testing.M) {
	if os.Getenv(clientVariable) == "" {
		os.Exit(m.Run())
	}
	var send []clientRequest
	if err := json.NewDecoder(os.Stdin).Decode(&send); err != nil {
		panic(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for i := range clientRounds * len(send) {
		next := send[i%len(send)]
		r, err := http.NewRequest(http.MethodPost, next.URL, strings.NewReader(next.Text))
		if err != nil {
			panic(err)
		}
		r.Header = next.Header
		resp, err := client.Do(r)
		if err != nil {
			panic(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			panic(resp.Status)
		}
		resp.Body.Close()
	}
}
