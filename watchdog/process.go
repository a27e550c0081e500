package watchdog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// process is a running program, the leader of a process group of its own.
type process struct {
	pipes
	os    *os.Process
	grace time.Duration
	log   func(line []byte)

	attending *time.Timer
	logging   sync.Once
	reaping   sync.Once
	state     *os.ProcessState

	mu     sync.Mutex
	reaped bool
	cause  error // why it was stopped, if it was
	kill   *time.Timer
}

func start(path string, argv []string, attr *os.ProcAttr, grace time.Duration, log func(line []byte)) (*process, error) {
	pipes, err := newPipes()
	if err != nil {
		return nil, err
	}
	attr.Files = pipes.child[:]
	attr.Sys = &syscall.SysProcAttr{Setpgid: true}
	child, err := os.StartProcess(path, argv, attr)
	pipes.closeChild()
	if err != nil {
		pipes.closeOurs()
		return nil, err
	}
	p := &process{pipes: pipes, os: child, grace: grace, log: log}
	p.attending = time.AfterFunc(attendAfter, p.attend)
	return p, nil
}

// attendAfter is when STDERR and the exit of a program are attended to while
// its STDOUT is read. Many have ended by then, and are spared the goroutines,
// which cost a tenth of what it takes to run one.
const attendAfter = 5 * time.Millisecond

func (p *process) attend() {
	go p.logging.Do(p.logStderr)
	p.reap()
}

// reap waits for the program to exit, ends what is left of its group, and
// collects it.
func (p *process) reap() { p.reaping.Do(p.collect) }

// collect signals the group before it collects its leader, as until then the
// kernel gives the leader's number to nobody else.
func (p *process) collect() {
	state := awaitExit(p.os)
	p.mu.Lock()
	_ = syscall.Kill(-p.os.Pid, syscall.SIGKILL)
	if state == nil {
		state, _ = p.os.Wait()
	}
	p.state, p.reaped = state, true
	if p.kill != nil {
		p.kill.Stop()
	}
	p.mu.Unlock()
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

// feed writes STDIN while the others read. It does not wait: a program may
// answer without reading, and a client may never end its body.
func (p *process) feed(from io.Reader, limit int64) {
	switch known, ok := from.(interface{ Len() int }); {
	case from == nil:
		p.stdin.Close()
	case ok && known.Len() <= short: // it is all there
		p.write(from, limit)
	default:
		go p.write(from, limit)
	}
}

func (p *process) write(from io.Reader, limit int64) {
	defer p.stdin.Close()
	n, err := io.Copy(p.stdin, io.LimitReader(from, limit))
	if err == nil && n == limit {
		if n, err = io.Copy(io.Discard, io.LimitReader(from, 1)); n > 0 {
			err = fmt.Errorf("%w: more than %d bytes", function.ErrInputTooLarge, limit)
		}
	}
	switch {
	case errors.Is(err, syscall.EPIPE), errors.Is(err, os.ErrClosed): // the program wants no more
	case err != nil:
		p.stop(fmt.Errorf("reading the request: %w", err))
	}
}

// drain passes STDOUT on until the program has exited and all that it printed
// was read. At the first error of to, or over the limit, it stops the program.
func (p *process) drain(to io.Writer, limit int64) error {
	if to == nil {
		to = io.Discard
	}
	left := limit
	err := p.read(p.stdout, func(chunk []byte) error {
		if left -= int64(len(chunk)); left < 0 {
			return fmt.Errorf("%w: more than %d bytes", function.ErrOutputTooLarge, limit)
		}
		_, err := to.Write(chunk)
		return err
	})
	if err != nil {
		p.stop(err)
	}
	return err
}

// read calls use with what can be read from a pipe until it ends, or until the
// program has exited and the pipe is empty. It stops at the first error of use.
func (p *process) read(pipe *os.File, use func([]byte) error) error {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for {
		n, err := pipe.Read(*buffer)
		if n > 0 {
			if err := use((*buffer)[:n]); err != nil {
				return err
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, os.ErrDeadlineExceeded): // reap set it
			return p.readRest(pipe, *buffer, use)
		case errors.Is(err, io.EOF):
			return nil
		default:
			return err
		}
	}
}

// maxPipe is the most that a pipe holds, unless root has changed the system.
const maxPipe = 1 << 20

// readRest reads what is in the pipe without waiting for more, and no more
// than a pipe holds: a descendant that left the group may go on printing.
func (p *process) readRest(pipe *os.File, buffer []byte, use func([]byte) error) error {
	if err := pipe.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	raw, err := pipe.SyscallConn()
	if err != nil {
		return err
	}
	for left := maxPipe; left > 0; {
		var n int
		var failed error
		if err := raw.Read(func(fd uintptr) bool {
			n, failed = syscall.Read(int(fd), buffer)
			return true // also when there is nothing to read just now
		}); err != nil {
			return err
		}
		if failed == syscall.EINTR {
			continue
		}
		if n <= 0 || failed != nil {
			return nil
		}
		if err := use(buffer[:n]); err != nil {
			return err
		}
		left -= n
	}
	return nil
}

// wait returns when the program is gone and its STDERR is logged.
func (p *process) wait() error {
	p.reap()
	p.attending.Stop() // not before: a program may close STDOUT and then fill STDERR
	p.logging.Do(p.logStderr)
	p.closeOurs()
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

var buffers = sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}
