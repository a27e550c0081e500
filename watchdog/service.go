package watchdog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// service keeps a process running that answers many requests: it starts it
// again when it ends, later each time if it does not live. It is safe for
// concurrent use.
type service struct {
	program *program
	log     func(event string, attrs ...any)
	stdout  logger
	stderr  logger
	// life is called for each process before it is started.
	life func() (life, error)
	fell func() // is called when the service is down; may be nil

	stopping context.Context
	stop     context.CancelFunc
	stopped  chan struct{} // closed when no process is left

	mu      sync.Mutex
	state   state
	err     error         // why it is down
	changed chan struct{} // closed at each change of state
	process *process      // the one that runs, if any
}

// life is what the owner of a service has to do with one process.
type life struct {
	env []string // besides the program's
	// up returns when the process takes requests; ctx ends when it has exited.
	up func(ctx context.Context) error
	// lacks is why the process does not take requests yet.
	lacks func() string
	// over is called when the process is gone, with why.
	over func(err error)
}

type state int

const (
	starting state = iota
	up
	down // until the next start
)

// start begins to keep the process running; close ends it.
func (s *service) start() { go s.run() }

// run keeps the process running until the service is stopped.
func (s *service) run() {
	defer close(s.stopped)
	for failures := 0; s.stopping.Err() == nil; {
		begun := time.Now()
		wasUp, err := s.live()
		if s.stopping.Err() != nil {
			break
		}
		switch failures++; {
		case errors.Is(err, errRenewed), wasUp && time.Since(begun) > settledAfter:
			failures = 0
		case wasUp: // whatever it was that ended it, others are not to wait for long
			failures = min(failures, maxFailuresUp)
		}
		wait := backoff(failures)
		s.log("the function's process has ended", "error", err, "started_again_in", wait.String())
		if wait > 0 {
			s.rest(wait, err)
			select {
			case <-time.After(wait):
			case <-s.stopping.Done():
			}
		}
	}
	s.enter(down, errStopped)
}

// slowStart is how long a start may take before it is logged: it may be for ever.
const slowStart = 10 * time.Second

// maxFailuresUp bounds the delay before the start that follows the end of a
// process that took requests, to less than worthWaiting.
const maxFailuresUp = 4

// worthWaiting is how long requests wait for a start.
const worthWaiting = time.Second

// rest is called before the delay of a start.
func (s *service) rest(wait time.Duration, err error) {
	if wait < worthWaiting {
		s.enter(starting, err)
		return
	}
	s.enter(down, err)
	if s.fell != nil {
		s.fell()
	}
}

func newService(pr *program, w *Watchdog, life func() (life, error)) *service {
	s := &service{program: pr, log: w.event, stdout: w.lines("stdout"), stderr: w.lines("stderr"), life: life,
		stopped: make(chan struct{}), changed: make(chan struct{})}
	s.stopping, s.stop = context.WithCancel(context.Background())
	return s
}

// live runs one process and returns why it is gone, and whether it was up.
func (s *service) live() (wasUp bool, err error) {
	s.enter(starting, nil)
	l, err := s.life()
	if err != nil {
		return false, err
	}
	exited, cancel := context.WithCancel(context.Background())
	p, err := s.program.start(append(l.env, s.program.env...), s.stderr, everything, cancel)
	if err != nil {
		cancel()
		err = fmt.Errorf("%w: %w", function.ErrUnavailable, err)
		l.over(err)
		return false, err
	}
	p.stdin.Close()
	p.attend()
	s.own(p)
	unwatch := context.AfterFunc(s.stopping, func() { p.stop(errStopped) })
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		(&lines{log: s.stdout, part: s.program.part, left: everything}).drain(&p.stdout)
	}()
	slow := time.AfterFunc(slowStart, func() {
		s.log("the function's process takes no requests yet", "since", slowStart.String(), "lacks", l.lacks())
	})
	err = l.up(exited)
	slow.Stop()
	wasUp = err == nil
	if wasUp {
		s.enter(up, nil)
	} else if exited.Err() == nil {
		p.stop(err)
	}
	<-exited.Done()
	unwatch()
	s.own(nil)
	<-printed
	p.stdout.Close()
	err = p.failure()
	if err == nil {
		err = errors.New("it ended with exit status 0, but is to run on and on")
	}
	l.over(fmt.Errorf("%w: its process has ended: %w", function.ErrBroken, err))
	return wasUp, err
}

func (s *service) own(p *process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process = p
}

func (s *service) enter(st state, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.change(st, err)
}

// change needs mu.
func (s *service) change(st state, err error) {
	s.state, s.err = st, err
	close(s.changed)
	s.changed = make(chan struct{})
}

// renew ends the process that is up for a new one.
func (s *service) renew() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil && s.state == up {
		s.change(starting, nil) // it gets no more requests
		s.process.stop(errRenewed)
	}
}

// now is the present state, with why it is down, and tells when it changes.
func (s *service) now() (st state, changed <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.changed, s.err
}

// await returns when the service is up. It does not wait for one that is down.
func (s *service) await(ctx context.Context) error {
	for {
		st, changed, err := s.now()
		switch st {
		case up:
			return nil
		case down:
			return fmt.Errorf("%w: %w", errNotReady, err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for its process to take requests: %w", function.Ended(ctx))
		}
	}
}

// ready returns why the service takes no requests now, or nil.
func (s *service) ready() error {
	st, _, err := s.now()
	switch st {
	case up:
		return nil
	case down:
		return fmt.Errorf("%w: %w", errNotReady, err)
	}
	return errNotReady
}

// health returns why the service is down, or nil.
func (s *service) health() error {
	if st, _, err := s.now(); st == down {
		return err
	}
	return nil
}

// close ends the process, and returns when it is gone.
func (s *service) close() {
	s.stop()
	<-s.stopped
}
