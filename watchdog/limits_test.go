package watchdog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMaxInflight_OthersAreToldToComeAgain(t *testing.T) {
	for name, vars := range map[string]env{
		"stdio": {"fprocess": "cat"},
		"warm":  {"fprocess": "cat", "warm": "1"},
		"http":  httpMode(t, nil),
	} {
		t.Run(name, func(t *testing.T) {
			vars["max_inflight"] = "2"
			dog := newWatchdog(t, vars, io.Discard)
			server := handle(t, dog)
			awaitStatus(t, server, ReadyPath, 200)
			first, second := hold(t, server), hold(t, server)
			eventually(t, "both are under way", func() bool { return inside(dog) == 2 })

			resp, body, err := do(t, server, "POST", "/", strings.NewReader("a third"))
			if err != nil || resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "1" || body != "the function is busy\n" {
				t.Errorf("%v, %q, error %v", resp, body, err)
			}
			wantStatus(t, server, ReadyPath, 503)
			wantStatus(t, server, HealthPath, 200)

			for _, held := range []*held{first, second} {
				if got := held.finish(t); got != "half and half" {
					t.Errorf("%q", got)
				}
			}
			awaitStatus(t, server, ReadyPath, 200)
			if _, body, err := do(t, server, "POST", "/", strings.NewReader("a third")); err != nil || body != "a third" {
				t.Errorf("with its place free again: %q, error %v", body, err)
			}
		})
	}
}

// held is a request whose body has come only in part.
type held struct {
	net.Conn
	answers *bufio.Reader
}

func hold(t *testing.T, server *httptest.Server) *held {
	t.Helper()
	return send(t, server, "POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: 13\r\n\r\nhalf")
}

// send is a client that does nothing but send that text.
func send(t *testing.T, server *httptest.Server, text string) *held {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return &held{conn, bufio.NewReader(conn)}
}

func (h *held) finish(t *testing.T) string {
	t.Helper()
	if _, err := io.WriteString(h, " and half"); err != nil {
		t.Fatal(err)
	}
	_, body := h.answer(t)
	return body
}

func (h *held) answer(t *testing.T) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(h.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp, string(body)
}

func TestMaxBody_BoundsWhatIsRead(t *testing.T) {
	for name, vars := range map[string]env{
		"stdio": {"fprocess": "cat"},
		"warm":  {"fprocess": "cat", "warm": "1"},
		"http":  httpMode(t, nil),
	} {
		vars["max_body"] = "10"
		server := serve(t, vars, io.Discard)
		for _, c := range []struct {
			name   string
			body   io.Reader
			status int
		}{
			{"at the bound", strings.NewReader("just a ten"), 200},
			{"over it", strings.NewReader("elevenbytes"), 413},
			{"at the bound, its length unknown", chunked("just a ten"), 200},
			{"over it, its length unknown", chunked("elevenbytes"), 413},
			{"far over it", strings.NewReader(strings.Repeat("x", 1<<20)), 413},
		} {
			resp, body, err := do(t, server, "POST", "/", c.body)
			if err != nil || resp.StatusCode != c.status {
				t.Errorf("%s: %s: %v, %q, error %v", name, c.name, resp, body, err)
			}
		}
	}
}

// chunked hides the length from http.NewRequest.
func chunked(text string) io.Reader { return io.MultiReader(strings.NewReader(text)) }

func TestMaxBody_0IsWithoutBound(t *testing.T) {
	server := serve(t, env{"fprocess": "wc -c", "max_body": "0"}, io.Discard)
	_, got, err := do(t, server, "POST", "/", strings.NewReader(strings.Repeat("x", 33<<20))) // over the default
	if err != nil || strings.TrimSpace(got) != fmt.Sprint(33<<20) {
		t.Errorf("%q, error %v", got, err)
	}
}

