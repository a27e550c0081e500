package lambda

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// begun returns a stream of which "begin" was read.
func (p *process) begun(ctx context.Context) (*Answer, *io.PipeWriter, <-chan said) {
	p.t.Helper()
	got, e := p.taken(ctx)
	body, told := p.stream(e.id, headerMode, "streaming")
	_, _ = io.WriteString(body, "begin")
	r := <-got
	if r.err != nil {
		p.t.Fatal(r.err)
	}
	begin := make([]byte, 5)
	if _, err := io.ReadFull(r.answer.Body, begin); err != nil || string(begin) != "begin" {
		p.t.Errorf("%q, %v", begin, err)
	}
	return r.answer, body, told
}

// Nothing more comes from the process, and it is told all the same.
func TestStream_ClosedEarly(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	answer, _, told := p.begun(t.Context())
	answer.Body.Close()
	p.want(<-told, accepted)
	if n, err := answer.Body.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	again, e := p.taken(t.Context())
	p.want(p.respond(e.id, "1"), accepted)
	(<-again).body(t)
}

// The process waits for its reader, not the other way round.
func TestStream_ClosedEarlyWhileTheProcessSends(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	answer, body, told := p.begun(t.Context())
	go func() {
		for chunk := strings.Repeat("x", 1<<20); ; {
			if _, err := io.WriteString(body, chunk); err != nil {
				return
			}
		}
	}()
	if _, err := io.CopyN(io.Discard, answer.Body, 10<<20); err != nil {
		t.Error(err)
	}
	answer.Body.Close()
	p.want(<-told, accepted)
	body.CloseWithError(io.ErrClosedPipe)
}

func TestStream_EndsWithItsContext(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	ctx, cancel := context.WithCancelCause(t.Context())
	answer, _, told := p.begun(ctx)
	cancel(errGone)
	if _, err := io.ReadAll(answer.Body); !errors.Is(err, errGone) {
		t.Errorf("cancelled: %v", err)
	}
	p.want(<-told, accepted)

	late, stop := context.WithDeadline(t.Context(), time.Now().Add(200*time.Millisecond))
	defer stop()
	answer, _, told = p.begun(late)
	if _, err := io.ReadAll(answer.Body); !errors.Is(err, function.ErrTimeout) {
		t.Errorf("deadline: %v", err)
	}
	p.want(<-told, accepted)
	if p.api.Inflight() != 0 {
		t.Errorf("%d in flight", p.api.Inflight())
	}
}

func TestStream_ContextEndsBeforeThePrelude(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	ctx, cancel := context.WithCancelCause(t.Context())
	got, e := p.taken(ctx)
	body, told := p.stream(e.id, "Content-Type", integration)
	_, _ = io.WriteString(body, `{"statusCode":200`)
	cancel(errGone)
	if err := (<-got).err; !errors.Is(err, errGone) {
		t.Error(err)
	}
	if now := <-told; now.Status != 202 && now.Status != 400 { // it depends on who comes first
		t.Errorf("%+v", now)
	}
}

func TestStream_EndsWithItsProcess(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	answer, _, told := p.begun(t.Context())
	p.api.Close(errGone)
	if _, err := io.ReadAll(answer.Body); !errors.Is(err, errGone) {
		t.Error(err)
	}
	p.want(<-told, said{500, "InternalServerError"})
}

func TestStream_BrokenOff(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	got, e := p.taken(t.Context())
	p.raw("invocation/"+e.id+"/response", headerMode+": streaming\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n").Close()
	body, err := io.ReadAll((<-got).answer.Body)
	if !errors.Is(err, function.ErrBroken) || string(body) != "half" {
		t.Errorf("%q, %v", body, err)
	}
}

func TestStream_LeavesNoGoroutine(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	before := runtime.NumGoroutine()
	for i := range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		answer, body, told := p.begun(ctx)
		switch i % 4 {
		case 0:
			answer.Body.Close()
		case 1:
			cancel()
		case 2:
			body.Close()
			_, _ = io.ReadAll(answer.Body)
		case 3:
			go io.WriteString(body, strings.Repeat("x", 1<<20))
			answer.Body.Close()
		}
		<-told
		cancel()
		body.Close()
	}
	p.server.Client().CloseIdleConnections()
	eventually(t, "goroutines are left", func() bool { return runtime.NumGoroutine() <= before })
}
