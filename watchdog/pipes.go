package watchdog

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"
)

// pipes are the three of a process: ours and the child's ends.
type pipes struct {
	stdin, stdout, stderr *os.File
	child                 [3]*os.File
}

func newPipes(combine bool) (p pipes, err error) {
	if p.stdin, p.child[0], err = pipeTo(); err == nil {
		if p.stdout, p.child[1], err = pipeFrom(); err == nil {
			p.stderr, p.child[2], err = pipeFrom()
		}
	}
	if err != nil {
		p.closeChild()
		p.closeOurs()
	} else if combine {
		p.child[2].Close() // nothing comes on it
		p.child[2] = p.child[1]
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

// drain reads a pipe until it ends, or, once its deadline has passed, until it
// is empty: a descendant that left the group may hold it open, and even go on
// printing, so that no more than a pipe holds is read by then.
type drain struct {
	pipe *os.File
	past bool // the deadline
	left int  // what may still be read by then
}

// maxPipe is the most that a pipe holds, unless root has changed the system.
const maxPipe = 1 << 20

// Read implements io.Reader.
func (d *drain) Read(to []byte) (int, error) {
	if !d.past {
		n, err := d.pipe.Read(to)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		d.past, d.left = true, maxPipe
		if err := d.pipe.SetReadDeadline(time.Time{}); err != nil {
			return 0, err
		}
	}
	return d.rest(to)
}

// rest reads without waiting.
func (d *drain) rest(to []byte) (n int, err error) {
	if d.left <= 0 {
		return 0, io.EOF
	}
	raw, err := d.pipe.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		for {
			if n, failed = syscall.Read(int(fd), to); failed != syscall.EINTR {
				return true // also when there is nothing to read just now
			}
		}
	})
	if err != nil {
		return 0, err
	}
	if n <= 0 || failed != nil {
		return 0, io.EOF
	}
	d.left -= n
	return n, nil
}
