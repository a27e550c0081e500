package watchdog

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kballard/go-shellquote"

	"github.com/harkvoice/hark/internal/function"
)

// What the classic watchdog and of-watchdog were measured to do wrong, row by
// row, and what is right.
func TestWatchdog_HasNoneOfTheMeasuredFaults(t *testing.T) {
	t.Run("exit 3", exitIsAnError)
	t.Run("exec_timeout", deadlineIsAnError)
	t.Run("exec_timeout with a grandchild", deadlineDoesNotWaitForGrandchildren)
	t.Run("exec_timeout of http", deadlineEndsTheHandler)
	t.Run("stderr", stderrIsLogged)
	t.Run("child not listening yet", earlyRequestsWait)
	t.Run("child exits 0", childIsStartedAgain)
	t.Run("200 kB log line", longLinesHoldNothingUp)
	t.Run("200 calls, goroutines after", callsLeaveNoGoroutines)
	t.Run("fprocess=sh -c 'echo hi'", quotesAreKept)
	t.Run("header Proxy", proxyDoesNotCross)
}

// of-watchdog: 200 (streaming), 500 logged as 200 (serializing); classic: 500
// with STDERR in it.
func exitIsAnError(t *testing.T) {
	for _, mode := range []string{"stdio", "streaming", "serializing"} {
		var log journal
		server := serve(t, env{"mode": mode, "fprocess": sh("echo half; echo secret >&2; exit 3")}, &log)
		resp, body, err := do(t, server, "POST", "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 500 || resp.Header.Get("X-Exit-Status") != "3" || body != "the function ended with exit status 3\n" {
			t.Errorf("%s: %d, exit status %q, %q", mode, resp.StatusCode, resp.Header.Get("X-Exit-Status"), body)
		}
		log.await(t, "exit status 3")
	}
}

// classic: 408; of-watchdog: 200 (streaming), 500 (serializing).
func deadlineIsAnError(t *testing.T) {
	for _, script := range []string{"sleep 1000", "echo half; sleep 1000", "exec >&-; sleep 1000"} {
		resp, body, err := do(t, serve(t, env{"fprocess": sh(script), "exec_timeout": "50ms"}, io.Discard), "POST", "/", nil)
		if err != nil || resp.StatusCode != 504 || body != "the function did not answer in time\n" {
			t.Errorf("%s: %v, %q, error %v", script, resp, body, err)
		}
	}
}

// Both: the client waits until the grandchild lets go of STDOUT.
func deadlineDoesNotWaitForGrandchildren(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	vars := env{"fprocess": sh("sleep 1000 & echo $! >" + file + "; wait")}
	grandchild := ""
	for timeout := 100 * time.Millisecond; grandchild == ""; timeout *= 2 { // it may not be there yet
		vars["exec_timeout"] = timeout.String()
		resp, _, err := do(t, serve(t, vars, io.Discard), "POST", "/", nil)
		if err != nil || resp.StatusCode != 504 {
			t.Fatalf("%v, error %v", resp, err)
		}
		text, _ := os.ReadFile(file)
		grandchild = strings.TrimSpace(string(text))
	}
	awaitGone(t, grandchild)
}

// of-watchdog: 504, and the handler runs on.
func deadlineEndsTheHandler(t *testing.T) {
	server := serve(t, httpMode(t, nil), io.Discard)
	pid := get(t, server, "/pid")
	req, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/sleep", nil)
	req.Header.Set(function.HeaderTimeout, "50ms")
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 504 {
		t.Errorf("%s", resp.Status)
	}
	awaitGone(t, pid)
	eventually(t, "another process answers", func() bool {
		resp, next, err := do(t, server, "GET", "/pid", nil)
		return err == nil && resp.StatusCode == 200 && next != pid
	})
}

// classic: mixed into the body.
func stderrIsLogged(t *testing.T) {
	for mode, vars := range map[string]env{
		"stdio": {"fprocess": sh("echo trouble >&2; echo answer")},
		"http":  httpMode(t, nil),
	} {
		var log journal
		resp, body, err := do(t, serve(t, vars, &log), "GET", "/trouble", nil)
		if err != nil || resp.StatusCode != 200 || body != "answer\n" {
			t.Errorf("%s: %v, %q, error %v", mode, resp, body, err)
		}
		log.await(t, "line=trouble")
	}
}

