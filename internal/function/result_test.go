package function

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// patience bounds what a test waits for; no test takes that long unless it
// fails.
const patience = 30 * time.Second

// noted appends its name when it is closed.
type noted struct {
	io.Reader
	io.Writer
	to *[]string
}

func (n noted) Close() error { *n.to = append(*n.to, "body"); return errClosed }

var errClosed = errors.New("the error of the body")

// oneWay hides that a body can be written.
type oneWay struct{ io.ReadCloser }

func TestOnClose_CallsInTheOrderTheyWereAdded(t *testing.T) {
	for name, hide := range map[string]func(noted) io.ReadCloser{
		"an answer":      func(n noted) io.ReadCloser { return oneWay{n} },
		"both ways open": func(n noted) io.ReadCloser { return n },
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			r := Result{Body: hide(noted{strings.NewReader("x"), io.Discard, &got})}
			r.OnClose(func() { got = append(got, "first") })
			r.OnClose(func() { got = append(got, "second") })
			if len(got) > 0 {
				t.Errorf("called before it is closed: %q", got)
			}
			if err := r.Body.Close(); !errors.Is(err, errClosed) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff([]string{"body", "first", "second"}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, both := r.Body.(io.Writer); both != (name == "both ways open") {
				t.Errorf("it can be written: %v", both)
			}
		})
	}
}

// What is called counts requests: twice would be one too many.
func TestOnClose_CallsOnce(t *testing.T) {
	for _, hide := range []func(noted) io.ReadCloser{
		func(n noted) io.ReadCloser { return oneWay{n} },
		func(n noted) io.ReadCloser { return n },
	} {
		calls := 0
		r := Result{Body: hide(noted{strings.NewReader(""), io.Discard, new([]string)})}
		r.OnClose(func() { calls++ })
		_ = r.Body.Close()
		_ = r.Body.Close()
		if calls != 1 {
			t.Errorf("%d calls", calls)
		}
	}
}

// sending serves results.
func sending(t *testing.T, result func() Result) (*httptest.Server, <-chan error) {
	sent := make(chan error, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		sent <- result().Send(w)
	}))
	t.Cleanup(server.Close)
	return server, sent
}

func awaitSent(t *testing.T, sent <-chan error) error {
	t.Helper()
	select {
	case err := <-sent:
		return err
	case <-time.After(patience):
		t.Fatal("it was not sent")
		return nil
	}
}

func TestSend_LeavesOutABodyThatItsStatusHasNot(t *testing.T) {
	for _, c := range []struct {
		method string
		status int
		header http.Header
		length int64
	}{
		{"GET", http.StatusNoContent, nil, 0},
		{"GET", http.StatusNotModified, http.Header{"Etag": {"x"}}, 0},
		{"HEAD", http.StatusOK, http.Header{"Content-Length": {"4"}}, 4},
		{"HEAD", http.StatusOK, nil, -1},
		{"HEAD", http.StatusNotFound, nil, -1},
	} {
		body := &closer{Reader: strings.NewReader("body")}
		server, sent := sending(t, func() Result { return Result{Status: c.status, Header: c.header, Body: body} })
		req, err := http.NewRequest(c.method, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatalf("%s %d: %v", c.method, c.status, err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if resp.StatusCode != c.status || len(text) > 0 || err != nil || resp.ContentLength != c.length {
			t.Errorf("%s %d: %s, %d bytes announced, %q, error %v", c.method, c.status, resp.Status, resp.ContentLength, text, err)
		}
		if err := awaitSent(t, sent); err != nil || !body.closed {
			t.Errorf("%s %d: error %v, closed %v", c.method, c.status, err, body.closed)
		}
	}
}

// flushes counts.
type flushes struct {
	*httptest.ResponseRecorder
	wrote []string // since the flush before
	all   [][]string
}

func (f *flushes) Write(p []byte) (int, error) {
	f.wrote = append(f.wrote, string(p))
	return len(p), nil
}
func (f *flushes) Flush() { f.all, f.wrote = append(f.all, f.wrote), nil }

func TestSend_FlushesWhatMayComeSlowly(t *testing.T) {
	three := func() io.Reader {
		return io.MultiReader(strings.NewReader("a"), strings.NewReader("b"), strings.NewReader("c"))
	}
	w := &flushes{ResponseRecorder: httptest.NewRecorder()}
	if err := (Result{Body: io.NopCloser(three())}).Send(w); err != nil {
		t.Fatal(err)
	}
	for _, part := range w.all {
		if len(part) > 1 {
			t.Errorf("%q are flushed at once", part)
		}
	}
	if len(w.wrote) > 0 {
		t.Errorf("%q is not flushed", w.wrote)
	}
	w = &flushes{ResponseRecorder: httptest.NewRecorder()}
	if err := (Result{Header: http.Header{"Content-Length": {"3"}}, Body: io.NopCloser(three())}).Send(w); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"a", "b", "c"}}, w.all); diff != "" {
		t.Errorf("of a known length (-want +got):\n%s", diff)
	}
}

