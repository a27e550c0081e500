package connections

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa/alexatest"
)

const header = 2 * time.Second

// house is a server that is bounded. A request for /hold is under way until the
// test ends, or release is called.
type house struct {
	*Bound
	address string
	held    chan struct{}
	release func()
}

func serve(t *testing.T, most, share int, secured bool) *house {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	end := make(chan struct{})
	h := &house{New(Config{Most: most, Share: share, Header: header, Client: func(address string) netip.Addr { return netip.MustParseAddrPort(address).Addr() }}), l.Addr().String(), make(chan struct{}), sync.OnceFunc(func() { close(end) })}
	mux := http.NewServeMux()
	mux.HandleFunc("/hold", func(http.ResponseWriter, *http.Request) { h.held <- struct{}{}; <-end })
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	server := &http.Server{Handler: h.Handler(mux), ConnState: h.State, ConnContext: h.Context, MaxHeaderBytes: 1 << 12, ReadHeaderTimeout: header, ErrorLog: log.New(io.Discard, "", 0)}
	if secured {
		authority, err := alexatest.New()
		if err != nil {
			t.Fatal(err)
		}
		pair, err := authority.ServerCertificate("127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
		go func() { _ = server.ServeTLS(h.Listener(l), "", "") }()
	} else {
		go func() { _ = server.Serve(h.Listener(l)) }()
	}
	t.Cleanup(func() { h.release(); server.Close() })
	return h
}

func (h *house) dial(t *testing.T) net.Conn { return h.dialFrom(t, "127.0.0.1") }

func (h *house) dialFrom(t *testing.T, host string) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}}).Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// ask sends a request on a connection and reads the answer.
func ask(c net.Conn, path string) error {
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

func (h *house) await(t *testing.T, what string, done func(Stats) bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(h.Stats()); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: %+v", what, h.Stats())
		}
	}
}

// Those who hold connections and send nothing, or half a header, keep nobody out.
func TestBound_TheSilentMakeRoom(t *testing.T) {
	for secured, beginning := range map[bool]string{false: "GET / HTTP/1.1\r\nX-A: ", true: "\x16\x03\x01\x02\x00"} {
		h := serve(t, 8, 8, secured)
		for range 100 {
			fmt.Fprint(h.dial(t), beginning)
		}
		h.await(t, "a crowd", func(s Stats) bool { return s.Evicted == 92 && s.Open == 8 })
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		scheme := map[bool]string{false: "http://", true: "https://"}[secured]
		resp, err := client.Get(scheme + h.address)
		if err != nil {
			t.Fatalf("secured %t: %v", secured, err)
		}
		resp.Body.Close()
		client.CloseIdleConnections()
		h.await(t, "the end of the slow", func(s Stats) bool { return s.Open == 0 && s.Slow == 7 })
	}
}

// Requests under way are left alone; when there are only such, others are refused.
func TestBound_RefusesWhenAllAreBusy(t *testing.T) {
	h := serve(t, 2, 2, false)
	busy := []net.Conn{h.dial(t), h.dial(t)}
	for _, c := range busy {
		go func() { fmt.Fprint(c, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n") }()
		<-h.held
	}
	if err := ask(h.dial(t), "/"); err == nil {
		t.Error("a third was answered")
	}
	h.await(t, "a refusal", func(s Stats) bool { return s.Share == 1 && s.Open == 2 && s.Evicted == 0 })
	if err := ask(h.dialFrom(t, "127.0.0.2"), "/"); err == nil {
		t.Error("another's was answered")
	}
	h.await(t, "a refusal", func(s Stats) bool { return s.Full == 1 && s.Open == 2 })
	h.release()
	for _, c := range busy {
		if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%v", err)
		}
	}
	h.await(t, "idle ones", func(Stats) bool { h.mu.Lock(); defer h.mu.Unlock(); return h.idle.Len() == 2 })
	if err := ask(h.dial(t), "/"); err != nil {
		t.Errorf("nobody is busy, and a third is not answered: %v", err)
	}
}

// The longest idle goes before those that have just come.
func TestBound_TheLongestIdleMakesRoom(t *testing.T) {
	h := serve(t, 3, 3, false)
	first, second, third := h.dial(t), h.dial(t), h.dial(t)
	for n, c := range []net.Conn{first, second} {
		if err := ask(c, "/"); err != nil {
			t.Fatal(err)
		}
		h.await(t, "idle", func(Stats) bool { h.mu.Lock(); defer h.mu.Unlock(); return h.idle.Len() == n+1 })
	}
	if err := ask(h.dial(t), "/"); err != nil {
		t.Error(err)
	}
	if err := ask(first, "/"); err == nil {
		t.Error("the longest idle is still there")
	}
	for _, c := range []net.Conn{second, third} {
		if err := ask(c, "/"); err != nil {
			t.Error(err)
		}
	}
}

// One who keeps all of a share busy takes nothing from others, and has what is
// idle of it make room first.
func TestBound_GivesEachAShare(t *testing.T) {
	h := serve(t, 10, 2, false)
	for range 2 {
		c := h.dial(t)
		go func() { fmt.Fprint(c, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n") }()
		<-h.held
	}
	if err := ask(h.dial(t), "/"); err == nil {
		t.Error("more than a share was answered")
	}
	other := h.dialFrom(t, "127.0.0.2")
	if err := ask(other, "/"); err != nil {
		t.Error(err)
	}
	h.await(t, "idle", func(Stats) bool { h.mu.Lock(); defer h.mu.Unlock(); return h.idle.Len() == 1 })
	for range 2 {
		if err := ask(h.dialFrom(t, "127.0.0.2"), "/"); err != nil {
			t.Error(err)
		}
	}
	h.await(t, "room made", func(s Stats) bool { return s.Share == 1 && s.Evicted == 1 && s.Open == 4 })
}

// What the server refuses before anybody sees it is counted, and nothing else.
func TestBound_CountsWhatIsNoRequest(t *testing.T) {
	h := serve(t, 10, 10, false)
	for n, text := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("x", 1<<14) + "\r\n\r\n",
		"nonsense\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
	} {
		c := h.dial(t)
		fmt.Fprint(c, text)
		_, _ = io.Copy(io.Discard, c)
		h.await(t, text[:8], func(s Stats) bool { return s.Invalid == uint64(n+1) && s.Open == 0 })
	}
	c := h.dial(t)
	for range 3 {
		if err := ask(c, "/"); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	h.await(t, "the end", func(s Stats) bool { return s.Open == 0 })
	fmt.Fprint(h.dial(t), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	h.dial(t).Close()
	h.await(t, "the end", func(s Stats) bool { return s.Open == 0 && s.Invalid == 4 })
}
