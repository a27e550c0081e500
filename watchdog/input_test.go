package watchdog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// wire is a connection to a server, on which a test writes what no client of
// net/http would.
type wire struct {
	net.Conn
	t    testing.TB
	text *bufio.Reader
}

// newWire fails the test rather than wait for ever.
func newWire(t testing.TB, server *httptest.Server) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &wire{conn, t, bufio.NewReader(conn)}
}

// send may fail: the server may have closed the connection already, and the
// answer tells more.
func (w *wire) send(text string) { _, _ = io.WriteString(w.Conn, text) }

// answer reads the next answer, and those that only announce it.
func (w *wire) answer(method string) modeReply {
	w.t.Helper()
	for {
		got := w.final(method)
		if got.StatusCode != http.StatusContinue {
			return got
		}
	}
}

func (w *wire) final(method string) modeReply {
	w.t.Helper()
	resp, err := http.ReadResponse(w.text, &http.Request{Method: method})
	if err != nil {
		w.t.Fatalf("no answer: %v", err)
	}
	body, err := io.ReadAll(resp.Body)
	if resp.StatusCode == http.StatusContinue && method != "" {
		return w.final(method)
	}
	return modeReply{resp, string(body), err}
}

// reads awaits one line of another protocol than HTTP.
func (w *wire) reads(want string) {
	w.t.Helper()
	if line, err := w.text.ReadString('\n'); line != want+"\n" {
		w.t.Fatalf("got %.100q, error %v; want %.100q", line, err, want)
	}
}

// ends awaits that the server closes the connection, however it does so.
func (w *wire) ends() {
	w.t.Helper()
	rest, err := io.ReadAll(w.text)
	if len(rest) > 0 || err != nil && !errors.Is(err, syscall.ECONNRESET) {
		w.t.Errorf("the connection does not end: %d more bytes, error %v", len(rest), err)
	}
}

// eachInput runs a test in both modes that read a body as it comes, by a
// function that counts the bytes of it.
func eachInput(t *testing.T, more env, f func(t *testing.T, server *httptest.Server)) {
	for _, mode := range []string{ModeStdio, ModeHTTP} {
		t.Run(mode, func(t *testing.T) { leaving(t, func(t *testing.T) { f(t, serveCounting(t, mode, more)) }) })
	}
}

func serveCounting(t *testing.T, mode string, more env) *httptest.Server {
	if mode == ModeHTTP {
		vars := env{"MODE_ALWAYS": "/do/count"}
		maps.Copy(vars, more)
		return serveMode(t, ModeHTTP, vars, io.Discard)
	}
	vars := env{"fprocess": "wc -c"}
	maps.Copy(vars, more)
	return serve(t, vars, io.Discard)
}

