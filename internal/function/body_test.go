package function

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// bodyOf is one that needs no connection.
func bodyOf(text io.Reader, limit int64) *Body {
	r := httptest.NewRequest("POST", "/", text)
	return NewBody(httptest.NewRecorder(), r, limit)
}

func TestBody_Len(t *testing.T) {
	for name, c := range map[string]struct {
		body io.Reader
		want int
	}{
		"none":        {nil, 0},
		"of a length": {strings.NewReader("abc"), 3},
		"without one": {struct{ io.Reader }{strings.NewReader("abc")}, math.MaxInt},
		"of length 0": {strings.NewReader(""), 0},
		"http.NoBody": {http.NoBody, 0},
	} {
		if got := bodyOf(c.body, 1).Len(); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestBody_ReadsUpToItsLimit(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int64
		want  error
	}{
		{"", 1, nil}, {"", 0, nil}, {"abc", 0, nil}, {"abc", 4, nil}, {"abc", 3, nil}, {"abcd", 3, ErrInputTooLarge},
		{strings.Repeat("x", 100_000), 0, nil}, {strings.Repeat("x", 100_000), 99_999, ErrInputTooLarge}, {"abc", math.MaxInt64 - 1, nil},
	} {
		for how, by := range map[string]func(io.Reader) io.Reader{"at once": same, "byte by byte": iotest.OneByteReader, "with its end": iotest.DataErrReader} {
			b := bodyOf(struct{ io.Reader }{by(strings.NewReader(c.text))}, c.limit)
			got, err := io.ReadAll(b)
			if !errors.Is(err, c.want) || c.want == nil && string(got) != c.text || c.want != nil && int64(len(got)) > c.limit {
				t.Errorf("%d bytes of at most %d, %s: %d, error %v", len(c.text), c.limit, how, len(got), err)
			}
			if n, again := b.Read(make([]byte, 10)); n > 0 || !errors.Is(again, c.want) && again != io.EOF {
				t.Errorf("then %d bytes, error %v", n, again)
			}
		}
	}
}

func same(r io.Reader) io.Reader { return r }

func TestBody_TellsWhoseFaultItIs(t *testing.T) {
	b := bodyOf(struct{ io.Reader }{io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrUnexpectedEOF))}, 0)
	if got, err := io.ReadAll(b); string(got) != "abc" || !errors.Is(err, ErrInputBroken) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%q, error %v", got, err)
	}
}

// handling serves each request of a test by f, on one connection.
func handling(t *testing.T, f func(w http.ResponseWriter, b *Body)) *net.TCPConn {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := NewBody(w, r, 0)
		defer b.Release()
		f(w, b)
	}))
	server.Start()
	t.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return conn.(*net.TCPConn)
}

const post10 = "POST / HTTP/1.1\r\nHost: hark\r\nContent-Length: 10\r\n\r\n"

func TestBody_WithinItsTime(t *testing.T) {
	got := make(chan error, 1)
	conn := handling(t, func(w http.ResponseWriter, b *Body) {
		b.Within(50 * time.Millisecond)
		text, err := io.ReadAll(b)
		if err == nil {
			err = errors.New(string(text))
		}
		got <- err
	})
	_, _ = io.WriteString(conn, post10+"abc")
	if err := awaitSent(t, got); !errors.Is(err, ErrInputSlow) {
		t.Errorf("error %v", err)
	}
}

// What was in time leaves no deadline behind for the rest of the request, nor
// for the next one.
func TestBody_TheTimeOfABodyThatCameIsNobodyElses(t *testing.T) {
	over := make(chan struct{}, 10)
	conn := handling(t, func(w http.ResponseWriter, b *Body) {
		b.Within(time.Second)
		text, err := io.ReadAll(b)
		<-over
		b.Settle(w.Header())
		fmt.Fprintf(w, "%s %v", text, err)
	})
	for range 2 {
		_, _ = io.WriteString(conn, post10+"0123456789")
		time.Sleep(1100 * time.Millisecond) // nothing tells when a deadline has passed
		over <- struct{}{}
		head := make([]byte, 4096)
		n, err := conn.Read(head)
		if err != nil || !strings.HasSuffix(string(head[:n]), "0123456789 <nil>") || strings.Contains(string(head[:n]), "Connection: close") {
			t.Fatalf("%q, error %v", head[:n], err)
		}
	}
}

func TestBody_WithoutBoundItMayTakeItsTime(t *testing.T) {
	reading, got := make(chan struct{}), make(chan error, 1)
	conn := handling(t, func(_ http.ResponseWriter, b *Body) {
		b.Within(0)
		close(reading)
		_, err := io.ReadAll(b)
		got <- err
	})
	_, _ = io.WriteString(conn, post10)
	<-reading
	_, _ = io.WriteString(conn, "0123456789")
	if err := awaitSent(t, got); err != nil {
		t.Error(err)
	}
}

// A Read that waits for a client who never sends the rest ends with Release,
// and the connection with the answer.
func TestBody_ReleaseEndsARead(t *testing.T) {
	got := make(chan error, 1)
	conn := handling(t, func(w http.ResponseWriter, b *Body) {
		begun := make(chan struct{})
		go func() {
			_, _ = io.ReadFull(b, make([]byte, 3))
			close(begun)
			_, err := b.Read(make([]byte, 10))
			got <- err
		}()
		<-begun
		b.Settle(w.Header())
		_, _ = io.WriteString(w, "answer")
		b.Release()
		if _, err := b.Read(make([]byte, 1)); !errors.Is(err, ErrInputBroken) {
			t.Errorf("a Read after Release: %v", err)
		}
	})
	_, _ = io.WriteString(conn, post10+"abc")
	if err := awaitSent(t, got); !errors.Is(err, ErrInputBroken) {
		t.Errorf("error %v", err)
	}
	text, err := io.ReadAll(conn)
	if !strings.Contains(string(text), "Connection: close") || !strings.HasSuffix(string(text), "answer") {
		t.Errorf("%q, error %v", text, err)
	}
}

func TestBody_OneThatWasReadKeepsTheConnection(t *testing.T) {
	conn := handling(t, func(w http.ResponseWriter, b *Body) {
		_, _ = io.Copy(io.Discard, b)
		b.Settle(w.Header())
		_, _ = io.WriteString(w, "answer")
	})
	for range 3 {
		_, _ = io.WriteString(conn, post10+"0123456789")
		head := make([]byte, 4096)
		n, err := conn.Read(head)
		if err != nil || strings.Contains(string(head[:n]), "close") {
			t.Fatalf("%q, error %v", head[:n], err)
		}
	}
}