func TestMaxOutput_BoundsWhatIsAnswered(t *testing.T) {
	for name, vars := range map[string]env{
		"stdio": {"fprocess": "cat"},
		"warm":  {"fprocess": "cat", "warm": "1"},
		"http":  httpMode(t, nil),
	} {
		vars["max_output"] = "100000"
		server := serve(t, vars, io.Discard)
		if resp, body, err := do(t, server, "POST", "/", strings.NewReader(strings.Repeat("x", 100_000))); err != nil || resp.StatusCode != 200 || len(body) != 100_000 {
			t.Errorf("%s: at the bound: %v, %d bytes, error %v", name, resp, len(body), err)
		}
		// The status is on its way: only the connection can tell.
		if resp, body, err := do(t, server, "POST", "/", strings.NewReader(strings.Repeat("x", 100_001))); err == nil {
			t.Errorf("%s: over it: %v with %d bytes passes for whole", name, resp, len(body))
		}
	}
	server := serve(t, env{"fprocess": "yes", "max_output": "60000"}, io.Discard)
	if resp, body, err := do(t, server, "POST", "/", nil); err != nil || resp.StatusCode != 502 || body != "the answer is too large\n" {
		t.Errorf("%v, %q, error %v", resp, body, err)
	}
}

// A limit is there once a program has read its STDIN, whatever it is that
// started first.
func TestLimits_AreTheProcesss(t *testing.T) {
	for _, c := range []struct{ name, value, script, want string }{
		{"limit_files", "50", "ulimit -n", "50"},
		{"limit_files", "0", `test "$(ulimit -n)" = 50 || echo other`, "other"},
		{"limit_cpu", "7s", "ulimit -t", "7"},
		{"limit_file_size", "10KB", "ulimit -f", "20"}, // blocks of 512 bytes
		{"limit_memory", "1GB", "ulimit -v", "1048576"},
		{"limit_processes", "5000", "ulimit -p", "5000"},
	} {
		for _, warm := range []string{"0", "1"} {
			server := serve(t, env{"fprocess": sh("read line; " + c.script), c.name: c.value, "warm": warm}, io.Discard)
			if got := get(t, server, "/"); got != c.want+"\n" {
				t.Errorf("%s=%s, warm=%s: %q, want %s", c.name, c.value, warm, got, c.want)
			}
		}
	}
}

func TestLimits_StopAProgramThatExceedsThem(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	for _, c := range []struct{ name, value, script, exit string }{
		{"limit_files", "8", "exec 3</dev/null; exec 4</dev/null; exec 5</dev/null; exec 6</dev/null; exec 7</dev/null; exec 8</dev/null", "2"},
		{"limit_cpu", "1s", "while :; do :; done", "137"},
		{"limit_file_size", "10KB", "exec head -c 20000 /dev/zero >" + file, "153"},
		{"limit_memory", "100MB", "exec dd if=/dev/zero of=/dev/null bs=500M count=1", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body, err := do(t, serve(t, env{"fprocess": sh("read line; " + c.script), c.name: c.value}, io.Discard), "GET", "/", nil)
			if err != nil || resp.StatusCode != 500 || resp.Header.Get("X-Exit-Status") != c.exit {
				t.Errorf("%v, %q, error %v", resp, body, err)
			}
		})
	}
}

func TestHandler_AClientThatReadsNothingHoldsOnlyItsOwnRequest(t *testing.T) {
	server := serve(t, env{"fprocess": sh(`if test "$Http_Path" = /endless; then echo $$; exec yes; fi; cat`)}, io.Discard)
	slow := send(t, server, "GET /endless HTTP/1.1\r\nHost: hark\r\n\r\n")
	pid := slow.pid(t)
	for range 20 {
		if _, got, err := do(t, server, "POST", "/", strings.NewReader("meanwhile")); err != nil || got != "meanwhile" {
			t.Errorf("%q, error %v", got, err)
		}
	}
	if !alive(pid) {
		t.Error("its program was ended before its time")
	}
	slow.Close()
	awaitGone(t, pid)
}

