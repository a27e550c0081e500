package swarm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/upstream"
)

const (
	// readyTime is how long a call waits for the first replica: Docker may have to
	// fetch an image.
	readyTime = 30 * time.Second
	// backTime is how long it waits for one that is to be there, and is started anew.
	backTime = 15 * time.Second
)

// Invoke has a task of the function answer. A call that no task has seen is sent
// to another one; one that a task may have seen is not, unless its method is
// idempotent (RFC 9110, section 9.2.2). A function that is scaled to none is
// scaled to one first. No call of Docker's API is made for it.
func (e *Engine) Invoke(ctx context.Context, inv function.Invocation) (function.Result, error) {
	result, err := e.invoke(ctx, inv)
	if err != nil {
		return function.Result{}, fmt.Errorf("function %.64q: %w", inv.Function, err)
	}
	return result, nil
}

func (e *Engine) invoke(ctx context.Context, inv function.Invocation) (function.Result, error) {
	t := e.table.find(inv.Function)
	if t == nil {
		return function.Result{}, function.ErrNotFound
	}
	call, err := upstream.NewCall(ctx, inv, inv.Function, "", 0)
	if err != nil {
		return function.Result{}, err
	}
	for broken := 0; ; {
		var ep *endpoint
		if t, ep, err = e.await(ctx, t); err != nil {
			return function.Result{}, err
		}
		until := told(ctx)
		call.Own = ownHeader(inv, until)
		result, err := e.ask(ctx, t, ep, call)
		err = late(err, until)
		switch {
		case err == nil:
			result.Body = lateBody(result.Body, until)
			return result, nil
		case ctx.Err() != nil:
			ep.undecided(t)
			return function.Result{}, upstream.Explain(ctx, err)
		case errors.Is(err, upstream.ErrNotSent):
			e.silence(t, ep, err)
		case errors.Is(err, function.ErrNotTaken):
			e.silence(t, ep, err) // or it would get the next calls too, having the fewest
			if call.Rest != nil {
				return function.Result{}, err
			}
		case errors.Is(err, errCut):
			ep.client.DropIdle()
			e.silence(t, ep, err) // its other calls break off too: it would be the one with the fewest
			if broken++; broken > maxBroken || !idempotent(call) {
				return function.Result{}, err
			}
		default: // the task is there: a function's failures are no reason to ask Docker
			ep.undecided(t)
			return function.Result{}, err
		}
	}
}

// maxBroken is how often a call that may be sent again is, after its answer broke
// off: a request that kills its function must not kill all replicas.
const maxBroken = 2

// errCut is the error of a call that ended without an answer.
var errCut = fmt.Errorf("%w: the connection ended without an answer", function.ErrBroken)

// idempotent reports whether a request may be sent twice.
func idempotent(call *upstream.Call) bool {
	switch call.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return call.Rest == nil && call.Upgrade == ""
	}
	return false
}

// ownHeader is what the engine tells the watchdog: which call it is, when it ends,
// and the environment of a voice request.
func ownHeader(inv function.Invocation, until time.Time) string {
	own := make([]byte, 0, 512)
	line := func(name, value string) {
		own = append(append(append(append(own, name...), ": "...), value...), "\r\n"...)
	}
	if inv.RequestID != "" {
		line(function.HeaderCallID, inv.RequestID)
	}
	if !until.IsZero() && (inv.HTTP == nil || inv.HTTP.Header.Get(function.HeaderTimeout) == "") {
		line(function.HeaderTimeout, strconv.FormatFloat(max(time.Until(until).Seconds(), 0.001), 'f', 3, 64))
	}
	if inv.HTTP == nil {
		line(function.HeaderVoice, function.EncodeVoice(inv.Voice))
	}
	return string(own)
}

