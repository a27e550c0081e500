package trace

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/trace/tracetest"
)

const (
	parentTrace, parentSpan = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	kept, notKept           = "00-" + parentTrace + "-" + parentSpan + "-01", "00-" + parentTrace + "-" + parentSpan + "-00"
)

// tracer is one that sends to a receiver, and its log.
func tracer(t *testing.T, ratio float64) (*Tracer, *tracetest.Receiver, *log) {
	t.Helper()
	r, l := tracetest.New(t), &log{}
	tracer := New(Config{
		URL: r.URL + "/v1/traces", Header: http.Header{"Api-Key": {"secret"}}, Service: "hark", Version: "1.2.3",
		Resource: []slog.Attr{slog.String("deployment.environment", "test")}, Ratio: ratio, Log: slog.New(slog.NewTextHandler(l, nil)),
	})
	t.Cleanup(tracer.end)
	return tracer, r, l
}

type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestTracer_SendsARequestAndItsStages(t *testing.T) {
	tracer, r, _ := tracer(t, 1)
	begun := time.Now().Add(-time.Second)
	n := tracer.Start("skill", http.Header{}, false, begun)
	for _, stage := range []string{"verify", "decode", Invoke} {
		n.Enter(stage)
	}
	told := n.Context()
	long := strings.Repeat("x", 300) // whose length takes two bytes
	n.End([]slog.Attr{slog.String("function", "Hello"), slog.String("long", long), slog.Int("status", 200), slog.Float64("share", .5)}, true)
	tracer.Close(t.Context())

	spans := r.Await(t, 4)
	names, kinds, failed := []string{}, []otlp.Span_SpanKind{}, []bool{}
	for i, s := range spans {
		names, kinds = append(names, s.GetName()), append(kinds, s.GetKind())
		failed = append(failed, s.GetStatus().GetCode() == otlp.Status_STATUS_CODE_ERROR)
		if i > 0 && !bytes.Equal(s.GetParentSpanId(), spans[0].GetSpanId()) || i == 0 && len(s.GetParentSpanId()) > 0 {
			t.Errorf("the parent of %s is %x", s.GetName(), s.GetParentSpanId())
		}
		if !bytes.Equal(s.GetTraceId(), spans[0].GetTraceId()) || len(s.GetTraceId()) != 16 || len(s.GetSpanId()) != 8 {
			t.Errorf("ids %x %x", s.GetTraceId(), s.GetSpanId())
		}
		if s.GetEndTimeUnixNano() < s.GetStartTimeUnixNano() || i > 1 && s.GetStartTimeUnixNano() != spans[i-1].GetEndTimeUnixNano() {
			t.Errorf("%s goes from %d to %d", s.GetName(), s.GetStartTimeUnixNano(), s.GetEndTimeUnixNano())
		}
	}
	if d := cmp.Diff([]string{"skill", "verify", "decode", "invoke"}, names); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]otlp.Span_SpanKind{otlp.Span_SPAN_KIND_SERVER, otlp.Span_SPAN_KIND_INTERNAL, otlp.Span_SPAN_KIND_INTERNAL, otlp.Span_SPAN_KIND_CLIENT}, kinds); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]bool{true, false, false, true}, failed); d != "" {
		t.Error(d)
	}
	if got := spans[0].GetStartTimeUnixNano(); got != uint64(begun.UnixNano()) {
		t.Errorf("it began at %d", got)
	}
	want := map[string]any{"hark.function": "Hello", "hark.long": long, "http.response.status_code": int64(200), "hark.share": .5}
	if d := cmp.Diff(want, tracetest.Attributes(spans[0].GetAttributes())); d != "" {
		t.Error(d)
	}
	want = map[string]any{"service.name": "hark", "service.version": "1.2.3", "deployment.environment": "test"}
	if d := cmp.Diff(want, tracetest.Attributes(r.Resource().GetResource().GetAttributes())); d != "" {
		t.Error(d)
	}
	if scope := r.Resource().GetScopeSpans()[0].GetScope(); scope.GetName() != "github.com/harkvoice/hark" || scope.GetVersion() != "1.2.3" {
		t.Errorf("scope %v", scope)
	}
	if want := "00-" + hex.EncodeToString(spans[3].GetTraceId()) + "-" + hex.EncodeToString(spans[3].GetSpanId()) + "-01"; told.Parent != want {
		t.Errorf("the function is told %s, not %s", told.Parent, want)
	}
	if got := r.AwaitRequests(t, 1)[0].Get("Api-Key"); got != "secret" {
		t.Errorf("the key is %q", got)
	}
	if sent, dropped := tracer.Counts(); sent != 4 || dropped != 0 {
		t.Errorf("%d sent, %d dropped", sent, dropped)
	}
}

