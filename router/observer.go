package router

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// maxObservers is how many functions may observe at once. Events come in
// waves, and nobody waits for them: one more is dropped.
const maxObservers = 64

// errObservers says why an event reached no function.
var errObservers = fmt.Errorf("%w: %d observe already, or hark is stopping", function.ErrOverloaded, maxObservers)

// observers are the functions that run without anybody waiting for them. Who
// holds one of the slots may run.
type observers struct {
	slots chan struct{}
	ctx   context.Context // ends those that are too slow for the end
	end   context.CancelFunc
}

func newObservers() *observers {
	o := &observers{slots: make(chan struct{}, maxObservers)}
	o.ctx, o.end = context.WithCancel(context.Background())
	return o
}

// start runs f, unless too many run already.
func (o *observers) start(f func(ctx context.Context)) bool {
	select {
	case o.slots <- struct{}{}:
	default:
		return false
	}
	go func() {
		defer func() { <-o.slots }()
		f(o.ctx)
	}()
	return true
}

// close lets those that run finish until ctx ends, then ends them; no other
// starts, for it keeps every slot.
func (o *observers) close(ctx context.Context) {
	defer o.end()
	defer context.AfterFunc(ctx, o.end)()
	for range cap(o.slots) {
		o.slots <- struct{}{}
	}
}

// Close lets the functions that observe finish until ctx ends, then ends them,
// and returns when none runs. No other starts from then on; to be called once.
func (rt *Router) Close(ctx context.Context) { rt.observers.close(ctx) }

// notify has the function of route observe a request that the line answers
// itself. It does not wait for it, unless Amazon sends the event again that gets no
// answer: then what the function fails with is returned, so that nothing is lost
// that was acknowledged. A function that takes longer than ctx is acknowledged.
func (rt *Router) notify(ctx context.Context, heard *record, route intents.Route, req *alexa.Request) error {
	rec := &record{id: heard.id, route: routeObserver, start: time.Now(), stage: stageRoute, req: req, skill: heard.skill,
		function: route.Function, fault: fault{outcome: outcomeOK}}
	ended := make(chan error, 1)
	end := func(err error) {
		if rec.err = err; err != nil {
			rec.fault, _ = explain(err, nobody)
		}
		rt.close(rec)
		ended <- err
	}
	if !rt.observers.start(func(ctx context.Context) { end(rt.observer(ctx, rec, route, req)) }) {
		end(errObservers)
	}
	if !req.Repeated() {
		return nil
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

// observer is the line of a function that nobody waits for: what it prints goes
// nowhere.
func (rt *Router) observer(ctx context.Context, rec *record, route intents.Route, req *alexa.Request) error {
	ctx, cancel := context.WithTimeout(ctx, rt.FunctionTimeout)
	defer cancel()
	inflight := rt.metrics.inflight.WithLabelValues(routeObserver)
	inflight.Inc()
	defer inflight.Dec()

	rec.enter(stageInvoke)
	a := rt.hearPatiently(ctx, func() function.Invocation {
		return function.Invocation{Function: route.Function, RequestID: rec.id, Body: bytes.NewReader(req.Raw), Voice: route.Voice}
	})
	rec.dropped = len(a.stdout)
	return a.err
}

// Pauses between two tries of a function that is busy.
const (
	firstPause = 50 * time.Millisecond
	maxPause   = time.Second
)

// hearPatiently runs a function once it has room for another request: a wave of
// events is to be observed whole, and each has time.
func (rt *Router) hearPatiently(ctx context.Context, call func() function.Invocation) said {
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		a := rt.hear(ctx, call())
		if !errors.Is(a.err, function.ErrOverloaded) {
			return a
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return a
		}
	}
}