func TestInput_CountsWhatIsSent(t *testing.T) {
	eachInput(t, nil, func(t *testing.T, server *httptest.Server) {
		for _, c := range []struct{ head, want string }{
			{"\r\n", "0\n"},
			{"Content-Length: 0\r\n\r\n", "0\n"},
			{"Content-Length: 3\r\n\r\nabc", "3\n"},
			{"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "0\n"},
			{"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n", "3\n"},
			{"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", "3\n"},
			{"Content-Length: 5000\r\n\r\n" + strings.Repeat("x", 5000), "5000\n"},
		} {
			w := newWire(t, server)
			for range 2 { // the connection is good for another
				w.send("POST / HTTP/1.1\r\nHost: hark\r\n" + c.head)
				w.answer("POST").want(t, 200, c.want)
			}
		}
	})
}

func TestInput_RefusesAnAnnouncedGigabyteUnread(t *testing.T) {
	eachInput(t, env{"read_timeout": "2s"}, func(t *testing.T, server *httptest.Server) {
		w := newWire(t, server)
		w.send("POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: 1073741824\r\n\r\n")
		w.answer("POST").want(t, 413, "the request body is too large\n")
		w.ends()
	})
}

func TestInput_RefusesAGigabyteAtTheLimit(t *testing.T) {
	eachInput(t, env{"max_body": "1MB"}, func(t *testing.T, server *httptest.Server) {
		for _, head := range []string{"Content-Length: 1073741824\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n40000000\r\n"} {
			w := newWire(t, server)
			w.send("POST / HTTP/1.1\r\nHost: hark\r\n" + head)
			for range 1<<20>>10 + 1 {
				w.send(strings.Repeat("x", 1<<10))
			}
			w.answer("POST").want(t, 413, "the request body is too large\n")
			w.ends()
		}
		answerOf(t, server, "POST", "/", strings.NewReader("abc")).want(t, 200, "3\n")
	})
}

// A client that is still sending must see why it is to stop: were its connection
// closed with bytes in it that nobody has read, it would be reset, and what it
// was told lost.
func TestInput_ARefusalIsNotLost(t *testing.T) {
	eachInput(t, env{"max_body": "1000"}, func(t *testing.T, server *httptest.Server) {
		lost := 0
		for range 60 {
			body := struct{ io.Reader }{strings.NewReader(strings.Repeat("x", 1<<20))} // in chunks
			if got := answerOf(t, server, "POST", "/", body); got.err != nil || got.StatusCode != 413 {
				lost++
			}
		}
		if lost > 0 {
			t.Errorf("%d of 60 clients did not get their 413", lost)
		}
	})
}

func TestInput_HoldsNoGigabyte(t *testing.T) {
	if testing.Short() {
		t.Skip("a gigabyte takes seconds")
	}
	server := serveCounting(t, ModeStdio, unbounded)
	before := heap()
	got := answerOf(t, server, "POST", "/", io.LimitReader(zeros{}, 1<<30))
	if got.want(t, 200, "1073741824\n"); heap()-before > 64<<20 {
		t.Errorf("the heap has grown by %d bytes", heap()-before)
	}
}

var unbounded = env{"max_body": "0", "max_output": "0", "read_timeout": "0"}

// There and back again.
func TestInput_HoldsNothingThatComesBack(t *testing.T) {
	const size = 256 << 20
	vars := env{"fprocess": "cat"}
	maps.Copy(vars, unbounded)
	server := serve(t, vars, io.Discard)
	before := heap()
	resp, err := server.Client().Post(server.URL, "", io.LimitReader(zeros{}, size))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); n != size || err != nil || heap()-before > 64<<20 {
		t.Errorf("%d bytes, error %v; the heap has grown by %d bytes", n, err, heap()-before)
	}
}

