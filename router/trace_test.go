package router

import (
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/trace"
	"github.com/harkvoice/hark/internal/trace/tracetest"
)

const traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// traced is a house whose traces a receiver gets once sent is called.
func traced(t *testing.T, functions map[string]body) (h *house, sent func(n int) []*otlp.Span) {
	r := tracetest.New(t)
	tracer := trace.New(trace.Config{URL: r.URL + "/v1/traces", Service: "hark", Ratio: 1, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	h = build(t, functions, func(c *Config) { c.Tracer = tracer })
	return h, func(n int) []*otlp.Span {
		t.Helper()
		tracer.Close(t.Context())
		return r.Await(t, n)
	}
}

func spanNames(of []*otlp.Span) (names []string) {
	for _, s := range of {
		names = append(names, s.GetName())
	}
	return names
}

func TestTrace_HasTheStagesOfTheLine(t *testing.T) {
	h, sent := traced(t, map[string]body{"ChangeColorIntent": prints("OK, secret-answer.")})
	text := strings.Replace(envelope("ChangeColorIntent"), `"value":"red"`, `"value":"secret-slot"`, 1)
	if w := h.say(t, text); w.Code != 200 {
		t.Fatal(w.Body)
	}
	call, rec := h.engine.called()[0], h.record(t)
	spans := sent(8)
	if d := cmp.Diff([]string{"skill", "edge", "verify", "decode", "route", "invoke", "wrap", "respond"}, spanNames(spans)); d != "" {
		t.Error(d)
	}
	want := map[string]any{
		"hark.request_id": rec["request_id"], "hark.route": "skill", "http.request.method": "POST", "hark.stage": "respond", "hark.type": "IntentRequest", "hark.skill": "lights",
		"hark.intent": "ChangeColorIntent", "hark.function": "ChangeColorIntent", "hark.engine": "test", "hark.outcome": "ok", "http.response.status_code": int64(200), "hark.bytes": int64(rec["bytes"].(float64)),
	}
	if d := cmp.Diff(want, tracetest.Attributes(spans[0].GetAttributes())); d != "" {
		t.Error(d)
	}
	for _, s := range spans { // nothing of what was said, nor of who said it
		if strings.Contains(s.String(), "secret") || strings.Contains(s.String(), "amzn1") {
			t.Errorf("%s", s)
		}
	}
	invoke := spans[5]
	if want := "00-" + hex.EncodeToString(invoke.GetTraceId()) + "-" + hex.EncodeToString(invoke.GetSpanId()) + "-01"; call.Trace.Parent != want {
		t.Errorf("the function is told %q, want %q", call.Trace.Parent, want)
	}
	if rec["trace_id"] != hex.EncodeToString(invoke.GetTraceId()) {
		t.Errorf("the record is of trace %v", rec["trace_id"])
	}
}

func TestTrace_MarksTheStageThatFailed(t *testing.T) {
	h, sent := traced(t, map[string]body{"ChangeColorIntent": fails(function.ErrTimeout)})
	h.say(t, envelope("ChangeColorIntent"))
	spans := sent(6)
	for i, s := range spans {
		if failed := s.GetStatus().GetCode() == otlp.Status_STATUS_CODE_ERROR; failed != (i == 0 || s.GetName() == "invoke") {
			t.Errorf("%s: failed is %v", s.GetName(), failed)
		}
	}
	if got := tracetest.Attributes(spans[0].GetAttributes()); got["hark.outcome"] != "timeout" || got["hark.cause"] != nil {
		t.Errorf("%v", got)
	}
}

func TestTrace_OfGenericCallsGoesOnInTheirHeader(t *testing.T) {
	for name, tt := range map[string]struct {
		face    func(*Router) http.Handler
		follows bool
	}{"operator": {(*Router).Operator, true}, "public": {(*Router).Public, false}} {
		t.Run(name, func(t *testing.T) {
			h, sent := traced(t, map[string]body{"publichook": echo})
			r := httptest.NewRequest("POST", "/function/publichook", strings.NewReader("hello"))
			r.Header.Set("traceparent", traceParent)
			r.Header.Set("tracestate", "vendor=1")
			tt.face(h.Router).ServeHTTP(httptest.NewRecorder(), r)
			call, spans := h.engine.called()[0], sent(6)
			if d := cmp.Diff([]string{"function", "edge", "lookup", "doors", "invoke", "respond"}, spanNames(spans)); d != "" {
				t.Error(d)
			}
			header := call.HTTP.Header
			if got := header.Get("traceparent"); got != call.Trace.Parent || !strings.HasSuffix(got, hex.EncodeToString(spans[4].GetSpanId())+"-01") {
				t.Errorf("the function is told %q and %q", got, call.Trace.Parent)
			}
			if follows := strings.HasPrefix(header.Get("traceparent"), traceParent[:35]); follows != tt.follows || (header.Get("tracestate") == "vendor=1") != tt.follows {
				t.Errorf("the function is told %v", header)
			}
			if linked := len(spans[0].GetLinks()) == 1; linked == tt.follows {
				t.Errorf("links %v", spans[0].GetLinks())
			}
		})
	}
}

func TestTrace_OffPassesOnWhatCame(t *testing.T) {
	h := build(t, map[string]body{"hello": echo, "ChangeColorIntent": prints("OK.")})
	r := httptest.NewRequest("POST", "/function/hello", nil)
	r.Header.Set("traceparent", traceParent)
	h.Operator().ServeHTTP(httptest.NewRecorder(), r)
	h.say(t, envelope("ChangeColorIntent"))
	calls := h.engine.called()
	if calls[0].Trace.Parent != traceParent || calls[0].HTTP.Header.Get("traceparent") != traceParent {
		t.Errorf("the function is told %+v", calls[0].Trace)
	}
	if calls[1].Trace != (function.Trace{}) || h.record(t)["trace_id"] != nil {
		t.Errorf("without traces, the function is told %+v", calls[1].Trace)
	}
}

func TestTrace_OfAnObserverIsThatOfItsRequest(t *testing.T) {
	h, sent := traced(t, map[string]body{"SessionEndedRequest": prints("")})
	h.say(t, event("SessionEndedRequest"))
	h.Close(t.Context())
	spans := sent(8)
	byName := map[string]*otlp.Span{}
	for _, s := range spans {
		byName[s.GetName()] = s
	}
	if o := byName["observer"]; string(o.GetParentSpanId()) != string(byName["skill"].GetSpanId()) || string(o.GetTraceId()) != string(byName["skill"].GetTraceId()) {
		t.Errorf("%v does not follow %v", o, byName["skill"])
	}
	if i := byName["invoke"]; string(i.GetParentSpanId()) != string(byName["observer"].GetSpanId()) {
		t.Errorf("%v is not the observer's", i)
	}
}

func TestRecord_HasWhatAnAccessLogHas(t *testing.T) {
	h := build(t, map[string]body{"hello": prints("Hello."), "none": answers(204)})
	for _, tt := range []struct {
		method, target string
		bytes          any
	}{{"GET", "/function/hello", 6.}, {"PUT", "/function/none", nil}, {"POST", "/function/nobody", 36.}} {
		r := httptest.NewRequest(tt.method, tt.target, nil)
		r.RemoteAddr = "[2001:db8::1]:4711"
		w := httptest.NewRecorder()
		h.Operator().ServeHTTP(w, r)
		rec := h.record(t)
		if rec["method"] != tt.method || rec["client"] != "2001:db8::1" || rec["bytes"] != tt.bytes || tt.bytes != nil && int(tt.bytes.(float64)) != w.Body.Len() {
			t.Errorf("%s: %v, and %d bytes were sent", tt.target, rec, w.Body.Len())
		}
	}
}
