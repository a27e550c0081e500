package watchdog

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// env is the environment that configures a watchdog.
type env map[string]string

// newWatchdog is configured as fwatchdog is.
func newWatchdog(t testing.TB, vars env, log io.Writer) *Watchdog {
	t.Helper()
	s := Defaults()
	if err := s.Load(func(name string) (string, bool) { v, ok := vars[name]; return v, ok }); err != nil {
		t.Fatal(err)
	}
	all := []string{"PATH=" + os.Getenv("PATH")}
	for name, value := range vars {
		all = append(all, name+"="+value)
	}
	w, err := New(s, Site{Env: all, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		w.Close(ctx)
	})
	return w
}

// serve puts a watchdog behind HTTP.
func serve(t testing.TB, vars env, log io.Writer) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(&Handler{Watchdog: newWatchdog(t, vars, log), Stopping: context.Background()})
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func do(t *testing.T, server *httptest.Server, method, path string, body io.Reader) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Transport.RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

func TestHandler_AnswersEveryOutcome(t *testing.T) {
	for _, c := range []struct {
		name, stdin  string
		vars         env
		status       int
		header, body string
	}{
		{"success", "hello", env{"fprocess": "cat"}, 200, "", "hello"},
		{"exit status", "", env{"fprocess": sh("echo secret; exit 3")}, 500, "3", "the function ended with exit status 3\n"},
		{"signal", "", env{"fprocess": sh("kill -KILL $$")}, 500, "137", "the function was ended by a signal: killed\n"},
		{"deadline", "", env{"fprocess": "sleep 1000", "exec_timeout": "20ms"}, 504, "", "the function did not answer in time\n"},
		{"input too large", "elevenbytes", env{"fprocess": "cat", "max_body": "10"}, 413, "", "the request body is too large\n"},
		{"output too large", "elevenbytes", env{"fprocess": "cat", "max_output": "10"}, 502, "", "the answer is too large\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body, err := do(t, serve(t, c.vars, io.Discard), "POST", "/", strings.NewReader(c.stdin))
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.status || resp.Header.Get("X-Exit-Status") != c.header || body != c.body {
				t.Errorf("%d, exit status %q, %q", resp.StatusCode, resp.Header.Get("X-Exit-Status"), body)
			}
		})
	}
}

// logged tells when something is logged first.
type logged chan struct{}

func (l logged) Write(text []byte) (int, error) {
	select {
	case l <- struct{}{}:
	default:
	}
	return len(text), nil
}

func TestHandler_RefusesMoreThanMayRunAtOnce(t *testing.T) {
	running := make(logged, 1)
	server := serve(t, env{"fprocess": sh("echo running >&2; cat"), "max_inflight": "1"}, running)
	reader, writer := io.Pipe()
	first := make(chan string)
	go func() {
		_, body, _ := do(t, server, "POST", "/", reader)
		first <- body
	}()
	receive(t, (<-chan struct{})(running))
	refused, _, err := do(t, server, "POST", "/", nil)
	if err != nil || refused.StatusCode != http.StatusTooManyRequests {
		t.Fatalf("the second request got %v, error %v", refused, err)
	}
	if refused.Header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	_, _ = io.WriteString(writer, "the first")
	writer.Close()
	if got := receive(t, first); got != "the first" {
		t.Errorf("the first request got %q", got)
	}
}

func TestHandler_StreamsBothWays(t *testing.T) {
	sent := strings.Repeat("0123456789abcde\n", 10<<16)
	_, got, err := do(t, serve(t, env{"fprocess": "cat"}, io.Discard), "POST", "/", strings.NewReader(sent))
	if err != nil || got != sent {
		t.Errorf("%d bytes of %d, error %v", len(got), len(sent), err)
	}
}

func TestHandler_BreaksTheConnectionOfATruncatedAnswer(t *testing.T) {
	var log bytes.Buffer
	server := serve(t, env{"fprocess": sh(overWindow + "exit 3")}, &log)
	resp, body, err := do(t, server, "GET", "/", nil)
	if err == nil {
		t.Errorf("%d with %d bytes passes for whole", resp.StatusCode, len(body))
	}
	server.Close()
	if !strings.Contains(log.String(), "exit status 3") {
		t.Errorf("the log is %q", &log)
	}
}

func TestHandler_GivesTheRequestAsEnvironment(t *testing.T) {
	server := serve(t, env{"fprocess": sh(`printf '%s %s?%s' "$Http_Method" "$Http_Path" "$Http_Query"`)}, io.Discard)
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/", "GET /?"},
		{"DELETE", "/a/b?x=1&x=2", "DELETE /a/b?x=1&x=2"},
		{"PURGE", "//a/../b", "PURGE //a/../b?"}, // the path is the function's, nobody tidies it
		{"POST", "/a%20b", "POST /a b?"},
	} {
		if resp, got, err := do(t, server, c.method, c.path, nil); err != nil || resp.StatusCode != 200 || got != c.want {
			t.Errorf("%s %s: %q, want %q; error %v", c.method, c.path, got, c.want, err)
		}
	}
}

func TestHandler_IsHealthyWithoutRunningAnything(t *testing.T) {
	server := serve(t, env{"fprocess": "false"}, io.Discard)
	if resp, body, err := do(t, server, "GET", HealthPath, nil); err != nil || resp.StatusCode != 200 || body != "OK\n" {
		t.Errorf("%q, error %v", body, err)
	}
}

func TestHandler_LogsStderrAndKeepsItFromTheClient(t *testing.T) {
	var log bytes.Buffer
	server := serve(t, env{"fprocess": sh("echo trouble >&2; exit 1")}, &log)
	_, body, err := do(t, server, "GET", "/", nil)
	if err != nil || strings.Contains(body, "trouble") {
		t.Errorf("body %q, error %v", body, err)
	}
	server.Close()
	if !strings.Contains(log.String(), "line=trouble") {
		t.Errorf("the log is %q", &log)
	}
}

func TestHandler_EndsTheProgramOfAClientThatHangsUp(t *testing.T) {
	server := serve(t, env{"fprocess": sh("echo $$; " + overWindow + "sleep 1000")}, io.Discard)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: hark\r\n\r\n")
	head := make([]byte, 4<<10)
	if _, err := io.ReadFull(conn, head); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	_, body, _ := strings.Cut(string(head), "\r\n\r\n")
	_, body, _ = strings.Cut(body, "\r\n") // the length of the chunk
	pid, _, _ := strings.Cut(body, "\n")
	awaitGone(t, pid)
}
