// Package acmetest runs Pebble, the ACME server that Let's Encrypt tests clients
// with, and a DNS server, in the process of a test. Pebble validates challenges for
// real, at ports that the test names.
package acmetest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"

	"github.com/harkvoice/hark/alexa/alexatest"
)

// Config is where challenges are validated.
type Config struct {
	TLS, HTTP int           // ports of TLS-ALPN-01 and HTTP-01, at 127.0.0.1
	Life      time.Duration // of what is issued; 0: Pebble's
	Log       io.Writer     // nil: none
}

// Server is a Pebble. It is safe for concurrent use.
type Server struct {
	Directory string         // its address
	Roots     *x509.CertPool // of its own HTTPS
	RootsPEM  []byte         // the same
	Issued    *x509.CertPool // of what it issues
	IssuedPEM []byte         // the same

	issued atomic.Int64
	broken atomic.Int64 // the status that it answers with, or 0

	mu     sync.Mutex
	gate   chan struct{}
	queued chan struct{}

	close []func()
}

// environment is Pebble's: no random sleeps, and no authorization is used twice, so
// that each certificate takes a challenge. It refuses one nonce in twenty, as it
// does by default.
var environment = sync.OnceFunc(func() {
	os.Setenv("PEBBLE_VA_NOSLEEP", "1")
	os.Setenv("PEBBLE_AUTHZREUSE", "0")
})

// Start runs one; it is to be closed. It issues nothing for blocked.example. All
// domains but those below missing.example lead to 127.0.0.1.
func Start(c Config) (*Server, error) {
	environment()
	if c.Log == nil {
		c.Log = io.Discard
	}
	s := &Server{}
	resolver, err := s.resolve()
	if err != nil {
		return nil, err
	}
	quiet, store := log.New(c.Log, "", 0), db.NewMemoryStore()
	if err := store.AddBlockedDomain("blocked.example"); err != nil {
		s.Close()
		return nil, err
	}
	profiles := map[string]ca.Profile{"default": {Description: "the default", ValidityPeriod: uint64(c.Life / time.Second)}}
	authority := ca.New(quiet, store, "", "ecdsa", 0, 1, profiles)
	front := wfe.New(quiet, store, va.New(quiet, c.HTTP, c.TLS, false, resolver, store), authority, []string{"pebble.example"}, false, false, 1, 1)
	s.Issued, s.IssuedPEM = x509.NewCertPool(), authority.GetRootCert(0).PEM()
	s.Issued.AppendCertsFromPEM(s.IssuedPEM)
	if err := s.serve(front.Handler(), quiet); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// serve answers over HTTPS, by an authority of its own.
func (s *Server) serve(h http.Handler, quiet *log.Logger) error {
	own, err := alexatest.New()
	if err != nil {
		return err
	}
	pair, err := own.ServerCertificate("127.0.0.1")
	if err != nil {
		return err
	}
	s.Roots, s.RootsPEM = own.Pool(), own.PEM()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		return err
	}
	s.Directory = "https://" + l.Addr().String() + wfe.DirectoryPath
	server := &http.Server{Handler: s.watched(h), ErrorLog: quiet}
	go func() { _ = server.Serve(l) }()
	s.close = append(s.close, func() { _ = server.Close() })
	return nil
}

// watched counts what is asked, and does to it as the test wants.
func (s *Server) watched(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := s.broken.Load(); status != 0 {
			http.Error(w, "out of order", int(status))
			return
		}
		switch {
		case strings.HasPrefix(r.URL.Path, "/order-plz"):
			s.wait(r)
		case strings.HasPrefix(r.URL.Path, "/finalize-order/"):
			seen := &statusWriter{ResponseWriter: w}
			h.ServeHTTP(seen, r)
			if seen.status == http.StatusOK { // not, if it refused the nonce
				s.issued.Add(1)
			}
			return
		}
		h.ServeHTTP(w, r)
	})
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Count is how many certificates were asked for to the end.
func (s *Server) Count() int { return int(s.issued.Load()) }

// Break has it answer everything with an HTTP status; 0 mends it.
func (s *Server) Break(status int) { s.broken.Store(int64(status)) }

// Hold keeps orders waiting. Ordered is closed when there is one; release lets
// them on.
func (s *Server) Hold() (ordered <-chan struct{}, release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gate := make(chan struct{})
	s.gate, s.queued = gate, make(chan struct{})
	return s.queued, sync.OnceFunc(func() { close(gate) })
}

func (s *Server) wait(r *http.Request) {
	s.mu.Lock()
	gate, queued := s.gate, s.queued
	s.queued = nil
	s.mu.Unlock()
	if queued != nil {
		close(queued)
	}
	if gate == nil {
		return
	}
	select {
	case <-gate:
	case <-r.Context().Done():
	}
}

// Close ends it.
func (s *Server) Close() {
	for _, end := range s.close {
		end()
	}
}

// resolve answers DNS over TCP, as Pebble asks.
func (s *Server) resolve() (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &dns.Server{Listener: l, Handler: dns.HandlerFunc(answer)}
	go func() { _ = server.ActivateAndServe() }()
	s.close = append(s.close, func() { _ = l.Close() })
	return l.Addr().String(), nil
}

func answer(w dns.ResponseWriter, question *dns.Msg) {
	m := new(dns.Msg)
	m.SetReply(question)
	switch q := question.Question[0]; {
	case strings.HasSuffix(q.Name, "missing.example."):
		m.Rcode = dns.RcodeNameError
	case q.Qtype == dns.TypeA:
		m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)}}
	}
	_ = w.WriteMsg(m)
}
