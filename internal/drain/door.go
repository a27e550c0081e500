// Package drain stops HTTP servers so that no request is lost that has reached
// them:
//
//	door, err := drain.Open(":8080")
//	server := &http.Server{Handler: door.Handler(h), ConnState: door.Note}
//	go server.Serve(door)
//	…
//	door.Leave(ctx)   // answers say that they are the last
//	door.Shut()
//	<-door.Empty()    // or not for ever
//	server.Close()
package drain

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Door is where connections come in. Asked to stop, net/http closes those that are
// kept alive even while a request is on its way there, and the system resets those
// that nobody has accepted: their clients cannot tell whether they were served. So
// the door is shut by itself: what has come is served, and what comes later was
// visibly not read. It is safe for concurrent use.
type Door struct {
	*net.TCPListener
	// WriteBuffer is what the system holds of an answer, in bytes; 0 leaves that to
	// it. It is to be set before the door is served.
	WriteBuffer int

	waiting []net.Conn // nobody had accepted them when it was shut
	leaving atomic.Bool

	mu      sync.Mutex
	open    map[*conn]bool
	closing bool
	came    time.Time     // the last connection
	last    bool          // connection was accepted
	empty   chan struct{} // no connection is left then
	once    sync.Once     // it is closed
}

// Open listens on an address, HOST:PORT.
func Open(address string) (*Door, error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false) // its sockets take no filter
	listener, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	return &Door{TCPListener: listener.(*net.TCPListener), open: map[*conn]bool{}, empty: make(chan struct{})}, nil
}

// Empty is closed once the door is shut and no connection is left.
func (d *Door) Empty() <-chan struct{} { return d.empty }

// Accept implements net.Listener.
func (d *Door) Accept() (net.Conn, error) {
	accepted, err := d.TCPListener.Accept()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		d.waiting = closeEmpty(d.TCPListener)
		err = net.ErrClosed
	}
	if errors.Is(err, net.ErrClosed) && len(d.waiting) > 0 {
		accepted, err = d.waiting[0], nil
		d.waiting = d.waiting[1:]
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		if errors.Is(err, net.ErrClosed) {
			d.last = true
			d.tell()
		}
		return nil, err
	}
	c := &conn{TCPConn: accepted.(*net.TCPConn), door: d, fresh: true, waits: true}
	if d.WriteBuffer > 0 {
		_ = c.SetWriteBuffer(d.WriteBuffer)
	}
	d.open[c], d.came = true, time.Now()
	if d.closing {
		c.leave()
	}
	return c, nil
}

// Note is the server's ConnState. What is around the door's own connections has a
// method NetConn, as TLS has.
func (d *Door) Note(nc net.Conn, state http.ConnState) {
	http2 := false
	for {
		if secure, ok := nc.(*tls.Conn); ok && state == http.StateActive {
			http2 = secure.ConnectionState().NegotiatedProtocol == "h2"
		}
		around, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		nc = around.NetConn()
	}
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if http2 {
		c.hasStreams()
	}
	switch state {
	case http.StateActive:
		c.begin()
		c.active = true
	case http.StateIdle:
		c.rest()
		c.active = false
		if d.closing {
			c.leave()
		}
	case http.StateClosed, http.StateHijacked:
		delete(d.open, c)
		d.tell()
	}
}

// tell says that nothing is left, if so. d.mu is held.
func (d *Door) tell() {
	if d.last && len(d.open) == 0 {
		d.once.Do(func() { close(d.empty) })
	}
}

const (
	// onItsWay is the time that a request takes whose client has connected, on a busy
	// machine.
	onItsWay = 50 * time.Millisecond
	// wholeHead is the time that the head of a request has to come. It is far less
	// than Docker's stop grace of 10 s, after which everything is lost.
	wholeHead = time.Second
	// inUse is how long a connection is idle at most whose client uses it steadily,
	// and how long others are waited for whose client may still use them.
	inUse = 50 * time.Millisecond
	// roundTrip is how long the last step of a connection takes to come from a client
	// far away.
	roundTrip = 200 * time.Millisecond
	// kept is how long an engine keeps connections.
	kept = time.Second
)

