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
	pid    int
	handle descriptor // readable once the program has exited; closed if there is none
	grace  time.Duration

	log   atomic.Pointer[logger] // who takes STDERR now
	lines lines

	fed      bool // all of STDIN is in the pipe; for the one who reads STDOUT
	attended bool // likewise
	opening  sync.Once
	logging  sync.Once
	reaping  sync.Once
	settling sync.Once
	status   error // of the program, once it is reaped

	mu      sync.Mutex
	reaped  bool
	cause   error // why it was stopped, if it was
	kill    *time.Timer
	unwatch func() bool // undoes what could stop it; may be nil
	settled func()      // called when nothing of it is left
}

// logger takes a line of STDERR, without its end.
type logger func(line []byte)

// start runs the program. Its STDERR goes to log until somebody else takes it,
// at most limit bytes of it; settled is called when nothing of it is left. Whoever
// does not read STDOUT must attend to it.
func (pr *program) start(env []string, log logger, limit int, settled func()) (*process, error) {
	pipes, err := newPipes(pr.combine)
	if err != nil {
		return nil, err
	}
	pid, handle, err := startChild(pr.path, pr.argv, &syscall.ProcAttr{
		Dir: pr.dir, Env: env, Files: pipes.child[:],
		Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	pipes.closeChild()
	if err != nil {
		pipes.closeOurs()
		return nil, err
	}
	beVictim(pid)
	p := &process{pipes: pipes, pid: pid, handle: descriptor{fd: handle, closed: handle < 0}, grace: pr.grace, settled: settled}
	p.lines = lines{part: pr.part, left: limit, log: func(line []byte) {
		if log := *p.log.Load(); log != nil {
			log(line)
		}
	}}
	p.log.Store(&log)
	if err := pr.limits.apply(pid); err != nil {
		p.stop(fmt.Errorf("its limits: %w", err))
	}
	return p, nil
}

// attend has STDERR logged and the end of the program noticed, whoever reads
// STDOUT. Programs that end soon are spared it.
func (p *process) attend() {
	p.attended = true
	p.waitable()
	go func() {
		go p.logging.Do(p.logStderr)
		p.await()
		p.settle()
	}()
}

// waitable has the runtime's poller know the pipes and the handle, so that
// goroutines can wait for them, and close them meanwhile.
func (p *process) waitable() {
	p.opening.Do(func() {
		if !p.handle.closed {
			_ = syscall.SetNonblock(p.handle.fd, true)
		}
		for _, d := range []*descriptor{&p.handle, &p.stdin, &p.stdout.descriptor, &p.stderr.descriptor} {
			d.open()
		}
	})
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
		settled, unwatch := p.settled, p.unwatch
		p.mu.Unlock()
		if unwatch != nil {
			unwatch()
		}
		settled()
	})
}

// until stops the program when ctx ends.
func (p *process) until(ctx context.Context) {
	unwatch := context.AfterFunc(ctx, func() { p.stop(function.Ended(ctx)) })
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped { // and perhaps settled
		unwatch()
		return
	}
	p.unwatch = unwatch
}

// collect waits for the program to exit, ends what is left of its group, and
// collects it. It signals the group first, as until the leader is collected
// the kernel gives its number to nobody else.
func (p *process) collect() {
	collected := p.awaitExit()
	p.mu.Lock()
	_ = syscall.Kill(-p.pid, syscall.SIGKILL)
	if !collected {
		p.status = p.wait()
	}
	forgetChild(p.pid)
	p.reaped = true
	if p.kill != nil {
		p.kill.Stop()
	}
	p.handle.Close()
	p.mu.Unlock()
	// What the program printed is in the pipes now. A descendant that left
	// the group may hold them open: nobody waits for it.
	p.stdout.cut()
	p.stderr.cut()
}

// wait collects the program and returns why it has not succeeded, if so.
func (p *process) wait() error {
	var status syscall.WaitStatus
	_, err := syscall.Wait4(p.pid, &status, 0, nil)
	for errors.Is(err, syscall.EINTR) {
		_, err = syscall.Wait4(p.pid, &status, 0, nil)
	}
	switch {
	case err != nil:
		return fmt.Errorf("%w: its exit status was lost: %w", function.ErrUnavailable, err)
	case status.Signaled():
		return &function.ExitError{Status: 128 + int(status.Signal()), Signal: status.Signal().String()}
	case status.ExitStatus() != 0:
		return &function.ExitError{Status: status.ExitStatus()}
	}
	return nil
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
	_ = syscall.Kill(-p.pid, syscall.SIGTERM)
	p.kill = time.AfterFunc(p.grace, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.reaped {
			_ = syscall.Kill(-p.pid, syscall.SIGKILL)
			_ = syscall.Kill(p.pid, syscall.SIGKILL) // it may have left its group
		}
	})
}

// feed writes STDIN: head, which is short, or rest. It does not wait for rest: a
// program may answer without reading, and a client may never end its body.
func (p *process) feed(head []byte, rest io.Reader, limit int64) {
	if rest != nil {
		p.waitable()
		go p.write(rest, limit)
		return
	}
	_, _ = p.stdin.Write(head) // unless the program wants none
	p.stdin.Close()
	p.fed = true
}

func (p *process) write(from io.Reader, limit int64) {
	defer p.stdin.Close()
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	_, err := io.CopyBuffer(justWriter{&p.stdin}, function.Bounded(from, limit), *buffer)
	switch {
	case errors.Is(err, syscall.EPIPE), errors.Is(err, os.ErrClosed): // the program wants no more
	case err != nil:
		p.stop(fmt.Errorf("reading the request: %w", err))
	}
}

// read reads STDOUT. It ends when the program has exited and all that it
// printed was read, with io.EOF if it succeeded.
func (p *process) read(to []byte) (int, error) {
	switch {
	case p.attended:
	case p.fed && p.endsSoon():
		p.attended = true
		p.reaping.Do(p.collect)
	default:
		p.attend()
	}
	n, err := p.stdout.Read(to)
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
	return p.status
}

// justWriter hides that a file could read by itself, which it does with a new
// buffer every time.
type justWriter struct{ io.Writer }

var buffers = sync.Pool{New: func() any { b := make([]byte, 16<<10); return &b }}
