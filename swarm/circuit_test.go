package swarm

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

func TestCircuit_RestsLongerAndLonger(t *testing.T) {
	var c circuit
	now := time.Unix(1700000000, 0)
	var rests []time.Duration
	for range 12 {
		rests = append(rests, c.fail(now))
	}
	want := "[0s 0s 250ms 500ms 1s 2s 4s 8s 16s 30s 30s 30s]"
	if got := fmt.Sprint(rests); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if !c.mend() || c.fail(now) != 0 {
		t.Error("an answer does not close it")
	}
}

func TestCircuit_OneCallDecides(t *testing.T) {
	var c circuit
	for range tripAt {
		c.fail(time.Now())
	}
	c.offer()
	if !c.admits() || c.admits() {
		t.Error("not exactly one call is admitted")
	}
	if !c.unsure() || !c.admits() || c.admits() {
		t.Error("after one without a verdict, not exactly one is")
	}
	if c.fail(time.Now()); !c.admits() {
		t.Error("it is silence that keeps calls off, until the next trial is offered")
	}
	c.offer()
	if !c.admits() || !c.mend() || !c.admits() || !c.admits() {
		t.Error("after an answer it is not closed")
	}
}

// cutting is a server that takes requests, and answers none while it is ill.
func cutting(t *testing.T) (n *wires, ill *atomic.Bool, asked *atomic.Int32) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ill, asked = new(atomic.Bool), new(atomic.Int32)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1); ill.Load() {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusInternalServerError) // a function's own failure
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	return &wires{server: listener.Addr().String(), gone: map[string]bool{}}, ill, asked
}

func statusOf(ctx context.Context, e *Engine) (int, error) {
	result, err := e.Invoke(ctx, function.Invocation{Function: "f", Body: strings.NewReader("x"), HTTP: &function.HTTP{Method: http.MethodPost, ContentLength: 1}})
	if err != nil {
		return 0, err
	}
	return result.Status, result.Body.Close()
}

func TestCircuit_OpensForATaskThatBreaksOffAndClosesAgain(t *testing.T) {
	n, ill, asked := cutting(t)
	e, f := knows(t, n, [2]string{"10.0.0.1", "node"})
	ill.Store(true)
	for range tripAt {
		if _, err := statusOf(t.Context(), e); !errors.Is(err, function.ErrBroken) {
			t.Fatalf("error %v", err)
		}
	}
	opened := time.Now()
	if got := e.table.failing("f"); !strings.HasPrefix(got, "1 of its 1 tasks fails call after call") {
		t.Errorf("its trouble is %q", got)
	}
	ill.Store(false)
	if got, err := statusOf(t.Context(), e); got != http.StatusInternalServerError || err != nil {
		t.Errorf("a call that waited: %d, %v", got, err)
	}
	if rested := time.Since(opened); rested < firstRest-50*time.Millisecond {
		t.Errorf("it was asked again after %s", rested)
	}
	if n := asked.Load(); n != tripAt+1 {
		t.Errorf("it was asked %d times", n)
	}
	if got := e.table.failing("f") + e.table.failing("other"); got != "" {
		t.Errorf("its trouble is %q", got)
	}
	if ep := f.endpoints[0]; ep.circuit.failures.Load() != 0 || ep.silent.Load() {
		t.Error("the circuit is open still")
	}
}

func TestCircuit_StaysClosedForAFunctionThatAnswersWithItsFailure(t *testing.T) {
	n, _, asked := cutting(t)
	e, _ := knows(t, n, [2]string{"10.0.0.1", "node"})
	for range 20 {
		if got, err := statusOf(t.Context(), e); got != http.StatusInternalServerError || err != nil {
			t.Fatalf("%d, %v", got, err)
		}
	}
	if n := asked.Load(); n != 20 {
		t.Errorf("it was asked %d times", n)
	}
}

// Callers of a function with a healthy task hear of the ill one a few times, and
// not once for each time that it would be asked.
func TestCircuit_SparesTheCallers(t *testing.T) {
	ill, isIll, asked := cutting(t)
	isIll.Store(true)
	well, _, _ := cutting(t)
	e, f := knows(t, ill, [2]string{"10.0.0.1", "a"})
	f.set(append(f.endpoints, newEndpoint("10.0.0.2:8080", "b", well.dial)))
	broken, end := 0, time.Now().Add(time.Second)
	calls := 0
	for ; time.Now().Before(end); calls++ {
		if _, err := statusOf(t.Context(), e); err != nil {
			broken++
		}
	}
	if broken > tripAt+3 || broken < tripAt || int(asked.Load()) != broken { // rests of 250, 500 ms
		t.Errorf("of %d calls %d broke off, the ill task was asked %d times", calls, broken, asked.Load())
	}
	t.Logf("%d of %d calls", broken, calls)
}

func TestAwait_DoesNotWaitForWhatWillNotBeTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newTarget("f", "id")
		ep := newEndpoint("10.0.0.1:8080", "node", nil)
		defer ep.drop()
		ep.silent.Store(true)
		f.endpoints = []*endpoint{ep}
		for range 10 {
			ep.circuit.fail(time.Now())
		}
		e := &Engine{}
		begun := time.Now()
		if _, _, err := e.await(t.Context(), f); !errors.Is(err, errResting) || time.Since(begun) > 0 {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
	})
}
