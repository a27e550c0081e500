package router

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/spool"
)

// event is a request that no answer is wanted for, dated now.
func event(requestType string) string {
	return `{"request":{"type":"` + requestType + `","timestamp":"` + time.Now().UTC().Format(time.RFC3339) + `","error":{"message":"secret-detail"}}}`
}

// blocks runs until it is told to end, or its time is over.
func blocks(until <-chan struct{}) body {
	return func(ctx context.Context, _ function.Invocation) (function.Result, error) {
		select {
		case <-until:
			return function.Result{Body: io.NopCloser(strings.NewReader("printed in vain"))}, nil
		case <-ctx.Done():
			return function.Result{}, ctx.Err()
		}
	}
}

func TestObserver_DoesNotDelayTheAnswer(t *testing.T) {
	until := make(chan struct{})
	h := build(t, map[string]body{"SessionEndedRequest": blocks(until)})
	sent := event("SessionEndedRequest")
	w := h.say(t, sent)
	if w.Code != 200 || w.Body.String() != `{"version":"1.0","response":{}}` {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	if rec := h.record(t); rec["route"] != "skill" || rec["stage"] != "respond" || rec["outcome"] != "ok" || rec["function"] != nil {
		t.Errorf("record of the request: %v", rec)
	}
	close(until)
	h.Close(t.Context())
	call := h.engine.called()[0]
	if stdin, _ := io.ReadAll(call.Body); string(stdin) != sent || call.Voice["ALEXA_REQUEST_TYPE"] != "SessionEndedRequest" {
		t.Errorf("the observer is given %q and %v", stdin, call.Voice)
	}
	rec := h.record(t)
	for key, want := range map[string]any{
		"route": "observer", "stage": "invoke", "type": "SessionEndedRequest", "skill": "lights",
		"function": "SessionEndedRequest", "outcome": "ok", "status": nil, "request_id": call.RequestID,
		"dropped": "15 bytes that it printed: Alexa takes no answer to this type",
	} {
		if rec[key] != want {
			t.Errorf("record of the observer: %s = %v, want %v", key, rec[key], want)
		}
	}
	if h.metric(t, "hark_requests_total", "route", "observer", "outcome", "ok") != 1 || h.metric(t, "hark_requests_in_flight", "route", "observer") != 0 {
		t.Error("the observer is not counted")
	}
	if strings.Contains(h.log.String(), "printed in vain") || strings.Contains(h.log.String(), "secret-detail") {
		t.Errorf("the log has what was printed or sent:\n%s", h.log)
	}
}

func TestObserver_TellsItsFailureInItsRecordOnly(t *testing.T) {
	for outcome, f := range map[string]body{
		"exit":     fails(&function.ExitError{Status: 3}),
		"internal": func(context.Context, function.Invocation) (function.Result, error) { panic("x") },
		"failed": func(context.Context, function.Invocation) (function.Result, error) {
			return function.Result{Status: 500, Body: io.NopCloser(strings.NewReader(""))}, nil
		},
	} {
		h := build(t, map[string]body{"SkillEnabled": f})
		w := h.say(t, event("AlexaSkillEvent.SkillEnabled"))
		if w.Code != 200 || w.Header().Get(function.HeaderOutcome) != "ok" {
			t.Errorf("%s: answered %d %v", outcome, w.Code, w.Header())
		}
		h.Close(t.Context())
		level, text := `"level":"ERROR"`, `"route":"observer"`
		if !slices.ContainsFunc(strings.Split(h.log.String(), "\n"), func(line string) bool { // whichever of the two is last
			return strings.Contains(line, level) && strings.Contains(line, text) && strings.Contains(line, `"outcome":"`+outcome+`"`) && strings.Contains(line, `"cause"`)
		}) {
			t.Errorf("records:\n%s", h.log)
		}
		if h.metric(t, "hark_requests_total", "route", "observer", "outcome", outcome) != 1 {
			t.Errorf("%s is not counted", outcome)
		}
	}
}

// What was acknowledged before hark crashed is observed by the next one.
func TestObserver_TakesUpWhatACrashHasLeft(t *testing.T) {
	dir, sent := t.TempDir(), event("SessionEndedRequest")
	opened := func() *spool.Spool {
		s, err := spool.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	events := opened()
	h := build(t, map[string]body{"SessionEndedRequest": blocks(nil)}, func(c *Config) { c.Events = events })
	if w := h.say(t, sent); w.Code != 200 {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	events.Close() // as the system does for who has crashed
	next := build(t, map[string]body{"SessionEndedRequest": prints("")}, func(c *Config) { c.Events = opened() })
	next.TakeUp(t.Context())
	next.Close(t.Context())
	calls := next.engine.called()
	if len(calls) != 1 {
		t.Fatalf("%d calls", len(calls))
	}
	if stdin, _ := io.ReadAll(calls[0].Body); string(stdin) != sent || calls[0].Voice["ALEXA_REQUEST_TYPE"] != "SessionEndedRequest" {
		t.Errorf("the observer is given %q", stdin)
	}
	next.Events.Close()
	if left := opened().Left(); len(left) > 0 {
		t.Errorf("%d are left once it is observed", len(left))
	}
	over, stop := context.WithCancel(t.Context())
	stop()
	h.Close(over)
}

func TestObserver_TellsOfWhatItCannotTakeUp(t *testing.T) {
	events, err := spool.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"nobody\n" + event("SessionEndedRequest"), "lights\n{", "lights\n" + event("SessionEndedRequest"), ""} {
		if _, err := events.Keep([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	events.Close()
	dir := events.Dir()
	again, err := spool.Open(filepath.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	h := build(t, nil, func(c *Config) { c.Events = again })
	h.TakeUp(t.Context())
	h.Close(t.Context())
	if n := strings.Count(h.log.String(), "an event that was acknowledged is not observed"); n != 4 {
		t.Errorf("%d are told of:\n%s", n, h.log)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "kept-*")); len(files) > 0 {
		t.Errorf("left are %v", files)
	}
}

// observing runs a test in a bubble, with a router whose observers are of its.
func observing(t *testing.T, test func(t *testing.T, h *house, notify func())) {
	h := build(t, map[string]body{"F": nil}, func(c *Config) { c.FunctionTimeout = time.Minute })
	synctest.Test(t, func(t *testing.T) {
		h.observers = newObservers()
		test(t, h, func() {
			h.notify(&record{id: newID(), skill: h.Skills.All()[0]}, intents.Route{Function: "F"}, testRequest)
		})
	})
}

func TestObserver_EndsAtItsDeadline(t *testing.T) {
	observing(t, func(t *testing.T, h *house, notify func()) {
		h.engine.run["F"] = blocks(nil)
		notify()
		start := time.Now()
		h.Close(t.Context())
		if took := time.Since(start); took != time.Minute {
			t.Errorf("it ran for %s", took)
		}
		if rec := h.record(t); rec["outcome"] != "timeout" {
			t.Errorf("record %v", rec)
		}
	})
}

func TestObserver_WaitsForAFunctionThatIsBusy(t *testing.T) {
	observing(t, func(t *testing.T, h *house, notify func()) {
		free := time.Now().Add(5 * time.Second)
		h.engine.run["F"] = func(_ context.Context, call function.Invocation) (function.Result, error) {
			if stdin, _ := io.ReadAll(call.Body); len(stdin) != len(testRequest.Raw) {
				t.Errorf("a try is given %d bytes", len(stdin))
			}
			if time.Now().Before(free) {
				return function.Result{}, function.ErrOverloaded
			}
			return function.Result{Body: io.NopCloser(strings.NewReader(""))}, nil
		}
		notify()
		h.Close(t.Context())
		if rec := h.record(t); rec["outcome"] != "ok" || rec["dropped"] != nil {
			t.Errorf("record %v", rec)
		}
		h.observers, h.engine.run["F"] = newObservers(), fails(function.ErrOverloaded)
		notify()
		h.Close(t.Context())
		if rec := h.record(t); rec["outcome"] != "overloaded" {
			t.Errorf("record %v", rec)
		}
	})
}

func TestObserver_IsDroppedWhereTooManyRun(t *testing.T) {
	observing(t, func(t *testing.T, h *house, notify func()) {
		until := make(chan struct{})
		h.engine.run["F"] = blocks(until)
		for range maxObservers + 3 {
			notify()
		}
		synctest.Wait()
		if n := len(h.engine.called()); n != maxObservers {
			t.Errorf("%d run", n)
		}
		if n := h.metric(t, "hark_requests_total", "route", "observer", "stage", "route", "outcome", "overloaded"); n != 3 {
			t.Errorf("%v are counted as dropped", n)
		}
		if rec := h.record(t); !strings.Contains(rec["cause"].(string), "64 observe already") || rec["level"] != "WARN" {
			t.Errorf("record %v", rec)
		}
		close(until)
		synctest.Wait()
		notify()
		synctest.Wait()
		if n := len(h.engine.called()); n != maxObservers+1 {
			t.Errorf("%d ran: there is no room afterwards", n)
		}
		h.Close(t.Context())
	})
}

func TestObserver_IsEndedWherePatienceDoes(t *testing.T) {
	observing(t, func(t *testing.T, h *house, notify func()) {
		h.engine.run["F"] = blocks(nil)
		notify()
		notify()
		synctest.Wait()
		patience, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		h.Close(patience)
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("closing took %s", took)
		}
		if n := h.metric(t, "hark_requests_total", "route", "observer", "outcome", "canceled"); n != 2 {
			t.Errorf("%v were ended", n)
		}
		notify()
		if len(h.engine.called()) != 2 {
			t.Error("one started after the end")
		}
	})
}
