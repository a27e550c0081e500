package watchdog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// upstream is a function's HTTP server as a client sees it. It is not
// http.Transport since a request here is written, and its answer read, by the
// goroutine that waits for it: that makes a mode which is nothing but passing on
// half as fast again. Nor does it send anything twice (docs/decisions/0011). It
// is safe for concurrent use.
type upstream struct {
	address string // HOST:PORT

	mu    sync.Mutex
	idle  []*upstreamConn // the one that was used last is the last
	sweep *time.Timer     // of those that are idle for too long; nil if there are none
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

// upstreamCall is a request to the server, as it is to be written.
type upstreamCall struct {
	method, target, host string
	header               http.Header
	without              map[string]bool // headers that are left out
	upgrade              string          // the protocol that is asked for, if any

	head   []byte    // all of the body, if that is short
	rest   io.Reader // else the body; nil if there is none
	length int64     // of rest, -1 if it is not known

	sent bool // whether all of it was, once it has failed
}

// errNotSent is the error of a request of which the server has seen nothing.
var errNotSent = errors.New("it could not be sent")

// inputError says that the body of a request could not be had.
type inputError struct{ error }

// Unwrap returns the error of the body.
func (e *inputError) Unwrap() error { return e.error }

// do sends a request and returns the answer, whose Body ends as ctx does. The
// Body of an answer with status 101 is the connection.
func (u *upstream) do(ctx context.Context, call *upstreamCall) (*http.Response, error) {
	for {
		c, err := u.connection(ctx)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errNotSent, err)
		}
		c.unwatch = context.AfterFunc(ctx, c.interrupt)
		resp, err := c.exchange(call)
		if err == nil {
			return resp, nil
		}
		c.drop()
		call.sent = c.sent.Load()
		if !errors.Is(err, errNotSent) || ctx.Err() != nil { // the server had closed one that was kept
			return nil, err
		}
	}
}

// connection is one that was kept, or a new one.
func (u *upstream) connection(ctx context.Context) (*upstreamConn, error) {
	for {
		c := u.kept()
		if c == nil {
			break
		}
		if time.Since(c.since) < idleTime && c.quiet() {
			c.used = true
			return c, nil
		}
		c.Close()
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", u.address)
	if err != nil {
		return nil, err
	}
	c := &upstreamConn{Conn: conn, of: u}
	c.in, c.out = bufio.NewReader(c), bufio.NewWriter(c)
	return c, nil
}

func (u *upstream) kept() *upstreamConn {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.idle) == 0 {
		return nil
	}
	c := u.idle[len(u.idle)-1]
	u.idle[len(u.idle)-1] = nil
	u.idle = u.idle[:len(u.idle)-1]
	return c
}

// keep keeps a connection for a while.
func (u *upstream) keep(c *upstreamConn) {
	c.since = time.Now()
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.idle) == maxIdle {
		c.Close()
		return
	}
	u.idle = append(u.idle, c)
	if u.sweep == nil {
		u.sweep = time.AfterFunc(idleTime, u.dropOld)
	}
}

// dropOld closes what was idle for too long, and comes back for the rest.
func (u *upstream) dropOld() {
	u.mu.Lock()
	defer u.mu.Unlock()
	old := 0
	for old < len(u.idle) && time.Since(u.idle[old].since) >= idleTime {
		u.idle[old].Close()
		old++
	}
	u.idle = slices.Delete(u.idle, 0, old)
	u.sweep = nil
	if len(u.idle) > 0 {
		u.sweep = time.AfterFunc(time.Until(u.idle[0].since.Add(idleTime)), u.dropOld)
	}
}

// close closes the connections that are kept.
func (u *upstream) close() {
	for c := u.kept(); c != nil; c = u.kept() {
		c.Close()
	}
}
