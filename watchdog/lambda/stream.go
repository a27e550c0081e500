package lambda

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/harkvoice/hark/internal/function"
)

// streamed is the body of an answer as it comes. The process waits for its
// reader, and has its reply when all is read.
type streamed struct {
	*io.PipeReader
	call *call
}

// Close abandons what was not read.
func (s *streamed) Close() error {
	_ = s.PipeReader.Close()
	s.call.interrupt() // it may be waiting for the process
	return nil
}

// stream passes an answer on as it comes.
func (c *call) stream(inv *invocation, prelude bool) {
	reader, writer := io.Pipe()
	stop := context.AfterFunc(inv.ctx, func() {
		writer.CloseWithError(function.Ended(inv.ctx))
		c.interrupt()
	})
	defer stop()
	answer, rest, err := c.begin(prelude)
	if err != nil {
		c.spoil(inv, err)
		return
	}
	answer.Body = &streamed{reader, c}
	told := &replyAccepted
	was := c.runtime.d.stream(inv, writer, answer)
	if was == wanted {
		told = c.pump(writer, rest)
	}
	if now := c.runtime.d.settle(inv, outcome{}); was == wanted {
		was = now
	}
	c.finish(was, told)
}

// spoil ends an invocation whose answer did not begin. The end of its context
// may be why: Invoke then says so, whichever it sees first.
func (c *call) spoil(inv *invocation, err error) {
	out := outcome{err: brokenOff(err)}
	if inv.ctx.Err() != nil {
		out.err = function.Ended(inv.ctx)
	}
	c.finish(c.runtime.d.settle(inv, out), &replyPrelude)
}

// begin returns an answer without its Body, and the part of that which was
// read along with the prelude.
func (c *call) begin(prelude bool) (*Answer, []byte, error) {
	if !prelude {
		return &Answer{Status: http.StatusOK, Header: c.contentType()}, nil, nil
	}
	head, rest, err := splitPrelude(c)
	if err != nil {
		return nil, nil, err
	}
	status, header, err := parsePrelude(head)
	return &Answer{Status: status, Header: header}, rest, err
}

// pump passes the rest of the body on until it ends or nobody wants it, and
// returns what the process is to be told.
func (c *call) pump(to *io.PipeWriter, rest []byte) *reply {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	limit, passed := c.runtime.d.config.MaxStream, int64(0)
	for chunk, err := rest, error(nil); ; {
		passed += int64(len(chunk))
		if limit > 0 && passed > limit {
			to.CloseWithError(tooLarge(limit))
			return &replyTooLarge
		}
		if len(chunk) > 0 {
			if _, gone := to.Write(chunk); gone != nil {
				return &replyAccepted
			}
		}
		if err != nil {
			return c.endStream(to, err)
		}
		var n int
		n, err = c.Read(*buffer)
		chunk = (*buffer)[:n]
	}
}

// endStream says how a stream ended. Whoever interrupted it has said so
// before.
func (c *call) endStream(to *io.PipeWriter, err error) *reply {
	switch {
	case errors.Is(err, io.EOF):
		to.CloseWithError(c.trailerError()) // nil is io.EOF
	case c.interrupted():
	default:
		to.CloseWithError(brokenOff(err))
		return &replyTruncated
	}
	return &replyAccepted
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 16<<10); return &b }}
