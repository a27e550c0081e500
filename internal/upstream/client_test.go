package upstream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// served is an upstream whose server does what talk does with each connection
// that is made.
func served(t testing.TB, talk func(n int, conn *net.TCPConn, in *bufio.Reader)) *Client {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for n := 1; ; n++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				talk(n, conn.(*net.TCPConn), bufio.NewReader(conn))
			}()
		}
	}()
	u := &Client{Address: listener.Addr().String()}
	t.Cleanup(u.Close)
	return u
}

// asked reads a request whole and returns its body.
func asked(in *bufio.Reader) (string, bool) {
	req, err := http.ReadRequest(in)
	if err != nil {
		return "", false
	}
	body, err := io.ReadAll(req.Body)
	return string(body), err == nil
}

func postOf(body string) *Call {
	return &Call{Method: "POST", Target: "/", Host: "x", Head: []byte(body)}
}

// told is the whole answer.
func told(t *testing.T, resp *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

const okay = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func TestUpstream_KeepsAConnection(t *testing.T) {
	var connections atomic.Int32
	u := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
		connections.Add(1)
		for {
			if _, ok := asked(in); !ok {
				return
			}
			_, _ = io.WriteString(conn, okay)
		}
	})
	for range 10 {
		resp, err := u.Do(t.Context(), postOf("x"))
		if got := told(t, resp, err); got != "ok" {
			t.Fatalf("%q", got)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
	eventually(t, "it is closed when it was idle for long", func() bool {
		u.mu.Lock()
		defer u.mu.Unlock()
		return len(u.idle) == 0 && u.sweep == nil
	})
}

// A server that closes a connection which nobody uses is asked on another.
func TestUpstream_NoticesThatAKeptConnectionWasClosed(t *testing.T) {
	for name, last := range map[string]string{"closed": "", "closed with a last word": "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"} {
		t.Run(name, func(t *testing.T) {
			closed := make(chan struct{}, 100)
			u := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
				if body, _ := asked(in); body == "x" {
					_, _ = io.WriteString(conn, okay)
				}
				time.Sleep(time.Millisecond) // for the answer to be read
				_, _ = io.WriteString(conn, last)
				conn.Close()
				closed <- struct{}{}
			})
			for range 50 {
				resp, err := u.Do(t.Context(), postOf("x"))
				if got := told(t, resp, err); got != "ok" {
					t.Fatalf("%q", got)
				}
				receive(t, closed)
			}
		})
	}
}

// What a server has been sent it may have acted on, even if it says nothing.
func TestUpstream_SendsNothingTwice(t *testing.T) {
	var requests atomic.Int32
	u := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
		for {
			body, ok := asked(in)
			if !ok {
				return
			}
			requests.Add(1)
			if body == "die" {
				return
			}
			_, _ = io.WriteString(conn, okay)
		}
	})
	for _, method := range []string{"GET", "POST"} {
		requests.Store(0)
		resp, err := u.Do(t.Context(), postOf("x"))
		told(t, resp, err)
		call := postOf("die")
		call.Method = method
		if resp, err := u.Do(t.Context(), call); err == nil || errors.Is(err, ErrNotSent) {
			t.Errorf("%s: %v, error %v", method, resp, err)
		}
		if n := requests.Load(); n != 2 {
			t.Errorf("%s: the server got %d requests", method, n)
		}
	}
}

// A server may answer before it has read, and close: its answer counts.
func TestUpstream_HearsAnEarlyRefusal(t *testing.T) {
	u := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
		if _, err := http.ReadRequest(in); err != nil {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		_ = conn.CloseWrite()
		_, _ = io.Copy(io.Discard, in)
	})
	body, client := io.Pipe()
	defer client.Close()
	for _, length := range []int64{-1, 1 << 40} {
		resp, err := u.Do(t.Context(), &Call{Method: "POST", Target: "/", Host: "x", Rest: body, Length: length})
		if told(t, resp, err); resp.StatusCode != 413 {
			t.Errorf("%s", resp.Status)
		}
	}
}

func TestUpstream_SkipsWhatComesBeforeTheAnswer(t *testing.T) {
	u := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
		if _, ok := asked(in); ok {
			_, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+okay)
		}
	})
	resp, err := u.Do(t.Context(), postOf("x"))
	if got := told(t, resp, err); got != "ok" || resp.StatusCode != 200 || resp.Header.Get("Link") != "" {
		t.Errorf("%v, %q", resp, got)
	}
}

func TestUpstream_BoundsTheHeaderOfAnAnswer(t *testing.T) {
	u := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
		if _, ok := asked(in); ok {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX-A: ")
			for line := strings.Repeat("x", 1<<16); ; {
				if _, err := io.WriteString(conn, line); err != nil {
					return
				}
			}
		}
	})
	if _, err := u.Do(t.Context(), postOf("x")); err == nil || !strings.Contains(err.Error(), "more than 1048576 bytes") {
		t.Errorf("error %v", err)
	}
}

// The handler of the server sees at once that nobody waits any more.
func TestUpstream_ClosesTheConnectionWhenItsContextEnds(t *testing.T) {
	saw := make(chan struct{})
	u := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
		if _, ok := asked(in); ok {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
			_, _ = in.ReadByte()
			close(saw)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	resp, err := u.Do(ctx, postOf("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	cancel()
	receive(t, saw)
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the answer passes for whole")
	}
}

// A server may answer anything.
func FuzzUpstream(f *testing.F) {
	for _, answer := range []string{okay, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n",
		"HTTP/1.0 200 OK\r\n\r\nto the end", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\nx",
		"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nextra", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "\x00"} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		u := served(t, func(_ int, conn *net.TCPConn, in *bufio.Reader) {
			if _, ok := asked(in); ok {
				_, _ = conn.Write(answer)
				_ = conn.CloseWrite()
				_, _ = io.Copy(io.Discard, in)
			}
		})
		resp, err := u.Do(t.Context(), postOf("x"))
		if err != nil {
			return
		}
		defer resp.Body.Close()
		if _, err := io.ReadAll(resp.Body); err == nil && len(answer) == 0 {
			t.Error("an answer of nothing")
		}
	})
}
