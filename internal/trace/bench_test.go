package trace

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// BenchmarkTrace is what the eight spans of a voice request take, sending included.
func BenchmarkTrace(b *testing.B) {
	sink := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer sink.Close()
	tracer := New(Config{URL: sink.URL, Ratio: 1, Log: slog.New(slog.DiscardHandler)})
	defer tracer.Close(b.Context())
	attrs := []slog.Attr{slog.String("request_id", "0123456789abcdef"), slog.String("route", "skill"), slog.String("method", "POST"), slog.String("stage", "respond"),
		slog.String("type", "IntentRequest"), slog.String("skill", "lights"), slog.String("intent", "ChangeColorIntent"), slog.String("function", "ChangeColorIntent"),
		slog.String("engine", "local"), slog.String("outcome", "ok"), slog.Int("status", 200), slog.Int("bytes", 90)}
	b.ReportAllocs()
	for b.Loop() {
		n := tracer.Start("skill", http.Header{}, false, time.Now())
		for _, stage := range []string{"edge", "verify", "decode", "route", Invoke, "wrap", "respond"} {
			n.Enter(stage)
		}
		_ = n.Context()
		n.End(attrs, false)
	}
}
