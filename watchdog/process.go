package watchdog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// program says how to start a process.
type program struct {
	path    string
	argv    []string // with the program as it was written
	dir     string
	env     []string // each name once
	grace   time.Duration
	limits  Limits
	part    int  // the longest part of a line of STDERR, in bytes
	combine bool // STDERR goes where STDOUT goes
}

// process is a running program, the leader of a process group of its own.
type process struct {
	pipes
	os    *os.Process
	grace time.Duration

	log   atomic.Pointer[logger] // who takes STDERR now
	lines lines
	out   drain // STDOUT

	attending *time.Timer
	logging   sync.Once
	reaping   sync.Once
	settling  sync.Once
	state     *os.ProcessState

	mu        sync.Mutex
	reaped    bool
	cause     error // why it was stopped, if it was
	kill      *time.Timer
	interrupt func()        // ends a wait for STDIN, once the program has exited
	watches   []func() bool // undo what could stop it
	settled   func()        // called when nothing of it is left
}

// logger takes a line of STDERR, without its end.
type logger func(line []byte)

// start runs the program. Its STDERR goes to log until somebody else takes it,
// at most limit bytes of it; settled is called when nothing of it is left.
func (pr *program) start(env []string, log logger, limit int, settled func()) (*process, error) {
	pipes, err := newPipes(pr.combine)
	if err != nil {
		return nil, err
	}
	child, err := startChild(pr.path, pr.argv, &os.ProcAttr{
		Dir: pr.dir, Env: env, Files: pipes.child[:],
		Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	pipes.closeChild()
	if err != nil {
		pipes.closeOurs()
		return nil, err
	}
	p := &process{pipes: pipes, os: child, grace: pr.grace, settled: settled}
	p.out = drain{pipe: p.stdout}
	p.lines = lines{part: pr.part, left: limit, log: func(line []byte) {
		if log := *p.log.Load(); log != nil {
			log(line)
		}
	}}
	p.log.Store(&log)
	if err := pr.limits.apply(child.Pid); err != nil {
		p.stop(fmt.Errorf("its limits: %w", err))
	}
	p.mu.Lock() // attend may begin before it is known
	p.attending = time.AfterFunc(attendAfter, p.attend)
	p.mu.Unlock()
	return p, nil
}

// attendAfter is when STDERR and the exit of a program are attended to while
// its STDOUT is read. Many have ended by then, and are spared the goroutines,
// which cost a tenth of what it takes to run one.
const attendAfter = 5 * time.Millisecond

func (p *process) attend() {
	go p.logging.Do(p.logStderr)
	p.await()
	p.settle()
}

// settle returns when the program is gone and its STDERR is logged. STDOUT can
// still be read.
func (p *process) settle() {
	p.reaping.Do(p.collect)
	p.logging.Do(p.logStderr)
	p.settling.Do(func() {
		p.stdin.Close()
		p.stderr.Close()
		p.mu.Lock()
		p.attending.Stop() // not before: a program may close STDOUT and then fill STDERR
		settled, watches := p.settled, p.watches
		p.mu.Unlock()
		for _, unwatch := range watches {
			unwatch()
		}
		settled()
	})
}

// until stops the program with cause when ctx ends.
func (p *process) until(ctx context.Context, cause func() error) {
	unwatch := context.AfterFunc(ctx, func() { p.stop(cause()) })
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped { // and perhaps settled
		unwatch()
		return
	}
	p.watches = append(p.watches, unwatch)
}

// collect waits for the program to exit, ends what is left of its group, and
// collects it. It signals the group first, as until the leader is collected
// the kernel gives its number to nobody else.
func (p *process) collect() {
	state := p.awaitExit()
	p.mu.Lock()
	_ = syscall.Kill(-p.os.Pid, syscall.SIGKILL)
	if state == nil {
		state, _ = p.os.Wait()
	}
	forgetChild(p.os.Pid)
	p.state, p.reaped = state, true
	if p.kill != nil {
		p.kill.Stop()
	}
	interrupt := p.interrupt
	p.mu.Unlock()
	if interrupt != nil {
		interrupt()
	}
	// What the program printed is in the pipes now. A descendant that left
	// the group may hold them open: nobody waits for it.
	past := time.Unix(1, 0)
	_ = p.stdout.SetReadDeadline(past)
	_ = p.stderr.SetReadDeadline(past)
}

// stop ends the process group: SIGTERM now, SIGKILL after the grace. Only the
// first cause counts.
func (p *process) stop(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped || p.cause != nil {
		return
	}
	p.cause = cause
	_ = syscall.Kill(-p.os.Pid, syscall.SIGTERM)
	p.kill = time.AfterFunc(p.grace, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.reaped {
			_ = syscall.Kill(-p.os.Pid, syscall.SIGKILL)
			_ = p.os.Kill() // it may have left its group
		}
	})
}

// short is a length that a pipe takes at once, whoever reads it.
const short = 4 << 10

// feed writes STDIN. It does not wait for what is long: a program may answer
// without reading, and a client may never end its body.
func (p *process) feed(from io.Reader, limit int64) {
	known, ok := from.(interface{ Len() int })
	switch {
	case from == nil:
		p.stdin.Close()
	case ok && known.Len() <= short: // the pipe takes it, if it comes
		p.interruptible(from)
		p.write(from, limit)
	default:
		go p.write(from, limit)
	}
}

// interruptible has the wait for from end when the program does.
func (p *process) interruptible(from io.Reader) {
	if waiting, ok := from.(interface{ Release() }); ok {
		p.mu.Lock()
		p.interrupt = waiting.Release
		p.mu.Unlock()
	}
}

func (p *process) write(from io.Reader, limit int64) {
	defer p.stdin.Close()
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	_, err := io.CopyBuffer(justWriter{p.stdin}, function.Bounded(from, limit), *buffer)
	switch {
	case errors.Is(err, syscall.EPIPE), errors.Is(err, os.ErrClosed): // the program wants no more
	case err != nil:
		p.stop(fmt.Errorf("reading the request: %w", err))
	}
}

// read reads STDOUT. It ends when the program has exited and all that it
// printed was read, with io.EOF if it succeeded.
func (p *process) read(to []byte) (int, error) {
	n, err := p.out.Read(to)
	if err == nil {
		return n, nil
	}
	if !errors.Is(err, io.EOF) {
		p.stop(err)
	}
	p.settle()
	if failure := p.failure(); failure != nil {
		err = failure
	}
	return n, err
}

// close ends the program if it still runs, and returns when it is gone.
func (p *process) close(cause error) {
	p.stop(cause)
	p.settle()
	_ = p.stdout.Close()
}

// failure is why the program, which is gone, has not succeeded.
func (p *process) failure() error {
	if p.cause != nil { // which nobody sets once it is reaped
		return p.cause
	}
	return exitError(p.state)
}

func exitError(state *os.ProcessState) error {
	if state == nil {
		return fmt.Errorf("%w: its exit status was lost", function.ErrUnavailable)
	}
	if state.Success() {
		return nil
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return &function.ExitError{Status: 128 + int(status.Signal()), Signal: status.Signal().String()}
	}
	return &function.ExitError{Status: state.ExitCode()}
}

// justWriter hides that a file could read by itself, which it does with a new
// buffer every time.
type justWriter struct{ io.Writer }

var buffers = sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}
