package function

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestNewHTTP(t *testing.T) {
	r := httptest.NewRequest("PUT", "http://hark.example/function/f/a?x=1", strings.NewReader("body"))
	r.Header.Set("X-Hub-Signature", "sha256=ab")
	want := &HTTP{Method: "PUT", Path: "/a b", RawPath: "/a%20b", Query: "x=1", Host: "hark.example", ContentLength: 4, Header: http.Header{"X-Hub-Signature": {"sha256=ab"}}}
	if diff := cmp.Diff(want, NewHTTP(r, "/a%20b")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// closer notes that it was closed.
type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

func TestSend_WritesStatusHeaderAndBody(t *testing.T) {
	body := &closer{Reader: strings.NewReader("the answer")}
	w := httptest.NewRecorder()
	err := Result{Status: 201, Header: http.Header{"X-Color": {"red", "green"}}, Body: body}.Send(w)
	if err != nil || !body.closed {
		t.Errorf("error %v, closed %v", err, body.closed)
	}
	if diff := cmp.Diff([]string{"red", "green"}, w.Header()["X-Color"]); diff != "" || w.Code != 201 || w.Body.String() != "the answer" {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
}

func TestSend_ReturnsWhatCutTheAnswerShort(t *testing.T) {
	body := &closer{Reader: io.MultiReader(strings.NewReader("half"), iotest.ErrReader(&ExitError{Status: 3}))}
	var exit *ExitError
	if err := (Result{Body: body}).Send(httptest.NewRecorder()); !errors.As(err, &exit) || !body.closed {
		t.Errorf("error %v, closed %v", err, body.closed)
	}
}

type brokenWriter struct{ *httptest.ResponseRecorder }

var errBroken = errors.New("the client is gone")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestSend_EndsTheFunctionWhenTheClientIsGone(t *testing.T) {
	body := &closer{Reader: strings.NewReader("the answer")}
	if err := (Result{Body: body}).Send(brokenWriter{httptest.NewRecorder()}); !errors.Is(err, errBroken) || !body.closed {
		t.Errorf("error %v, closed %v", err, body.closed)
	}
}

// A function that prints a line now and then is heard as it prints, once its
// answer is longer than what is held back.
func TestSend_DoesNotSitOnALongAnswer(t *testing.T) {
	reader, writer := io.Pipe()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = Result{Body: reader}.Send(w)
	}))
	defer server.Close()
	defer writer.Close() // or the handler never ends
	go func() { _, _ = io.WriteString(writer, strings.Repeat("x", 64<<10)+"\n") }()
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer := bufio.NewReader(resp.Body)
	for _, line := range []string{"", "one", "two"} {
		if line != "" { // only now is there more to send
			_, _ = io.WriteString(writer, line+"\n")
		}
		got, err := answer.ReadString('\n')
		if err != nil || !strings.HasSuffix(got, line+"\n") {
			t.Fatalf("line %.20q, error %v", got, err)
		}
	}
}

func TestSend_LetsAnAnswerHaveItsLength(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = Result{Header: http.Header{"Content-Length": {"5"}}, Body: io.NopCloser(strings.NewReader("short"))}.Send(w)
	}))
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.ContentLength != 5 {
		t.Errorf("Content-Length %d", resp.ContentLength)
	}
}

func TestSetExitStatus(t *testing.T) {
	h := http.Header{}
	SetExitStatus(h, ErrTimeout)
	if len(h) > 0 {
		t.Errorf("a deadline has %v", h)
	}
	SetExitStatus(h, errors.Join(errors.New("function f"), &ExitError{Status: 137}))
	if got := h.Get(HeaderExitStatus); got != "137" {
		t.Errorf("exit status %q", got)
	}
}
