package watchdog

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

// The functions of these tests are the test's own binary: a variable says what
// it is to be.
func init() {
	switch os.Getenv("WATCHDOG_MODE_PROGRAM") {
	case "http":
		httpFunction()
	case "lambda":
		lambdaFunction()
	default:
		return
	}
	os.Exit(0)
}

func httpFunction() {
	if os.Getenv("MODE_IGNORES") == "TERM" {
		signal.Ignore(syscall.SIGTERM)
	}
	if at := os.Getenv("MODE_MEET"); at != "" { // before it listens
		meet(context.Background(), at)
	}
	if os.Getenv("MODE_NEVER_LISTENS") != "" {
		select {}
	}
	port := os.Getenv("PORT")
	if other := os.Getenv("MODE_PORT"); other != "" {
		port = other
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(9)
	}
	_ = http.Serve(listener, http.HandlerFunc(behaveHTTP))
}

// meet tells the test that it is here, and waits until the test lets it go on
// or ctx ends, which it tells too.
func meet(ctx context.Context, at string) {
	conn, err := net.Dial("tcp", at)
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintln(conn, os.Getpid())
	released := make(chan struct{})
	go func() {
		defer close(released)
		_, _ = io.Copy(io.Discard, conn)
	}()
	select {
	case <-released:
	case <-ctx.Done():
		fmt.Fprintln(conn, "cancelled")
	}
}

// seen is a request as a function gets it.
type seen struct {
	Method, URI, Host string
	Header            http.Header
	Length            int64
	Body              string
}

// behaveHTTP does what the path says; anywhere else it answers what it got.
func behaveHTTP(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	ask := r.URL.Query().Get
	path := r.URL.Path
	if always := os.Getenv("MODE_ALWAYS"); always != "" {
		path = always
	}
	switch path {
	case "/do/echo":
		_ = control.EnableFullDuplex()
		for lines := bufio.NewReader(r.Body); ; {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			_, _ = io.WriteString(w, line)
			_ = control.Flush()
		}
	case "/do/announce": // the header, and the rest when the body has come
		_ = control.EnableFullDuplex()
		_ = control.Flush()
		_, _ = io.Copy(w, r.Body)
	case "/do/status":
		code, _ := strconv.Atoi(ask("code"))
		w.WriteHeader(code)
	case "/do/hop":
		h := w.Header()
		for name, value := range map[string]string{"Connection": "X-Private", "X-Private": "1", "Keep-Alive": "timeout=5", "Proxy-Authenticate": "Basic", "Content-Type": "text/x"} {
			h.Set(name, value)
		}
		h["X-Kept"] = []string{"a", "b"}
		w.WriteHeader(http.StatusTeapot)
	case "/do/count":
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprintln(w, n)
	case "/do/bytes":
		n, _ := strconv.ParseInt(ask("n"), 10, 64)
		_, _ = io.CopyN(w, zeros{}, n)
	case "/do/meet":
		meet(r.Context(), ask("at"))
		fmt.Fprintln(w, os.Getpid())
	case "/do/stuck":
		meet(context.Background(), ask("at"))
	case "/do/events":
		tellEvents(w, ask("at"))
	case "/do/upgrade":
		speakLines(w, ask("at"))
	case "/do/quiet":
		_, _ = io.WriteString(w, "word")
		_ = http.NewResponseController(w).Flush()
		time.Sleep(600 * time.Millisecond)
	case "/do/exit":
		os.Exit(3)
	case "/do/half":
		if ask("length") != "" {
			w.Header().Set("Content-Length", ask("length"))
		}
		_, _ = io.WriteString(w, "half of it")
		_ = control.Flush()
		os.Exit(3)
	case "/do/refuse": // and ends the connection, as its server finds the body too long to be read
		_, _ = io.WriteString(w, "refused")
	case "/do/early":
		_ = control.EnableFullDuplex() // or its server would wait for the body
		_, _ = io.WriteString(w, "early")
	case "/do/env":
		_, _ = io.WriteString(w, os.Getenv(ask("name")))
	case "/do/ready":
		if _, err := os.Stat(os.Getenv("MODE_READY")); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	case "/do/pid":
		fmt.Fprint(w, os.Getpid())
	default:
		body, _ := io.ReadAll(r.Body)
		_ = json.NewEncoder(w).Encode(seen{r.Method, r.RequestURI, r.Host, r.Header, r.ContentLength, string(body)})
	}
}

type zeros struct{}

func (zeros) Read(to []byte) (int, error) { clear(to); return len(to), nil }

// tellEvents sends an event for each line that the test sends.
func tellEvents(w http.ResponseWriter, at string) {
	conn, err := net.Dial("tcp", at)
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintln(conn, os.Getpid())
	w.Header().Set("Content-Type", "text/event-stream")
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		fmt.Fprintf(w, "data: %s\n\n", lines.Text())
		_ = http.NewResponseController(w).Flush()
	}
}