// of-watchdog: /_/ready answers 200, and a call 500.
func earlyRequestsWait(t *testing.T) {
	gate, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer gate.Close()
	dog := newWatchdog(t, httpMode(t, env{"test_gate": gate.Addr().String()}), io.Discard)
	server := handle(t, dog)
	child := accept(t, gate) // it runs, and does not listen
	wantStatus(t, server, ReadyPath, 503)
	wantStatus(t, server, HealthPath, 200)
	answer := make(chan string, 1)
	go func() {
		_, body, err := do(t, server, "POST", "/", strings.NewReader("early"))
		answer <- fmt.Sprint(body, err)
	}()
	eventually(t, "the request has come in", func() bool { return inside(dog) == 1 })
	child.Close()
	if got := receive(t, answer); got != "early<nil>" {
		t.Errorf("the early request got %q", got)
	}
	wantStatus(t, server, ReadyPath, 200)
}

// of-watchdog: health stays 200, and every call gets 500 for ever.
func childIsStartedAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "live")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var log journal
	server := serve(t, httpMode(t, env{"test_live": file}), &log)
	first := get(t, server, "/pid")
	if err := os.Remove(file); err != nil { // from now on it ends at its start
		t.Fatal(err)
	}
	if resp, _, err := do(t, server, "POST", "/exit0", strings.NewReader("not to be sent twice")); err != nil || resp.StatusCode != 502 {
		t.Errorf("%v, error %v", resp, err)
	}
	awaitGone(t, first)
	awaitStatus(t, server, HealthPath, 503)
	awaitStatus(t, server, ReadyPath, 503)
	eventually(t, "a call is told to come again", func() bool {
		resp, _, err := do(t, server, "GET", "/", nil)
		return err == nil && resp.StatusCode == 503 && resp.Header.Get("Retry-After") != ""
	})
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	awaitStatus(t, server, ReadyPath, 200)
	wantStatus(t, server, HealthPath, 200)
	if next := get(t, server, "/pid"); next == first {
		t.Error("the process that has ended answers")
	}
	log.await(t, "exit status 0, but is to run on and on")
	log.await(t, "started_again_in=100ms")
}

// of-watchdog in mode http: the function hangs.
func longLinesHoldNothingUp(t *testing.T) {
	for mode, vars := range map[string]env{
		"stdio": {"fprocess": sh(`head -c 200000 /dev/zero | tr '\0' x >&2; echo >&2; echo answer`)},
		"http":  httpMode(t, nil),
	} {
		var log journal
		if resp, body, err := do(t, serve(t, vars, &log), "GET", "/long", nil); err != nil || body != "answer\n" {
			t.Errorf("%s: %v, %q, error %v", mode, resp, body, err)
		}
		part := strings.Repeat("x", MaxLine)
		eventually(t, "the line is logged in parts", func() bool {
			return log.count("line="+part+"\n") == 3 && log.count("line="+part[:200_000-3*MaxLine]+"\n") == 1
		})
	}
}

// of-watchdog in mode serializing: 211 more.
func callsLeaveNoGoroutines(t *testing.T) {
	for mode, vars := range map[string]env{
		"stdio": {"fprocess": "cat"},
		"warm":  {"fprocess": "cat", "warm": "2"},
		"http":  httpMode(t, nil),
	} {
		server := serve(t, vars, io.Discard)
		call(t, server, 8)
		server.Client().CloseIdleConnections()
		before := runtime.NumGoroutine()
		call(t, server, 200)
		server.Client().CloseIdleConnections()
		eventually(t, mode+": its goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
	}
}

// Both: it is split at every blank.
func quotesAreKept(t *testing.T) {
	if got := get(t, serve(t, env{"fprocess": "sh -c 'echo hi'"}, io.Discard), "/"); got != "hi\n" {
		t.Errorf("%q", got)
	}
}

// classic: it becomes Http_Proxy, which programs take for a proxy's address.
func proxyDoesNotCross(t *testing.T) {
	server := serve(t, env{"fprocess": "env"}, io.Discard)
	req, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
	for _, name := range []string{"Proxy", "proxy", "PROXY"} {
		req.Header[name] = []string{"http://evil"}
	}
	req.Header.Set("X-Other", "crosses")
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if strings.Contains(string(text), "evil") || !strings.Contains(string(text), "Http_X_Other=crosses\n") {
		t.Errorf("%s", text)
	}
}

// inside is how many requests are under way.
func inside(w *Watchdog) int {
	var g *gate
	switch mode := w.mode.(type) {
	case *stdio:
		g = mode.runner.gate
	case *server:
		g = mode.gate
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.inside
}

// call makes calls from a few clients at once.
func call(t *testing.T, server *httptest.Server, times int) {
	t.Helper()
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for range times / 8 {
				if resp, body, err := do(t, server, "POST", "/", strings.NewReader("hello")); err != nil || resp.StatusCode != 200 || body != "hello" {
					t.Errorf("%v, %q, error %v", resp, body, err)
				}
			}
		})
	}
	clients.Wait()
}

