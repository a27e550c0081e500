package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// patience bounds what a case waits for; none takes that long unless it fails.
const patience = 30 * time.Second

// world is what a case has: an engine, and the connections that tell it what
// its functions do.
type world struct {
	*testing.T
	engine   Engine
	dir      string
	mode     mode
	listener net.Listener
}

func newWorld(t *testing.T, engine Engine, dir string, m mode) *world {
	listener := listen(t, engine)
	t.Cleanup(func() { listener.Close() })
	return &world{t, engine, dir, m, listener}
}

func listen(t *testing.T, engine Engine) net.Listener {
	if own, ok := engine.(Listener); ok {
		return own.Listen(t)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// spec is a function of that name and behaviour.
func (w *world) spec(name, behaviour string) function.Spec {
	spec := function.Spec{
		Name:        name,
		Image:       Image,
		Process:     "./testfn " + behaviour,
		Dir:         w.dir,
		Environment: map[string]string{"ENGINETEST_ADDRESS": w.listener.Addr().String()},
	}
	switch w.mode {
	case warm:
		spec.Environment["warm"] = "1"
	case serves, lambda:
		spec.Process = "./testfn " + string(w.mode) + " " + behaviour
		spec.Environment["mode"] = string(w.mode)
	}
	return spec
}

// deploy deploys a function named like what the case calls: "function".
func (w *world) deploy(behaviour string, environment map[string]string) {
	w.Helper()
	spec := w.spec("function", behaviour)
	maps.Copy(spec.Environment, environment)
	if err := w.engine.Deploy(w.Context(), spec); err != nil {
		w.Fatal(err)
	}
}

// answer is the outcome of a call: of Invoke, or of reading its body.
type answer struct {
	body string
	err  error
}

func (w *world) invoke(ctx context.Context, inv function.Invocation) answer {
	inv.Function = "function"
	result, err := w.engine.Invoke(ctx, inv)
	if err != nil {
		return answer{err: err}
	}
	defer result.Body.Close()
	body, err := io.ReadAll(result.Body)
	return answer{string(body), err}
}

func (w *world) call(body string) answer {
	return w.invoke(w.Context(), function.Invocation{Body: w.body(body)})
}

// body is what STDIN is to be: an event has to be JSON.
func (w *world) body(text string) io.Reader {
	if w.mode == lambda {
		event, _ := json.Marshal(text)
		return bytes.NewReader(event)
	}
	return bytes.NewReader([]byte(text))
}

// begin calls the function and does not wait for the answer.
func (w *world) begin(ctx context.Context, body string) <-chan answer {
	answers := make(chan answer, 1)
	go func() {
		answers <- w.invoke(ctx, function.Invocation{Body: w.body(body)})
	}()
	return answers
}

func (w *world) wantBody(got answer, want string) {
	w.Helper()
	if got.err != nil || got.body != want {
		w.Errorf("the answer is %.200q, error %v; want %.200q", got.body, got.err, want)
	}
}

func (w *world) wantError(got, want error) {
	w.Helper()
	if !errors.Is(got, want) {
		w.Errorf("the error is %v, want %v", got, want)
	}
}

func (w *world) wantExit(got error, status int) {
	w.Helper()
	var exit *function.ExitError
	if !errors.As(got, &exit) || exit.Status != status {
		w.Errorf("the error is %v, want exit status %d", got, status)
	}
}

func receive[T any](w *world, from <-chan T) (v T) {
	w.Helper()
	select {
	case v = <-from:
	case <-time.After(patience):
		w.Fatal("waited too long")
	}
	return v
}

// life is a process of a function, as its connection tells.
type life struct {
	*world
	net.Conn
}

// started awaits that a process of a function runs.
func (w *world) started() life {
	w.Helper()
	if l, ok := w.listener.(interface{ SetDeadline(time.Time) error }); ok {
		_ = l.SetDeadline(time.Now().Add(patience))
	}
	conn, err := w.listener.Accept()
	if err != nil {
		w.Fatalf("awaiting the start of a function: %v", err)
	}
	w.Cleanup(func() { conn.Close() })
	return life{w, conn}
}

// release lets the process go on.
func (l life) release() {
	l.Helper()
	if _, err := io.WriteString(l.Conn, "go on\n"); err != nil {
		l.Error(err)
	}
}

// gone awaits the end of the process.
func (l life) gone() {
	l.Helper()
	_ = l.SetReadDeadline(time.Now().Add(patience))
	if _, err := l.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		l.Errorf("the process is not gone: %v", err)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// alarm is a context whose deadline passes when the case says so.
type alarm struct {
	context.Context
	rung chan struct{}
}

// deadline is one that passes when the case says so; that of a process which
// stays passes by itself: what goes on there for nobody ends by a deadline that
// its watchdog was told.
func (w *world) deadline() (ctx context.Context, ring func()) {
	if slices.Contains(ownProcess, w.mode) {
		alarm := w.alarm()
		return alarm, alarm.ring
	}
	ctx, cancel := context.WithTimeout(w.Context(), 2*time.Second)
	w.Cleanup(cancel)
	return ctx, func() {}
}

func (w *world) alarm() alarm { return alarm{w.Context(), make(chan struct{})} }

func (a alarm) ring()                 { close(a.rung) }
func (a alarm) Done() <-chan struct{} { return a.rung }

func (a alarm) Err() error {
	select {
	case <-a.rung:
		return context.DeadlineExceeded
	default:
		return nil
	}
}
