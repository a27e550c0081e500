package lambda

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/harkvoice/hark/internal/function"
)

func TestNext_AnEventGoesToWhoeverAsks(t *testing.T) {
	d := NewDispatcher(Config{})
	const each = 200
	var calls, workers sync.WaitGroup
	taken := map[*process]int{}
	var mu sync.Mutex
	processes := []*process{newProcess(t, d, 1), newProcess(t, d, 3)}
	for _, p := range processes {
		for range p.api.concurrency {
			workers.Go(func() {
				for {
					e := p.next()
					if e.status != 200 {
						return
					}
					mu.Lock()
					taken[p]++
					mu.Unlock()
					p.want(p.respond(e.id, e.payload), accepted)
				}
			})
		}
	}
	for i := range 4 {
		calls.Go(func() {
			payload := strings.Repeat("1", i+1)
			for range each {
				if got := (<-invoke(t.Context(), d, Event{Payload: []byte(payload)})).body(t); got != payload {
					t.Errorf("%s is answered by %s", payload, got)
				}
			}
		})
	}
	calls.Wait()
	for _, p := range processes {
		if p.api.Inflight() != 0 {
			t.Errorf("%d in flight", p.api.Inflight())
		}
		p.api.Close(nil) // the workers are told 500
	}
	workers.Wait()
	if n := taken[processes[0]] + taken[processes[1]]; n != 4*each {
		t.Errorf("%d events of %d: %v", n, 4*each, taken)
	}
}

func TestNext_OneAtATimeIsRefusedASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDispatcher(Config{})
		r := d.NewRuntime(1)
		refused := func(when string) {
			if w := local(r, "GET", "invocation/next", ""); w.Code != 403 || !strings.Contains(w.Body.String(), "InvalidStateTransition") {
				t.Errorf("%s: %d %s", when, w.Code, w.Body)
			}
		}
		first := next(r)
		refused("one waits")
		ctx, giveUp := context.WithCancel(t.Context())
		one := invoke(ctx, d, Event{})
		<-first
		refused("one is taken")
		giveUp()
		<-one
		second := next(r) // the abandoned one does not count
		if r.Inflight() != 1 {
			t.Errorf("%d in flight with an abandoned one", r.Inflight())
		}
		r.Close(nil)
		<-second
	})
}

func TestNext_SeveralAtOnceMayAskAheadAndWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDispatcher(Config{})
		r := d.NewRuntime(2)
		polls := []<-chan *httptest.ResponseRecorder{next(r), next(r), next(r)}
		served := func() (n int) {
			synctest.Wait()
			for _, p := range polls {
				n += len(p)
			}
			return n
		}
		ctx, giveUp := context.WithCancel(t.Context())
		events := []<-chan result{invoke(ctx, d, Event{ID: "a"})}
		synctest.Wait() // it is the first
		events = append(events, invoke(t.Context(), d, Event{ID: "b"}), invoke(t.Context(), d, Event{ID: "c"}))
		if n := served(); n != 2 || r.Inflight() != 2 {
			t.Errorf("%d events of 2 were handed out, %d in flight", n, r.Inflight())
		}
		giveUp()
		if n := served(); n != 3 {
			t.Errorf("%d events were handed out once one was abandoned", n)
		}
		r.Close(nil)
		for _, e := range events {
			<-e
		}
	})
}

// next polls and returns when the poll waits or is answered.
func next(r *Runtime) <-chan *httptest.ResponseRecorder {
	got := make(chan *httptest.ResponseRecorder, 1)
	go func() { got <- local(r, "GET", "invocation/next", "") }()
	synctest.Wait()
	return got
}