// speakLines is a protocol that says every line back; "quit" ends it.
func speakLines(w http.ResponseWriter, at string) {
	conn, text, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: lines\r\nX-Chosen: yes\r\n\r\nhello\n"))
	for {
		line, err := text.ReadString('\n')
		if err != nil {
			meet(context.Background(), at) // tells that it saw the end
			return
		}
		_, _ = io.WriteString(conn, "you said "+line)
		if line == "quit\n" {
			return
		}
	}
}

// modeFunction is the environment of a function that is this binary.
func modeFunction(t testing.TB, mode string, more env) env {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	vars := env{"mode": mode, "fprocess": "'" + self + "'", "WATCHDOG_MODE_PROGRAM": mode}
	if mode == ModeHTTP {
		vars["upstream_url"] = "http://127.0.0.1:" + quietPort(t)
	}
	maps.Copy(vars, more)
	return vars
}

// quietPort is one that nobody is given for an outgoing connection: a function
// needs it again when it is started again.
func quietPort(t testing.TB) string {
	t.Helper()
	for port := 12000 + os.Getpid()%4000; port < 32000; port++ {
		if listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
			listener.Close()
			return strconv.Itoa(port)
		}
	}
	t.Fatal("no port is free")
	return ""
}

// serveMode serves a function of this binary that takes requests already.
func serveMode(t testing.TB, mode string, more env, log io.Writer) *httptest.Server {
	t.Helper()
	server := serve(t, modeFunction(t, mode, more), log)
	awaitReady(t, server)
	return server
}

func awaitReady(t testing.TB, server *httptest.Server) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		resp, err := server.Client().Get(server.URL + ReadyPath)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode == 200 {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the function does not get ready")
		}
	}
}

// awaitRestart returns when so many processes have ended and another is up. One
// that has just died is taken for up until it is known.
func awaitRestart(t *testing.T, server *httptest.Server, log *chronicle, deaths int) {
	t.Helper()
	eventually(t, "its end is known", func() bool { return len(delays(log)) >= deaths })
	awaitReady(t, server)
}

// chronicle is a log that a test looks into while it is written.
type chronicle struct {
	mu   sync.Mutex
	text strings.Builder
}

func (c *chronicle) Write(text []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(text)
}

func (c *chronicle) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

func (c *chronicle) expect(t *testing.T, text string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("the log is %.4000s", c)
		}
	}()
	eventually(t, "the log has "+text, func() bool { return strings.Contains(c.String(), text) })
}

// meetings is where functions meet the test.
type meetings struct{ *net.TCPListener }

func newMeetings(t testing.TB) meetings {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return meetings{listener.(*net.TCPListener)}
}

func (m meetings) at() string { return m.Addr().String() }

// guest is a function that waits.
type guest struct {
	net.Conn
	text *bufio.Reader
	pid  string
}