// ask has one task answer.
func (e *Engine) ask(ctx context.Context, t *target, ep *endpoint, call *upstream.Call) (function.Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	life := ep.life.Load()
	unwatch := context.AfterFunc(life, func() { cancel(context.Cause(life)) })
	long := time.AfterFunc(pulseTime, func() { e.feel(t, ep) })
	end := func() {
		long.Stop()
		unwatch()
		cancel(nil)
		ep.leave()
	}
	resp, err := ep.client.Do(ctx, call)
	if err != nil {
		defer end()
		return function.Result{}, whyNot(ctx, err)
	}
	fault := function.Fault(resp.Header)
	if !errors.Is(fault, function.ErrNotTaken) {
		e.answered(t, ep)
	}
	if fault != nil {
		_, _ = io.CopyN(io.Discard, resp.Body, 4<<10) // so that the connection can be kept
		resp.Body.Close()
		end()
		return function.Result{}, fault
	}
	result := upstream.Answer(ctx, resp, e.config.MaxBody)
	if resp.StatusCode == http.StatusSwitchingProtocols {
		result.Until = life
	}
	result.OnClose(end)
	return result, nil
}

// whyNot tells apart what decides whether a call is sent again.
func whyNot(ctx context.Context, err error) error {
	if errors.Is(err, upstream.ErrNotSent) {
		return err
	}
	why := upstream.Explain(ctx, err)
	if errors.Is(why, function.ErrBroken) {
		return fmt.Errorf("%w: %w", errCut, why)
	}
	return why
}

// await enters an endpoint, and waits for one if there is none. Where the function
// was removed and made anew meanwhile, that is one of the new one's.
func (e *Engine) await(ctx context.Context, t *target) (*target, *endpoint, error) {
	ep, changed := t.pick()
	if ep != nil {
		return t, ep, nil
	}
	wait := backTime
	if t.asleep.Load() {
		wait = readyTime
	}
	if t.hopeless(ctx, wait) {
		return nil, nil, errResting
	}
	patience := time.NewTimer(wait)
	defer patience.Stop()
	for {
		if t.asleep.Load() {
			e.wake(t)
		}
		select {
		case <-changed:
		case <-patience.C:
			return nil, nil, errNoReplica
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil, nil, errNoReplica
			}
			return nil, nil, context.Cause(ctx)
		}
		if t = e.table.find(t.name); t == nil {
			return nil, nil, function.ErrNotFound
		}
		if ep, changed = t.pick(); ep != nil {
			return t, ep, nil
		}
	}
}

var errNoReplica = fmt.Errorf("%w: no replica was ready in time", function.ErrUnavailable)

// silence has an endpoint that could not be reached asked no more until it can.
// When nothing at all came from there its neighbours are tried first too, or a
// call would wait for one after the other of a node that is gone.
func (e *Engine) silence(t *target, ep *endpoint, why error) {
	if ep.silent.CompareAndSwap(false, true) { // calls that fail at the same time are one failure
		e.listen(t, ep, e.failed(t, ep, why))
	}
	if unreachable(why) {
		for _, ep := range t.neighbours(ep) {
			e.hush(t, ep, firstTry)
		}
	}
	e.hint(t.service)
}

// hush has an endpoint asked no more until it can be reached, which is tried after
// a wait and then now and then.
func (e *Engine) hush(t *target, ep *endpoint, wait time.Duration) {
	if ep.silent.CompareAndSwap(false, true) {
		e.listen(t, ep, wait)
	}
}

func (e *Engine) listen(t *target, ep *endpoint, wait time.Duration) {
	e.table.chores.start(func(context.Context) { ep.awaitVoice(t, wait) })
}

// wake scales a function from none to one, once for all calls that wait.
func (e *Engine) wake(t *target) {
	if !t.waking.CompareAndSwap(false, true) {
		return
	}
	e.table.chores.start(func(ctx context.Context) {
		waking, cancel := context.WithTimeout(ctx, readyTime)
		defer cancel()
		err := e.change(waking, t.name, one)
		if err != nil && ctx.Err() == nil {
			e.config.Log.Error("a function that was called cannot be woken up", "function", t.name, "error", err)
			select { // those who wait try again
			case <-time.After(wakeAgain):
			case <-ctx.Done():
			}
		}
		t.waking.Store(false)
		t.tell()
	})
}

// one has a function that is scaled to none run; others may have woken it up.
func one(s *swarm.ServiceSpec) error {
	if r := s.Mode.Replicated; r != nil && r.Replicas != nil && *r.Replicas == 0 {
		*r.Replicas = least(s.Labels)
	}
	return nil
}

// wakeAgain is how long it takes until a function that could not be woken up is
// tried again.
const wakeAgain = 500 * time.Millisecond
