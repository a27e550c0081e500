package lambda

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/harkvoice/hark/internal/function"
)

func TestServeHTTP_RefusesWhatIsNotTheAPI(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"POST", root + "invocation/next", 405, "GET"},
		{"HEAD", root + "invocation/next", 405, "GET"},
		{"GET", root + "init/error", 405, "POST"},
		{"PUT", root + "invocation/a/response", 405, "POST"},
		{"GET", root + "invocation/a/error", 405, "POST"},
		{"GET", "/", 404, ""},
		{"GET", root, 404, ""},
		{"GET", root + "invocation", 404, ""},
		{"GET", root + "invocation/next/", 404, ""},
		{"POST", root + "invocation/a", 404, ""},
		{"POST", root + "invocation/a/", 404, ""},
		{"POST", root + "invocation/a/response/", 404, ""},
		{"POST", root + "invocation/a/b/response", 404, ""},
		{"POST", root + "other/a/response", 404, ""},
		{"POST", "/2020-01-01/extension/register", 404, ""},
		{"POST", root + "invocation//response", 400, ""},
		{"POST", root + "invocation/unknown/response", 400, ""},
		{"POST", root + "invocation/unknown/error", 400, ""},
		{"POST", root + "invocation/%00/error", 400, ""},
	} {
		req, err := http.NewRequest(c.method, p.server.URL+c.path, strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := p.server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || resp.Header.Get("Allow") != c.allow || resp.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: %d %q, %v", c.method, c.path, resp.StatusCode, text, resp.Header)
		}
	}
	select {
	case <-p.api.Ready():
		t.Error("ready")
	default:
	}
}

func TestRetire_TakesNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDispatcher(Config{})
		old, fresh := d.NewRuntime(2), d.NewRuntime(1)
		under := invoke(t.Context(), d, Event{ID: "under-way"})
		local(old, "GET", "invocation/next", "")
		var waiting sync.WaitGroup
		waiting.Go(func() { // began before
			if w := local(old, "GET", "invocation/next", ""); w.Code != 500 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
		synctest.Wait()
		old.Retire()
		old.Retire()
		later := invoke(t.Context(), d, Event{ID: "later"})
		if w := local(old, "POST", "invocation/under-way/response", "1"); w.Code != 202 {
			t.Errorf("its answer: %d %s", w.Code, w.Body)
		}
		(<-under).body(t)
		ctx, cancel := context.WithCancel(t.Context())
		waiting.Go(func() { // began after
			old.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", root+"invocation/next", nil))
		})
		synctest.Wait()
		if id := local(fresh, "GET", "invocation/next", "").Header().Get(requestID); id != "later" {
			t.Errorf("the other has %q", id)
		}
		cancel()
		old.Close(nil)
		fresh.Close(nil)
		waiting.Wait()
		<-later
	})
}

func TestClose_EndsWhatWaits(t *testing.T) {
	errDied := errors.New("the process died")
	for cause, want := range map[error]error{errDied: errDied, nil: function.ErrBroken} {
		p := newProcess(t, NewDispatcher(Config{}), 2)
		got, e := p.taken(t.Context())
		told := make(chan event)
		go func() { told <- p.next() }()
		eventually(t, "it does not wait", func() bool {
			p.api.d.mu.Lock()
			defer p.api.d.mu.Unlock()
			return p.api.waiting == 1
		})
		p.api.Close(cause)
		p.api.Close(errGone)
		if err := (<-got).err; !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
		if w := <-told; w.status != 500 {
			t.Errorf("the waiting call is told %d", w.status)
		}
		closed := said{500, "InternalServerError"}
		p.want(p.respond(e.id, "1"), closed)
		p.want(p.post("invocation/"+e.id+"/error", nil), closed)
		p.want(p.post("init/error", nil), closed)
		if w := p.next(); w.status != 500 || p.api.Inflight() != 0 {
			t.Errorf("the next call is told %d, %d in flight", w.status, p.api.Inflight())
		}
	}
}

// The process reads nothing of an event that no buffer of the system holds.
func TestClose_EndsTheWritingOfAnEvent(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	got := invoke(t.Context(), p.api.d, Event{Payload: []byte(`"` + strings.Repeat("x", 6<<20-2) + `"`)})
	req, err := http.NewRequest("GET", p.server.URL+root+"invocation/next", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	p.api.Close(errGone)
	if err := (<-got).err; !errors.Is(err, errGone) {
		t.Error(err)
	}
	eventually(t, "the call does not end", func() bool {
		p.api.d.mu.Lock()
		defer p.api.d.mu.Unlock()
		return len(p.api.calls) == 0
	})
}

// The process neither sends the rest nor goes.
func TestClose_EndsTheReadingOfWhatDoesNotCome(t *testing.T) {
	for _, c := range []struct{ path, head string }{
		{"response", ""},
		{"response", "Lambda-Runtime-Function-Response-Mode: streaming\r\n"},
		{"response", "Content-Type: " + integration + "\r\n"},
		{"error", ""},
		{"init", ""},
	} {
		p := newProcess(t, NewDispatcher(Config{}), 1)
		path, got := "init/error", make(<-chan result)
		if c.path != "init" {
			var e event
			got, e = p.taken(t.Context())
			path = "invocation/" + e.id + "/" + c.path
		}
		p.raw(path, c.head+"Content-Length: 10\r\n\r\nhalf")
		reading := func(n int) func() bool {
			return func() bool {
				p.api.d.mu.Lock()
				defer p.api.d.mu.Unlock()
				return len(p.api.calls) == n
			}
		}
		eventually(t, "the call does not come", reading(1))
		p.api.Close(errGone)
		if c.path != "init" {
			if r := <-got; r.answer != nil { // it has begun
				if _, err := io.ReadAll(r.answer.Body); !errors.Is(err, errGone) {
					t.Errorf("%+v: the stream ends in %v", c, err)
				}
			} else if !errors.Is(r.err, errGone) {
				t.Errorf("%+v: %v", c, r.err)
			}
		}
		eventually(t, "the call does not end", reading(0))
	}
}
