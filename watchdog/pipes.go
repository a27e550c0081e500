package watchdog

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"
)

// pipes are the three of a process: ours and the child's ends. Ours do not
// block.
type pipes struct {
	stdin          descriptor
	stdout, stderr outlet
	child          [3]uintptr
}

func newPipes(combine bool) (p pipes, err error) {
	var ends [3][2]int // to read from, to write to
	for i := range ends {
		if err = pipe(&ends[i]); err != nil {
			for _, open := range ends[:i] {
				_ = syscall.Close(open[0])
				_ = syscall.Close(open[1])
			}
			return pipes{}, err
		}
	}
	p.child = [3]uintptr{uintptr(ends[0][0]), uintptr(ends[1][1]), uintptr(ends[2][1])}
	p.stdin.fd, p.stdout.fd, p.stderr.fd = ends[0][1], ends[1][0], ends[2][0]
	for _, fd := range []int{p.stdin.fd, p.stdout.fd, p.stderr.fd} {
		_ = syscall.SetNonblock(fd, true) // which every pipe can
	}
	p.stdout.left, p.stderr.left = maxPipe, maxPipe
	if combine {
		_ = syscall.Close(ends[2][1]) // nothing comes on it
		p.child[2] = p.child[1]
	}
	return p, nil
}

func (p *pipes) closeChild() {
	for i, fd := range p.child {
		if i < 2 || fd != p.child[1] {
			_ = syscall.Close(int(fd))
		}
	}
}

func (p *pipes) closeOurs() {
	p.stdin.Close()
	p.stdout.Close()
	p.stderr.Close()
}

// descriptor is a file that does not block. Until it is open it is for one
// goroutine, and nothing waits for it.
type descriptor struct {
	fd     int
	file   *os.File // once it is open
	closed bool     // before it was
}

func (d *descriptor) open() {
	if d.file == nil && !d.closed {
		d.file = os.NewFile(uintptr(d.fd), "|")
	}
}

// Write implements io.Writer.
func (d *descriptor) Write(part []byte) (written int, err error) {
	for d.file == nil && written < len(part) {
		n, err := syscall.Write(d.fd, part[written:])
		switch {
		case err == nil:
			written += n
		case errors.Is(err, syscall.EAGAIN):
			d.open()
		case !errors.Is(err, syscall.EINTR):
			return written, err
		}
	}
	if written == len(part) {
		return written, nil
	}
	n, err := d.file.Write(part[written:])
	return written + n, err
}

// Close implements io.Closer. It may be called again.
func (d *descriptor) Close() error {
	if d.file != nil {
		return d.file.Close()
	}
	if d.closed {
		return nil
	}
	d.closed = true
	return syscall.Close(d.fd)
}

// outlet is a pipe that a child prints to. Until it is cut it is read to its
// end; from then on, and before it is open, until it is empty: a descendant
// that left the group may hold it open, and even go on printing, so that no
// more than a pipe holds is read by then.
type outlet struct {
	descriptor
	past bool // it was cut, which a Read has seen
	left int  // what may still be read by then
}

// maxPipe is the most that a pipe holds, unless root has changed the system.
const maxPipe = 1 << 20

// cut is called when nothing more shall be waited for.
func (o *outlet) cut() {
	if o.file != nil {
		_ = o.file.SetReadDeadline(time.Unix(1, 0))
	}
}

// Read implements io.Reader.
func (o *outlet) Read(to []byte) (int, error) {
	if o.file == nil {
		return o.rest(to, func(read func(fd uintptr) bool) error { read(uintptr(o.fd)); return nil })
	}
	if !o.past {
		n, err := o.file.Read(to)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		o.past = true
		if err := o.file.SetReadDeadline(time.Time{}); err != nil {
			return 0, err
		}
	}
	raw, err := o.file.SyscallConn()
	if err != nil {
		return 0, err
	}
	return o.rest(to, raw.Read)
}

// rest reads without waiting, by a function that lends the descriptor.
func (o *outlet) rest(to []byte, lend func(func(fd uintptr) bool) error) (n int, err error) {
	if o.left <= 0 {
		return 0, io.EOF
	}
	var failed error
	err = lend(func(fd uintptr) bool {
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
	o.left -= n
	return n, nil
}
