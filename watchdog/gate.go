package watchdog

import (
	"context"
	"fmt"
	"sync"

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

// gate counts the requests under way, bounds them, and can be closed. It is
// safe for concurrent use.
type gate struct {
	most    int // requests at once; 0 is without bound
	running sync.WaitGroup

	mu     sync.Mutex
	inside int
	closed bool

	// ended ends with errStopped when those inside have had their time.
	ended context.Context
	end   context.CancelCauseFunc
}

func newGate(most int) *gate {
	g := &gate{most: most}
	g.ended, g.end = context.WithCancelCause(context.Background())
	return g
}

// enter lets a request in, which must leave.
func (g *gate) enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return ErrClosed
	case g.full():
		return fmt.Errorf("%w: %d requests are under way", function.ErrOverloaded, g.inside)
	}
	g.inside++
	g.running.Add(1)
	return nil
}

func (g *gate) leave() {
	g.mu.Lock()
	g.inside--
	g.mu.Unlock()
	g.running.Done()
}

func (g *gate) full() bool { return g.most > 0 && g.inside >= g.most }

// refuses is the error that a request would be refused with now, if any.
func (g *gate) refuses() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ErrClosed
	}
	if g.full() {
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

// shut refuses new requests.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// close refuses new requests at once, lets those inside finish until ctx ends,
// then has them ended, and returns when the last has left.
func (g *gate) close(ctx context.Context) {
	g.shut()
	stop := context.AfterFunc(ctx, func() { g.end(errStopped) })
	defer stop()
	g.running.Wait()
}