// guest awaits the next.
func (m meetings) guest(t testing.TB) *guest {
	t.Helper()
	_ = m.SetDeadline(time.Now().Add(patience))
	conn, err := m.Accept()
	if err != nil {
		t.Fatalf("no function came: %v", err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	g := &guest{Conn: conn, text: bufio.NewReader(conn)}
	g.pid = g.says(t)
	return g
}

// says returns the next line, empty if the function has gone.
func (g *guest) says(t testing.TB) string {
	t.Helper()
	line, err := g.text.ReadString('\n')
	if nerr, ok := err.(net.Error); ok && nerr.Timeout() {
		t.Fatal("the function neither says anything nor ends")
	}
	return strings.TrimSpace(line)
}

// release lets it go on.
func (g *guest) release() { _ = g.Conn.(*net.TCPConn).CloseWrite() }

// reply is what do returns.
type modeReply struct {
	*http.Response
	body string
	err  error
}

// request does not wait for the answer.
func request(t *testing.T, server *httptest.Server, method, path string, body io.Reader) <-chan modeReply {
	got := make(chan modeReply, 1)
	go func() {
		resp, text, err := do(t, server, method, path, body)
		got <- modeReply{resp, text, err}
	}()
	return got
}

func (r modeReply) want(t *testing.T, status int, body string) {
	t.Helper()
	if r.err != nil {
		t.Fatal(r.err)
	}
	if r.StatusCode != status || body != "*" && r.body != body {
		t.Errorf("%s %.300q, want %d %q", r.Status, r.body, status, body)
	}
}

func answerOf(t *testing.T, server *httptest.Server, method, path string, body io.Reader) modeReply {
	t.Helper()
	return receive(t, request(t, server, method, path, body))
}

// leaving checks that what f began has ended.
func leaving(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	_, _ = output(t, Config{Process: "true"}, "") // what the runtime opens once
	newMeetings(t)
	files, goroutines := openFiles(t), runtime.NumGoroutine()
	t.Run("run", f)
	eventually(t, "every goroutine has ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	eventually(t, "every file is closed", func() bool { return openFiles(t) <= files })
	eventually(t, "no process is left", func() bool { return len(ownProcesses(t)) == 0 })
}

func (r modeReply) seen(t *testing.T) (s seen) {
	t.Helper()
	if r.err != nil {
		t.Fatal(r.err)
	}
	if err := json.Unmarshal([]byte(r.body), &s); err != nil {
		t.Fatalf("%s %.200q: %v", r.Status, r.body, err)
	}
	return s
}

func TestServer_PassesTheRequestOn(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	for _, c := range []struct{ method, target, want string }{
		{"GET", "/", "/"},
		{"DELETE", "/a/b?x=1&y=%20&x=2", "/a/b?x=1&y=%20&x=2"},
		{"PURGE", "//a//b", "//a//b"}, // nobody tidies a path that is the function's
		{"PATCH", "/a/../b/./c", "/a/../b/./c"},
		{"GET", "/a%20b%3Fc%23d", "/a%20b%3Fc%23d"},
		{"GET", "/%E7%8A%AC", "/%E7%8A%AC"},
		{"OPTIONS", "/a;v=1,2:3@4", "/a;v=1,2:3@4"},
		{"GET", "/a?b?c/%2F;d", "/a?b?c/%2F;d"},
		{"GET", "http://hark.example/a?b", "/a?b"},
	} {
		w := newWire(t, server)
		w.send(c.method + " " + c.target + " HTTP/1.1\r\nHost: hark.example\r\n\r\n")
		got := w.answer(c.method).seen(t)
		if got.Method != c.method || got.URI != c.want || got.Host != "hark.example" {
			t.Errorf("%s %s: got %+v", c.method, c.target, got)
		}
	}
}

// A path may have been signed as it was sent, and an escaped slash is no slash.
func TestServer_KeepsTheEscapesOfThePath(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	for _, target := range []string{"/a%2Fb", "/%2e%2e/x", "/a!b(c)*'"} {
		w := newWire(t, server)
		w.send("GET " + target + " HTTP/1.1\r\nHost: hark\r\n\r\n")
		if got := w.answer("GET").seen(t); got.URI != target {
			t.Errorf("%s: the function gets %s", target, got.URI)
		}
	}
}

func TestServer_PassesHeadersOnButThoseOfTheConnection(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	w := newWire(t, server)
	w.send("POST / HTTP/1.1\r\nHost: hark\r\nX-Kept: a\r\nX-Kept: b\r\nx-odd_Name: c\r\nConnection: keep-alive, X-Private\r\nX-Private: 1\r\n" +
		"Keep-Alive: timeout=5\r\nProxy-Authorization: Basic x\r\nProxy-Connection: close\r\nTE: trailers\r\nContent-Length: 4\r\n\r\nbody")
	got := w.answer("POST").seen(t)
	want := http.Header{"X-Kept": {"a", "b"}, "X-Odd_name": {"c"}, "Content-Length": {"4"}}
	if diff := cmp.Diff(want, got.Header); diff != "" || got.Body != "body" || got.Length != 4 {
		t.Errorf("%+v (-want +got):\n%s", got, diff)
	}
}

func TestServer_PassesTheAnswerOnButTheHeadersOfItsConnection(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	got := answerOf(t, server, "GET", "/do/hop", nil)
	got.want(t, http.StatusTeapot, "")
	for _, name := range []string{"X-Private", "Keep-Alive", "Proxy-Authenticate"} {
		if got.Header.Get(name) != "" {
			t.Errorf("%s: %s", name, got.Header.Get(name))
		}
	}
	if diff := cmp.Diff([]string{"a", "b"}, got.Header["X-Kept"]); diff != "" || got.Header.Get("Content-Type") != "text/x" {
		t.Errorf("header %v", got.Header)
	}
	for _, code := range []int{201, 204, 304, 404, 503} {
		answerOf(t, server, "GET", "/do/status?code="+strconv.Itoa(code), nil).want(t, code, "")
		answerOf(t, server, "HEAD", "/do/status?code="+strconv.Itoa(code), nil).want(t, code, "")
	}
}

func TestServer_TakesBodiesOfEveryKind(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	for name, c := range map[string]struct {
		head string
		want seen
	}{
		"none":         {"\r\n", seen{Length: 0}},
		"empty":        {"Content-Length: 0\r\n\r\n", seen{Length: 0}},
		"of a length":  {"Content-Length: 3\r\n\r\nabc", seen{Length: 3, Body: "abc"}},
		"in chunks":    {"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", seen{Length: -1, Body: "abc"}},
		"with trailer": {"Trailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\nX-T: 1\r\n\r\n", seen{Length: -1, Body: "c"}},
		"expected":     {"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", seen{Length: 3, Body: "abc"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, server)
			w.send("POST / HTTP/1.1\r\nHost: hark\r\n" + c.head)
			if got := w.answer("POST").seen(t); got.Length != c.want.Length || got.Body != c.want.Body {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// The client sends a line only when it has the answer to the one before.
func TestServer_StreamsBothWaysAtOnce(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	w := newWire(t, server)
	w.send("POST /do/echo HTTP/1.1\r\nHost: hark\r\nTransfer-Encoding: chunked\r\n\r\n")
	w.send("4\r\none\n\r\n")
	resp, err := http.ReadResponse(w.text, nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(resp.Body)
	for _, line := range []string{"one\n", "two\n", "six\n", "ten\n"} {
		if line != "one\n" {
			w.send("4\r\n" + line + "\r\n")
		}
		if got, err := lines.ReadString('\n'); got != line {
			t.Fatalf("got %q, error %v", got, err)
		}
	}
	w.send("0\r\n\r\n")
	if rest, err := io.ReadAll(lines); len(rest) > 0 || err != nil {
		t.Errorf("rest %q, error %v", rest, err)
	}
}

// Who opens a stream may wait for its header before sending anything, as
// http.Client does.
func TestServer_PassesAHeaderOnBeforeThereIsABody(t *testing.T) {
	server := serveMode(t, ModeHTTP, env{"exec_timeout": "3s"}, io.Discard)
	w := newWire(t, server)
	w.send("POST /do/announce HTTP/1.1\r\nHost: hark\r\nTransfer-Encoding: chunked\r\n\r\n")
	resp, err := http.ReadResponse(w.text, nil)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%v, error %v", resp, err)
	}
	w.send("4\r\nbody\r\n0\r\n\r\n")
	if text, err := io.ReadAll(resp.Body); string(text) != "body" {
		t.Errorf("body %q, error %v", text, err)
	}
}

func TestServer_PassesEachEventOnAsItComes(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	with := newMeetings(t)
	w := newWire(t, server)
	w.send("GET /do/events?at=" + with.at() + " HTTP/1.1\r\nHost: hark\r\n\r\n")
	function := with.guest(t)
	fmt.Fprintln(function, "first")
	resp, err := http.ReadResponse(w.text, nil)
	if err != nil {
		t.Fatal(err)
	}
	events := bufio.NewReader(resp.Body)
	for _, event := range []string{"first", "second", "third"} {
		if event != "first" {
			fmt.Fprintln(function, event)
		}
		if got, err := events.ReadString('\n'); got != "data: "+event+"\n" {
			t.Fatalf("got %q, error %v", got, err)
		}
		_, _ = events.ReadString('\n')
	}
	function.release()
	if rest, err := io.ReadAll(events); len(rest) > 0 || err != nil {
		t.Errorf("rest %q, error %v", rest, err)
	}
}

func TestServer_HoldsNoLargeBody(t *testing.T) {
	const size = 64 << 20
	server := serveMode(t, ModeHTTP, env{"max_body": "0"}, io.Discard)
	before := heap()
	answerOf(t, server, "POST", "/do/count", io.LimitReader(zeros{}, size)).want(t, 200, strconv.Itoa(size)+"\n")
	resp, err := server.Client().Get(server.URL + "/do/bytes?n=" + strconv.Itoa(size))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); n != size || err != nil {
		t.Errorf("%d bytes, error %v", n, err)
	}
	if grown := heap() - before; grown > size/2 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
}

// heap is what the heap has ever taken of the system.
func heap() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapSys)
}

func TestServer_BoundsBodyAndAnswer(t *testing.T) {
	server := serveMode(t, ModeHTTP, env{"max_body": "1000", "max_output": "1000"}, io.Discard)
	for _, announced := range []bool{true, false} {
		for size, status := range map[int]int{1000: 200, 1001: 413, 2000: 413} {
			var body io.Reader = strings.NewReader(strings.Repeat("x", size))
			if !announced {
				body = struct{ io.Reader }{body}
			}
			answerOf(t, server, "POST", "/do/count", body).want(t, status, "*")
		}
	}
	answerOf(t, server, "GET", "/do/bytes?n=1000", nil).want(t, 200, strings.Repeat("\x00", 1000))
	for _, n := range []string{"1001", "100000"} {
		if got := answerOf(t, server, "GET", "/do/bytes?n="+n, nil); got.err == nil && got.StatusCode != 502 {
			t.Errorf("%s bytes: %s passes for whole", n, got.Status)
		}
	}
	answerOf(t, server, "GET", "/do/count", nil).want(t, 200, "0\n") // it still serves
}

func TestServer_SetsTheContentType(t *testing.T) {
	server := serveMode(t, ModeHTTP, env{"content_type": "text/x-own"}, io.Discard)
	if got := answerOf(t, server, "GET", "/do/pid", nil); got.err != nil || got.Header.Get("Content-Type") != "text/x-own" {
		t.Errorf("%+v", got)
	}
}

func TestServer_TellsTheProcessItsPort(t *testing.T) {
	vars := modeFunction(t, ModeHTTP, nil)
	server := serve(t, vars, io.Discard)
	awaitReady(t, server)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(vars["upstream_url"], "http://"))
	answerOf(t, server, "GET", "/do/env?name=PORT", nil).want(t, 200, port)

	vars = modeFunction(t, ModeHTTP, env{"PORT": "own"})
	_, vars["MODE_PORT"], _ = net.SplitHostPort(strings.TrimPrefix(vars["upstream_url"], "http://"))
	server = serve(t, vars, io.Discard)
	awaitReady(t, server)
	answerOf(t, server, "GET", "/do/env?name=PORT", nil).want(t, 200, "own")
}

func TestServer_AVoiceRequestIsAPostOfJSON(t *testing.T) {
	dog := newWatchdog(t, modeFunction(t, ModeHTTP, nil), io.Discard)
	result, err := dog.Invoke(t.Context(), function.Invocation{Body: strings.NewReader(`{"a":1}`), Voice: map[string]string{"ALEXA_X": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer result.Body.Close()
	var got seen
	if err := json.NewDecoder(result.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Method != "POST" || got.URI != "/" || got.Body != `{"a":1}` || got.Length != 7 || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("the function gets %+v", got)
	}
}

func TestServer_TheDeadlineEndsTheHandlersConnection(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeHTTP, env{"exec_timeout": "2s"}, &log)
	for i, header := range []string{"", "X-Timeout: 1500ms\r\n", "X-Timeout: 1.5\r\n"} {
		awaitRestart(t, server, &log, i) // after the deadline before
		with := newMeetings(t)
		w := newWire(t, server)
		w.send("GET /do/meet?at=" + with.at() + " HTTP/1.1\r\nHost: hark\r\n" + header + "\r\n")
		function := with.guest(t)
		if w.answer("GET").want(t, 504, "the function did not answer in time\n"); function.says(t) == "" {
			// The process may be gone before it can say that its request is.
			awaitGone(t, function.pid)
		}
	}
}

func TestServer_RefusesAnXTimeoutThatIsNone(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	for _, text := range []string{"soon", "0", "-1s", "NaN", "+Inf", "-Inf", "1e300"} {
		w := newWire(t, server)
		w.send("GET /do/pid HTTP/1.1\r\nHost: hark\r\nX-Timeout: " + text + "\r\n\r\n")
		if got := w.answer("GET"); got.StatusCode != 400 {
			t.Errorf("X-Timeout %s: %s %q", text, got.Status, got.body)
		}
	}
}

// One that does not end its requests would go on with them for ever; the
// others that it has, it finishes.
func TestServer_ReplacesAStuckProcessOnceItIsIdle(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	with := newMeetings(t)
	other := request(t, server, "GET", "/do/meet?at="+with.at(), nil)
	busy := with.guest(t)
	w := newWire(t, server)
	w.send("GET /do/stuck?at=" + with.at() + " HTTP/1.1\r\nHost: hark\r\nX-Timeout: 1s\r\n\r\n")
	stuck := with.guest(t)
	w.answer("GET").want(t, 504, "*")
	busy.release()
	receive(t, other).want(t, 200, busy.pid+"\n")
	awaitGone(t, stuck.pid)
	awaitReady(t, server)
	if got := answerOf(t, server, "GET", "/do/pid", nil); got.body == stuck.pid {
		t.Error("it is the same process still")
	}
}

// A process that is being ended finishes nothing: it gets no new requests.
func TestServer_GivesNothingToAProcessThatIsBeingReplaced(t *testing.T) {
	server := serveMode(t, ModeHTTP, env{"MODE_IGNORES": "TERM", "kill_grace": "3s"}, io.Discard)
	with := newMeetings(t)
	w := newWire(t, server)
	w.send("GET /do/stuck?at=" + with.at() + " HTTP/1.1\r\nHost: hark\r\nX-Timeout: 1s\r\n\r\n")
	stuck := with.guest(t)
	w.answer("GET").want(t, 504, "*")
	if got := answerOf(t, server, "GET", "/do/pid", nil); got.body == stuck.pid {
		t.Error("the next request went to the process that is ended")
	}
}

// Else a function that starts slowly would never be up: each request that does
// not want to wait for it would have it start again.
func TestServer_ADeadlineWhileTheProcessStartsDoesNotReplaceIt(t *testing.T) {
	var log chronicle
	with := newMeetings(t)
	server := serve(t, modeFunction(t, ModeHTTP, env{"MODE_MEET": with.at()}), &log)
	first := with.guest(t)
	w := newWire(t, server)
	w.send("GET /do/pid HTTP/1.1\r\nHost: hark\r\nX-Timeout: 50ms\r\n\r\n")
	w.answer("GET").want(t, 504, "*")
	first.release()
	w = newWire(t, server)
	w.send("GET /do/pid HTTP/1.1\r\nHost: hark\r\nX-Timeout: 10s\r\n\r\n")
	if got := w.answer("GET"); got.body != first.pid {
		t.Errorf("%q answers, not the process %s that was starting; the log is %s", got.body, first.pid, &log)
	}
}

func TestServer_AClientThatHangsUpEndsItsRequest(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeHTTP, env{"max_inflight": "1"}, &log)
	with := newMeetings(t)
	w := newWire(t, server)
	w.send("GET /do/meet?at=" + with.at() + " HTTP/1.1\r\nHost: hark\r\n\r\n")
	function := with.guest(t)
	w.Close()
	if got := function.says(t); got != "cancelled" {
		t.Errorf("the function says %q", got)
	}
	awaitReady(t, server)
	answerOf(t, server, "GET", "/do/pid", nil).want(t, 200, function.pid) // it was not replaced
}

func TestServer_RefusesMoreThanMayBeUnderWay(t *testing.T) {
	server := serveMode(t, ModeHTTP, env{"max_inflight": "2"}, io.Discard)
	with := newMeetings(t)
	var under []<-chan modeReply
	var guests []*guest
	for range 2 {
		under = append(under, request(t, server, "GET", "/do/meet?at="+with.at(), nil))
		guests = append(guests, with.guest(t))
	}
	refused := answerOf(t, server, "GET", "/do/pid", nil)
	if refused.want(t, 429, "the function is busy\n"); refused.Header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	answerOf(t, server, "GET", ReadyPath, nil).want(t, 503, "*")
	for i, g := range guests {
		g.release()
		receive(t, under[i]).want(t, 200, g.pid+"\n")
	}
	awaitReady(t, server)
}

func TestServer_RecoversFromTheEndOfItsProcess(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeHTTP, nil, &log)
	for i := range 2 {
		// A GET might be sent again, to whatever process is up by then.
		answerOf(t, server, "POST", "/do/exit", strings.NewReader("x")).want(t, 502, "the function broke its answer off\n")
		awaitRestart(t, server, &log, i+1)
		answerOf(t, server, "GET", "/do/count", nil).want(t, 200, "0\n")
	}
	log.expect(t, "exit status 3")
	answerOf(t, server, "GET", HealthPath, nil).want(t, 200, "OK\n")
}

func TestServer_AnAnswerCutShortDoesNotPassForWhole(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeHTTP, nil, &log)
	for i, length := range []string{"", "1000"} {
		if got := answerOf(t, server, "GET", "/do/half?length="+length, nil); got.err == nil {
			t.Errorf("length %q: %s %q passes for whole", length, got.Status, got.body)
		}
		awaitRestart(t, server, &log, i+1)
	}
}

func TestServer_IsReadyWhenItsPathSaysSo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ready")
	server := serve(t, modeFunction(t, ModeHTTP, env{"ready_path": "/do/ready", "MODE_READY": file, "exec_timeout": "100ms"}), io.Discard)
	answerOf(t, server, "GET", ReadyPath, nil).want(t, 503, "*")
	answerOf(t, server, "GET", "/do/count", nil).want(t, 504, "*") // it waits until it is ready
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, server)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	answerOf(t, server, "GET", ReadyPath, nil).want(t, 503, "*")
}