// Leave has answers say that they are the last on their connection. It returns when
// no connection is in use whose client does not know that, or when ctx ends: that
// takes little more than inUse, in which engines learn of it too, and no time if
// nothing was asked lately.
func (d *Door) Leave(ctx context.Context) {
	d.leaving.Store(true)
	begun := time.Now()
	for wait := d.used(begun); wait > 0 && time.Since(begun) < kept; wait = d.used(begun) {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// used is for how long a connection is to be waited for.
func (d *Door) used(begun time.Time) (longest time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.open {
		longest = max(longest, c.used(begun))
	}
	return longest
}

// Stop leaves, shuts the door and has a server that serves it end, whose requests
// under way may finish until ctx ends. Serve has returned net.ErrClosed by then.
func (d *Door) Stop(ctx context.Context, server *http.Server) {
	d.Leave(ctx)
	d.letIn(ctx)
	d.Shut()
	select {
	case <-d.empty:
	case <-time.After(2 * onItsWay): // for HTTP/2, which nothing else tells
	case <-ctx.Done():
	}
	if server.Shutdown(ctx) != nil {
		_ = server.Close()
	}
}

// letIn has those let in who are about to be connected, and nobody begin, so that
// none is connected and then not served. It takes no time if nobody has come lately.
func (d *Door) letIn(ctx context.Context) {
	d.mu.Lock()
	lately := time.Since(d.came) < kept
	d.mu.Unlock()
	raw, err := d.SyscallConn()
	if !lately || err != nil || raw.Control(func(fd uintptr) { beginNone(int(fd)) }) != nil {
		return
	}
	select {
	case <-time.After(roundTrip):
	case <-ctx.Done():
	}
}

// Shut lets nobody in any more, and has each connection end when the request that
// has come on it, if any, is served.
func (d *Door) Shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closing = true
	_ = d.TCPListener.SetDeadline(time.Unix(1, 0))
	for c := range d.open {
		c.leave()
	}
	time.AfterFunc(wholeHead, d.drop)
}

// drop ends the connections on which a request has begun and not come.
func (d *Door) drop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.open {
		if !c.active && !c.streams() {
			c.TCPConn.Close()
		}
	}
}

// closeEmpty closes a listener, which nobody uses, and returns the connections that
// nobody had accepted.
func closeEmpty(l *net.TCPListener) (all []net.Conn) {
	raw, err := l.SyscallConn()
	if err != nil {
		return nil
	}
	var fds []int
	_ = raw.Control(func(fd uintptr) {
		admitNone(int(fd))
		for err := error(nil); err == nil || err == syscall.EINTR || err == syscall.ECONNABORTED; {
			var accepted int
			if accepted, _, err = syscall.Accept(int(fd)); err == nil {
				fds = append(fds, accepted)
			}
		}
	})
	l.Close()
	for _, fd := range fds {
		file := os.NewFile(uintptr(fd), "")
		if conn, err := net.FileConn(file); err == nil { // which has a duplicate
			all = append(all, conn)
		}
		file.Close()
	}
	return all
}

// conn is a connection that can be told not to wait for another request.
type conn struct {
	*net.TCPConn
	door *Door

	active bool // the head of a request has come; the door's mu is over it

	mu       sync.Mutex
	waits    bool      // for a request
	fresh    bool      // for its first one
	since    time.Time // it waits, unless it is fresh
	leaving  bool      // it waits, and is to wait no longer
	deadline time.Time // of reading, the server's
	many     bool      // it is HTTP/2's: its server says when it ends
}

// Read implements net.Conn. A request that has come is read even when none is
// waited for any more.
func (c *conn) Read(to []byte) (int, error) {
	for {
		n, err := c.TCPConn.Read(to)
		if n > 0 {
			c.begin()
		}
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || !c.left() {
			return n, err
		}
		if !hasCome(c.TCPConn) {
			c.TCPConn.Close() // at once: what comes now finds no reader, and is answered with a reset
			return 0, io.EOF
		}
		c.begin()
	}
}

// Close implements net.Conn. Not only the server closes connections, but also who
// bounds them, before the server knows.
func (c *conn) Close() error {
	c.door.mu.Lock()
	delete(c.door.open, c)
	c.door.tell()
	c.door.mu.Unlock()
	return c.TCPConn.Close()
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = t
	if c.leaving {
		return nil
	}
	return c.TCPConn.SetReadDeadline(t)
}

// begin notes that a request has come.
func (c *conn) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leaving {
		_ = c.TCPConn.SetReadDeadline(c.deadline)
	}
	c.waits, c.fresh, c.leaving = false, false, false
}

// rest notes that a request has ended.
func (c *conn) rest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits, c.since = true, time.Now()
}

// used is for how long it is to be waited for, when its client was told since begun
// that it is about to end.
func (c *conn) used(begun time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.fresh:
		return 0
	case !c.waits || begun.Sub(c.since) < kept:
		return max(inUse-time.Since(begun), inUse-time.Since(c.since))
	}
	return 0
}

// leave ends the wait for a request, if it waits: for a first one in a while.
func (c *conn) leave() {
	c.mu.Lock()
	fresh := c.fresh
	c.mu.Unlock()
	if fresh {
		time.AfterFunc(onItsWay, c.part)
		return
	}
	c.part()
}

func (c *conn) part() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waits && !c.many {
		c.leaving = true
		_ = c.TCPConn.SetReadDeadline(time.Unix(1, 0))
	}
}

func (c *conn) hasStreams() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.many = true
}

func (c *conn) streams() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.many
}

func (c *conn) left() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leaving
}

// hasCome reports whether there is something to be read.
func hasCome(conn *net.TCPConn) (some bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	_ = raw.Control(func(fd uintptr) {
		n, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		some = err == nil && n > 0
	})
	return some
}
