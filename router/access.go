package router

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
)

// close counts a request and writes its record.
func (rt *Router) close(rec *record) {
	took := time.Since(rec.start)
	rt.metrics.requests.WithLabelValues(rec.route, rec.stage, rec.fault.outcome).Inc()
	rt.metrics.durations.WithLabelValues(rec.route).Observe(took.Seconds())
	if rec.door != "" {
		rt.metrics.keptOut.WithLabelValues(rec.door, rec.reason).Inc()
	}
	if rec.shed != "" {
		rt.metrics.shed.WithLabelValues(rec.route, rec.shed).Inc()
	}
	if rec.forget != nil && (rec.err != nil || rec.status >= http.StatusInternalServerError) {
		rec.forget()
	}
	level := slog.LevelInfo
	if rec.err != nil {
		level = rec.fault.level
	}
	logged := rt.Log.Enabled(context.Background(), level)
	if !logged && rec.trace == nil {
		return
	}
	space := attrSpace.Get().(*[]slog.Attr)
	defer attrSpace.Put(space)
	attrs := (*space)[:0]
	add := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, value))
		}
	}
	add("request_id", rec.id)
	add("route", rec.route)
	add("stage", rec.stage)
	if rec.req != nil {
		add("type", clip(rec.req.Type(), 80))
		add("skill", rec.skill.Name)
	}
	add("intent", rec.intent)
	add("action", rec.action)
	add("function", rec.function)
	add("secret", rec.secret)
	add("engine", rt.EngineName)
	add("outcome", rec.fault.outcome)
	add("shed", rec.shed)
	add("door", rec.door)
	add("reason", rec.reason)
	if rec.status != 0 { // nobody is answered by an observer
		attrs = append(attrs, slog.Int("status", rec.status))
	}
	add("method", clip(rec.method, 20))
	if rec.sent > 0 {
		attrs = append(attrs, slog.Int64("bytes", rec.sent))
	}
	if rec.dropped > 0 {
		add("dropped", fmt.Sprintf("%d bytes that it printed: Alexa takes no answer to this type", rec.dropped))
	}
	rec.trace.End(attrs, level == slog.LevelError)
	if !logged {
		return
	}
	attrs = append(attrs, slog.Float64("duration_ms", float64(took.Microseconds())/1000))
	add("client", rec.client)
	add("trace_id", rec.trace.ID())
	if rec.err != nil {
		var refusal *alexa.Refusal
		if errors.As(rec.err, &refusal) {
			add("reason", string(refusal.Reason))
		}
		add("cause", rec.err.Error())
	}
	// By the handler, which need not know from where in the program it is called.
	line := slog.NewRecord(time.Now(), level, "request", 0)
	line.AddAttrs(slog.Attr{Value: slog.GroupValue(attrs...)}) // a group without a name is none; as one it is not copied
	_ = rt.Log.Handler().Handle(context.Background(), line)
}

// attrSpace is for the parts of a record while it is written.
var attrSpace = sync.Pool{New: func() any { s := make([]slog.Attr, 0, 24); return &s }}

// host is an address without its port.
func host(address string) string {
	if at := strings.LastIndexByte(address, ':'); at >= 0 {
		return strings.Trim(address[:at], "[]")
	}
	return address
}

// counted counts what is read of an answer as what is sent of it, unless it is
// another protocol's connection.
func (r *record) counted(result function.Result) function.Result {
	if result.Status != http.StatusSwitchingProtocols {
		result.Body = &countedBody{result.Body, &r.sent}
	}
	return result
}

type countedBody struct {
	io.ReadCloser
	n *int64
}

func (b *countedBody) Read(to []byte) (int, error) {
	n, err := b.ReadCloser.Read(to)
	*b.n += int64(n)
	return n, err
}

// clip bounds a text from outside.
func clip(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
