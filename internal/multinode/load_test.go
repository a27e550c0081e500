//go:build linux

package multinode

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/swarm"
)

const (
	// callers of each kind make one call after the other.
	callers = 12
	// pause is what they leave between two.
	pause = 5 * time.Millisecond
	// deadline is what Amazon grants a skill.
	deadline = 8 * time.Second
	// usual bounds a call that met with nothing.
	usual = 400 * time.Millisecond
)

// call is what became of one.
type call struct {
	begun, ended time.Time
	method       string
	err          error
}

func (c call) took() time.Duration { return c.ended.Sub(c.begun) }

// load is a steady stream of calls of a function: GET, which may be sent again,
// and POST as voice requests are, which may not.
type load struct {
	engine   *swarm.Engine
	function string

	stop    context.CancelFunc
	running sync.WaitGroup
	mu      sync.Mutex
	calls   []call
}

// begin starts one.
func begin(t *testing.T, e *swarm.Engine, name string) *load {
	ctx, stop := context.WithCancel(context.Background())
	l := &load{engine: e, function: name, stop: stop}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for i := range callers {
			l.running.Go(func() { l.run(ctx, method, fmt.Sprint(method, i)) })
		}
	}
	t.Cleanup(l.end)
	return l
}

// end returns when the last answer is there.
func (l *load) end() {
	l.stop()
	l.running.Wait()
}

func (l *load) run(ctx context.Context, method, word string) {
	for ctx.Err() == nil {
		c := call{begun: time.Now(), method: method}
		c.err = ask(l.engine, l.function, method, word)
		c.ended = time.Now()
		l.mu.Lock()
		l.calls = append(l.calls, c)
		l.mu.Unlock()
		time.Sleep(pause)
	}
}

// ask makes a call and checks its answer.
func ask(e *swarm.Engine, name, method, word string) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	inv := function.Invocation{Function: name, Body: strings.NewReader(word)}
	if method == http.MethodGet {
		inv.HTTP = &function.HTTP{Method: method, Header: http.Header{}}
	}
	result, err := e.Invoke(ctx, inv)
	if err != nil {
		return err
	}
	defer result.Body.Close()
	body, err := io.ReadAll(result.Body)
	if err == nil && string(body) != word {
		err = fmt.Errorf("status %d, answer %q", result.Status, body)
	}
	return err
}

// heard is what the callers heard of a fault.
type heard struct {
	calls, underway  int           // all, and those that the fault met under way
	gets, posts, new int           // that failed; new ones had begun after the fault
	first            error         // of a failed call
	longest          time.Duration // of the calls that had begun after the fault
	longestUnderway  time.Duration // of those under way, after the fault
	quiet            time.Duration // until the end of the last call that failed or was slow
}

// slow lists the calls that a fault made slow or fail.
func (l *load) slow(fault time.Time) string {
	var b strings.Builder
	for _, c := range l.calls {
		if c.ended.After(fault) && (c.err != nil || c.took() > usual) {
			fmt.Fprintf(&b, "%6d ms: %s took %d ms, error %v\n", c.begun.Sub(fault).Milliseconds(), c.method, c.took().Milliseconds(), c.err)
		}
	}
	return b.String()
}

// since sums up a load that has ended, for a fault at that time.
func (l *load) since(fault time.Time) (h heard) {
	for _, c := range l.calls {
		h.calls++
		underway := c.begun.Before(fault) && c.ended.After(fault)
		after := c.begun.After(fault)
		if c.err != nil {
			h.fail(c, after)
		}
		if underway {
			h.underway++
			h.longestUnderway = max(h.longestUnderway, c.ended.Sub(fault))
		} else if after {
			h.longest = max(h.longest, c.took())
		}
		if c.ended.After(fault) && (c.err != nil || c.took() > usual) {
			h.quiet = max(h.quiet, c.ended.Sub(fault))
		}
	}
	return h
}

func (h *heard) fail(c call, after bool) {
	if h.first == nil {
		h.first = c.err
	}
	switch {
	case c.method == http.MethodGet:
		h.gets++
	default:
		h.posts++
	}
	if after {
		h.new++
	}
}
