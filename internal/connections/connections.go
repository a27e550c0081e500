// Package connections bounds those of an HTTP server, so that clients who only
// hold them leave room for others.
//
//	bound := connections.New(1024, header)
//	server := &http.Server{ConnState: bound.State, ReadHeaderTimeout: header, …}
//	server.Serve(bound.Listener(l))
//
// When there is no room, a connection on which no request is under way makes some:
// one that has not sent any yet in its first second, or else the one that has been
// idle longest.
package connections

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"
)

// handshakeTime is what a new connection is left alone for: those who mean it have
// sent their request by then.
const handshakeTime = time.Second

// Bound bounds connections. It is safe for concurrent use.
type Bound struct {
	most   int
	header time.Duration

	mu    sync.Mutex
	open  map[net.Conn]*waiting
	fresh *list.List // of those that have sent no request yet, the oldest first
	idle  *list.List // of those that have, and are between two
	stats Stats
}

// waiting is a connection, and where it waits.
type waiting struct {
	conn  net.Conn
	since time.Time
	in    *list.List // nil: a request is under way
	at    *list.Element
}

// Stats count connections.
type Stats struct {
	Open    int    // now
	Full    uint64 // refused, as each was busy
	Evicted uint64 // closed to make room
	Slow    uint64 // that have not sent a request in time
}

// New returns a Bound of so many connections, whose server gives them so long for
// the header of a request.
func New(most int, header time.Duration) *Bound {
	return &Bound{most: most, header: header, open: make(map[net.Conn]*waiting), fresh: list.New(), idle: list.New()}
}

// Stats are those so far.
func (b *Bound) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.stats
	s.Open = len(b.open)
	return s
}

// Listener accepts what there is room for.
func (b *Bound) Listener(l net.Listener) net.Listener { return &listener{l, b} }

type listener struct {
	net.Listener
	bound *Bound
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.bound.admit(c) {
			return c, nil
		}
		_ = c.Close()
	}
}

// admit takes a connection in if there is room, or room can be made.
func (b *Bound) admit(c net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.open) >= b.most && !b.evict() {
		b.stats.Full++
		return false
	}
	w := &waiting{conn: c}
	b.open[c] = w
	w.wait(b.fresh)
	return true
}

// evict closes a connection on which no request is under way.
func (b *Bound) evict() bool {
	next := b.fresh.Front()
	if next == nil || time.Since(next.Value.(*waiting).since) < handshakeTime && b.idle.Len() > 0 {
		next = b.idle.Front()
	}
	if next == nil {
		return false
	}
	w := next.Value.(*waiting)
	w.leave()
	delete(b.open, w.conn)
	b.stats.Evicted++
	_ = w.conn.Close() // the raw one: it does not wait
	return true
}

// State is for http.Server.ConnState.
func (b *Bound) State(c net.Conn, state http.ConnState) {
	if secured, ok := c.(*tls.Conn); ok {
		c = secured.NetConn()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	w, ok := b.open[c]
	if !ok { // evicted
		return
	}
	// A server calls one active that it ends with in the middle of a header.
	if w.in == b.fresh && state != http.StateNew && time.Since(w.since) >= b.header {
		b.stats.Slow++
	}
	switch state {
	case http.StateActive:
		w.leave()
	case http.StateIdle:
		w.leave()
		w.wait(b.idle)
	case http.StateClosed, http.StateHijacked:
		w.leave()
		delete(b.open, c)
	}
}

func (w *waiting) wait(in *list.List) {
	w.in, w.at, w.since = in, in.PushBack(w), time.Now()
}

func (w *waiting) leave() {
	if w.in != nil {
		w.in.Remove(w.at)
		w.in = nil
	}
}
