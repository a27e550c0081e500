package watchdog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// The defaults of a Config.
const (
	DefaultGrace     = 200 * time.Millisecond
	DefaultMaxInput  = 32 << 20
	DefaultMaxOutput = 32 << 20
	// MaxStderr is how much of STDERR of one request is logged.
	MaxStderr = 1 << 20
)

// Config says what a Runner runs and within which bounds.
type Config struct {
	// Process is the command line; see SplitCommand.
	Process string
	// Dir is the working directory; empty means the present one.
	Dir string
	// Env is the environment of every process, as KEY=VALUE, each name once;
	// nil means none.
	Env []string
	// Timeout is how long a process may run; 0 is without bound. The
	// deadline of a request's context holds besides.
	Timeout time.Duration
	// Grace is the time between asking a process group to end (SIGTERM) and
	// ending it (SIGKILL); 0 means DefaultGrace.
	Grace time.Duration
	// MaxInput and MaxOutput bound STDIN and STDOUT in bytes; 0 means
	// DefaultMaxInput and DefaultMaxOutput.
	MaxInput, MaxOutput int64
	// MaxInflight bounds the processes that run at once; 0 is without bound.
	MaxInflight int
}

// Request is one run of the program.
type Request struct {
	// Stdin is given to the process whole, if it wants it; nil is empty.
	// Run may leave off reading it, but does not close it.
	Stdin io.Reader
	// Stdout takes what the process prints; nil drops it.
	Stdout io.Writer
	// Stderr is called with each line the process prints on STDERR, without
	// its end, in parts of at most 64 KiB; nil drops them.
	Stderr func(line []byte)
	// Env is added to Config.Env, which must not have the same names.
	Env []string

	// cut is called when the run is ended from outside, so that a Stdout
	// that blocks lets go of it.
	cut func(cause error)
}

// Runner runs a program once for each request. It is safe for concurrent use.
type Runner struct {
	config  Config
	path    string   // of the program
	argv    []string // with the program as it was written
	slots   chan struct{}
	running sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	closing context.Context
	end     context.CancelCauseFunc
}

// NewRunner returns an error if the command line cannot be split or its
// program cannot be run.
func NewRunner(c Config) (*Runner, error) {
	argv, err := SplitCommand(c.Process)
	if err != nil {
		return nil, err
	}
	path, err := lookUp(argv[0], c.Dir)
	if err != nil {
		return nil, err
	}
	c.Grace = orDefault(c.Grace, DefaultGrace)
	c.MaxInput = orDefault(c.MaxInput, DefaultMaxInput)
	c.MaxOutput = orDefault(c.MaxOutput, DefaultMaxOutput)
	c.Env = append([]string{}, c.Env...) // a process without any would inherit ours
	r := &Runner{config: c, path: path, argv: argv}
	if c.MaxInflight > 0 {
		r.slots = make(chan struct{}, c.MaxInflight)
	}
	r.closing, r.end = context.WithCancelCause(context.Background())
	return r, nil
}

func orDefault[T ~int64](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// Run starts the program, gives it STDIN and passes on its STDOUT until it has
// exited, and returns when nothing of it is left. The error is nil if it
// exited with status 0, a *function.ExitError if with another, and otherwise
// wraps one of the errors of package function, context.Canceled if ctx was
// cancelled, or the error of Stdin or Stdout.
func (r *Runner) Run(ctx context.Context, req Request) error {
	release, err := r.enter()
	if err != nil {
		return err
	}
	defer release()
	if r.config.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.config.Timeout)
		defer cancel()
	}
	if ctx.Err() != nil {
		return ended(ctx)
	}
	attr := &os.ProcAttr{Dir: r.config.Dir, Env: append(slices.Clip(r.config.Env), req.Env...)}
	p, err := start(r.path, r.argv, attr, r.config.Grace, req.Stderr)
	if err != nil {
		return fmt.Errorf("%w: %w", function.ErrUnavailable, err)
	}
	end := func(cause error) {
		p.stop(cause)
		if req.cut != nil {
			req.cut(cause)
		}
	}
	stop := context.AfterFunc(ctx, func() { end(ended(ctx)) })
	defer stop()
	stopClosing := context.AfterFunc(r.closing, func() { end(context.Cause(r.closing)) })
	defer stopClosing()

	p.feed(req.Stdin, r.config.MaxInput)
	spoiled := p.drain(req.Stdout, r.config.MaxOutput)
	err = p.wait()
	if spoiled != nil && p.cause == nil { // the program had exited by then
		return spoiled
	}
	return err
}

// ended turns the end of a context into the error of a run.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return function.ErrTimeout
	}
	return context.Cause(ctx)
}

// enter takes a place among the processes that may run at once.
func (r *Runner) enter() (release func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, ErrClosed
	}
	if r.slots != nil {
		select {
		case r.slots <- struct{}{}:
		default:
			return nil, fmt.Errorf("%w: %d requests are under way", function.ErrOverloaded, cap(r.slots))
		}
	}
	r.running.Add(1)
	return func() {
		if r.slots != nil {
			<-r.slots
		}
		r.running.Done()
	}, nil
}

// ErrClosed is the error of a Runner that was closed. Nothing has been read
// from the request: another Runner may have it.
var ErrClosed = fmt.Errorf("%w: it is being stopped", function.ErrUnavailable)

// Close lets the processes under way finish until ctx ends, then ends them,
// and returns when none is left. The Runner refuses new requests at once.
func (r *Runner) Close(ctx context.Context) {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	stop := context.AfterFunc(ctx, func() {
		r.end(fmt.Errorf("%w: it was stopped", function.ErrUnavailable))
	})
	defer stop()
	r.running.Wait()
}

// pipes are the three of a process: ours and the child's ends.
type pipes struct {
	stdin, stdout, stderr *os.File
	child                 [3]*os.File
}

func newPipes() (p pipes, err error) {
	if p.child[0], p.stdin, err = os.Pipe(); err == nil {
		if p.stdout, p.child[1], err = os.Pipe(); err == nil {
			p.stderr, p.child[2], err = os.Pipe()
		}
	}
	if err != nil {
		p.closeChild()
		p.closeOurs()
	}
	return p, err
}

func (p *pipes) closeChild() {
	for _, f := range p.child {
		f.Close() // a nil file only returns an error
	}
}

func (p *pipes) closeOurs() {
	p.stdin.Close()
	p.stdout.Close()
	p.stderr.Close()
}