// pid reads the head of an answer, and of its body the line that tells who
// answers. Little of the rest is read.
func (h *held) pid(t *testing.T) string {
	t.Helper()
	resp, err := http.ReadResponse(h.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func TestWriteTimeout_EndsTheAnswerOfAClientThatReadsNoMore(t *testing.T) {
	var log journal
	server := serve(t, env{"fprocess": sh(`echo $$; exec yes`), "write_timeout": "100ms"}, &log)
	slow := send(t, server, "GET / HTTP/1.1\r\nHost: hark\r\n\r\n")
	awaitGone(t, slow.pid(t))
	log.await(t, "the client reads no more")
}

func TestHandler_AClientThatSendsSlowlyHoldsOnlyItsOwnRequest(t *testing.T) {
	for name, vars := range map[string]env{
		"stdio":   {"fprocess": "cat"},
		"warm":    {"fprocess": "cat", "warm": "1"},
		"http":    httpMode(t, nil),
		"marshal": {"fprocess": sh("cat >/dev/null; echo done"), "marshal_request": "true"},
	} {
		server := serve(t, vars, io.Discard)
		slow := hold(t, server)
		want := "meanwhile"
		if name == "marshal" {
			want = "done\n"
		}
		for range 20 {
			if _, got, err := do(t, server, "POST", "/", strings.NewReader("meanwhile")); err != nil || got != want {
				t.Errorf("%s: %q, error %v", name, got, err)
			}
		}
		if got := slow.finish(t); got != "half and half" && name != "marshal" {
			t.Errorf("%s: the slow one got %q", name, got)
		}
	}
}

// A program that answers without reading is not made to wait for the client.
func TestReadTimeout_IsNotOfAProgramThatNeedsNoBody(t *testing.T) {
	server := serve(t, env{"fprocess": "echo answered"}, io.Discard)
	resp, body := send(t, server, "POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: 5000\r\n\r\nhalf").answer(t)
	if resp.StatusCode != 200 || body != "answered\n" || !resp.Close {
		t.Errorf("%v, %q", resp, body)
	}
}

// Who sends a few bytes slowly holds no process meanwhile.
func TestReadTimeout_NoProcessWaitsForAShortBody(t *testing.T) {
	started := filepath.Join(t.TempDir(), "started")
	server := serve(t, env{"fprocess": "touch " + started, "read_timeout": "100ms"}, io.Discard)
	if resp, _ := hold(t, server).answer(t); resp.StatusCode != http.StatusRequestTimeout {
		t.Errorf("status %d", resp.StatusCode)
	}
	if _, err := os.Stat(started); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a process was started: %v", err)
	}
}

// Who has sent all of it is not slow when the program is.
func TestReadTimeout_IsNotOfAProgramThatReadsLate(t *testing.T) {
	server := serve(t, env{"fprocess": sh("sleep 0.5; wc -c"), "read_timeout": "200ms"}, io.Discard)
	resp, body, err := do(t, server, "POST", "/", strings.NewReader(strings.Repeat("x", 1<<20)))
	if err != nil || resp.StatusCode != http.StatusOK || strings.TrimSpace(body) != "1048576" {
		t.Errorf("%v, %q, error %v", resp, body, err)
	}
}

// A body that is made JSON of is held in memory, so that it counts before.
func TestMaxInflight_BoundsMarshalledBodiesToo(t *testing.T) {
	server := serve(t, env{"fprocess": "cat", "marshal_request": "true", "max_inflight": "1"}, io.Discard)
	slow := send(t, server, "POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: 100000\r\n\r\nhalf")
	awaitStatus(t, server, ReadyPath, 503)
	resp, _, err := do(t, server, "POST", "/", strings.NewReader("another"))
	if err != nil || resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("%v, error %v", resp, err)
	}
	slow.Close()
	awaitStatus(t, server, ReadyPath, 200)
}

func TestUpstreamURL_HasAPort(t *testing.T) {
	for _, url := range []string{"http://127.0.0.1:99999", "http://127.0.0.1", "https://127.0.0.1:1", "127.0.0.1:3000"} {
		if _, err := loadSettings(env{"fprocess": "cat", "mode": "http", "upstream_url": url}); err == nil || !strings.Contains(err.Error(), "want http://HOST:PORT") {
			t.Errorf("%s: error %v", url, err)
		}
	}
}

func TestProcess_GoesBeforeTheWatchdogWhenMemoryDoes(t *testing.T) {
	r := newRunner(t, Config{Process: sh("read go; cat /proc/self/oom_score_adj")})
	var out strings.Builder
	if err := r.Run(t.Context(), Request{Stdin: strings.NewReader("go\n")}, &out); err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(out.String()); got != string(score()) {
		t.Errorf("its score is %s, want %s", got, score())
	}
}
