package watchdog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/upstream"
)

// server is the mode of a long-lived HTTP server: requests are passed on to it.
type server struct {
	*Watchdog
	gate     *gate
	service  *service
	url      *url.URL
	base     string // path below which the function's are, as it is written in a request
	upstream *upstream.Client

	mu     sync.Mutex
	inside int  // requests that it has
	stuck  bool // it has let a deadline of one pass
}

func newServer(w *Watchdog) (*server, error) {
	target, err := url.Parse(w.settings.Upstream)
	if err != nil {
		return nil, err
	}
	program, err := w.config().program()
	if err != nil {
		return nil, err
	}
	m := &server{Watchdog: w, gate: newGate(w.settings.MaxInflight, w.settings.VoiceReserve), url: target,
		base: strings.TrimSuffix(target.EscapedPath(), "/"), upstream: &upstream.Client{Address: target.Host}}
	m.service = newService(program, w, m.life)
	m.service.start()
	return m, nil
}

// life has the process told its port, and waits until it listens there.
func (m *server) life() (life, error) {
	var env []string
	if _, own := variable(m.site.Env, "PORT"); !own {
		env = []string{"PORT=" + m.url.Port()}
	}
	var lacks atomic.Value // of string
	return life{
		env:   env,
		up:    func(ctx context.Context) error { return m.awaitUp(ctx, &lacks) },
		lacks: func() string { return fmt.Sprint(lacks.Load()) },
		over:  func(error) { m.upstream.Close() },
	}, nil
}

// awaitUp tries again and again, as nothing tells when a port is listened on, and
// notes what was wrong.
func (m *server) awaitUp(ctx context.Context, lacks *atomic.Value) error {
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		err := m.probe(ctx)
		if err == nil {
			return nil
		}
		lacks.Store(err.Error())
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// probeTimeout bounds one look at the function's server.
const probeTimeout = 5 * time.Second

// probe asks the server whether it takes requests: by its ready_path if it has
// one, else by connecting.
func (m *server) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if m.settings.ReadyPath == "" {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", m.url.Host)
		if err == nil {
			conn.Close()
		}
		return err
	}
	resp, err := m.upstream.Do(ctx, &upstream.Call{Method: http.MethodGet, Target: upstream.Target(m.base, m.settings.ReadyPath, ""), Host: m.url.Host})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 4<<10) // or the server would be told that nobody listened
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s answers %s", m.settings.ReadyPath, resp.Status)
	}
	return nil
}

func (m *server) invoke(ctx context.Context, inv function.Invocation) (function.Result, error) {
	if err := m.gate.enter(ctx, inv.HTTP == nil); err != nil {
		return function.Result{}, err
	}
	ctx, cancel := m.gate.within(ctx)
	leave := func() {
		cancel()
		m.gate.leave()
	}
	result, err := m.pass(ctx, inv)
	if err != nil {
		leave()
		return function.Result{}, err
	}
	result.OnClose(leave)
	return result, nil
}

// pass has the server answer a request. No deadline ends a connection that is
// another protocol's from then on, only one of its ends or the watchdog's.
func (m *server) pass(ctx context.Context, inv function.Invocation) (function.Result, error) {
	resp, err := m.ask(ctx, inv)
	if err != nil {
		return function.Result{}, err
	}
	result := upstream.Answer(ctx, resp, m.settings.MaxOutput)
	body, ok := resp.Body.(*upstream.Body)
	if !ok {
		result.Until = m.gate.ended
		result.OnClose(func() { m.left(context.Background(), false) })
		return result, nil
	}
	if m.settings.ContentType != "" {
		result.Header.Set("Content-Type", m.settings.ContentType)
	}
	result.OnClose(func() { m.left(ctx, body.Stalled()) })
	return result, nil
}

// ask sends the request once the server takes requests. One that could not be
// sent, as the server has just ended, is sent again.
func (m *server) ask(ctx context.Context, inv function.Invocation) (*http.Response, error) {
	call, err := upstream.NewCall(ctx, inv, m.url.Host, m.base, m.settings.MaxBody)
	if err != nil {
		return nil, err
	}
	for {
		changed, err := m.enter(ctx)
		if err != nil {
			return nil, err
		}
		resp, err := m.upstream.Do(ctx, call)
		if err == nil {
			return resp, nil
		}
		m.left(ctx, call.Sent)
		if !errors.Is(err, upstream.ErrNotSent) || ctx.Err() != nil {
			return nil, upstream.Explain(ctx, err)
		}
		select { // it is not there: that will be known soon
		case <-changed:
		case <-time.After(noticeTime):
			return nil, fmt.Errorf("%w: %w", errNotReady, err)
		case <-ctx.Done():
			return nil, function.Ended(ctx)
		}
	}
}

// noticeTime is how long the end of a server may go unnoticed.
const noticeTime = time.Second

// enter waits until the server takes requests, and counts one. It returns what
// tells when the server's state has changed.
func (m *server) enter(ctx context.Context) (changed <-chan struct{}, err error) {
	for {
		if err := m.service.await(ctx); err != nil {
			return nil, err
		}
		m.mu.Lock()
		st, changed, _ := m.service.now()
		if st == up { // and left will not replace the process any more
			m.inside++
		}
		m.mu.Unlock()
		if st == up {
			return changed, nil
		}
	}
}

// left notes that the server is done with a request, or was waited for when that
// ended. If it let its deadline pass, its process is replaced as soon as it has
// no other request: a handler that does not end would otherwise go on for ever.
func (m *server) left(ctx context.Context, waitedFor bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if waitedFor && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		m.stuck = true
	}
	if m.inside--; m.inside == 0 && m.stuck {
		m.stuck = false
		m.event("a request was not answered in time; the function's process is replaced")
		m.service.renew()
	}
}

func (m *server) ready(ctx context.Context) error {
	if err := m.gate.refuses(); err != nil {
		return err
	}
	if err := m.service.ready(); err != nil {
		return err
	}
	if m.settings.ReadyPath != "" {
		return m.probe(ctx)
	}
	return nil
}

func (m *server) health() error { return m.service.health() }

func (m *server) close(ctx context.Context) {
	m.gate.close(ctx)
	m.service.close()
	m.upstream.Close()
}
