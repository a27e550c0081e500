package watchdog

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// ErrClosed is the error of a watchdog that was closed. Nothing has been read
// from the request: another one may have it.
var ErrClosed = fmt.Errorf("%w: it is being stopped", function.ErrNotTaken)

// Why a process is ended from within.
var (
	errStopped = fmt.Errorf("%w: it was stopped", function.ErrUnavailable)
	errRenewed = fmt.Errorf("%w: it is replaced", function.ErrUnavailable)
)

const (
	// maxWaiting bounds the voice requests that wait for a place.
	maxWaiting = 64
	// maxWait is how long one waits, or half of its time if that is less: somebody
	// listens, and what is left is for the answer.
	maxWait = 3 * time.Second
)

// gate counts the requests under way, bounds them, and can be closed. Voice goes
// first: some places are kept for it, and it gets the next one that is free, so
// that other calls cannot keep it out. It is safe for concurrent use.
type gate struct {
	most    int // requests at once; 0 is without bound
	kept    int // of these for voice
	running sync.WaitGroup

	mu      sync.Mutex
	inside  int
	waiting []chan error // of voice; each is told once
	closed  bool

	// ended ends with errStopped when those inside have had their time.
	ended context.Context
	end   context.CancelCauseFunc
}

func newGate(most, kept int) *gate {
	g := &gate{most: most, kept: min(kept, most-1)}
	g.ended, g.end = context.WithCancelCause(context.Background())
	return g
}

// enter lets a request in, which must leave.
func (g *gate) enter(ctx context.Context, voice bool) error {
	place, err := g.ask(voice)
	if place == nil {
		return err
	}
	left := maxWait
	if deadline, ok := ctx.Deadline(); ok {
		left = min(left, time.Until(deadline)/2)
	}
	patience := time.NewTimer(left)
	defer patience.Stop()
	select {
	case err := <-place:
		return err
	case <-ctx.Done():
		err = function.Ended(ctx)
	case <-patience.C:
		err = fmt.Errorf("%w: no place was free in time", function.ErrOverloaded)
	}
	return g.giveUp(place, err)
}

// ask takes a place, or tells where to wait for one, or why there is none.
func (g *gate) ask(voice bool) (place chan error, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return nil, ErrClosed
	case !g.full(voice):
		g.inside++
		g.running.Add(1)
		return nil, nil
	case !voice || len(g.waiting) == maxWaiting:
		return nil, fmt.Errorf("%w: %d requests are under way", function.ErrOverloaded, g.inside)
	}
	place = make(chan error, 1)
	g.waiting = append(g.waiting, place)
	return place, nil
}

// giveUp takes a place all the same that has become free just now.
func (g *gate) giveUp(place chan error, why error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, place)
	if i < 0 {
		return <-place
	}
	g.waiting = slices.Delete(g.waiting, i, i+1)
	return why
}

// leave gives the place to who waits first.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) > 0 {
		g.waiting[0] <- nil
		g.waiting = g.waiting[1:]
		return
	}
	g.inside--
	g.running.Done()
}

func (g *gate) full(voice bool) bool {
	most := g.most
	if !voice {
		most -= g.kept
	}
	return g.most > 0 && g.inside >= most
}

// refuses is the error that a request would be refused with now, if any.
func (g *gate) refuses() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ErrClosed
	}
	if g.full(false) {
		return function.ErrOverloaded
	}
	return nil
}

// within is ctx as long as those inside have time: then its cause is errStopped.
// The function must be called.
func (g *gate) within(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	unwatch := context.AfterFunc(g.ended, func() { cancel(errStopped) })
	return ctx, func() {
		unwatch()
		cancel(nil)
	}
}

// shut refuses new requests, and those that wait.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for _, place := range g.waiting {
		place <- ErrClosed
	}
	g.waiting = nil
}

// close refuses new requests at once, lets those inside finish until ctx ends,
// then has them ended, and returns when the last has left.
func (g *gate) close(ctx context.Context) {
	g.shut()
	stop := context.AfterFunc(ctx, func() { g.end(errStopped) })
	defer stop()
	g.running.Wait()
}
