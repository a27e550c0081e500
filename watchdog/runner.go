package watchdog

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

const (
	// DefaultGrace is the time between SIGTERM and SIGKILL.
	DefaultGrace = 200 * time.Millisecond
	// MaxStderr is how much of STDERR of one request is logged, in bytes.
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
	// Grace is the time between asking a process group to end (SIGTERM) and
	// ending it (SIGKILL); 0 means DefaultGrace.
	Grace time.Duration
	// MaxInput and MaxOutput bound STDIN and STDOUT in bytes; 0 is without
	// bound.
	MaxInput, MaxOutput int64
	// MaxInflight bounds the requests under way at once; 0 is without bound.
	MaxInflight int
	// VoiceReserve of them are for voice alone, but never all.
	VoiceReserve int
	// Limits bound what a process may use.
	Limits Limits
	// Combine has STDERR go where STDOUT goes.
	Combine bool
	// LogPart is the longest part of a line of STDERR in bytes; 0 means
	// MaxLine.
	LogPart int

	// Warm is how many processes are started ahead, see warm.go; 0 is none.
	Warm int
	// WarmMaxAge is when a process that was started ahead is replaced by a
	// new one; 0 is never.
	WarmMaxAge time.Duration
	// Log takes what happens to processes between requests, and Stderr what
	// they print then, as that of a Request does. Nil drops it.
	Log    func(event string, attrs ...any)
	Stderr func(line []byte)
}

// program finds the program, and fails unless it is there.
func (c Config) program() (*program, error) {
	argv, err := SplitCommand(c.Process)
	if err != nil {
		return nil, err
	}
	path, err := lookUp(argv[0], c.Dir)
	if err != nil {
		return nil, err
	}
	if err := c.Limits.check(); err != nil {
		return nil, err
	}
	return &program{
		path: path, argv: argv, dir: c.Dir,
		env:     append([]string{}, c.Env...), // a process without any would inherit ours
		grace:   orDefault(c.Grace, DefaultGrace),
		limits:  c.Limits,
		part:    orDefault(c.LogPart, MaxLine),
		combine: c.Combine,
	}, nil
}

func orDefault[T ~int | ~int64](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// Request is one run of the program.
type Request struct {
	// Stdin is given to the process whole, if it wants it; nil is empty. It
	// is read as long as the program runs, and not closed. If it has a method
	// Len() int, that is the length that is expected of it: what is short is
	// read before the program is started. If it has a method Release(), that
	// ends a Read that waits.
	Stdin io.Reader
	// Stderr is called with each line the process prints on STDERR, without
	// its end, in parts of at most Config.LogPart bytes; nil drops them.
	Stderr func(line []byte)
	// Env is added to Config.Env, which must not have the same names. A
	// process that was started ahead does not have it.
	Env []string
	// Voice waits for a place where others are refused.
	Voice bool
}

// Runner runs a program once for each request. It is safe for concurrent use.
type Runner struct {
	config  Config
	program *program
	gate    *gate
	pool    *pool // nil if no processes are started ahead
}

// NewRunner returns an error if the command line cannot be split or its
// program cannot be run.
func NewRunner(c Config) (*Runner, error) {
	program, err := c.program()
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = func(string, ...any) {}
	}
	r := &Runner{config: c, program: program, gate: newGate(c.MaxInflight, c.VoiceReserve)}
	if c.Warm > 0 {
		r.pool = newPool(r.program, c)
	}
	return r, nil
}

// begin starts a process for a request and feeds it. The request is under way
// until nothing of the process is left; ctx and Close end it.
func (r *Runner) begin(ctx context.Context, req Request) (*process, error) {
	if err := r.gate.enter(ctx, req.Voice); err != nil {
		return nil, err
	}
	ctx, cancel := r.gate.within(ctx)
	leave := func() {
		cancel()
		r.gate.leave()
	}
	// Who sends even a short body slowly shall not hold a process.
	head, rest, err := function.TakeShort(ctx, req.Stdin, r.config.MaxInput)
	if err == nil && ctx.Err() != nil {
		err = function.Ended(ctx)
	}
	if err != nil {
		leave()
		return nil, err
	}
	p, err := r.process(req, leave)
	if err != nil {
		leave()
		return nil, fmt.Errorf("%w: %w", function.ErrUnavailable, err)
	}
	p.until(ctx)
	p.feed(head, rest, r.config.MaxInput)
	return p, nil
}

// process takes one that waits already, or starts one.
func (r *Runner) process(req Request, settled func()) (*process, error) {
	if r.pool != nil {
		if p := r.pool.take(req.Stderr, settled); p != nil {
			return p, nil
		}
	}
	env := append(slices.Clip(r.program.env), req.Env...)
	return r.program.start(env, req.Stderr, MaxStderr, settled)
}

// Run starts the program, gives it STDIN and writes its STDOUT to stdout as it
// comes, and returns when nothing of it is left. The error is nil if it exited
// with status 0, a *function.ExitError if with another, and otherwise wraps one
// of the errors of package function, context.Canceled if ctx was cancelled, or
// the error of Stdin or stdout.
func (r *Runner) Run(ctx context.Context, req Request, stdout io.Writer) error {
	answer, err := r.run(ctx, req)
	if err != nil {
		return err
	}
	defer answer.Close()
	_, err = io.Copy(stdout, answer)
	return err
}

// Close lets the processes under way finish until ctx ends, then ends them,
// and returns when none is left. The Runner refuses new requests at once.
func (r *Runner) Close(ctx context.Context) {
	r.gate.shut()
	if r.pool != nil {
		r.pool.close()
	}
	r.gate.close(ctx)
}