// What comes along with the end of a body, or with its failure, is of it.
func TestSend_WritesWhatComesWithTheEnd(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		body io.Reader
		want error
	}{
		{iotest.DataErrReader(strings.NewReader("body")), nil},
		{iotest.DataErrReader(io.MultiReader(strings.NewReader("body"), iotest.ErrReader(broken))), broken},
	} {
		w := httptest.NewRecorder()
		if err := (Result{Body: io.NopCloser(c.body)}).Send(w); !errors.Is(err, c.want) || w.Body.String() != "body" {
			t.Errorf("%q, error %v, want %v", w.Body, err, c.want)
		}
	}
}

// joined is a client whose connection speaks with the test as the function.
func joined(t *testing.T) (client *net.TCPConn, text *bufio.Reader, function *net.TCPConn, sent <-chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	inner, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	outer, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	server, sent := sending(t, func() Result {
		return Result{Status: 101, Header: http.Header{"Upgrade": {"x"}, "Connection": {"Upgrade"}}, Body: inner}
	})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); outer.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	_ = outer.SetDeadline(time.Now().Add(patience))
	return conn.(*net.TCPConn), bufio.NewReader(conn), outer.(*net.TCPConn), sent
}

// The first words may come in one packet with the request.
func TestSend_JoinsBothConnections(t *testing.T) {
	client, text, function, sent := joined(t)
	_, _ = io.WriteString(client, "GET / HTTP/1.1\r\nHost: hark\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nearly\n")
	resp, err := http.ReadResponse(text, nil)
	if err != nil || resp.StatusCode != 101 || resp.Header.Get("Upgrade") != "x" || resp.Header.Get("Connection") != "Upgrade" {
		t.Fatalf("%+v, error %v", resp, err)
	}
	heard := bufio.NewReader(function)
	if line, err := heard.ReadString('\n'); line != "early\n" {
		t.Fatalf("%q, error %v", line, err)
	}
	for _, line := range []string{"one\n", strings.Repeat("x", 100_000) + "\n", "two\n"} {
		_, _ = io.WriteString(client, line)
		if got, err := heard.ReadString('\n'); got != line {
			t.Fatalf("%.10q, error %v", got, err)
		}
		_, _ = io.WriteString(function, line)
		if got, err := text.ReadString('\n'); got != line {
			t.Fatalf("%.10q, error %v", got, err)
		}
	}
	client.Close()
	if rest, err := io.ReadAll(heard); len(rest) > 0 || err != nil {
		t.Errorf("the function hears %q, error %v", rest, err)
	}
	function.Close()
	if err := awaitSent(t, sent); err != nil {
		t.Error(err)
	}
}

func TestSend_TheFunctionMayEndAJoinedConnection(t *testing.T) {
	client, text, function, sent := joined(t)
	_, _ = io.WriteString(client, "GET / HTTP/1.1\r\nHost: hark\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
	if _, err := http.ReadResponse(text, nil); err != nil {
		t.Fatal(err)
	}
	last := strings.Repeat("last words", 10_000)
	_, _ = io.WriteString(function, last)
	function.Close()
	if got, err := io.ReadAll(text); string(got) != last || err != nil {
		t.Errorf("%d bytes of %d, error %v", len(got), len(last), err)
	}
	if err := awaitSent(t, sent); err != nil {
		t.Error(err)
	}
}

// One side has said all it has to say, and listens.
func TestSend_AJoinedConnectionMayBeClosedByHalves(t *testing.T) {
	client, text, function, sent := joined(t)
	_, _ = io.WriteString(client, "GET / HTTP/1.1\r\nHost: hark\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nquestion")
	if _, err := http.ReadResponse(text, nil); err != nil {
		t.Fatal(err)
	}
	_ = client.CloseWrite()
	if got, err := io.ReadAll(function); string(got) != "question" || err != nil {
		t.Errorf("the function hears %q, error %v", got, err)
	}
	_, _ = io.WriteString(function, "answer")
	function.Close()
	if got, err := io.ReadAll(text); string(got) != "answer" || err != nil {
		t.Errorf("the client hears %q, error %v", got, err)
	}
	_ = awaitSent(t, sent)
}

func TestSend_RefusesToJoin(t *testing.T) {
	body := &closer{Reader: strings.NewReader("")}
	if err := (Result{Status: 101, Body: body}).Send(httptest.NewRecorder()); err == nil || !body.closed {
		t.Errorf("what cannot be written: error %v, closed %v", err, body.closed)
	}
	var got []string
	if err := (Result{Status: 101, Body: noted{strings.NewReader(""), io.Discard, &got}}).Send(httptest.NewRecorder()); err == nil || len(got) == 0 {
		t.Errorf("a client without a connection of its own: error %v, closed %q", err, got)
	}
}
