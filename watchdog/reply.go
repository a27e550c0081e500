package watchdog

import (
	"context"
	"io"
)

// Window is how much of an answer is held back until it is decided.
const Window = 64 << 10

// Reply runs the program and returns its answer as soon as that is decided:
// when it has exited, or has printed Window bytes. A program that fails before
// that yields an error as of Run and no answer; one that fails later, an
// answer that ends in that error. The answer must be closed; closing it early
// ends the program. Request.Stdout is not used.
func (r *Runner) Reply(ctx context.Context, req Request) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(ctx)
	reader, writer := io.Pipe()
	a := &answer{decided: make(chan struct{}), ended: make(chan struct{}), pipe: writer, cancel: cancel}
	req.Stdout = a
	req.cut = func(cause error) { _ = writer.CloseWithError(cause) }
	go func() {
		defer close(a.ended)
		defer cancel()
		a.finish(r.Run(ctx, req))
	}()
	<-a.decided // Run ends when ctx does
	if !a.overflowed && a.err != nil {
		return nil, a.err
	}
	a.reader = reader
	return a, nil
}

// answer holds back the head of STDOUT and passes on the rest through a pipe.
type answer struct {
	cancel context.CancelFunc
	ended  chan struct{} // closed when the program is gone

	// Written by the program's side until decided is closed.
	decided    chan struct{}
	head       []byte
	overflowed bool // head holds no more, the pipe is in use
	err        error

	pipe   *io.PipeWriter
	reader *io.PipeReader
}

// Write takes what the program prints.
func (a *answer) Write(chunk []byte) (int, error) {
	if a.overflowed {
		return a.pipe.Write(chunk)
	}
	a.head = append(a.head, chunk...)
	if len(a.head) >= Window {
		a.overflowed = true
		close(a.decided)
	}
	return len(chunk), nil
}

func (a *answer) finish(err error) {
	if a.overflowed {
		a.pipe.CloseWithError(err) // nil is io.EOF
		return
	}
	a.err = err
	close(a.decided)
	a.pipe.Close()
}

// Read gives first what was held back.
func (a *answer) Read(to []byte) (int, error) {
	if len(a.head) > 0 {
		n := copy(to, a.head)
		a.head = a.head[n:]
		return n, nil
	}
	return a.reader.Read(to)
}

// Close ends the program if it still runs, and returns when it is gone.
func (a *answer) Close() error {
	a.cancel()
	_ = a.reader.Close()
	<-a.ended
	return nil
}
