package main

import (
	"context"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// connections are those that need care when the server stops. One on which nothing
// has come yet is waited for by net/http, for 5 s. One that is kept alive it closes
// at once, even while a request is on its way there: of that its client cannot tell
// whether it was served.
type connections struct {
	mu     sync.Mutex
	silent map[net.Conn]bool      // nothing has come on them
	idle   map[net.Conn]time.Time // since they were last used
	active map[net.Conn]bool      // a request is under way
	hasty  bool
}

// watchConnections watches those of a server that has not begun to serve.
func watchConnections(server *http.Server) *connections {
	c := &connections{silent: map[net.Conn]bool{}, idle: map[net.Conn]time.Time{}, active: map[net.Conn]bool{}}
	server.ConnState = c.note
	return c
}

func (c *connections) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.idle, conn)
	delete(c.active, conn)
	switch state {
	case http.StateIdle:
		c.idle[conn] = time.Now()
		return
	case http.StateActive:
		c.active[conn] = true
	}
	if state != http.StateNew {
		if c.hasty && c.silent[conn] {
			_ = conn.SetReadDeadline(time.Time{}) // it has come in time
		}
		delete(c.silent, conn)
		return
	}
	c.silent[conn] = true
	if c.hasty {
		time.AfterFunc(onItsWay, func() { c.end(conn) })
	}
}

const (
	// onItsWay is the time that a request takes whose client has connected, on a busy
	// machine.
	onItsWay = 50 * time.Millisecond
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
func (c *connections) takeLeave(ctx context.Context) {
	begun := time.Now()
	for wait := c.used(begun); wait > 0 && time.Since(begun) < kept; wait = c.used(begun) {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// used is for how long a connection is to be waited for.
func (c *connections) used(begun time.Time) (longest time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.active) > 0 {
		longest = inUse - time.Since(begun)
	}
	for _, since := range c.idle {
		longest = max(longest, inUse-time.Since(since))
		if begun.Sub(since) < kept {
			longest = max(longest, inUse-time.Since(begun))
		}
	}
	return longest
}

// hurry ends those on which nothing comes soon.
func (c *connections) hurry() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hasty = true
	for conn := range c.silent {
		time.AfterFunc(onItsWay, func() { c.end(conn) })
	}
}

func (c *connections) end(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.silent[conn] && !hasCome(conn) {
		_ = conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// hasCome reports whether there is something to be read that the server, on a busy
// machine, has not come to.
func hasCome(conn net.Conn) (some bool) {
	tcp, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return false
	}
	_ = raw.Control(func(fd uintptr) {
		n, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		some = err == nil && n > 0
	})
	return some
}
