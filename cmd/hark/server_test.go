package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/harkvoice/hark/internal/drain"
)

// Clients who send a little, then nothing, or a byte from time to time, are got
// rid of, and nobody else notices.
func TestServer_EndsWithSlowClients(t *testing.T) {
	for name, c := range map[string]struct {
		first, then string
		within      time.Duration
		reads       func(net.Conn) error // nil: all
	}{
		"nothing":                              {"", "", graceTime, nil},
		"half a header":                        {"POST /alexa HTTP/1.1\r\nHost: x\r\nX-A", "", graceTime, nil},
		"a header without end":                 {"POST /alexa HTTP/1.1\r\nHost: x\r\n", "a: b\r\n", graceTime, nil},
		"a body that nobody wants":             {"POST /unwanted HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", "x", lingerTime, nil},
		"a chunk that nobody wants":            {"POST /unwanted HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n100\r\n", "x", lingerTime, nil},
		"a body that is read":                  {"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", "x", 70 * time.Second, nil},
		"no request after the first":           {"GET /unwanted HTTP/1.1\r\nHost: x\r\n\r\n", "", 2 * time.Minute, nil},
		"an answer that is taken drop by drop": {"GET /much HTTP/1.1\r\nHost: x\r\n\r\n", "", 65 * time.Second, dropByDrop},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := slowServer(t, nil)
				begun := time.Now()
				_, _ = io.WriteString(client, c.first)
				var dripping sync.WaitGroup
				dripping.Go(func() { drip(client, c.then) })
				_ = client.SetReadDeadline(begun.Add(time.Hour))
				if c.reads == nil {
					c.reads = func(from net.Conn) error { _, err := io.Copy(io.Discard, from); return err }
				}
				err := c.reads(client)
				if took := time.Since(begun); err != nil || took > c.within+time.Second {
					t.Errorf("the connection was there for %s, want at most %s (%v)", took, c.within, err)
				}
				client.Close()
				dripping.Wait()
			})
		})
	}
}

// dropByDrop takes a byte a second for as long as there are any.
func dropByDrop(from net.Conn) error {
	for b := make([]byte, 1); ; time.Sleep(time.Second) {
		if _, err := from.Read(b); err != nil {
			return nil // the server's end
		}
	}
}

// A header that never ends is too large before it is long.
func TestServer_RefusesHugeHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := slowServer(t, nil)
		go func() {
			fmt.Fprintf(client, "GET / HTTP/1.1\r\nHost: x\r\nA: %s\r\n\r\n", strings.Repeat("x", 100<<10))
		}()
		resp, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("HTTP %d", resp.StatusCode)
		}
	})
}

// slowServer is a connection to a server of a gateway's, with TLS or without.
func slowServer(t *testing.T, secured *tls.Config) net.Conn {
	g := &gateway{settings: defaults(), log: slog.New(slog.DiscardHandler)}
	mux := http.NewServeMux()
	mux.HandleFunc("/read", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	mux.HandleFunc("/much", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<20)) })
	server := g.server(&drain.Door{}, mux)
	l := newPipeListener()
	if server.TLSConfig = secured; secured != nil {
		go func() { _ = server.ServeTLS(l, "", "") }()
	} else {
		go func() { _ = server.Serve(l) }()
	}
	client := l.dial()
	t.Cleanup(func() {
		client.Close()
		server.Close()
		time.Sleep(time.Second) // the server lingers
	})
	return client
}

// drip writes a little once a second, as long as somebody takes it.
func drip(to io.Writer, text string) {
	for text != "" {
		time.Sleep(time.Second)
		if _, err := io.WriteString(to, text); err != nil {
			return
		}
	}
}

// pipeListener accepts connections in memory, whose time is a test's.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{make(chan net.Conn), make(chan struct{})}
}

func (l *pipeListener) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- server
	return client
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	close(l.done)
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }
