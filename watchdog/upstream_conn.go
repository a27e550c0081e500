package watchdog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// upstreamConn is a connection to the server. It carries one request at a time.
type upstreamConn struct {
	net.Conn
	of      *upstream
	in      *bufio.Reader
	out     *bufio.Writer
	used    bool      // for an earlier request
	since   time.Time // it is idle
	unwatch func() bool

	wrote atomic.Bool                // a byte of this request at least
	room  int                        // for the header of an answer, while that is read; else -1
	sent  atomic.Bool                // all of the request
	input atomic.Pointer[inputError] // why its body was not to be had
}

// interrupt ends whatever waits for the server, and tells it.
func (c *upstreamConn) interrupt() { c.Close() }

// quiet reports whether the server has neither closed the connection nor said
// anything that nobody has asked for.
func (c *upstreamConn) quiet() bool {
	raw, err := c.Conn.(syscall.Conn).SyscallConn()
	if err != nil {
		return false
	}
	var waits error
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		_, _, waits = syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK)
		return true
	})
	return err == nil && errors.Is(waits, syscall.EAGAIN)
}

// Write implements io.Writer.
func (c *upstreamConn) Write(part []byte) (int, error) {
	n, err := c.Conn.Write(part)
	if n > 0 {
		c.wrote.Store(true)
	}
	return n, err
}

// Read implements io.Reader.
func (c *upstreamConn) Read(to []byte) (int, error) {
	if c.room == 0 {
		return 0, fmt.Errorf("the header of its answer has more than %d bytes", maxAnswerHead)
	}
	if c.room > 0 {
		to = to[:min(len(to), c.room)]
	}
	n, err := c.Conn.Read(to)
	if c.room > 0 {
		c.room -= n
	}
	return n, err
}

// exchange sends a request and reads the header of its answer.
func (c *upstreamConn) exchange(call *upstreamCall) (*http.Response, error) {
	c.wrote.Store(false)
	c.sent.Store(false)
	if err := c.send(call); err != nil && c.used && !c.wrote.Load() {
		return nil, fmt.Errorf("%w: %w", errNotSent, err)
	} // else the server may have answered before it closed
	c.room = maxAnswerHead
	request := http.Request{Method: call.method}
	resp, err := http.ReadResponse(c.in, &request)
	for err == nil && resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
		resp, err = http.ReadResponse(c.in, &request)
	}
	if err != nil {
		return nil, c.reason(err)
	}
	c.room = -1
	if resp.StatusCode == http.StatusSwitchingProtocols {
		if call.upgrade == "" {
			return nil, errors.New("it changes the protocol, which nobody asked for")
		}
		if !c.unwatch() {
			return nil, errors.New("interrupted")
		}
		resp.Body = &upgradedConn{c}
		return resp, nil
	}
	resp.Body = &upstreamBody{resp: resp, from: resp.Body, conn: c}
	return resp, nil
}

// reason is why the connection has failed: it is closed when the body of the
// request is not to be had.
func (c *upstreamConn) reason(err error) error {
	if input := c.input.Load(); input != nil {
		return input
	}
	return err
}

// send writes a request. A body that is not at hand is sent while the answer is
// read.
func (c *upstreamConn) send(call *upstreamCall) error {
	c.writeHead(call)
	_, _ = c.out.Write(call.head)
	if err := c.out.Flush(); err != nil {
		return err
	}
	if call.rest == nil {
		c.sent.Store(true)
	} else {
		go c.sendBody(call.rest, call.length)
	}
	return nil
}

func (c *upstreamConn) writeHead(call *upstreamCall) {
	out := c.out
	for _, part := range []string{call.method, " ", call.target, " HTTP/1.1\r\nHost: ", call.host, "\r\n"} {
		_, _ = out.WriteString(part) // Flush tells of errors
	}
	length := call.length
	if call.rest == nil {
		length = int64(len(call.head))
	}
	switch {
	case length < 0:
		_, _ = out.WriteString("Transfer-Encoding: chunked\r\n")
	case length > 0 || call.method != http.MethodGet && call.method != http.MethodHead:
		_, _ = out.WriteString("Content-Length: " + strconv.FormatInt(length, 10) + "\r\n")
	}
	if call.upgrade != "" {
		_, _ = out.WriteString("Connection: Upgrade\r\nUpgrade: " + call.upgrade + "\r\n")
	}
	_ = call.header.WriteSubset(out, call.without)
	_, _ = out.WriteString("\r\n")
}

// sendBody passes the body on as it comes, in chunks if length is -1. If it is
// not to be had, nothing but the end of the connection tells the server so.
func (c *upstreamConn) sendBody(body io.Reader, length int64) {
	if length >= 0 {
		body = io.LimitReader(body, length)
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for sent := int64(0); ; {
		n, err := body.Read(*buffer)
		sent += int64(n)
		if n > 0 && c.sendPart((*buffer)[:n], length < 0) != nil {
			return // the answer tells why, or that there is none
		}
		if errors.Is(err, io.EOF) && sent < length {
			err = io.ErrUnexpectedEOF
		}
		switch {
		case errors.Is(err, io.EOF):
			c.endBody(length < 0)
			return
		case err != nil:
			c.input.Store(&inputError{err})
			c.interrupt()
			return
		}
	}
}

func (c *upstreamConn) sendPart(part []byte, chunked bool) error {
	if chunked {
		_, _ = c.out.WriteString(strconv.FormatInt(int64(len(part)), 16) + "\r\n")
	}
	_, _ = c.out.Write(part)
	if chunked {
		_, _ = c.out.WriteString("\r\n")
	}
	return c.out.Flush()
}

func (c *upstreamConn) endBody(chunked bool) {
	if chunked {
		_, _ = c.out.WriteString("0\r\n\r\n")
	}
	c.sent.Store(c.out.Flush() == nil)
}

// release keeps the connection for another request if it can carry one.
func (c *upstreamConn) release(resp *http.Response) {
	if !c.unwatch() || resp.Close || !c.sent.Load() || c.in.Buffered() > 0 {
		c.Close()
		return
	}
	c.of.keep(c)
}

// drop closes the connection, which a request has not come to an end on.
func (c *upstreamConn) drop() {
	c.unwatch()
	c.Close()
}

// upstreamBody is the body of an answer.
type upstreamBody struct {
	resp  *http.Response
	from  io.Reader
	conn  *upstreamConn
	ended bool

	failed bool // amid the answer
}

// Read implements io.Reader.
func (b *upstreamBody) Read(to []byte) (int, error) {
	if b.ended {
		return 0, io.EOF
	}
	n, err := b.from.Read(to)
	if errors.Is(err, io.EOF) {
		b.ended = true
		b.conn.release(b.resp)
	} else if err != nil {
		b.failed = true
		err = b.conn.reason(err)
	}
	return n, err
}

// Close implements io.Closer: an answer that was not read whole ends its
// connection.
func (b *upstreamBody) Close() error {
	if !b.ended {
		b.ended = true
		b.conn.drop()
	}
	return nil
}

// upgradedConn is a connection that is another protocol's.
type upgradedConn struct{ *upstreamConn }

// Read implements io.Reader.
func (u *upgradedConn) Read(to []byte) (int, error) { return u.in.Read(to) }

// CloseWrite tells the server that nothing more will come.
func (u *upgradedConn) CloseWrite() error { return u.Conn.(*net.TCPConn).CloseWrite() }

// Close implements io.Closer.
func (u *upgradedConn) Close() error {
	u.drop()
	return nil
}
