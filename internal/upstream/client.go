// Package upstream asks an HTTP server that a function is: the function's own
// process, which the watchdog started, or a watchdog in a container, which an
// engine has found.
//
// It is not http.Transport since a request here is written, and its answer read,
// by the goroutine that waits for it: that makes what is nothing but passing on
// half as fast again. Nor is anything sent twice, and it is known what was sent
// (docs/decisions/0011).
package upstream

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Client asks one server and keeps connections to it. It is safe for concurrent
// use.
type Client struct {
	Address string // HOST:PORT
	// Dial makes a connection, which must be a TCP socket; nil is a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Lost is how long the server may leave what it is sent unacknowledged before
	// it counts as gone; 0 leaves that to the system.
	Lost time.Duration

	mu     sync.Mutex
	idle   []*link // the one that was used last is the last
	sweep  *time.Timer
	closed bool
}

const (
	// maxIdle bounds the connections that are kept.
	maxIdle = 256
	// idleTime is how long a connection is kept: servers close theirs too, the
	// most impatient after 2 s.
	idleTime = time.Second
	// maxAnswerHead bounds the header of an answer, in bytes.
	maxAnswerHead = 1 << 20
)

// ErrNotSent is the error of a request of which the server has seen nothing.
var ErrNotSent = errors.New("it could not be sent")

// InputError says that the body of a request could not be had.
type InputError struct{ error }

// Unwrap returns the error of the body.
func (e *InputError) Unwrap() error { return e.error }

// Do sends a request and returns the answer, whose Body ends as ctx does and is a
// *Body. The Body of an answer with status 101 is the connection.
func (c *Client) Do(ctx context.Context, call *Call) (*http.Response, error) {
	for {
		l, err := c.link(ctx)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotSent, err)
		}
		l.unwatch = context.AfterFunc(ctx, l.interrupt)
		resp, err := l.exchange(call)
		if err == nil {
			return resp, nil
		}
		call.Sent = l.sent.Load()
		closed := errors.Is(err, errClosed)
		// A server that has read something acknowledges it, at the latest when it ends
		// the connection.
		if !closed && (l.unseen.Load() || l.undelivered()) {
			err = fmt.Errorf("%w: %w", ErrNotSent, err)
		}
		l.drop()
		if !closed || ctx.Err() != nil {
			return nil, err
		}
	}
}

// link is one that was kept, or a new one.
func (c *Client) link(ctx context.Context) (*link, error) {
	for {
		l := c.kept()
		if l == nil {
			break
		}
		if time.Since(l.since) < idleTime && l.quiet() {
			l.used = true
			return l, nil
		}
		l.Close()
	}
	dial := c.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", c.Address)
	if err != nil {
		return nil, err
	}
	l := &link{Conn: conn, of: c}
	l.in, l.out = bufio.NewReader(l), bufio.NewWriter(l)
	return l, nil
}

func (c *Client) kept() *link {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.idle) == 0 {
		return nil
	}
	l := c.idle[len(c.idle)-1]
	c.idle[len(c.idle)-1] = nil
	c.idle = c.idle[:len(c.idle)-1]
	return l
}

// keep keeps a connection for a while.
func (c *Client) keep(l *link) {
	l.since = time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.idle) == maxIdle {
		l.Close()
		return
	}
	c.idle = append(c.idle, l)
	if c.sweep == nil {
		c.sweep = time.AfterFunc(idleTime, c.dropOld)
	}
}

// dropOld closes what was idle for too long, and comes back for the rest.
func (c *Client) dropOld() {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := 0
	for old < len(c.idle) && time.Since(c.idle[old].since) >= idleTime {
		c.idle[old].Close()
		old++
	}
	c.idle = slices.Delete(c.idle, 0, old)
	c.sweep = nil
	if len(c.idle) > 0 {
		c.sweep = time.AfterFunc(time.Until(c.idle[0].since.Add(idleTime)), c.dropOld)
	}
}

// DropIdle closes the connections that are kept.
func (c *Client) DropIdle() {
	for l := c.kept(); l != nil; l = c.kept() {
		l.Close()
	}
}

// Close closes the connections that are kept and has none kept any more. Requests
// under way go on.
func (c *Client) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.DropIdle()
}
