package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// door is where connections come in. Asked to stop, net/http closes those that are
// kept alive even while a request is on its way there, and the system resets those
// that nobody has accepted: their clients cannot tell whether they were served. So
// the door is shut by itself: what has come is served, and what comes later was
// visibly not read.
type door struct {
	*net.TCPListener

	waiting []net.Conn // nobody had accepted them when it was shut

	mu      sync.Mutex
	open    map[*conn]bool
	closing bool
	last    bool          // connection was accepted
	empty   chan struct{} // no connection is left then
	once    sync.Once     // it is closed
}

func openDoor(port int) (*door, error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false) // its sockets take no filter
	listener, err := config.Listen(context.Background(), "tcp", ":"+strconv.Itoa(port))
	if err != nil {
		return nil, err
	}
	return &door{TCPListener: listener.(*net.TCPListener), open: map[*conn]bool{}, empty: make(chan struct{})}, nil
}

// Accept implements net.Listener.
func (d *door) Accept() (net.Conn, error) {
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
	c := &conn{TCPConn: accepted.(*net.TCPConn), fresh: true, waits: true}
	_ = c.SetWriteBuffer(writeBuffer)
	d.open[c] = true
	if d.closing {
		c.leave()
	}
	return c, nil
}

// writeBuffer is what the kernel holds of an answer, in bytes. Of megabytes, as it
// would, a client who reads slowly takes none for so long that it seems to read no
// more: a connection can be written to again when a third is read.
const writeBuffer = 64 << 10

// note is the server's ConnState.
func (d *door) note(nc net.Conn, state http.ConnState) {
	c := nc.(*conn)
	d.mu.Lock()
	defer d.mu.Unlock()
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
func (d *door) tell() {
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
	// kept is how long an engine keeps connections.
	kept = time.Second
)

// takeLeave returns when no connection is in use whose client does not know that
// its next answer there is the last, or when ctx ends. It is called when answers
// say so: then it takes little more than inUse, in which engines learn of it too, and
// no time if nothing was asked lately.
func (d *door) takeLeave(ctx context.Context) {
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
func (d *door) used(begun time.Time) (longest time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.open {
		longest = max(longest, c.used(begun))
	}
	return longest
}

// shut lets nobody in any more, and has each connection end when the request that
// has come on it, if any, is served.
func (d *door) shut() {
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
func (d *door) drop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.open {
		if !c.active {
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

	active bool // the head of a request has come; the door's mu is over it

	mu       sync.Mutex
	waits    bool      // for a request
	fresh    bool      // for its first one
	since    time.Time // it waits, unless it is fresh
	leaving  bool      // it waits, and is to wait no longer
	deadline time.Time // of reading, the server's
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
	if c.waits {
		c.leaving = true
		_ = c.TCPConn.SetReadDeadline(time.Unix(1, 0))
	}
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
