package lambda

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

func TestInvoke_ReturnsTheAnswer(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{}), 1)
	for _, c := range []struct{ name, payload, event, answer, kind string }{
		{"JSON", `{"a":1}`, `{"a":1}`, `{"b":2}`, "application/json"},
		{"no payload", "", "{}", "null", "application/json; charset=utf-8"},
		{"not JSON", "1", "1", "\x00\xff", "application/octet-stream"},
		{"empty, without a type", "[]", "[]", "", ""},
		{"large", `"` + strings.Repeat("x", 1<<20) + `"`, `"` + strings.Repeat("x", 1<<20) + `"`, strings.Repeat("y", MaxPayload), "text/plain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := invoke(t.Context(), p.api.d, Event{Payload: []byte(c.payload)})
			e := p.next()
			if e.status != 200 || e.payload != c.event || e.header.Get("Content-Length") != strconv.Itoa(len(c.event)) {
				t.Errorf("event %.100q, %v", e.payload, e.header)
			}
			p.want(p.respond(e.id, c.answer, "Content-Type", c.kind), accepted)
			r := <-got
			if body := r.body(t); body != c.answer || r.answer.Status != 200 || r.answer.Header.Get("Content-Type") != c.kind {
				t.Errorf("%.100q, %+v", body, r.answer)
			}
			if n := p.api.Inflight(); n != 0 {
				t.Errorf("%d in flight", n)
			}
		})
	}
}

func TestInvoke_TellsTheFunctionOfItsCall(t *testing.T) {
	p := newProcess(t, NewDispatcher(Config{ARN: "arn:f"}), 1)
	deadline := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()
	got := invoke(ctx, p.api.d, Event{ID: "a.B_1-2", TraceID: "Root=1", ClientContext: `{"a":"b"}`, CognitoIdentity: "x\r\nY: z"})
	header := p.next().header
	header.Del("Date") // net/http adds it
	want := http.Header{
		"Content-Type":                        {"application/json"},
		"Content-Length":                      {"2"},
		"Lambda-Runtime-Aws-Request-Id":       {"a.B_1-2"},
		"Lambda-Runtime-Deadline-Ms":          {strconv.FormatInt(deadline.UnixMilli(), 10)},
		"Lambda-Runtime-Invoked-Function-Arn": {"arn:f"},
		"Lambda-Runtime-Trace-Id":             {"Root=1"},
		"Lambda-Runtime-Client-Context":       {`{"a":"b"}`},
	}
	if diff := cmp.Diff(want, header); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p.want(p.respond("a.B_1-2", "1"), accepted)
	(<-got).body(t)
}

func TestInvoke_WithoutADeadlineTheFunctionIsToldOurs(t *testing.T) {
	for want, c := range map[time.Duration]Config{
		15 * time.Minute: {ARN: "a\nb"},
		time.Minute:      {Deadline: time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := NewDispatcher(c)
			r := d.NewRuntime(1)
			got := invoke(t.Context(), d, Event{})
			w := local(r, "GET", "invocation/next", "")
			if ms := w.Header().Get("Lambda-Runtime-Deadline-Ms"); ms != strconv.FormatInt(time.Now().Add(want).UnixMilli(), 10) {
				t.Errorf("%s for %v", ms, want)
			}
			if arn := w.Header().Get("Lambda-Runtime-Invoked-Function-Arn"); arn != defaultARN {
				t.Errorf("ARN %q", arn)
			}
			r.Close(nil)
			<-got
		})
	}
}

func TestInvoke_RefusesWhatNoFunctionCanTake(t *testing.T) {
	for _, c := range []struct {
		name, payload string
		want          error
	}{
		{"no JSON", "{", function.ErrInputInvalid},
		{"two values", "1 2", function.ErrInputInvalid},
		{"blanks", " ", function.ErrInputInvalid},
		{"a byte too many", `"` + strings.Repeat("x", MaxPayload-1) + `"`, function.ErrInputTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := NewDispatcher(Config{}).Invoke(t.Context(), Event{Payload: []byte(c.payload)}); !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestInvoke_GivesEachEventAnIDOfItsOwn(t *testing.T) {
	d := NewDispatcher(Config{})
	r := d.NewRuntime(100)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for _, id := range []string{"", "", "a", "a", "A", "next", ".", "..", "a/b", "a b", "a%2f", "ä", "a\n", "...", strings.Repeat("a", 128), strings.Repeat("a", 129)} {
		invoke(t.Context(), d, Event{ID: id})
		got := local(r, "GET", "invocation/next", "").Header().Get(requestID)
		if seen[got] || got != id && !uuid.MatchString(got) {
			t.Errorf("%q has the id %q", id, got)
		}
		if kept := id == got; kept != (id != "" && len(id) <= 128 && !strings.ContainsAny(id, "/ %ä\n") && id != "." && id != ".." && !seen[id]) {
			t.Errorf("%q has the id %q", id, got)
		}
		seen[got] = true
	}
	r.Close(nil)
	invoke(t.Context(), d, Event{ID: "a"}) // which nobody answers now
	again := d.NewRuntime(1)
	if got := local(again, "GET", "invocation/next", "").Header().Get(requestID); got != "a" {
		t.Errorf("a as %q", got)
	}
	again.Close(nil)
}

var errGone = errors.New("the client went away")

func TestInvoke_EndsWithItsContext(t *testing.T) {
	cancelled, cancel := context.WithCancelCause(t.Context())
	cancel(errGone)
	passed, stop := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer stop()
	for ctx, want := range map[context.Context]error{cancelled: errGone, passed: function.ErrTimeout} {
		if _, err := NewDispatcher(Config{}).Invoke(ctx, Event{}); !errors.Is(err, want) {
			t.Errorf("before: %v, want %v", err, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		d := NewDispatcher(Config{})
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if _, err := d.Invoke(ctx, Event{}); !errors.Is(err, function.ErrTimeout) || len(d.unanswered) > 0 {
			t.Errorf("not taken: %v, %d known", err, len(d.unanswered))
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		r := d.NewRuntime(1)
		got := invoke(ctx, d, Event{})
		local(r, "GET", "invocation/next", "")
		cancel(errGone)
		if err := (<-got).err; !errors.Is(err, errGone) {
			t.Errorf("taken: %v", err)
		}
	})
}

// Its answer came as its context ended. A stream would never be closed, were it
// not returned.
func TestInvoke_ReturnsAnAnswerThatCameAtTheEnd(t *testing.T) {
	d := NewDispatcher(Config{})
	r := d.NewRuntime(1)
	inv := d.admit(t.Context(), Event{})
	inv.runtime = r
	want := &Answer{}
	d.settle(inv, outcome{answer: want})
	if got, err := d.giveUp(inv); got != want || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}
