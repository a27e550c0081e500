// Package connections bounds those of an HTTP server, so that clients who only
// hold them leave room for others.
//
//	bound := connections.New(connections.Config{Most: 1024, Share: 256, Header: header})
//	server := &http.Server{Handler: bound.Handler(h), ConnState: bound.State, ConnContext: bound.Context, ReadHeaderTimeout: header, …}
//	server.Serve(bound.Listener(l))
//
// When there is no room, a connection on which no request is under way makes some:
// one of the client's who has the most, who has not sent any in its first second, or
// else has been idle longest. No client has more than a share.
package connections

import (
	"container/list"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// handshakeTime is what a new connection is left alone for: those who mean it have
// sent their request by then.
const handshakeTime = time.Second

// Config says how many there may be.
type Config struct {
	Most   int
	Share  int           // of one client
	Header time.Duration // that the server gives for the header of a request
	// Client tells who has a share by an address with its port; the zero Addr has as
	// many as there are.
	Client func(address string) netip.Addr
}

// Bound bounds connections. It is safe for concurrent use.
type Bound struct {
	Config

	mu    sync.Mutex
	open  map[net.Conn]*waiting
	of    map[netip.Addr]int // how many a client has
	fresh *list.List         // of those that have sent no request yet, the oldest first
	idle  *list.List         // of those that have, and are between two
	stats Stats
}

// waiting is a connection, and where it waits.
type waiting struct {
	conn  net.Conn
	from  netip.Addr // the client, if it has a share
	since time.Time
	in    *list.List // nil: a request is under way
	at    *list.Element
	slow  bool        // it was counted
	asked atomic.Bool // a request under way has come to a handler
}

// Stats count connections.
type Stats struct {
	Open    int    // now
	Full    uint64 // refused, as each was busy
	Share   uint64 // refused, as each of the client's share was
	Evicted uint64 // closed to make room
	Slow    uint64 // that have not sent a request in time
	Invalid uint64 // that have sent, first of all, what the server takes for no request
}

// New returns a Bound.
func New(c Config) *Bound {
	return &Bound{Config: c, open: make(map[net.Conn]*waiting), of: make(map[netip.Addr]int), fresh: list.New(), idle: list.New()}
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
	w := &waiting{conn: c, from: b.Client(c.RemoteAddr().String())}
	b.mu.Lock()
	defer b.mu.Unlock()
	if w.from.IsValid() && b.of[w.from] >= b.Share && !b.evict(b.dispensable(w.from)) {
		b.stats.Share++
		return false
	}
	if len(b.open) >= b.Most && !b.evict(b.dispensable(netip.Addr{})) {
		b.stats.Full++
		return false
	}
	b.open[c] = w
	if w.from.IsValid() {
		b.of[w.from]++
	}
	w.wait(b.fresh)
	return true
}

// dispensable is the connection that is to make room, of a client or of all: of the
// client that has the most, one that has been silent for longer than those who mean
// it, else the longest idle. It is nil if there is none.
func (b *Bound) dispensable(of netip.Addr) (least *waiting) {
	var worst [2]int // how many the client has, and how silent it is
	for _, in := range []*list.List{b.fresh, b.idle} {
		for e := in.Front(); e != nil; e = e.Next() {
			w := e.Value.(*waiting)
			this := [2]int{b.of[w.from], b.silence(w)}
			if of.IsValid() && w.from != of || least != nil && slices.Compare(this[:], worst[:]) <= 0 {
				continue
			}
			least, worst = w, this
		}
	}
	return least
}

func (b *Bound) silence(w *waiting) int {
	switch {
	case w.in == b.idle:
		return 1
	case time.Since(w.since) < handshakeTime:
		return 0
	}
	return 2
}

// evict closes a connection on which no request is under way.
func (b *Bound) evict(w *waiting) bool {
	if w == nil {
		return false
	}
	b.forget(w)
	b.stats.Evicted++
	_ = w.conn.Close() // the raw one: it does not wait
	return true
}

func (b *Bound) forget(w *waiting) {
	w.leave()
	delete(b.open, w.conn)
	if b.of[w.from]--; b.of[w.from] <= 0 {
		delete(b.of, w.from)
	}
}

// State is for http.Server.ConnState.
func (b *Bound) State(c net.Conn, state http.ConnState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w, ok := b.open[raw(c)]
	if !ok { // evicted
		return
	}
	// A server calls one active that it ends with in the middle of a header.
	if w.in == b.fresh && state != http.StateNew && time.Since(w.since) >= b.Header {
		b.stats.Slow++
		w.slow = true
	}
	switch state {
	case http.StateActive:
		w.asked.Store(false)
		w.leave()
	case http.StateIdle:
		w.leave()
		w.wait(b.idle)
	case http.StateClosed:
		if w.in == nil && !w.slow && !w.asked.Load() {
			b.stats.Invalid++
		}
		b.forget(w)
	case http.StateHijacked:
		b.forget(w)
	}
}

type key struct{}

// Context is for http.Server.ConnContext.
func (b *Bound) Context(ctx context.Context, c net.Conn) context.Context {
	b.mu.Lock()
	defer b.mu.Unlock()
	if w, ok := b.open[raw(c)]; ok {
		return context.WithValue(ctx, key{}, w)
	}
	return ctx
}

// Handler notes what comes to a handler. What does not, the server has refused.
func (b *Bound) Handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w, ok := r.Context().Value(key{}).(*waiting); ok {
			w.asked.Store(true)
		}
		h.ServeHTTP(rw, r)
	})
}

// raw is a connection as it was accepted.
func raw(c net.Conn) net.Conn {
	if secured, ok := c.(*tls.Conn); ok {
		return secured.NetConn()
	}
	return c
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
