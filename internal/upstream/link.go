package upstream

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// link is a connection to the server. It carries one request at a time.
type link struct {
	net.Conn
	of      *Client
	in      *bufio.Reader
	out     *bufio.Writer
	used    bool      // for an earlier request
	since   time.Time // it is idle
	unwatch func() bool

	written atomic.Int64               // bytes, ever
	before  atomic.Int64               // this request
	lost    atomic.Bool                // the system was told of Client.Lost
	unseen  atomic.Bool                // the request was undelivered when it was interrupted
	room    int                        // for the header of an answer, while that is read; else -1
	sent    atomic.Bool                // all of the request
	input   atomic.Pointer[InputError] // why its body was not to be had
}

// errClosed is the error of a request whose connection, a kept one, the server had
// closed.
var errClosed = fmt.Errorf("%w: the connection was closed", ErrNotSent)

// interrupt ends whatever waits for the server, and tells it. The system forgets
// what it knows of a connection that is closed.
func (l *link) interrupt() {
	l.unseen.Store(l.undelivered())
	l.Close()
}

// quiet reports whether the server has neither closed the connection nor said
// anything that nobody has asked for.
func (l *link) quiet() bool {
	raw, err := l.Conn.(syscall.Conn).SyscallConn()
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
func (l *link) Write(part []byte) (int, error) {
	n, err := l.Conn.Write(part)
	l.written.Add(int64(n))
	return n, err
}

// Read implements io.Reader.
func (l *link) Read(to []byte) (int, error) {
	if l.room == 0 {
		return 0, fmt.Errorf("the header of its answer has more than %d bytes", maxAnswerHead)
	}
	if l.room > 0 {
		to = to[:min(len(to), l.room)]
	}
	n, err := l.Conn.Read(to)
	if l.room > 0 {
		l.room -= n
	}
	return n, err
}

// exchange sends a request and reads the header of its answer.
func (l *link) exchange(call *Call) (*http.Response, error) {
	l.before.Store(l.written.Load())
	l.sent.Store(false)
	l.watchDelivery(call.Rest == nil)
	if err := l.send(call); err != nil && l.used && l.written.Load() == l.before.Load() {
		return nil, fmt.Errorf("%w: %w", errClosed, err)
	} // else the server may have answered before it closed
	l.room = maxAnswerHead
	request := http.Request{Method: call.Method}
	resp, err := http.ReadResponse(l.in, &request)
	for err == nil && resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
		resp, err = http.ReadResponse(l.in, &request)
	}
	if err != nil {
		return nil, l.reason(err)
	}
	l.room = -1
	if resp.StatusCode == http.StatusSwitchingProtocols {
		if call.Upgrade == "" {
			return nil, errors.New("it changes the protocol, which nobody asked for")
		}
		if !l.unwatch() {
			return nil, errors.New("interrupted")
		}
		resp.Body = &upgraded{l}
		return resp, nil
	}
	resp.Body = &Body{resp: resp, from: resp.Body, conn: l}
	return resp, nil
}

// reason is why the connection has failed: it is closed when the body of the
// request is not to be had.
func (l *link) reason(err error) error {
	if input := l.input.Load(); input != nil {
		return input
	}
	return err
}

// send writes a request. A body that is not at hand is sent while the answer is
// read.
func (l *link) send(call *Call) error {
	l.writeHead(call)
	_, _ = l.out.Write(call.Head)
	if err := l.out.Flush(); err != nil {
		return err
	}
	if call.Rest == nil {
		l.sent.Store(true)
	} else {
		go l.sendBody(call.Rest, call.Length)
	}
	return nil
}

func (l *link) writeHead(call *Call) {
	out := l.out
	for _, part := range []string{call.Method, " ", call.Target, " HTTP/1.1\r\nHost: ", call.Host, "\r\n"} {
		_, _ = out.WriteString(part) // Flush tells of errors
	}
	length := call.Length
	if call.Rest == nil {
		length = int64(len(call.Head))
	}
	switch {
	case length < 0:
		_, _ = out.WriteString("Transfer-Encoding: chunked\r\n")
	case length > 0 || call.Method != http.MethodGet && call.Method != http.MethodHead:
		_, _ = out.WriteString("Content-Length: " + strconv.FormatInt(length, 10) + "\r\n")
	}
	if call.Upgrade != "" {
		_, _ = out.WriteString("Connection: Upgrade\r\nUpgrade: " + call.Upgrade + "\r\n")
	}
	_, _ = out.WriteString(call.Own)
	_ = call.Header.WriteSubset(out, call.Without)
	_, _ = out.WriteString("\r\n")
}

// sendBody passes the body on as it comes, in chunks if length is -1. If it is
// not to be had, nothing but the end of the connection tells the server so.
func (l *link) sendBody(body io.Reader, length int64) {
	if length >= 0 {
		body = io.LimitReader(body, length)
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for sent := int64(0); ; {
		n, err := body.Read(*buffer)
		sent += int64(n)
		if n > 0 && l.sendPart((*buffer)[:n], length < 0) != nil {
			return // the answer tells why, or that there is none
		}
		if errors.Is(err, io.EOF) && sent < length {
			err = io.ErrUnexpectedEOF
		}
		switch {
		case errors.Is(err, io.EOF):
			l.endBody(length < 0)
			return
		case err != nil:
			l.input.Store(&InputError{err})
			l.interrupt()
			return
		}
	}
}

func (l *link) sendPart(part []byte, chunked bool) error {
	if chunked {
		_, _ = l.out.WriteString(strconv.FormatInt(int64(len(part)), 16) + "\r\n")
	}
	_, _ = l.out.Write(part)
	if chunked {
		_, _ = l.out.WriteString("\r\n")
	}
	return l.out.Flush()
}

func (l *link) endBody(chunked bool) {
	if chunked {
		_, _ = l.out.WriteString("0\r\n\r\n")
	}
	l.sent.Store(l.out.Flush() == nil)
}

// release keeps the connection for another request if it can carry one.
func (l *link) release(resp *http.Response) {
	if !l.unwatch() || resp.Close || !l.sent.Load() || l.in.Buffered() > 0 {
		l.Close()
		return
	}
	l.of.keep(l)
}

// drop closes the connection, which a request has not come to an end on.
func (l *link) drop() {
	l.unwatch()
	l.Close()
}

// Body is the body of an answer; one that is closed before its end ends the
// connection.
type Body struct {
	resp  *http.Response
	from  io.Reader
	conn  *link
	ended bool

	failed bool // amid the answer
}

// Read implements io.Reader.
func (b *Body) Read(to []byte) (int, error) {
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

// Stalled reports whether the answer was broken off although the server had all
// of the request.
func (b *Body) Stalled() bool { return b.failed && b.conn.sent.Load() }

// Close implements io.Closer.
func (b *Body) Close() error {
	if !b.ended {
		b.ended = true
		b.conn.drop()
	}
	return nil
}

// upgraded is a connection that is another protocol's.
type upgraded struct{ *link }

// Read implements io.Reader.
func (u *upgraded) Read(to []byte) (int, error) { return u.in.Read(to) }

// CloseWrite tells the server that nothing more will come.
func (u *upgraded) CloseWrite() error { return u.Conn.(*net.TCPConn).CloseWrite() }

// Close implements io.Closer.
func (u *upgraded) Close() error {
	u.drop()
	return nil
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 16<<10); return &b }}
