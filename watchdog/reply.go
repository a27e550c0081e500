package watchdog

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/harkvoice/hark/internal/function"
)

// Window is how much of an answer is held back until it is decided, in bytes.
const Window = 64 << 10

// Answer is what a program prints on STDOUT. It ends with io.EOF if the
// program exited with status 0, else in an error as of Run. It must be closed;
// closing it early ends the program. It is read by one goroutine at a time.
type Answer struct {
	process *process
	limit   int64
	left    int64 // of limit
	replace func()

	head  []byte // read from the process and not yet by the reader
	ended error  // the end of STDOUT, once it was seen
}

// Reply runs the program and returns its answer as soon as that is decided:
// when it has exited, or has printed Window bytes. A program that fails before
// that yields an error as of Run and no answer; one that fails later, an
// answer that ends in that error.
func (r *Runner) Reply(ctx context.Context, req Request) (*Answer, error) {
	a, err := r.run(ctx, req)
	if err != nil {
		return nil, err
	}
	a.hold()
	if a.ended != nil && !errors.Is(a.ended, io.EOF) && len(a.head) < Window {
		a.Close()
		if r.config.Combine && req.Stderr != nil { // it is in no answer
			printed := lines{log: req.Stderr, part: r.program.part, left: MaxStderr}
			printed.write(a.head)
			printed.end()
		}
		return nil, a.ended
	}
	return a, nil
}

func (r *Runner) run(ctx context.Context, req Request) (*Answer, error) {
	p, err := r.begin(ctx, req)
	if err != nil {
		return nil, err
	}
	return &Answer{process: p, limit: r.config.MaxOutput, left: r.config.MaxOutput, replace: r.replace}, nil
}

// replace starts a process ahead in the place of one that a request has taken.
func (r *Runner) replace() {
	if r.pool != nil {
		r.pool.refill()
	}
}

// hold reads the head of the answer.
func (a *Answer) hold() {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for len(a.head) < Window && a.ended == nil {
		var n int
		n, a.ended = a.read(*buffer)
		a.head = append(a.head, (*buffer)[:n]...)
	}
}

// Whole reports whether the program has succeeded and all of its answer is at
// hand, and how many bytes those are.
func (a *Answer) Whole() (int, bool) { return len(a.head), errors.Is(a.ended, io.EOF) }

// Read implements io.Reader.
func (a *Answer) Read(to []byte) (int, error) {
	if len(a.head) > 0 {
		n := copy(to, a.head)
		a.head = a.head[n:]
		return n, nil
	}
	if a.ended == nil {
		a.replace() // what was held back is on its way
		var n int
		n, a.ended = a.read(to)
		return n, a.ended
	}
	return 0, a.ended
}

// read reads STDOUT within the limit.
func (a *Answer) read(to []byte) (int, error) {
	n, err := a.process.read(to)
	if a.limit > 0 {
		if a.left -= int64(n); a.left < 0 {
			err := fmt.Errorf("%w: more than %d bytes", function.ErrOutputTooLarge, a.limit)
			a.process.stop(err)
			return 0, err
		}
	}
	return n, err
}

// Close ends the program if it still runs, and returns when it is gone.
func (a *Answer) Close() error {
	if a.ended == nil {
		a.ended = context.Canceled
	}
	a.process.close(a.ended)
	a.replace()
	return nil
}
