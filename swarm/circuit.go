package swarm

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

const (
	// tripAt is how many failures in a row open a circuit.
	tripAt = 3
	// firstRest is how long a task is left alone then. Each further failure doubles
	// it, up to longestRest.
	firstRest, longestRest = 250 * time.Millisecond, 30 * time.Second
)

// circuit takes a task out that can be connected to and all the same fails call
// after call, where a connection alone would pass for health. It is left alone for
// a growing while and tried again by one call, whose outcome decides. What a
// function answers is no failure, whatever its status.
type circuit struct {
	failures atomic.Int32 // in a row; those of calls at the same time are one
	trial    atomic.Int32
	until    atomic.Int64 // the end of its rest, in nanoseconds since 1970
}

// The values of trial.
const (
	trialNone    = iota
	trialOffered // the next call decides
	trialTaken   // it is under way
)

// fail counts a failure and returns how long to leave the task alone.
func (c *circuit) fail(now time.Time) (rest time.Duration) {
	c.trial.Store(trialNone)
	n := c.failures.Add(1)
	if n < tripAt {
		return 0
	}
	rest = min(firstRest<<min(n-tripAt, 16), longestRest)
	c.until.Store(now.Add(rest).UnixNano())
	return rest
}

// offer has the next call decide, after a rest.
func (c *circuit) offer() {
	if c.failures.Load() >= tripAt {
		c.trial.Store(trialOffered)
	}
}

// admits reports whether a call may be made, which it is the only one to know of a
// trial.
func (c *circuit) admits() bool {
	switch c.trial.Load() {
	case trialNone:
		return true
	case trialOffered:
		return c.trial.CompareAndSwap(trialOffered, trialTaken)
	}
	return false
}

// mend takes note of an answer, and reports whether it has closed the circuit.
func (c *circuit) mend() bool {
	if c.failures.Load() == 0 {
		return false
	}
	c.until.Store(0)
	tripped := c.failures.Swap(0) >= tripAt
	c.trial.Store(trialNone)
	return tripped
}

// unsure has another call decide, and reports whether one is to: the one that was
// to has ended without a verdict.
func (c *circuit) unsure() bool { return c.trial.CompareAndSwap(trialTaken, trialOffered) }

// rest is until when a function's tasks are all left alone; the zero time if one is
// not.
func (t *target) rest() (until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, ep := range t.endpoints {
		at := ep.circuit.until.Load()
		if at == 0 {
			return time.Time{}
		}
		if end := time.Unix(0, at); i == 0 || end.Before(until) {
			until = end
		}
	}
	return until
}

// failing says how many of a function's tasks fail call after call, if any.
func (t *table) failing(name string) string {
	f := t.find(name)
	if f == nil {
		return ""
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, ep := range f.endpoints {
		if ep.circuit.failures.Load() >= tripAt {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of its %d tasks fails call after call, and is tried only now and then; hark's log tells why", n, len(f.endpoints))
}

// errResting is the error of calls for which no task will be asked in time.
var errResting = fmt.Errorf("%w: all of its tasks have failed call after call, and are left alone for a while", function.ErrUnavailable)

// hopeless reports whether a call's time ends before any task is tried again.
func (t *target) hopeless(ctx context.Context, patience time.Duration) bool {
	until := t.rest()
	if until.IsZero() {
		return false
	}
	end := time.Now().Add(patience)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(end) {
		end = deadline
	}
	return until.After(end)
}

// failed takes note that a task has failed a call, and returns when to try it again.
func (e *Engine) failed(t *target, ep *endpoint, why error) time.Duration {
	rest := ep.circuit.fail(time.Now())
	if rest == 0 {
		return firstTry
	}
	e.config.Log.Warn("a task fails call after call, and is left alone for a while", "function", t.name, "task", ep.client.Address,
		"failures", ep.circuit.failures.Load(), "rest", rest, "error", why)
	return rest
}

// answered takes note that a task does.
func (e *Engine) answered(t *target, ep *endpoint) {
	if ep.circuit.mend() {
		e.config.Log.Info("a task answers again", "function", t.name, "task", ep.client.Address)
		t.tell()
	}
}

// undecided takes note that a call has ended and nobody knows how its task is.
func (ep *endpoint) undecided(t *target) {
	if ep.circuit.unsure() {
		t.tell()
	}
}
