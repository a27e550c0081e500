package main

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/harkvoice/hark/internal/acme"
	"github.com/harkvoice/hark/internal/connections"
	"github.com/harkvoice/hark/internal/door"
	"github.com/harkvoice/hark/internal/drain"
	"github.com/harkvoice/hark/router"
)

const (
	// graceTime is what is left to a client beyond what a request may take.
	graceTime = 5 * time.Second
	// lingerTime is that of function.Body.
	lingerTime = 500 * time.Millisecond
	// stallTime is how long a client of HTTP/2 may take nothing of what is sent.
	stallTime = 15 * time.Second
	// maxStreams is how many requests a connection of HTTP/2 has at once.
	maxStreams = 100
)

// face is a server and its listener.
type face struct {
	*http.Server
	door     *drain.Door
	listener net.Listener // the door's connections, bounded or not
}

func (f *face) serve() error {
	if f.TLSConfig != nil {
		return f.ServeTLS(f.listener, "", "")
	}
	return f.Serve(f.listener)
}

// faces are the servers of the listeners that there are. Those that the internet
// reaches are bounded.
func (g *gateway) faces(rt *router.Router, registry *prometheus.Registry) []*face {
	all := []*face{{g.server(g.operator, g.proxies.Handler(rt.Operator())), g.operator, g.operator}}
	told := newListeners(registry)
	if g.public != nil {
		f := g.bounded(g.proxies.Handler(rt.Public()), g.public, told.of("https"))
		f.TLSConfig = g.certificate.TLS()
		f.TLSConfig.MinVersion = tls.VersionTLS12
		all = append(all, f)
	}
	if g.proxied != nil {
		all = append(all, g.bounded(g.proxies.Only(rt.Public(), told.stranger), g.proxied, told.of("http")))
	}
	if issuer, ok := g.certificate.(*acme.Issuer); ok && g.challenges != nil {
		all = append(all, g.bounded(issuer.Challenges(http.NotFoundHandler()), g.challenges, told.of("acme")))
	}
	return all
}

// bounded is a server of so many connections at once.
func (g *gateway) bounded(h http.Handler, at *drain.Door, see func(*connections.Bound)) *face {
	bound := connections.New(connections.Config{Most: g.settings.MaxConnections, Share: max(1, g.settings.MaxConnections/4), Header: graceTime, Client: g.client})
	see(bound)
	s := g.server(at, bound.Handler(h))
	s.ConnContext = bound.Context
	s.ConnState = func(c net.Conn, state http.ConnState) {
		at.Note(c, state)
		bound.State(c, state)
	}
	return &face{s, at, bound.Listener(at)}
}

// client is who is at the other end of a connection; the zero Addr for a proxy,
// which is many.
func (g *gateway) client(address string) netip.Addr {
	if g.proxies.Trust(address) {
		return netip.Addr{}
	}
	return door.ClientOf(address)
}

// server answers slow clients for so long and no longer: headers, and before them
// the TLS handshake, in graceTime; bodies as their handlers say, which is less than
// ReadTimeout.
func (g *gateway) server(at *drain.Door, h http.Handler) *http.Server {
	longest := max(g.settings.VoiceTimeout, g.settings.FunctionTimeout) + graceTime // to say that it took too long
	return &http.Server{
		Handler:           at.Handler(unread(h)),
		ConnState:         at.Note,
		ReadHeaderTimeout: graceTime,
		ReadTimeout:       longest + graceTime, // it starts earlier, and cancels who is under way
		WriteTimeout:      longest,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams, WriteByteTimeout: stallTime},
		ErrorLog:          slog.NewLogLogger(g.log.Handler(), slog.LevelDebug), // other people's broken connections
	}
}

// unread bounds the time for what a handler has left of a body: the server reads
// on, so as to keep the connection, and without a bound would wait for ever.
func unread(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == http.NoBody {
			h.ServeHTTP(w, r)
			return
		}
		body := &readBody{ReadCloser: r.Body}
		r.Body = body
		h.ServeHTTP(w, r)
		if !body.ended.Load() {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(lingerTime)) // until the next request
		}
	})
}

// readBody knows whether it was read to its end. Who reads it may do so yet when
// its request has been answered.
type readBody struct {
	io.ReadCloser
	ended atomic.Bool
}

func (b *readBody) Read(to []byte) (int, error) {
	n, err := b.ReadCloser.Read(to)
	if err == io.EOF {
		b.ended.Store(true)
	}
	return n, err
}

// served takes the end that was asked for as none.
func served(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
