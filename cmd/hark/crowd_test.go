package main

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// attacks are what slow and malicious clients do with a connection: what they send
// at once, and what again and again. Of all of them the time is the server's.
var attacks = map[string]struct{ first, again string }{
	"half a header":            {"POST /alexa HTTP/1.1\r\nHost: x\r\nX-A: ", "a"},
	"headers without end":      {"POST /alexa HTTP/1.1\r\nHost: x\r\n", "X-A: a\r\n"},
	"a slow body":              {"POST /alexa HTTP/1.1\r\nHost: x\r\nSignature-256: YQ==\r\nSignatureCertChainUrl: https://s3.amazonaws.com/echo.api/x.pem\r\nContent-Length: 900000\r\n\r\n", "{"},
	"a slow body for nobody":   {"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n", "x"},
	"a slow body for a device": {"POST /function/Much HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n", "x"},
	"a slow reader":            {strings.Repeat("GET /function/Much HTTP/1.1\r\nHost: x\r\n\r\n", 20), ""},
	"a preface of HTTP/2":      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""},
}

// attack holds connections until the end of the test.
func attack(t *testing.T, address string) {
	t.Helper()
	end := make(chan struct{})
	var all sync.WaitGroup
	t.Cleanup(func() { close(end); all.Wait() })
	n := 0
	for _, a := range attacks {
		for range 40 {
			n++
			from := net.IPv4(127, 0, byte(1+n%3), 1)
			all.Go(func() { hold(end, from, address, a.first, a.again) })
		}
	}
	for range 300 { // who say nothing at all
		all.Go(func() { hold(end, net.IPv4(127, 0, 9, 1), address, "", "") })
	}
}

// hold comes back whenever it is thrown out.
func hold(end chan struct{}, from net.IP, address, first, again string) {
	for {
		c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}).Dial("tcp", address)
		if err == nil {
			drop(c, end, first, again)
			c.Close()
		}
		select {
		case <-end:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// drop sends a drop at a time.
func drop(c net.Conn, end chan struct{}, first, again string) {
	if first != "" {
		config := &tls.Config{InsecureSkipVerify: true}
		if strings.HasPrefix(first, "PRI") {
			config.NextProtos = []string{"h2"}
		}
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		secured := tls.Client(c, config)
		if secured.Handshake() != nil {
			return
		}
		_ = c.SetDeadline(time.Time{})
		c = secured
	}
	for text := first; ; text = again {
		if _, err := io.WriteString(c, text); err != nil {
			return
		}
		select {
		case <-end:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Whatever slow clients do, and many of them, a person is answered, and they are
// got rid of and counted.
func TestGateway_AnswersInACrowdOfSlowClients(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "stack.yaml"), `functions:
  Greet: {fprocess: "echo hello"}
  Much: {fprocess: "head -c 3000000 /dev/zero", labels: {hark.public: "true"}}`)
	s, here := upIn(t, dir, func(s *settings) { s.MaxConnections = 120 })
	at, err := url.Parse(here.URL)
	if err != nil {
		t.Fatal(err)
	}
	attack(t, at.Host)
	awaitMetric(t, here.Operator, `hark_connections_refused_total{listener="https",reason="evicted"} [1-9]`)
	var slowest time.Duration
	defer func() { t.Logf("the slowest of them: %s", slowest) }()
	for n := range 20 {
		said, errs := &strings.Builder{}, &strings.Builder{}
		as := *s
		as.Intent = "Greet"
		begun := time.Now()
		if err := as.say(t.Context(), nil, said, errs); err != nil || !strings.Contains(said.String(), "hello") {
			t.Fatalf("request %d after %s: %v, %s%s", n, time.Since(begun), err, said, errs)
		}
		slowest = max(slowest, time.Since(begun))
	}
	awaitMetric(t, here.Operator, `hark_connections_refused_total{listener="https",reason="slow"} [1-9]`)
	awaitMetric(t, here.Operator, `hark_alexa_refused_total{reason="unreadable"} [1-9]`)
}

// awaitMetric waits until a metric has a value that matches.
func awaitMetric(t *testing.T, operator, pattern string) {
	t.Helper()
	want := regexp.MustCompile("(?m)^" + strings.NewReplacer("{", `\{`, "}", `\}`).Replace(pattern))
	for end := time.Now().Add(deadline); ; time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(operator + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil && want.Match(text) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no %s in:\n%s", pattern, text)
		}
	}
}
