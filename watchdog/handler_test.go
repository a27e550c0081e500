package watchdog

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func serve(t *testing.T, c Config, log io.Writer) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(Handler(newRunner(t, c), slog.New(slog.NewTextHandler(log, nil))))
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
		config       Config
		status       int
		header, body string
	}{
		{"success", "hello", Config{Process: "cat"}, 200, "", "hello"},
		{"exit status", "", Config{Process: sh("echo secret; exit 3")}, 500, "3", "the function ended with exit status 3\n"},
		{"signal", "", Config{Process: sh("kill -KILL $$")}, 500, "137", "the function was ended by a signal: killed\n"},
		{"deadline", "", Config{Process: "sleep 1000", Timeout: 20 * time.Millisecond}, 504, "", "the function did not answer in time\n"},
		{"input too large", "elevenbytes", Config{Process: "cat", MaxInput: 10}, 413, "", "the request body is too large\n"},
		{"output too large", "elevenbytes", Config{Process: "cat", MaxOutput: 10}, 500, "", "the function failed\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body, err := do(t, serve(t, c.config, io.Discard), "POST", "/", strings.NewReader(c.stdin))
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
	server := serve(t, Config{Process: sh("echo running >&2; cat"), MaxInflight: 1}, running)
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
	_, got, err := do(t, serve(t, Config{Process: "cat"}, io.Discard), "POST", "/", strings.NewReader(sent))
	if err != nil || got != sent {
		t.Errorf("%d bytes of %d, error %v", len(got), len(sent), err)
	}
}

func TestHandler_BreaksTheConnectionOfATruncatedAnswer(t *testing.T) {
	var log bytes.Buffer
	server := serve(t, Config{Process: sh(overWindow + "exit 3")}, &log)
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
	server := serve(t, Config{Process: sh(`printf '%s %s?%s' "$Http_Method" "$Http_Path" "$Http_Query"`)}, io.Discard)
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
	server := serve(t, Config{Process: "false"}, io.Discard)
	if resp, body, err := do(t, server, "GET", HealthPath, nil); err != nil || resp.StatusCode != 200 || body != "OK\n" {
		t.Errorf("%q, error %v", body, err)
	}
}

func TestHandler_LogsStderrAndKeepsItFromTheClient(t *testing.T) {
	var log bytes.Buffer
	server := serve(t, Config{Process: sh("echo trouble >&2; exit 1")}, &log)
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
	server := serve(t, Config{Process: sh("echo $$; " + overWindow + "sleep 1000")}, io.Discard)
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