func TestServer_OneThatNeverListens(t *testing.T) {
	server := serve(t, modeFunction(t, ModeHTTP, env{"MODE_NEVER_LISTENS": "1", "exec_timeout": "100ms"}), io.Discard)
	answerOf(t, server, "GET", ReadyPath, nil).want(t, 503, "*")
	answerOf(t, server, "GET", HealthPath, nil).want(t, 200, "*") // it may be slow
	for range 3 {
		answerOf(t, server, "POST", "/", strings.NewReader("body")).want(t, 504, "*")
	}
}

// The function answers; the client has not sent its body, and never does.
func TestServer_AFunctionMayAnswerBeforeItReads(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeHTTP, nil, &log)
	for _, head := range []string{"Content-Length: 1000000\r\n", "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\nContent-Length: 1000000\r\n"} {
		w := newWire(t, server)
		w.send("POST /do/early HTTP/1.1\r\nHost: hark\r\n" + head + "\r\n")
		got := w.final("POST")
		if got.want(t, 200, "early"); !got.Close {
			t.Error("the connection shall carry another request, with the body of this one on its way")
		}
		w.ends()
	}
	if t.Failed() {
		t.Logf("the log is %s", &log)
	}
}

func TestServer_CloseLetsRequestsFinish(t *testing.T) {
	leaving(t, func(t *testing.T) {
		dog := newWatchdog(t, modeFunction(t, ModeHTTP, nil), io.Discard)
		with := newMeetings(t)
		call := &function.HTTP{Method: "GET", Path: "/do/meet", Query: "at=" + with.at()}
		got := make(chan error, 1)
		go func() {
			result, err := dog.Invoke(t.Context(), function.Invocation{HTTP: call})
			if err == nil {
				_, err = io.ReadAll(result.Body)
				result.Body.Close()
			}
			got <- err
		}()
		under := with.guest(t)
		closed := make(chan struct{})
		go func() { defer close(closed); dog.Close(context.Background()) }()
		eventually(t, "it takes no more requests", func() bool { return dog.Ready(t.Context()) != nil })
		_, err := dog.Invoke(t.Context(), function.Invocation{HTTP: call})
		wantError(t, err, ErrClosed)
		under.release()
		if err := receive(t, got); err != nil {
			t.Error(err)
		}
		receive(t, closed)
		awaitGone(t, under.pid)
	})
}