func TestTracer_FollowsWhoIsTrustedAndLinksOthers(t *testing.T) {
	header := func(parent, state string) http.Header {
		h := http.Header{function.HeaderTraceParent: {parent}}
		if state != "" {
			h.Set(function.HeaderTraceState, state)
		}
		return h
	}
	for name, tt := range map[string]struct {
		header                http.Header
		trusted               bool
		ratio                 float64
		sent, follows, linked bool
		state                 string
	}{
		"nobody":                       {http.Header{}, true, 1, true, false, false, ""},
		"trusted":                      {header(kept, "vendor=1"), true, 0, true, true, false, "vendor=1"},
		"trusted and not kept":         {header(notKept, "vendor=1"), true, 1, false, true, false, "vendor=1"},
		"a stranger":                   {header(kept, "vendor=1"), false, 1, true, false, true, ""},
		"a stranger does not decide":   {header(kept, ""), false, 0, false, false, false, ""},
		"a stranger who does not want": {header(notKept, ""), false, 1, true, false, true, ""},
		"what is no parent":            {header("00-"+strings.Repeat("0", 32)+"-"+parentSpan+"-01", "vendor=1"), true, 1, true, false, false, ""},
		"nothing is kept":              {http.Header{}, true, 0, false, false, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tracer, r, _ := tracer(t, tt.ratio)
			n := tracer.Start("function", tt.header, tt.trusted, time.Now())
			n.Enter(Invoke)
			told := n.Context()
			n.End(nil, false)
			tracer.Close(t.Context())
			if follows := strings.HasPrefix(told.Parent, "00-"+parentTrace); follows != tt.follows || told.State != tt.state {
				t.Errorf("the function is told %+v", told)
			}
			if sampled := strings.HasSuffix(told.Parent, "-01"); sampled != tt.sent || (n.ID() != "") != tt.sent {
				t.Errorf("the function is told %+v", told)
			}
			if sent, _ := tracer.Counts(); (sent == 2) != tt.sent || (sent == 0) == tt.sent {
				t.Errorf("%d spans were sent", sent)
			}
			if !tt.sent {
				return
			}
			root := r.Await(t, 2)[0]
			if linked := len(root.GetLinks()) == 1 && hex.EncodeToString(root.GetLinks()[0].GetTraceId()) == parentTrace &&
				hex.EncodeToString(root.GetLinks()[0].GetSpanId()) == parentSpan; linked != tt.linked {
				t.Errorf("links %v", root.GetLinks())
			}
			if parent := hex.EncodeToString(root.GetParentSpanId()); (parent == parentSpan) != tt.follows || root.GetTraceState() != tt.state {
				t.Errorf("parent %s, state %q", parent, root.GetTraceState())
			}
		})
	}
}

func TestTracer_KeepsItsShareOfTraces(t *testing.T) {
	tracer, _, _ := tracer(t, .25)
	defer tracer.Close(t.Context())
	const all = 10_000
	n := 0
	for range all {
		if tracer.Start("skill", http.Header{}, false, time.Now()).ID() != "" {
			n++
		}
	}
	if n < all/5 || n > all*3/10 { // eleven deviations away
		t.Errorf("%d of %d are kept", n, all)
	}
}

func TestTrace_GoesOnBesideTheRequest(t *testing.T) {
	tracer, r, _ := tracer(t, 1)
	n := tracer.Start("skill", http.Header{}, false, time.Now())
	n.Enter("route")
	f := n.Follow("observer", time.Now())
	n.End(nil, false)
	f.Enter(Invoke)
	f.End(nil, false)
	tracer.Close(t.Context())
	spans := r.Await(t, 4)
	if !bytes.Equal(spans[2].GetParentSpanId(), spans[0].GetSpanId()) || !bytes.Equal(spans[2].GetTraceId(), spans[0].GetTraceId()) || spans[2].GetName() != "observer" {
		t.Errorf("%v does not follow %v", spans[2], spans[0])
	}
}

func TestTracer_NilMakesNoTrace(t *testing.T) {
	var tracer *Tracer
	n := tracer.Start("skill", http.Header{function.HeaderTraceParent: {kept}}, true, time.Now())
	n.Enter("verify")
	n.Follow("observer", time.Now()).End(nil, false)
	n.End(nil, true)
	if n != nil || n.ID() != "" || n.Context() != (function.Trace{}) {
		t.Error("there is one")
	}
	tracer.Close(t.Context())
}

