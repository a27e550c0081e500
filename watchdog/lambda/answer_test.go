package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/harkvoice/hark/internal/function"
)

func TestResponse_AnEventIsAnsweredOnce(t *testing.T) {
	d := NewDispatcher(Config{})
	p, other := newProcess(t, d, 1), newProcess(t, d, 1)
	first, e := p.taken(t.Context())
	unknown, answered := said{400, "InvalidRequestID"}, said{403, "InvalidStateTransition"}
	other.want(other.respond(e.id, "of another"), unknown)
	p.want(p.respond(e.id, "1"), accepted)
	p.want(p.respond(e.id, "2"), answered)
	p.want(p.post("invocation/"+e.id+"/error", nil), answered)
	if got := (<-first).body(t); got != "1" {
		t.Errorf("%q", got)
	}
	for range len(p.api.answered) {
		got, e := p.taken(t.Context())
		p.want(p.respond(e.id, "1"), accepted)
		(<-got).body(t)
	}
	p.want(p.respond(e.id, "3"), unknown) // long ago
}

func TestResponse_ASecondAnswerWhileTheFirstIsRead(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	got, e := p.taken(t.Context())
	body, more := io.Pipe()
	first := make(chan said)
	go func() { first <- p.post("invocation/"+e.id+"/response", body) }()
	_, _ = io.WriteString(more, "the ")
	eventually(t, "it is not read", func() bool {
		p.api.d.mu.Lock()
		defer p.api.d.mu.Unlock()
		return p.api.d.unanswered[e.id].answering
	})
	p.want(p.respond(e.id, "other"), said{403, "InvalidStateTransition"})
	_, _ = io.WriteString(more, "answer")
	more.Close()
	p.want(<-first, accepted)
	if got := (<-got).body(t); got != "the answer" {
		t.Errorf("%q", got)
	}
}

func TestResponse_TooLarge(t *testing.T) {
	large := strings.Repeat("x", MaxPayload+1)
	for name, body := range map[string]io.Reader{
		"as announced": strings.NewReader(large),
		"as it turns":  io.MultiReader(strings.NewReader(large)), // without a length
	} {
		t.Run(name, func(t *testing.T) {
			p := newProcess(t, NewDispatcher(Config{}), 1)
			got, e := p.taken(t.Context())
			p.want(p.post("invocation/"+e.id+"/response", body), said{413, "RequestEntityTooLarge"})
			if err := (<-got).err; !errors.Is(err, function.ErrOutputTooLarge) {
				t.Error(err)
			}
			got, e = p.taken(t.Context()) // it may go on
			p.want(p.respond(e.id, large[1:]), accepted)
			if n := len((<-got).body(t)); n != MaxPayload {
				t.Errorf("%d bytes", n)
			}
		})
	}
}

func TestResponse_AnAbandonedEventIsAcceptedAndDropped(t *testing.T) {
	const streaming = "Lambda-Runtime-Function-Response-Mode"
	for _, c := range []struct {
		name, path, body string
		header           []string
	}{
		{name: "an answer", path: "response", body: "late"},
		{name: "a large answer", path: "response", body: strings.Repeat("x", 1<<20)},
		{name: "too large an answer", path: "response", body: strings.Repeat("x", MaxPayload+1)},
		{name: "a stream", path: "response", body: "late", header: []string{streaming, "streaming"}},
		{name: "a stream without its prelude", path: "response", body: "late", header: []string{"Content-Type", integration}},
		{name: "an error", path: "error", body: `{"errorType":"late"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProcess(t, NewDispatcher(Config{}), 1)
			ctx, cancel := context.WithCancelCause(t.Context())
			got, e := p.taken(ctx)
			cancel(errGone)
			if err := (<-got).err; !errors.Is(err, errGone) {
				t.Error(err)
			}
			if p.api.Inflight() != 1 {
				t.Errorf("%d in flight before", p.api.Inflight())
			}
			p.want(p.post("invocation/"+e.id+"/"+c.path, strings.NewReader(c.body), c.header...), accepted)
			if p.api.Inflight() != 0 {
				t.Errorf("%d in flight after", p.api.Inflight())
			}
			again, e := p.taken(t.Context())
			p.want(p.respond(e.id, "1"), accepted)
			(<-again).body(t)
		})
	}
}

func TestResponse_GivenUpWhileItIsRead(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	ctx, cancel := context.WithCancelCause(t.Context())
	got, e := p.taken(ctx)
	body, more := io.Pipe()
	told := make(chan said)
	go func() { told <- p.post("invocation/"+e.id+"/response", body) }()
	_, _ = io.WriteString(more, "the ")
	cancel(errGone)
	if err := (<-got).err; !errors.Is(err, errGone) {
		t.Error(err)
	}
	more.Close()
	p.want(<-told, accepted)
}

// raw sends a request whose body is never sent whole, and leaves the
// connection open.
func (p *process) raw(path, head string) net.Conn {
	p.t.Helper()
	conn, err := net.Dial("tcp", p.server.Listener.Addr().String())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST %s%s HTTP/1.1\r\nHost: x\r\n%s", root, path, head)
	return conn
}

func TestResponse_BrokenOff(t *testing.T) {
	for name, head := range map[string]string{
		"of a length":      "Content-Length: 10\r\n\r\nhalf",
		"of no length":     "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
		"with bad framing": "Transfer-Encoding: chunked\r\n\r\nzzz\r\n",
		"in its prelude":   "Content-Length: 10\r\nContent-Type: " + integration + "\r\n\r\n{}",
	} {
		t.Run(name, func(t *testing.T) {
			p := newProcess(t, NewDispatcher(Config{}), 1)
			got, e := p.taken(t.Context())
			p.raw("invocation/"+e.id+"/response", head).Close()
			if err := (<-got).err; !errors.Is(err, function.ErrBroken) {
				t.Error(err)
			}
		})
	}
}

func TestResponse_AfterExpect100(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	got, e := p.taken(t.Context())
	p.want(p.respond(e.id, "1", "Expect", "100-continue"), accepted)
	if body := (<-got).body(t); body != "1" {
		t.Errorf("%q", body)
	}
}

// aws-lambda-go sends every answer so, and JSON as well.
func TestResponse_BufferedAnswerThatFailsOnTheWay(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	got, e := p.taken(t.Context())
	p.want(p.withTrailer(e.id, strings.NewReader("half"), nil), accepted)
	var failed *FunctionError
	if err := (<-got).err; !errors.As(err, &failed) || *failed != (FunctionError{"Boom", "it broke"}) {
		t.Error(err)
	}
}

func TestReadAll_AllocatesForTheLength(t *testing.T) {
	body := strings.Repeat("x", 100<<10)
	c := &call{req: &http.Request{ContentLength: int64(len(body)), Body: io.NopCloser(iotest.DataErrReader(strings.NewReader(body)))}}
	got, err := c.readAll(MaxPayload)
	if err != nil || string(got) != body || cap(got) > len(body)+16<<10 {
		t.Errorf("%d bytes, room for %d, %v", len(got), cap(got), err)
	}
}
