package watchdog

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// A program that an interpreter runs is ready to read its STDIN only after the
// interpreter has started and loaded what it imports. A pool has that done
// before the request comes: it starts processes ahead, which wait where they
// read STDIN. Each still runs for one request only.

// Backoff between starts of a process that does not live.
const (
	firstBackoff = 100 * time.Millisecond
	lastBackoff  = 10 * time.Second
	// settledAfter is how long a process must have lived for the next start
	// not to be delayed.
	settledAfter = time.Second
)

// backoff is the delay before the start that follows so many failures.
func backoff(failures int) time.Duration {
	if failures == 0 {
		return 0
	}
	return min(firstBackoff<<min(failures-1, 10), lastBackoff)
}

// pool has processes that wait for a request. It is safe for concurrent use.
type pool struct {
	program *program
	size    int
	maxAge  time.Duration
	log     func(event string, attrs ...any)
	stderr  logger         // of those that wait
	living  sync.WaitGroup // processes in the pool, and starts

	mu       sync.Mutex
	parked   []*parked // oldest first
	missing  int       // to be started
	starting bool      // by a goroutine that goes on until none is missing
	failures int       // in a row
	delay    *time.Timer
	closed   bool
}

// parked is a process that waits.
type parked struct {
	*process
	since time.Time
	age   *time.Timer // nil if it may wait for ever
}

func newPool(pr *program, c Config) *pool {
	w := &pool{program: pr, size: c.Warm, maxAge: c.WarmMaxAge, log: c.Log, stderr: c.Stderr}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.missing = w.size
	w.fill()
	return w
}

// take hands a process over to a request, or returns nil if none waits.
func (w *pool) take(log logger, settled func()) *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.parked) > 0 {
		p := w.parked[0]
		w.parked = w.parked[1:]
		if !p.hand(log, settled) { // it has died just now, which died tells
			continue
		}
		w.failures = 0
		w.forget(p)
		return p.process
	}
	return nil
}

// hand gives the process another owner, unless it has exited.
func (p *parked) hand(log logger, settled func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped || p.cause != nil || p.hasExited() {
		return false
	}
	p.log.Store(&log)
	p.settled = settled
	return true
}

// forget ends the pool's part in a process that is no longer in it.
func (w *pool) forget(p *parked) {
	if p.age != nil {
		p.age.Stop()
	}
	w.missing++
	w.living.Done()
}

// refill starts the processes that are missing.
func (w *pool) refill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fill()
}

// fill has a goroutine start what is missing, now or after the backoff.
func (w *pool) fill() {
	if w.closed || w.starting || w.delay != nil || w.missing == 0 {
		return
	}
	if wait := backoff(w.failures); wait > 0 {
		w.delay = time.AfterFunc(wait, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.delay = nil
			w.begin()
		})
		return
	}
	w.begin()
}

func (w *pool) begin() {
	if !w.closed {
		w.starting = true
		w.living.Go(w.start)
	}
}

// start starts processes until none is missing or one cannot be started.
func (w *pool) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer func() { w.starting = false; w.fill() }()
	for range w.missing { // those that die meanwhile are for the next time
		if w.closed {
			return
		}
		p := &parked{since: time.Now()}
		w.mu.Unlock() // it takes a while
		var err error
		known := make(chan struct{}) // it may die before it is in the list
		p.process, err = w.program.start(w.program.env, w.stderr, MaxStderr, func() { <-known; w.died(p) })
		w.mu.Lock()
		if err != nil {
			close(known)
			w.failures++
			w.log("no process could be started ahead", "error", err)
			return
		}
		w.park(p)
		close(known)
	}
}

func (w *pool) park(p *parked) {
	p.attend()
	w.living.Add(1)
	w.missing--
	w.parked = append(w.parked, p)
	if w.maxAge > 0 {
		p.age = time.AfterFunc(w.maxAge, func() { w.renew(p) })
	}
	if w.closed {
		p.stop(errStopped)
	}
}

// renew replaces a process that has waited for long.
func (w *pool) renew(p *parked) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.Contains(w.parked, p) {
		p.stop(errRenewed)
	}
}

// died notes the end of a process that no request has taken.
func (w *pool) died(p *parked) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parked = slices.DeleteFunc(w.parked, func(other *parked) bool { return other == p })
	_ = p.stdout.Close()
	w.forget(p)
	if p.cause == nil {
		if w.failures++; time.Since(p.since) > settledAfter {
			w.failures = 0
		}
		err := p.failure()
		if err == nil {
			err = errors.New("it ended without waiting for a request: a program that is started ahead has to read STDIN")
		}
		w.log("a process that was started ahead has ended", "error", err, "waited", time.Since(p.since).String(), "replaced_in", backoff(w.failures).String())
	}
	w.fill()
}

// close ends the processes that wait, and returns when they are gone.
func (w *pool) close() {
	w.mu.Lock()
	w.closed = true
	if w.delay != nil {
		w.delay.Stop()
	}
	for _, p := range w.parked {
		p.stop(errStopped)
	}
	w.mu.Unlock()
	w.living.Wait()
}