func TestServer_CloseEndsWhatDoesNotFinish(t *testing.T) {
	leaving(t, func(t *testing.T) {
		dog := newWatchdog(t, modeFunction(t, ModeHTTP, env{"MODE_IGNORES": "TERM"}), io.Discard)
		with := newMeetings(t)
		got := make(chan error, 1)
		go func() {
			_, err := dog.Invoke(t.Context(), function.Invocation{HTTP: &function.HTTP{Method: "GET", Path: "/do/stuck", Query: "at=" + with.at()}})
			got <- err
		}()
		stuck := with.guest(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		dog.Close(ctx)
		wantError(t, receive(t, got), function.ErrUnavailable)
		awaitGone(t, stuck.pid)
	})
}

const upgradeRequest = " HTTP/1.1\r\nHost: hark\r\nConnection: keep-alive, Upgrade\r\nUpgrade: lines\r\n\r\n"

// upgrade makes the connection speak lines.
func (w *wire) upgrade(path string) {
	w.t.Helper()
	leavesOnce(w.t)
	w.send("GET " + path + upgradeRequest)
	resp, err := http.ReadResponse(w.text, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if h := resp.Header; resp.StatusCode != 101 || h.Get("Upgrade") != "lines" || h.Get("Connection") != "Upgrade" || h.Get("X-Chosen") != "yes" {
		w.t.Fatalf("%s %v", resp.Status, h)
	}
	w.reads("hello")
}

// leavesOnce skips a test that could not be closed: were a request to leave
// twice, the watchdog would wait for others for ever. TestOnClose_CallsOnce of
// package function fails then.
func leavesOnce(t testing.TB) {
	t.Helper()
	calls := 0
	r := function.Result{Body: io.NopCloser(strings.NewReader(""))}
	r.OnClose(func() { calls++ })
	r.Body.Close()
	if r.Body.Close(); calls != 1 {
		t.Skip("the close of a Result is told more than once")
	}
}

func TestServer_PassesAnotherProtocolThrough(t *testing.T) {
	leaving(t, func(t *testing.T) {
		server := serveMode(t, ModeHTTP, env{"max_inflight": "1"}, io.Discard)
		with := newMeetings(t)
		for _, closes := range []string{"client", "function"} {
			awaitReady(t, server)
			w := newWire(t, server)
			w.upgrade("/do/upgrade?at=" + with.at())
			for _, line := range []string{"one", strings.Repeat("two", 10_000), "three"} {
				w.send(line + "\n")
				w.reads("you said " + line)
			}
			answerOf(t, server, "GET", "/do/pid", nil).want(t, 429, "*") // it is a request under way
			if closes == "client" {
				w.Close()
				with.guest(t).release() // the function has seen the end
				continue
			}
			w.send("quit\n")
			w.reads("you said quit")
			w.ends()
		}
	})
}

// What comes after the client has said its last is still its answer.
func TestServer_AHalfClosedProtocolIsFinished(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	for range 20 {
		w := newWire(t, server)
		w.upgrade("/do/upgrade")
		w.send("last\n")
		_ = w.Conn.(*net.TCPConn).CloseWrite()
		w.reads("you said last")
		w.ends()
	}
}

func TestServer_HoldsNothingOfAProtocolThatEnded(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	speak := func(times int) int64 {
		for range times {
			w := newWire(t, server)
			w.upgrade("/do/upgrade")
			w.send("quit\n")
			w.reads("you said quit")
			w.ends()
			w.Close()
		}
		runtime.GC()
		runtime.GC() // pools take two
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := speak(10)
	if grown := speak(600) - before; grown > 1<<20 {
		t.Errorf("600 of them leave %d bytes", grown)
	}
}

// The deadline may end such a connection or not: one that has ended in its own
// way is no reason to replace the process.
func TestServer_AProtocolThatOutlivedTheDeadlineDoesNotReplaceTheProcess(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeHTTP, env{"exec_timeout": "1s"}, &log)
	pid := answerOf(t, server, "GET", "/do/pid", nil).body
	w := newWire(t, server)
	w.upgrade("/do/upgrade")
	time.Sleep(1100 * time.Millisecond) // nothing tells when a deadline has passed
	w.send("quit\n")
	_, _ = io.Copy(io.Discard, w.text)
	awaitReady(t, server)
	if got := answerOf(t, server, "GET", "/do/pid", nil).body; got != pid {
		t.Errorf("process %s was replaced by %q; the log is %s", pid, got, &log)
	}
}

// A function that speaks up unasked has answered wrongly.
func TestServer_RefusesAnotherProtocolThatNobodyAskedFor(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	w := newWire(t, server)
	w.send("GET /do/upgrade HTTP/1.1\r\nHost: hark\r\n\r\n")
	resp, err := http.ReadResponse(w.text, nil)
	if err != nil || resp.StatusCode != 502 {
		t.Errorf("%v, error %v", resp, err)
	}
}

func TestServer_RefusesToAVoiceRequestWhatNobodyAskedFor(t *testing.T) {
	dog := newWatchdog(t, modeFunction(t, ModeHTTP, env{"MODE_ALWAYS": "/do/upgrade"}), io.Discard)
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("panic: %v", p)
			dog.mode.(*server).gate.leave() // or nothing could be closed
		}
	}()
	result, err := dog.Invoke(t.Context(), function.Invocation{Body: strings.NewReader("{}")})
	if err == nil {
		result.Body.Close()
	}
	wantError(t, err, function.ErrBroken)
}

