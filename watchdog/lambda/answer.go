package lambda

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/harkvoice/hark/internal/function"
)

// Answer is what a function returned.
type Answer struct {
	// Status is 200, or what the prelude of a streamed answer says: 200 to
	// 599.
	Status int
	// Header is the Content-Type of the answer, if it has one, or what the
	// prelude says. It is not nil and has nothing about the connection.
	Header http.Header
	// Body must be closed; closing it early ends a stream. A stream that ends
	// in an error other than io.EOF was cut short: the error is as of Invoke,
	// and function.ErrOutputTooLarge for more than Config.MaxStream bytes. A
	// stream is not to be read by several goroutines at once, but may be
	// closed by any.
	Body io.ReadCloser
}

// integration is the type of an answer that begins with a prelude.
const integration = "application/vnd.awslambda.http-integration-response"

// response answers POST /runtime/invocation/{id}/response.
func (c *call) response(id string) {
	inv, refusal := c.runtime.claim(id, c)
	if refusal != nil {
		c.reply(refusal)
		return
	}
	// aws-lambda-go knows no response mode: what has a prelude is streamed.
	h := c.req.Header
	prelude := mediaType(h) == integration
	if prelude || strings.EqualFold(h.Get("Lambda-Runtime-Function-Response-Mode"), "streaming") {
		c.stream(inv, prelude)
		return
	}
	c.buffer(inv)
}

// buffer takes an answer whole.
func (c *call) buffer(inv *invocation) {
	payload, out, told := c.readAnswer(inv)
	if out.err == nil {
		out.answer = &Answer{Status: http.StatusOK, Header: c.contentType(), Body: &buffered{*bytes.NewReader(payload)}}
	}
	c.finish(c.runtime.d.settle(inv, out), told)
}

// finish replies. An answer that nobody waits for is accepted whatever it is:
// at anything else aws-lambda-go ends its process.
func (c *call) finish(was fate, told *reply) {
	switch was {
	case unwanted:
		told = &replyAccepted
	case forgotten:
		told = &replyClosed
	}
	c.reply(told)
}

// readAnswer reads an answer, or says how it failed and what the process is to
// be told of that.
func (c *call) readAnswer(inv *invocation) ([]byte, outcome, *reply) {
	if c.unwanted(inv) {
		_, _ = io.CopyN(io.Discard, c, MaxPayload+1)
		return nil, outcome{err: function.Ended(inv.ctx)}, &replyAccepted
	}
	if c.req.ContentLength > MaxPayload {
		return nil, outcome{err: tooLarge(MaxPayload)}, &replyTooLarge
	}
	payload, err := c.readAll(MaxPayload)
	switch {
	case err != nil:
		return nil, outcome{err: brokenOff(err)}, &replyTruncated
	case len(payload) > MaxPayload:
		return nil, outcome{err: tooLarge(MaxPayload)}, &replyTooLarge
	}
	return payload, outcome{err: c.trailerError()}, &replyAccepted
}

func (c *call) unwanted(inv *invocation) bool {
	c.runtime.d.mu.Lock()
	defer c.runtime.d.mu.Unlock()
	return inv.abandoned
}

// readAll reads the body to its end, or one byte more than limit.
func (c *call) readAll(limit int64) ([]byte, error) {
	if c.whole {
		return nil, nil
	}
	if n := c.req.ContentLength; n >= 0 && n <= limit {
		var buffer bytes.Buffer
		buffer.Grow(int(n) + bytes.MinRead) // or it would grow to see the end
		_, err := buffer.ReadFrom(c)
		return buffer.Bytes(), err
	}
	return io.ReadAll(io.LimitReader(c, limit+1))
}

// contentType returns the header of an answer without a prelude.
func (c *call) contentType() http.Header {
	if t := c.req.Header.Get("Content-Type"); t != "" && validValue(t) {
		return http.Header{"Content-Type": {t}}
	}
	return http.Header{}
}

func tooLarge(limit int64) error {
	return fmt.Errorf("%w: more than %d bytes", function.ErrOutputTooLarge, limit)
}

func brokenOff(err error) error {
	return fmt.Errorf("%w: %w", function.ErrBroken, err)
}

// buffered is the body of an answer that was read whole.
type buffered struct{ bytes.Reader }

// Close does nothing.
func (*buffered) Close() error { return nil }