func TestInput_TellsASlowBodyFromABrokenOne(t *testing.T) {
	eachInput(t, env{"read_timeout": "300ms"}, func(t *testing.T, server *httptest.Server) {
		for _, c := range []struct {
			name, head string
			shut       bool
			status     int
		}{
			{"nothing of it comes", "Content-Length: 10\r\n\r\n", false, 408},
			{"a part of it comes", "Content-Length: 10\r\n\r\nabc", false, 408},
			{"a part of a chunk comes", "Transfer-Encoding: chunked\r\n\r\na\r\nabc", false, 408},
			{"a chunk comes", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", false, 408},
			{"more than a pipe's window announced", "Content-Length: 100000\r\n\r\nabc", false, 408},
			{"it ends too early", "Content-Length: 10\r\n\r\nabc", true, 400},
			{"it ends within a chunk", "Transfer-Encoding: chunked\r\n\r\na\r\nabc", true, 400},
			{"it has no last chunk", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", true, 400},
			{"it has a length that is none", "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", false, 400},
		} {
			w := newWire(t, server)
			w.send("POST / HTTP/1.1\r\nHost: hark\r\n" + c.head)
			if c.shut {
				_ = w.Conn.(*net.TCPConn).CloseWrite()
			}
			if got := w.answer("POST"); got.StatusCode != c.status || !got.Close {
				t.Errorf("%s: %s, closes %v", c.name, got.Status, got.Close)
			}
			w.ends()
		}
	})
}

// A body that trickles is late however often a byte of it comes.
func TestInput_ADripIsSlow(t *testing.T) {
	eachInput(t, env{"read_timeout": "300ms"}, func(t *testing.T, server *httptest.Server) {
		w := newWire(t, server)
		w.send("POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: 100000\r\n\r\n")
		answered, dripping := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(dripping)
			for {
				w.send("x")
				select {
				case <-time.After(20 * time.Millisecond):
				case <-answered:
					return
				}
			}
		}()
		w.answer("POST").want(t, 408, "the request body took too long to arrive\n")
		close(answered)
		<-dripping
	})
}

// net/http takes a client that has shut its write side for one that is gone,
// and ends the request's context. Such a client still gets an answer, be it that
// it is taken for gone.
func TestInput_AClientThatHasShutItsWriteSideIsAnswered(t *testing.T) {
	eachInput(t, nil, func(t *testing.T, server *httptest.Server) {
		for _, head := range []string{"\r\n", "Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"} {
			w := newWire(t, server)
			w.send("POST / HTTP/1.1\r\nHost: hark\r\n" + head)
			_ = w.Conn.(*net.TCPConn).CloseWrite()
			if got := w.answer("POST"); got.StatusCode != 200 && got.StatusCode != statusGone {
				t.Errorf("%q: %s %q", head, got.Status, got.body)
			}
			w.ends()
		}
	})
}

func TestInput_HTTP10(t *testing.T) {
	eachInput(t, nil, func(t *testing.T, server *httptest.Server) {
		w := newWire(t, server)
		w.send("POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc")
		got := w.answer("POST")
		got.want(t, 200, "3\n")
		w.ends()
		w = newWire(t, server)
		for range 2 {
			w.send("POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc")
			w.answer("POST").want(t, 200, "3\n")
		}
		w.send("GET / HTTP/1.0\r\n\r\n")
		w.answer("GET").want(t, 200, "0\n")
		w.ends()
	})
}

func TestInput_RefusesWhatIsNoRequest(t *testing.T) {
	eachInput(t, nil, func(t *testing.T, server *httptest.Server) {
		for _, c := range []struct {
			name, text string
			status     int
		}{
			{"garbage", "\x16\x03\x01\x02\x00\r\n\r\n", 400},
			{"no version", "GET /\r\n\r\n", 400},
			{"no method", " / HTTP/1.1\r\nHost: hark\r\n\r\n", 400},
			{"a blank in the path", "GET /a b HTTP/1.1\r\nHost: hark\r\n\r\n", 400},
			{"a version that is none", "GET / HTTP/9.x\r\nHost: hark\r\n\r\n", 400},
			{"HTTP/2 without its preface", "GET / HTTP/2.0\r\nHost: hark\r\n\r\n", 505},
			{"no host", "GET / HTTP/1.1\r\n\r\n", 400},
			{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
			{"a NUL in a value", "GET / HTTP/1.1\r\nHost: hark\r\nX-A: a\x00b\r\n\r\n", 400},
			{"a NUL in a name", "GET / HTTP/1.1\r\nHost: hark\r\nX\x00A: a\r\n\r\n", 400},
			{"a NUL in a path", "GET /a\x00b HTTP/1.1\r\nHost: hark\r\n\r\n", 400},
			{"a blank before the colon", "GET / HTTP/1.1\r\nHost: hark\r\nX-A : a\r\n\r\n", 400},
			{"a folded value", "GET / HTTP/1.1\r\nHost: hark\r\nContent-Length: 3\r\n\tx\r\n\r\n", 400},
			{"two lengths", "POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
			{"a length that is none", "POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: -3\r\n\r\n", 400},
			{"a length with a sign", "POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: +3\r\n\r\nabc", 400},
			{"a length beyond all", "POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
			{"another coding", "POST / HTTP/1.1\r\nHost: hark\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
			{"two codings", "POST / HTTP/1.1\r\nHost: hark\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
			{"a bad escape", "GET /%zz HTTP/1.1\r\nHost: hark\r\n\r\n", 400},
			{"an expectation that is none", "GET / HTTP/1.1\r\nHost: hark\r\nExpect: wonders\r\n\r\n", 417},
		} {
			w := newWire(t, server)
			w.send(c.text)
			if got := w.answer("GET"); got.StatusCode != c.status {
				t.Errorf("%s: %s %q, want %d", c.name, got.Status, got.body, c.status)
			}
		}
	})
}

// Where a length and chunks are both announced, net/http goes by the chunks,
// as RFC 9112 (6.3) has it, and closes the connection: nothing of the body may
// be taken for another request.
func TestInput_ALengthBesidesChunksSmugglesNothing(t *testing.T) {
	eachInput(t, nil, func(t *testing.T, server *httptest.Server) {
		w := newWire(t, server)
		w.send("POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
		if got := w.answer("POST"); got.StatusCode != 400 && got.body != "3\n" {
			t.Errorf("%s %q", got.Status, got.body)
		}
	})
}

// What a header may hold and an environment may not must not keep the program
// from being started, and what both may hold arrives as it was sent.
func TestInput_OddBytesReachTheProgramOrAreLeftOut(t *testing.T) {
	server := serve(t, env{"fprocess": sh(`printf '%s|%s|%s' "$Http_X_A" "$Http_Path" "$Http_Query"`)}, io.Discard)
	for _, c := range []struct{ name, target, value, want string }{
		{"invalid UTF-8", "/", "\xff\xfe", "\xff\xfe|/|"},
		{"invalid UTF-8 in the path", "/%ff%fe?%ff", "a", "a|/\xff\xfe|%ff"},
		{"raw bytes in the path", "/\xff?\xfe", "a", "a|/\xff|\xfe"},
		{"NUL in the path", "/a%00b", "a", "a||"},
		{"NUL in the query", "/?a%00b", "a", "a|/|a%00b"},
		{"a line end in the path", "/a%0ab", "a", "a|/a\nb|"},
		{"an equals sign", "/a=b", "c=d", "c=d|/a=b|"},
		{"a shell's meat", "/$(id)?`id`", "$HOME;'\"", "$HOME;'\"|/$(id)|`id`"},
		{"a tab", "/", "a\tb", "a\tb|/|"},
	} {
		w := newWire(t, server)
		w.send("GET " + c.target + " HTTP/1.1\r\nHost: hark\r\nX-A: " + c.value + "\r\n\r\n")
		if got := w.answer("GET"); got.StatusCode != 200 || got.body != c.want {
			t.Errorf("%s: %s %q, want %q", c.name, got.Status, got.body, c.want)
		}
	}
}

func TestInput_OddBytesReachTheServer(t *testing.T) {
	server := serveMode(t, ModeHTTP, nil, io.Discard)
	for target, want := range map[string]string{"/%ff%00%0a": "/%ff%00%0a", "/a?\xff": "/a?\xff", "/a?%00": "/a?%00"} {
		w := newWire(t, server)
		w.send("GET " + target + " HTTP/1.1\r\nHost: hark\r\nX-A: \xff\r\n\r\n")
		got := w.answer("GET")
		if got.StatusCode != 200 {
			t.Errorf("%q: %s %q", target, got.Status, got.body)
		} else if s := got.seen(t); s.URI != strings.ToValidUTF8(want, "\ufffd") || len(s.Header["X-A"]) != 1 {
			t.Errorf("%q: the function gets %q, %q", target, s.URI, s.Header)
		}
	}
}

func TestInput_AFloodOfHeaders(t *testing.T) {
	eachInput(t, nil, func(t *testing.T, server *httptest.Server) {
		for _, c := range []struct {
			name    string
			headers string
			either  []int
		}{
			{"two thousand", flood(2000, 20), []int{200}},
			{"one of 60 kB", flood(1, 60<<10), []int{200}},
			{"three of 50 kB", flood(3, 50<<10), []int{200}},
			{"more than the server takes", flood(2000, 1<<10), []int{431}},
		} {
			w := newWire(t, server)
			go w.send("GET / HTTP/1.1\r\nHost: hark\r\n" + c.headers + "\r\n")
			resp, err := http.ReadResponse(w.text, nil)
			if err != nil || resp.StatusCode != c.either[0] {
				t.Errorf("%s: %v, error %v", c.name, resp, err)
			}
		}
	})
}

func flood(count, size int) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, "X-Flood-%d: %s\r\n", i, strings.Repeat("x", size))
	}
	return b.String()
}

func TestInput_AnswersPipelinedRequestsInOrder(t *testing.T) {
	eachInput(t, nil, func(t *testing.T, server *httptest.Server) {
		var requests strings.Builder
		for i := range 20 {
			fmt.Fprintf(&requests, "POST /%d HTTP/1.1\r\nHost: hark\r\nContent-Length: %d\r\n\r\n%s", i, i*100, strings.Repeat("x", i*100))
		}
		w := newWire(t, server)
		w.send(requests.String())
		for i := range 20 {
			w.answer("POST").want(t, 200, strconv.Itoa(i*100)+"\n")
		}
	})
}

func TestInput_AClientThatGoesDuringItsUpload(t *testing.T) {
	eachInput(t, env{"max_inflight": "1"}, func(t *testing.T, server *httptest.Server) {
		for _, head := range []string{"Content-Length: 10\r\n\r\nabc", "Content-Length: 1000000\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"} {
			for _, linger := range []int{0, -1} { // a reset, an end
				w := newWire(t, server)
				w.send("POST / HTTP/1.1\r\nHost: hark\r\n" + head)
				eventually(t, "it is under way", func() bool { return answerOf(t, server, "GET", ReadyPath, nil).StatusCode == 503 })
				_ = w.Conn.(*net.TCPConn).SetLinger(linger)
				w.Close()
				awaitReady(t, server)
			}
		}
		answerOf(t, server, "POST", "/", strings.NewReader("abc")).want(t, 200, "3\n")
	})
}

// The time that one answer may take to be written is not that of the next on
// the same connection, which may have no body to write.
func TestHandler_AnAnswerHasItsOwnTimeToBeWritten(t *testing.T) {
	for name, fprocess := range map[string]string{
		"an empty answer":  sh(`if [ "$Http_Path" = /empty ]; then printf 'Status: 200\n\n'; else printf 'Status: 200\n\nbody'; fi`),
		"one without body": sh(`if [ "$Http_Path" = /empty ]; then printf 'Status: 204\n\n'; else printf 'Status: 200\n\nbody'; fi`),
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, env{"fprocess": fprocess, "cgi_response": "true", "write_timeout": "1s"}, io.Discard)
			w := newWire(t, server)
			w.send("GET / HTTP/1.1\r\nHost: hark\r\n\r\n")
			w.answer("GET").want(t, 200, "body")
			time.Sleep(1100 * time.Millisecond) // nothing tells when a deadline has passed
			w.send("GET /empty HTTP/1.1\r\nHost: hark\r\n\r\n")
			w.answer("GET").want(t, map[string]int{"an empty answer": 200}[name]|map[string]int{"one without body": 204}[name], "")
		})
	}
}

// curl asks before it sends what is large.
func TestInput_AnAnswerBeforeABodyThatWasAskedFor(t *testing.T) {
	for name, vars := range map[string]env{
		"stdio": {"fprocess": "echo refused"},
		"http":  modeFunction(t, ModeHTTP, nil),
	} {
		server := serve(t, vars, io.Discard)
		awaitReady(t, server)
		client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: patience, DisableKeepAlives: true}}
		lost := 0
		for range 60 {
			req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/do/refuse", io.LimitReader(zeros{}, 8<<20))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Expect", "100-continue")
			req.ContentLength = 8 << 20
			resp, err := client.Do(req)
			if err != nil {
				lost++
				continue
			}
			if got, err := io.ReadAll(resp.Body); err != nil || !strings.HasPrefix(string(got), "refused") {
				lost++
			}
			resp.Body.Close()
		}
		if lost > 0 {
			t.Errorf("%s: %d of 60 answers were lost", name, lost)
		}
	}
}

