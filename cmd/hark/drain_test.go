package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa/alexatest"
)

// drainer is a client of a gateway that is told to stop. It writes requests to
// connections itself: http.Transport would send some again, and nobody be told.
type drainer struct {
	name    string
	address string
	tls     bool
	keeps   bool         // its connections
	client  *http.Client // of HTTP/2; in place of connections
	request func() *http.Request

	answered int
	lost     []string
}

// run calls one time after the other until nobody listens any more.
func (d *drainer) run() {
	for n := 0; d.client != nil; n++ {
		resp, err := d.client.Do(d.request())
		if err == nil {
			err = whole(resp)
		}
		switch {
		case errors.Is(err, syscall.ECONNREFUSED):
			return
		case err != nil:
			d.lose(n, "a call", err)
		default:
			d.answered++
		}
	}
	var conn net.Conn
	for n := 0; ; n++ {
		if conn == nil {
			var err error
			if conn, err = d.dial(); errors.Is(err, syscall.ECONNREFUSED) {
				return
			} else if err != nil {
				d.lose(n, "connecting", err)
				continue
			}
		}
		closes, err := d.call(conn)
		if err != nil {
			d.lose(n, "a call", err)
		} else {
			d.answered++
		}
		if err != nil || closes || !d.keeps {
			conn.Close()
			conn = nil
		}
	}
}

func (d *drainer) lose(n int, what string, err error) {
	d.lost = append(d.lost, fmt.Sprintf("%s, number %d: %s: %v", d.name, n, what, err))
}

func (d *drainer) dial() (net.Conn, error) {
	conn, err := net.Dial("tcp", d.address)
	if err != nil || !d.tls {
		return conn, err
	}
	return tls.Client(conn, &tls.Config{InsecureSkipVerify: true}), nil
}

func (d *drainer) call(conn net.Conn) (closes bool, err error) {
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	r := d.request()
	if err := r.Write(conn); err != nil {
		return false, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		return false, err
	}
	return resp.Close, whole(resp)
}

func whole(resp *http.Response) error {
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, text)
	}
	return err
}

// asking makes requests of a method and a body.
func asking(t *testing.T, method, target string, body func() (string, http.Header)) func() *http.Request {
	return func() *http.Request {
		text, header := body()
		r, err := http.NewRequest(method, target, strings.NewReader(text))
		if err != nil {
			t.Error(err)
		}
		if header != nil {
			r.Header = header
		}
		return r
	}
}

// A gateway that is told to stop under load answers every request that has reached
// it, on new connections and on those that are kept.
func TestDrain_LosesNoRequest(t *testing.T) {
	rounds := 2
	if n, err := strconv.Atoi(os.Getenv("HARK_DRAINS")); err == nil {
		rounds = n
	}
	dir := t.TempDir()
	write(t, dir+"/stack.yaml", `functions: {hello: {fprocess: "sh -c 'cat >/dev/null; sleep 0.02; echo hello'", environment: {max_inflight: "0"}, labels: {hark.public: "true", hark.intents: HelloIntent}}}`)
	for range rounds {
		drainOnce(t, dir)
	}
}

func drainOnce(t *testing.T, dir string) {
	ctx, stop := context.WithCancel(t.Context())
	s, here := upUntil(ctx, t, dir)
	authority, _, err := alexatest.Create(filepath.Join(s.State, "authority"))
	if err != nil {
		t.Fatal(err)
	}
	operator, _ := url.Parse(here.Operator)
	public, _ := url.Parse(here.URL)
	plain := func() (string, http.Header) { return "2\n", nil }
	var mu sync.Mutex
	ids := 0
	voice := func() (string, http.Header) {
		mu.Lock()
		defer mu.Unlock()
		ids++
		envelope := fmt.Sprintf(`{"version":"1.0","session":{"sessionId":"s"},"request":{"type":"IntentRequest","requestId":"r%d","locale":"en-US","timestamp":"%s","intent":{"name":"HelloIntent"}}}`,
			ids, time.Now().UTC().Format(time.RFC3339))
		header, err := authority.Sign([]byte(envelope))
		if err != nil {
			t.Error(err)
		}
		return envelope, header
	}
	var all []*drainer
	for _, keeps := range []bool{false, true} {
		for _, d := range []drainer{
			{name: "GET", address: operator.Host, request: asking(t, "GET", here.Operator+"/function/hello", plain)},
			{name: "POST", address: operator.Host, request: asking(t, "POST", here.Operator+"/function/hello", plain)},
			{name: "voice", address: operator.Host, request: asking(t, "POST", here.Operator+"/alexa", voice)},
			{name: "public POST", address: public.Host, tls: true, request: asking(t, "POST", "https://"+public.Host+"/function/hello", plain)},
			{name: "public voice", address: public.Host, tls: true, request: asking(t, "POST", here.URL, voice)},
		} {
			for range 2 {
				d := d
				d.keeps = keeps
				all = append(all, &d)
			}
		}
	}
	h2 := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	for range 4 {
		all = append(all, &drainer{name: "HTTP/2 voice", client: h2, keeps: true, request: asking(t, "POST", here.URL, voice)})
	}
	var running sync.WaitGroup
	for _, d := range all {
		running.Go(d.run)
	}
	time.Sleep(300 * time.Millisecond) // of load
	stop()
	running.Wait()
	answered := 0
	for _, d := range all {
		answered += d.answered
		for _, line := range d.lost {
			t.Errorf("kept connections %t: %s", d.keeps, line)
		}
	}
	t.Logf("%d calls were answered", answered)
}