func TestInvoke_TellsWhoHasTakenTheEventAndUntilWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDispatcher(Config{})
		r := d.NewRuntime(1)
		for _, end := range []string{"answered", "given up and then answered", "closed"} {
			var by *Runtime
			var answered <-chan struct{}
			ctx, giveUp := context.WithCancel(t.Context())
			got := invoke(ctx, d, Event{ID: "e", Taken: func(r *Runtime, until <-chan struct{}) { by, answered = r, until }})
			<-next(r)
			if synctest.Wait(); by != r {
				t.Fatalf("%s: taken by %p, want %p", end, by, r)
			}
			select {
			case <-answered:
				t.Errorf("%s: answered before it was", end)
			default:
			}
			switch end {
			case "given up and then answered":
				giveUp()
				<-got
				fallthrough
			case "answered":
				local(r, "POST", "invocation/e/response", "1")
			case "closed":
				r.Close(nil)
			}
			<-answered
			giveUp()
		}
	})
}

func TestNext_AnEventGivenUpIsNeverHandedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDispatcher(Config{})
		r := d.NewRuntime(1)
		for range 100 {
			ctx, cancel := context.WithCancel(t.Context())
			late := invoke(ctx, d, Event{ID: "late"})
			synctest.Wait()
			cancel()
			<-late
			inTime := invoke(t.Context(), d, Event{ID: "inTime"})
			if id := local(r, "GET", "invocation/next", "").Header().Get(requestID); id != "inTime" {
				t.Errorf("handed out %q", id)
			}
			local(r, "POST", "invocation/inTime/response", "1")
			(<-inTime).body(t)
		}
	})
}

// A dead client and an event are both ready: whichever the select picks, the
// event is not lost.
func TestNext_ADeadClientTakesNoEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDispatcher(Config{})
		dead, alive := d.NewRuntime(1), d.NewRuntime(1)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 {
			got := invoke(t.Context(), d, Event{ID: "event"})
			synctest.Wait()
			w := httptest.NewRecorder()
			dead.ServeHTTP(w, httptest.NewRequestWithContext(gone, "GET", root+"invocation/next", nil))
			if w.Body.Len() > 0 || dead.Inflight() > 0 || dead.waiting > 0 {
				t.Fatalf("the dead one has %q, %d in flight, %d waiting", w.Body, dead.Inflight(), dead.waiting)
			}
			if id := local(alive, "GET", "invocation/next", "").Header().Get(requestID); id != "event" {
				t.Fatalf("the other has %q", id)
			}
			local(alive, "POST", "invocation/event/response", "1")
			(<-got).body(t)
		}
	})
}

func TestNext_AClientThatGoesFreesItsPlace(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, _, err := p.do(ctx, "GET", "invocation/next", nil, nil)
		gone <- err
	}()
	<-p.api.Ready()
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	eventually(t, "the place stays taken", func() bool {
		p.api.d.mu.Lock()
		defer p.api.d.mu.Unlock()
		return p.api.waiting == 0
	})
	got, e := p.taken(t.Context())
	p.want(p.respond(e.id, "1"), accepted)
	(<-got).body(t)
}

// deaf is a connection that breaks while the event is written.
type deaf struct{ *httptest.ResponseRecorder }

var errDeaf = errors.New("broken pipe")

func (deaf) Write([]byte) (int, error) { return 0, errDeaf }

func TestNext_AnEventThatCannotBeWrittenFails(t *testing.T) {
	d := NewDispatcher(Config{})
	r := d.NewRuntime(1)
	got := invoke(t.Context(), d, Event{})
	r.ServeHTTP(deaf{httptest.NewRecorder()}, httptest.NewRequest("GET", root+"invocation/next", nil))
	if err := (<-got).err; !errors.Is(err, function.ErrBroken) || !errors.Is(err, errDeaf) || r.Inflight() != 0 {
		t.Errorf("%v, %d in flight", err, r.Inflight())
	}
}

func TestNext_HasNoBody(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	resp, _, err := p.do(t.Context(), "GET", "invocation/next", nil, strings.NewReader("body"))
	if err != nil || resp.StatusCode != 400 {
		t.Errorf("%v, %v", resp, err)
	}
}