// Nobody serves HTTP/2 here, nor takes its preface for a request.
func TestInput_RefusesThePrefaceOfHTTP2(t *testing.T) {
	server := serve(t, env{"fprocess": "cat"}, io.Discard)
	w := newWire(t, server)
	w.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	if got := w.answer("PRI"); got.StatusCode != http.StatusHTTPVersionNotSupported {
		t.Errorf("%s", got.Status)
	}
}

// A quiet spell before its end does not break an answer off.
func TestHandler_AnAnswerMayBeQuietBeforeItsEnd(t *testing.T) {
	for name, vars := range map[string]env{
		"stdio": {"fprocess": sh("head -c 100000 /dev/zero; sleep 0.6")},
		"http":  modeFunction(t, ModeHTTP, nil),
	} {
		vars["write_timeout"] = "300ms"
		server := serve(t, vars, io.Discard)
		awaitReady(t, server)
		if got := answerOf(t, server, "GET", "/do/quiet", nil); got.err != nil || got.body == "" {
			t.Errorf("%s: %d bytes, error %v", name, len(got.body), got.err)
		}
	}
}

// OpenFaaS' gateway calls its requests so.
func TestHandler_LogsTheCallID(t *testing.T) {
	var log chronicle
	server := serve(t, env{"fprocess": sh("echo line >&2")}, &log)
	w := newWire(t, server)
	w.send("GET / HTTP/1.1\r\nHost: hark\r\nX-Call-Id: call-1\r\n\r\n")
	w.answer("GET").want(t, 200, "")
	log.expect(t, "line=line")
	if !strings.Contains(log.String(), "request_id=call-1") {
		t.Errorf("the log is %s", &log)
	}
}
