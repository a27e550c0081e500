package router

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/spool"
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

// start runs f, unless too many run already, and returns when it has done what
// comes before that.
func (o *observers) start(before func(), f func(ctx context.Context)) bool {
	select {
	case o.slots <- struct{}{}:
	default:
		return false
	}
	before()
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
// itself. It does not wait for it, but until the request is kept: what was
// acknowledged is to be observed even if hark crashes.
func (rt *Router) notify(heard *record, route intents.Route, req *alexa.Request) {
	rt.watchEvent(heard, route, req, func() spool.Kept {
		kept, err := rt.Events.Keep(slices.Concat([]byte(heard.skill.Name+"\n"), req.Raw))
		if err != nil {
			rt.Log.Warn("an event is observed, but not kept: a crash would lose it", "request_id", heard.id, "cause", err.Error())
		}
		return kept
	})
}

// watchEvent starts the observer of an event, heard in another record, which is kept
// until that has ended. It reports whether there was a place for it.
func (rt *Router) watchEvent(heard *record, route intents.Route, req *alexa.Request, keep func() spool.Kept) bool {
	rec := &record{id: heard.id, route: routeObserver, start: time.Now(), stage: stageRoute, req: req, skill: heard.skill,
		function: route.Function, fault: fault{outcome: outcomeOK}}
	rec.trace = heard.trace.Follow(routeObserver, rec.start)
	end := func(err error) {
		if rec.err = err; err != nil {
			rec.fault, _ = explain(err, nobody)
		}
		rt.close(rec)
	}
	var kept spool.Kept
	started := rt.observers.start(func() { kept = keep() }, func(ctx context.Context) {
		end(rt.observer(ctx, rec, route, req))
		if ctx.Err() == nil { // else hark has ended it, and the next one takes it up
			kept.Done()
		}
	})
	if !started {
		end(errObservers)
	}
	return started
}

// maxEventAge is how long an event is worth being observed that a crash has left.
const maxEventAge = time.Hour

// TakeUp has the events observed that hark had acknowledged before it crashed, or
// was stopped. It is to be called once the functions are known, and ends with ctx: what
// has found no place by then is left for the next hark.
func (rt *Router) TakeUp(ctx context.Context) {
	for _, left := range rt.Events.Left() {
		if err := rt.takeUp(ctx, left); err != nil {
			rt.Log.Warn("an event that was acknowledged is not observed", "age", time.Since(left.Since).Round(time.Second).String(), "cause", err.Error())
			left.Done()
		}
	}
}

func (rt *Router) takeUp(ctx context.Context, left spool.Left) error {
	name, raw, _ := bytes.Cut(left.Content, []byte("\n"))
	skill := rt.Skills.Named(string(name))
	if skill == nil {
		return fmt.Errorf("skill %.64q: %w", name, errNoSkill)
	}
	if time.Since(left.Since) > maxEventAge {
		return errors.New("it is too old")
	}
	req, err := alexa.Decode(raw)
	if err != nil {
		return err
	}
	route, err := skill.Route(rt.Catalogue, req)
	if err != nil {
		return err
	}
	if !route.Observe {
		return function.ErrNotFound
	}
	heard := &record{id: newID(), skill: skill}
	for !rt.watchEvent(heard, route, req, func() spool.Kept { return left.Kept }) {
		select {
		case <-time.After(maxPause):
		case <-ctx.Done():
			return nil
		}
	}
	return nil
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
		return function.Invocation{Function: route.Function, RequestID: rec.id, Body: bytes.NewReader(req.Raw), Voice: route.Voice, Trace: rec.trace.Context()}
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