// send has a tracer send a span at once, by closing it.
func send(t *testing.T, tracer *Tracer) {
	tracer.Start("skill", http.Header{}, false, time.Now()).End(nil, false)
	tracer.Close(t.Context())
}

func TestTracer_DropsWhatIsNotTaken(t *testing.T) {
	for name, tt := range map[string]struct {
		answer  func(http.ResponseWriter)
		want    string
		dropped uint64
	}{
		"refused":        {func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }, "it answers 401 Unauthorized", 1},
		"moved":          {func(w http.ResponseWriter) { w.Header().Set("Location", "/x"); w.WriteHeader(http.StatusFound) }, "it answers 302 Found", 1},
		"in part":        {partial(1, "too\nold"), `all but 1 of 1 spans: too\nold`, 1},
		"more than sent": {partial(1<<40, "all"), "all but 1 of 1 spans", 1},
		"taken":          {partial(0, "a warning"), "", 0},
		"no protobuf":    {func(w http.ResponseWriter) { fmt.Fprint(w, "\xff\xff") }, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			tracer, r, log := tracer(t, 1)
			r.Answer(tt.answer)
			send(t, tracer)
			if _, dropped := tracer.Counts(); dropped != tt.dropped {
				t.Errorf("%d are dropped", dropped)
			}
			if !strings.Contains(log.String(), tt.want) || (log.String() == "") != (tt.want == "") {
				t.Errorf("the log has %s", log)
			}
		})
	}
}

// partial is the answer of a receiver that has not taken some spans.
func partial(spans uint64, why string) func(http.ResponseWriter) {
	inner := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), spans)
	inner = protowire.AppendString(protowire.AppendTag(inner, 2, protowire.BytesType), why)
	return func(w http.ResponseWriter) {
		_, _ = w.Write(protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), inner))
	}
}

func TestTracer_TriesAgainWhereTheReceiverIsBusy(t *testing.T) {
	tracer, r, log := tracer(t, 1)
	busy := func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) }
	r.Answer(busy)
	for range batchSpans { // so that they are sent now
		tracer.Start("skill", http.Header{}, false, time.Now()).End(nil, false)
	}
	r.AwaitRequests(t, 1)
	r.Answer(nil)
	r.Await(t, batchSpans)
	tracer.Close(t.Context())
	if sent, dropped := tracer.Counts(); sent != batchSpans || dropped != 0 || log.String() != "" {
		t.Errorf("%d sent, %d dropped: %s", sent, dropped, log)
	}
}

func TestTracer_TellsOnceThatNobodyListens(t *testing.T) {
	_, r, log := tracer(t, 1)
	tracer := New(Config{URL: "http://127.0.0.1:1/v1/traces", Ratio: 1, Log: slog.New(slog.NewTextHandler(log, nil))})
	close(tracer.leaving) // no second try
	b := func() *batch {
		b := &batch{}
		b.add(tracer.Start("skill", http.Header{}, false, time.Now()))
		return b
	}
	tracer.send(b())
	tracer.send(b())
	tracer.config.URL = r.URL + "/v1/traces"
	tracer.send(b())
	tracer.send(b())
	if n := strings.Count(log.String(), "traces are not taken"); n != 1 || strings.Count(log.String(), "traces are taken again") != 1 || !strings.Contains(log.String(), "connection refused") {
		t.Errorf("the log has %s", log)
	}
	<-tracer.done
}

func TestTracer_HoldsNobodyUp(t *testing.T) {
	tracer, r, _ := tracer(t, 1)
	until := make(chan struct{})
	asked := make(chan struct{}, 1)
	r.Answer(func(http.ResponseWriter) { asked <- struct{}{}; <-until })
	one := func() { tracer.Start("skill", http.Header{}, false, time.Now()).End(nil, false) }
	for range batchSpans {
		one()
	}
	<-asked
	for range room + 10 { // the first so many wait
		one()
	}
	if _, dropped := tracer.Counts(); dropped != 10 {
		t.Errorf("%d are dropped", dropped)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	tracer.Close(over)
	if sent, dropped := tracer.Counts(); sent != 0 || dropped != batchSpans+room+10 {
		t.Errorf("%d sent, %d dropped", sent, dropped)
	}
	close(until)
}

// FuzzRejected holds that no answer of a receiver makes it panic.
func FuzzRejected(f *testing.F) {
	f.Add([]byte{0x0a, 0x04, 0x08, 0x01, 0x12, 0x00})
	f.Fuzz(func(_ *testing.T, answer []byte) { rejected(answer) })
}
