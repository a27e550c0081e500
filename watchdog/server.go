package watchdog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// server is the mode of a long-lived HTTP server: requests are passed on to it.
type server struct {
	*Watchdog
	gate     *gate
	service  *service
	url      *url.URL
	base     string // path below which the function's are, as it is written in a request
	upstream *upstream

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
	m := &server{Watchdog: w, gate: newGate(w.settings.MaxInflight), url: target,
		base: strings.TrimSuffix(target.EscapedPath(), "/"), upstream: &upstream{address: target.Host}}
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
		over:  func(error) { m.upstream.close() },
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
	resp, err := m.upstream.do(ctx, &upstreamCall{method: http.MethodGet, target: m.target(m.settings.ReadyPath, ""), host: m.url.Host})
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
	if err := m.gate.enter(); err != nil {
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

// pass has the server answer a request.
func (m *server) pass(ctx context.Context, inv function.Invocation) (function.Result, error) {
	resp, err := m.ask(ctx, inv)
	if err != nil {
		return function.Result{}, err
	}
	protocol := resp.Header["Upgrade"]
	dropHopByHop(resp.Header)
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Header["Connection"], resp.Header["Upgrade"] = []string{"Upgrade"}, protocol
		return m.upgraded(resp), nil
	}
	if m.settings.ContentType != "" {
		resp.Header.Set("Content-Type", m.settings.ContentType)
	}
	if _, named := resp.Header["Content-Type"]; !named {
		resp.Header["Content-Type"] = nil // or net/http would guess one
	}
	body := resp.Body.(*upstreamBody)
	result := function.Result{Status: resp.StatusCode, Header: resp.Header,
		Body: &serverBody{upstreamBody: body, ctx: ctx, limit: m.settings.MaxOutput}}
	result.OnClose(func() { m.left(ctx, body.failed && body.conn.sent.Load()) })
	return result, nil
}

// upgraded is the answer of a connection that is another protocol's from now
// on. No deadline ends it, only one of its ends or the watchdog's.
func (m *server) upgraded(resp *http.Response) function.Result {
	result := function.Result{Status: resp.StatusCode, Header: resp.Header, Body: resp.Body, Until: m.gate.ended}
	result.OnClose(func() { m.left(context.Background(), false) })
	return result
}

// ask sends the request once the server takes requests. One that could not be
// sent, as the server has just ended, is sent again.
func (m *server) ask(ctx context.Context, inv function.Invocation) (*http.Response, error) {
	call, err := m.call(ctx, inv)
	if err != nil {
		return nil, err
	}
	for {
		changed, err := m.enter(ctx)
		if err != nil {
			return nil, err
		}
		resp, err := m.upstream.do(ctx, call)
		if err == nil {
			return resp, nil
		}
		m.left(ctx, call.sent)
		if !errors.Is(err, errNotSent) || ctx.Err() != nil {
			return nil, explain(ctx, err)
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

// call is inv as the server gets it. A voice request is a POST of JSON.
func (m *server) call(ctx context.Context, inv function.Invocation) (*upstreamCall, error) {
	head, rest, err := takeShort(ctx, inv.Body, m.settings.MaxBody)
	if err != nil {
		return nil, err
	}
	call := &upstreamCall{method: http.MethodPost, target: m.target("/", ""), host: m.url.Host, head: head, length: -1}
	if rest != nil {
		call.rest = function.Bounded(rest, m.settings.MaxBody)
	}
	if known, ok := rest.(interface{ Len() int }); ok && known.Len() < math.MaxInt {
		call.length = int64(known.Len())
	}
	if inv.HTTP == nil {
		call.header = http.Header{"Content-Type": {"application/json"}}
		return call, nil
	}
	err = m.describe(call, inv.HTTP)
	if call.rest != nil { // its end would have to be awaited first
		call.upgrade = ""
	}
	return call, err
}

// target is a path of the server and a query as they are written in a request.
func (m *server) target(escaped, query string) string {
	if !strings.HasPrefix(escaped, "/") {
		escaped = "/" + escaped
	}
	if query != "" {
		query = "?" + query
	}
	return m.base + escaped + query
}

func (m *server) describe(call *upstreamCall, from *function.HTTP) error {
	call.method, call.header, call.without = from.Method, from.Header, notPassedOn
	call.target = m.target(from.Escaped(), from.Query)
	if from.Host != "" {
		call.host = from.Host
	}
	for _, part := range []string{call.method, call.target, call.host} {
		if strings.ContainsFunc(part, endsWord) {
			return fmt.Errorf("%w: a space or control character in its method, path or host", function.ErrInputInvalid)
		}
	}
	words := listed(from.Header["Connection"])
	if len(words) > 0 {
		call.without = maps.Clone(notPassedOn)
	}
	for _, word := range words {
		call.without[http.CanonicalHeaderKey(word)] = true
		if strings.EqualFold(word, "upgrade") {
			call.upgrade = from.Header.Get("Upgrade")
		}
	}
	return nil
}

// endsWord reports what would end a word of a request line.
func endsWord(r rune) bool { return r <= ' ' || r == 0x7f }

// notPassedOn are the headers of a request that are about its connection or are
// written anew.
var notPassedOn = func() map[string]bool {
	names := map[string]bool{"Host": true, "Content-Length": true, "Expect": true}
	for _, name := range hopByHop {
		names[name] = true
	}
	return names
}()

// explain finds the reason of a failed request among those that may be.
func explain(ctx context.Context, err error) error {
	var input *inputError
	switch {
	case errors.As(err, &input): // after which the server ends ctx too
		return input.error
	case ctx.Err() != nil:
		return function.Ended(ctx)
	}
	return fmt.Errorf("%w: %w", function.ErrBroken, err)
}

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
	m.upstream.close()
}

// serverBody is the body of a server's answer.
type serverBody struct {
	*upstreamBody
	ctx   context.Context
	limit int64
	read  int64
}

// Read implements io.Reader; its errors are those of a Result's Body.
func (b *serverBody) Read(to []byte) (int, error) {
	n, err := b.upstreamBody.Read(to)
	b.read += int64(n)
	switch {
	case b.limit > 0 && b.read > b.limit:
		return 0, fmt.Errorf("%w: more than %d bytes", function.ErrOutputTooLarge, b.limit)
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	}
	return n, explain(b.ctx, err)
}
