package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/router"
)

// BenchmarkTLS compares voice requests over TLS, on kept connections and on a new
// one each, to a bare net/http server with the same certificate that reads the body
// and answers with as much. The engine does nothing. Both take turns in rounds; what
// is reported are medians of CPU time, the client's included, which is the same for
// both, and the bare server's throughput that is left without the signature check.
// The goal is 0.9.
func BenchmarkTLS(b *testing.B) {
	h := newTLSHouse(b)
	for _, kind := range []struct {
		name string
		ask  func(b *testing.B, address string, requests []string)
	}{{"kept", askKept}, {"new", askNew}} {
		b.Run(kind.name, func(b *testing.B) {
			const calls = 400
			var bare, hark, check []float64
			for b.Loop() {
				all, requests := make([]signed, calls), make([]string, calls)
				for i := range all {
					all[i] = h.sign(b)
					requests[i] = all[i].wire()
				}
				bare = append(bare, cpuOf(calls, func() { kind.ask(b, h.bare, requests) }))
				check = append(check, cpuOf(calls, func() { h.check(b, all) }))
				hark = append(hark, cpuOf(calls, func() { kind.ask(b, h.hark, requests) }))
			}
			f, l, c := middle(bare), middle(hark), middle(check)
			b.ReportMetric(f, "bare-µs/req")
			b.ReportMetric(l, "hark-µs/req")
			b.ReportMetric(c, "check-µs/req")
			b.ReportMetric(f/(l-c), "of-bare")
			b.ReportMetric(0, "ns/op") // of a round, which says nothing
		})
	}
}

// tlsHouse is a gateway whose engine does nothing, and a bare server.
type tlsHouse struct {
	authority  *alexatest.Authority
	verifier   *alexa.Verifier
	hark, bare string
	made       int // requests
}

type idle struct{ router.Engine }

func (idle) Invoke(context.Context, function.Invocation) (function.Result, error) {
	return function.Result{Status: 200, Body: io.NopCloser(strings.NewReader("OK, red."))}, nil
}

func (idle) Close(context.Context) {}

func newTLSHouse(b *testing.B) *tlsHouse {
	authority, err := alexatest.New()
	fatal(b, err)
	pair, err := authority.ServerCertificate("127.0.0.1")
	fatal(b, err)
	verifier, err := alexa.NewVerifier(alexa.VerifierConfig{Development: authority.PEM(), DevelopmentURL: authority.URL()})
	fatal(b, err)
	h := &tlsHouse{authority: authority, verifier: verifier}

	dir := b.TempDir()
	write(b, filepath.Join(dir, "stack.yaml"), "functions: {ChangeColorIntent: {fprocess: cat}}")
	s := defaults()
	s.Listen, s.HTTPS, s.State = "127.0.0.1:0", "127.0.0.1:0", b.TempDir()
	g, err := s.load(dir, io.Discard)
	fatal(b, err)
	g.engine, g.certificate = idle{}, made{pair}
	fatal(b, g.catalogue.Update([]function.Status{{Spec: function.Spec{Name: "ChangeColorIntent"}}}))
	fatal(b, g.listen())
	registry := prometheus.NewRegistry()
	for _, d := range g.faces(g.router(b.Context(), verifier, registry), registry) {
		go func() { _ = d.serve() }()
		b.Cleanup(func() { d.Close() })
	}
	h.hark = g.public.Addr().String()

	answer := strings.Repeat("x", 200)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(b, err)
	bare := &http.Server{ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), TLSConfig: g.certificate.TLS(), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, answer)
	})}
	go func() { _ = bare.ServeTLS(l, "", "") }()
	b.Cleanup(func() { bare.Close() })
	h.bare = l.Addr().String()
	return h
}

func fatal(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// signed is an envelope and its headers.
type signed struct {
	body   []byte
	header http.Header
}

// envelope is of the size and shape that a device with a screen sends.
const envelope = `{"version":"1.0","session":{"new":true,"sessionId":"amzn1.echo-api.session.%036d","application":{"applicationId":"amzn1.ask.skill.%036d"},
"attributes":{"turn":3},"user":{"userId":"amzn1.ask.account.%0200d"}},"context":{"Viewports":[{"type":"APL","id":"main","shape":"RECTANGLE","dpi":160}],
"System":{"application":{"applicationId":"amzn1.ask.skill.%036d"},"user":{"userId":"amzn1.ask.account.%0200d"},
"device":{"deviceId":"amzn1.ask.device.%0150d","supportedInterfaces":{"AudioPlayer":{},"Display":{"templateVersion":"1.0"}}},
"apiEndpoint":"https://api.eu.amazonalexa.com","apiAccessToken":"%0800d"}},
"request":{"type":"IntentRequest","requestId":"amzn1.echo-api.request.%036d","locale":"en-US","timestamp":"%s",
"intent":{"name":"ChangeColorIntent","confirmationStatus":"NONE","slots":{"LedColor":{"name":"LedColor","value":"red","confirmationStatus":"NONE","source":"USER"}}},
"dialogState":"COMPLETED"}}`

// sign makes a request of an id of its own.
func (h *tlsHouse) sign(b *testing.B) signed {
	h.made++
	body := fmt.Appendf(nil, envelope, 1, 1, 1, 1, 1, 1, 1, h.made, time.Now().UTC().Format(time.RFC3339))
	header, err := h.authority.Sign(body)
	fatal(b, err)
	return signed{body, header}
}

// wire is a request as it is sent.
func (s signed) wire() string {
	var text strings.Builder
	fmt.Fprintf(&text, "POST /alexa HTTP/1.1\r\nHost: skill.example.org\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", len(s.body))
	_ = s.header.Write(&text) // a builder takes all
	return text.String() + "\r\n" + string(s.body)
}

// check verifies what the gateway verifies.
func (h *tlsHouse) check(b *testing.B, all []signed) {
	for _, s := range all {
		if _, err := h.verifier.Verify(b.Context(), s.header, s.body); err != nil {
			b.Fatal(err)
		}
	}
}

var benchClient = &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}

// askKept sends requests on four connections.
func askKept(b *testing.B, address string, requests []string) {
	inLanes(func(part int) {
		c, err := tls.Dial("tcp", address, benchClient)
		if err != nil {
			b.Error(err)
			return
		}
		defer c.Close()
		answers := bufio.NewReader(c)
		for i := part; i < len(requests); i += lanes {
			askOn(b, c, answers, requests[i])
		}
	})
}

// askNew sends each on a connection of its own, four at once.
func askNew(b *testing.B, address string, requests []string) {
	inLanes(func(part int) {
		for i := part; i < len(requests); i += lanes {
			c, err := tls.Dial("tcp", address, benchClient)
			if err != nil {
				b.Error(err)
				return
			}
			askOn(b, c, bufio.NewReader(c), requests[i])
			c.Close()
		}
	})
}

const lanes = 4

func inLanes(lane func(part int)) {
	var all sync.WaitGroup
	for part := range lanes {
		all.Go(func() { lane(part) })
	}
	all.Wait()
}

func askOn(b *testing.B, c net.Conn, answers *bufio.Reader, request string) {
	if _, err := io.WriteString(c, request); err != nil {
		b.Error(err)
		return
	}
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		b.Error(err)
		return
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Errorf("%s %s %v", resp.Status, text, err)
	}
}

// cpuOf is the CPU time of one call in microseconds.
func cpuOf(calls int, f func()) float64 {
	before := used()
	f()
	return float64((used() - before).Microseconds()) / float64(calls)
}

func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func middle(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
