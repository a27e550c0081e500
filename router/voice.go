package router

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// MaxPrinted bounds what is read of a function's answer to a voice request. No
// legal response is nearly as long.
const MaxPrinted = 1 << 20

// maxSpare is the most that is kept of a voice request's time, to say that the
// function took too long while the device still listens; else it is a tenth.
const maxSpare = 200 * time.Millisecond

// said is what came of a call.
type said struct {
	stdout []byte
	err    error
}

// invokeVoice gives the verified bytes to the function and returns what it
// printed. It returns in time for an apology before the deadline, whatever the
// engine does: half of the spare time is for the engine to end the function, then
// the call is left behind, and its goroutine ends when the engine lets it. Both
// engines do so soon after ctx: the local one has killed the process by then.
func (rt *Router) invokeVoice(ctx context.Context, rec *record, route intents.Route, req *alexa.Request) ([]byte, error) {
	until := rt.voiceDeadline(ctx, rec)
	spare := min(until.Sub(rec.start)/10, maxSpare)
	ctx, cancel := context.WithDeadline(ctx, until.Add(-spare))
	defer cancel()
	rec.function = route.Function
	call := function.Invocation{Function: route.Function, RequestID: rec.id, Body: bytes.NewReader(req.Raw), Voice: route.Voice, Trace: rec.trace.Context()}
	answered := make(chan said, 1)
	go func() { answered <- rt.hear(ctx, call) }()

	late, stop := rt.progressTimer(rec, route)
	defer stop()
	for {
		select {
		case a := <-answered:
			return a.stdout, a.err
		case <-late:
			if len(answered) == 0 {
				rt.progress(ctx, rec, route, req)
			}
			late = nil
		case <-ctx.Done():
			return lastChance(ctx, answered, spare/2, call.Function)
		}
	}
}

// lastChance waits a little for the engine to tell how the call ended.
func lastChance(ctx context.Context, answered <-chan said, patience time.Duration, name string) ([]byte, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case a := <-answered:
		return a.stdout, a.err
	case <-timer.C:
		return nil, fmt.Errorf("function %s: %w", name, function.Ended(ctx))
	}
}

// voiceDeadline is the gateway's, or the skill's if that is earlier.
func (rt *Router) voiceDeadline(ctx context.Context, rec *record) time.Time {
	until, _ := ctx.Deadline()
	if own := rec.skill.Settings.VoiceTimeout; own > 0 && rec.start.Add(own).Before(until) {
		return rec.start.Add(own)
	}
	return until
}

// hear runs a function and reads its answer whole.
func (rt *Router) hear(ctx context.Context, call function.Invocation) (a said) {
	defer func() {
		if v := recover(); v != nil { // nobody else would, on a goroutine
			a = said{err: panicked(v)}
		}
	}()
	defer rt.metrics.invocations.begin(call.Function)()
	result, err := rt.run(ctx, call)
	if err != nil {
		return said{err: err}
	}
	defer result.Body.Close()
	if s := result.Status; s != 0 && s/100 != 2 { // 0 is 200
		return said{err: fmt.Errorf("function %s: %w: it answers with HTTP status %d", call.Function, function.ErrFailed, s)}
	}
	stdout, err := io.ReadAll(io.LimitReader(result.Body, MaxPrinted+1))
	if err != nil {
		return said{err: fmt.Errorf("function %s: %w", call.Function, err)}
	}
	if len(stdout) > MaxPrinted {
		return said{err: fmt.Errorf("function %s: %w: more than %d bytes", call.Function, function.ErrOutputTooLarge, MaxPrinted)}
	}
	return said{stdout: stdout}
}