// A server that answers a long body unread ends the connection. What it has
// answered is its answer.
func TestServer_AFunctionMayRefuseABody(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeHTTP, nil, &log)
	for range 20 {
		w := newWire(t, server)
		w.send("POST /do/refuse HTTP/1.1\r\nHost: hark\r\nContent-Length: 1000000\r\n\r\n")
		w.final("POST").want(t, 200, "refused")
		w.ends()
	}
	if t.Failed() {
		t.Logf("the log is %s", &log)
	}
}

// The connection of a request whose body is still being sent is nobody else's.
func TestServer_NoOtherProtocolBesidesABody(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	for _, framing := range []string{"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "Content-Length: 100000\r\n\r\nabc"} {
		w := newWire(t, server)
		w.send("GET /do/upgrade HTTP/1.1\r\nHost: hark\r\nConnection: Upgrade\r\nUpgrade: lines\r\n" + framing)
		if got := w.answer("GET"); got.StatusCode == 101 || got.StatusCode == 200 {
			t.Errorf("%s", got.Status)
		}
	}
}

// Nor by a client that reads nothing.
func TestServer_CloseEndsAnotherProtocol(t *testing.T) {
	flood, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer flood.Close()
	full := make(chan struct{})
	go func() {
		for {
			conn, err := flood.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
					return // it was asked whether it listens
				}
				_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: flood\r\n\r\n")
				for part := make([]byte, 1<<16); ; {
					_ = conn.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
					if _, err := conn.Write(part); err != nil {
						close(full) // and everything behind it
						_ = conn.SetWriteDeadline(time.Time{})
						_, _ = io.Copy(conn, zeros{})
						return
					}
				}
			}()
		}
	}()
	dog := newWatchdog(t, env{"mode": ModeHTTP, "fprocess": "sleep 1000", "upstream_url": "http://" + flood.Addr().String()}, io.Discard)
	server := handle(t, dog)
	awaitReady(t, server)
	w := newWire(t, server)
	w.send("GET / HTTP/1.1\r\nHost: hark\r\nConnection: Upgrade\r\nUpgrade: flood\r\n\r\n")
	receive(t, full)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	closed := make(chan struct{})
	go func() { defer close(closed); dog.Close(ctx) }()
	receive(t, closed)
}

// Only a server that was waited for has let a deadline pass.
func TestServer_ASlowClientDoesNotReplaceTheProcess(t *testing.T) {
	server := serveMode(t, ModeHTTP, env{"exec_timeout": "500ms"}, io.Discard)
	pid := answerOf(t, server, "GET", "/do/pid", nil).body
	w := newWire(t, server)
	w.send("POST /do/count HTTP/1.1\r\nHost: hark\r\nContent-Length: 10000\r\n\r\nabc")
	w.answer("POST").want(t, 504, "*")
	w = newWire(t, server)
	w.send("GET /do/bytes?n=50000000 HTTP/1.1\r\nHost: hark\r\n\r\n")
	time.Sleep(time.Second) // nothing tells when a deadline has passed
	w.Close()
	for range 10 {
		awaitReady(t, server)
		answerOf(t, server, "GET", "/do/pid", nil).want(t, 200, pid)
		time.Sleep(10 * time.Millisecond)
	}
}