// handle puts a watchdog behind HTTP.
func handle(t *testing.T, w *Watchdog) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(&Handler{Watchdog: w, Stopping: context.Background()})
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, server *httptest.Server, path string) string {
	t.Helper()
	resp, body, err := do(t, server, "GET", path, nil)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%s: %v, %q, error %v", path, resp, body, err)
	}
	return body
}

func wantStatus(t *testing.T, server *httptest.Server, path string, want int) {
	t.Helper()
	resp, body, err := do(t, server, "GET", path, nil)
	if err != nil || resp.StatusCode != want {
		t.Errorf("%s: %v, %q, error %v; want %d", path, resp, body, err, want)
	}
}

func awaitStatus(t *testing.T, server *httptest.Server, path string, want int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s answers %d", path, want), func() bool {
		resp, _, err := do(t, server, "GET", path, nil)
		return err == nil && resp.StatusCode == want
	})
}

func accept(t *testing.T, at net.Listener) net.Conn {
	t.Helper()
	if err := at.(*net.TCPListener).SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	conn, err := at.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(text []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(text)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) count(part string) int { return strings.Count(j.String(), part) }

func (j *journal) await(t *testing.T, part string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%q is logged", part), func() bool { return j.count(part) > 0 })
}

// The test binary is also a program that runs under test.
func init() {
	if os.Getenv("test_program") == "server" {
		serverProgram()
		os.Exit(0)
	}
}

// itself is the command line of the test binary.
func itself(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return shellquote.Join(path)
}

// httpMode runs serverProgram at an address of its own, so that no other
// program of this machine has its port.
func httpMode(t *testing.T, more env) env {
	vars := env{
		"mode": "http", "fprocess": itself(t), "test_program": "server",
		"GORACE":       "atexit_sleep_ms=0", // or its end takes a second under -race
		"upstream_url": fmt.Sprintf("http://127.%d.%d.%d:3000", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254)),
	}
	maps.Copy(vars, more)
	return vars
}

// serverProgram is a function of mode http. It dials test_gate and waits until
// that connection ends, and exits unless the file test_live is there.
func serverProgram() {
	if address := os.Getenv("test_gate"); address != "" {
		if conn, err := net.Dial("tcp", address); err == nil {
			_, _ = io.Copy(io.Discard, conn)
		}
	}
	if file := os.Getenv("test_live"); file != "" {
		if _, err := os.Stat(file); err != nil {
			return
		}
	}
	at, _ := url.Parse(os.Getenv("upstream_url"))
	fmt.Fprintln(os.Stderr, http.ListenAndServe(at.Host, http.HandlerFunc(behave)))
}

func behave(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/pid":
		fmt.Fprint(w, os.Getpid())
	case "/exit0":
		os.Exit(0)
	case "/sleep":
		select {}
	case "/trouble":
		fmt.Fprintln(os.Stderr, "trouble")
		fmt.Fprintln(w, "answer")
	case "/long":
		fmt.Fprintln(os.Stderr, strings.Repeat("x", 200_000))
		fmt.Fprintln(w, "answer")
	default:
		body, _ := io.ReadAll(r.Body) // this server reads no more once it answers
		_, _ = w.Write(body)
	}
}
