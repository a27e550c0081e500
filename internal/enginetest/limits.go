package enginetest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

func exitStatus(w *world) {
	w.deploy("exit 3", nil)
	got := w.call("")
	w.wantExit(got.err, 3)
	if got.body != "" {
		w.Errorf("an answer came along: %q", got.body)
	}
}

func lateExitStatus(w *world) {
	w.deploy("print 200000 3", nil)
	got := w.call("")
	if got.err == nil {
		w.Errorf("an answer of %d bytes passes for whole", len(got.body))
	}
}

// mortal is called until it lives again: until its end is noticed and its
// process started, a call may fail.
func mortal(w *world) {
	w.deploy("mortal", nil)
	w.wantBody(w.call("before"), "before")
	if got := w.call("die"); got.err == nil {
		w.Errorf("a function that died answers %q", got.body)
	}
	got := w.call("after")
	for end := time.Now().Add(patience); notYet(got.err) && time.Now().Before(end); got = w.call("after") {
		time.Sleep(time.Millisecond)
	}
	w.wantBody(got, "after")
}

func notYet(err error) bool {
	return errors.Is(err, function.ErrUnavailable) || errors.Is(err, function.ErrBroken)
}

// deadline is the case of a function of so many processes that does not end.
func deadline(behaviour string, processes int) func(*world) {
	return func(w *world) {
		w.deploy(behaviour, nil)
		ctx, ring := w.deadline()
		under := w.begin(ctx, "")
		lives := make([]life, processes)
		for i := range lives {
			lives[i] = w.started()
		}
		ring()
		w.wantError(receive(w, under).err, function.ErrTimeout)
		for _, l := range lives {
			l.gone()
		}
	}
}

// deserted asks only that the call ends: the child that the function hid
// behind may live on.
func deserted(w *world) {
	w.deploy("deserter", nil)
	ctx := w.alarm()
	under := w.begin(ctx, "")
	w.started()
	w.started()
	ctx.ring()
	w.wantError(receive(w, under).err, function.ErrTimeout)
}

func deadlineWhileStreaming(w *world) {
	w.deploy("stream", nil)
	ctx := w.alarm()
	result, err := w.engine.Invoke(ctx, function.Invocation{Function: "function", Body: w.body("")})
	if err != nil {
		w.Fatal(err)
	}
	defer result.Body.Close()
	process := w.started()
	ctx.ring()
	_, err = io.ReadAll(result.Body)
	w.wantError(err, function.ErrTimeout)
	process.gone()
}

func hangUp(w *world) {
	w.deploy("sleep", nil)
	ctx, cancel := context.WithCancel(w.Context())
	under := w.begin(ctx, "")
	process := w.started()
	cancel()
	w.wantError(receive(w, under).err, context.Canceled)
	process.gone()
}

func closedEarly(w *world) {
	w.deploy("flood", nil)
	result, err := w.engine.Invoke(w.Context(), function.Invocation{Function: "function", Body: w.body("")})
	if err != nil {
		w.Fatal(err)
	}
	process := w.started()
	if _, err := io.ReadFull(result.Body, make([]byte, 100_000)); err != nil {
		w.Fatal(err)
	}
	result.Body.Close()
	process.gone()
}

func overload(w *world) {
	w.deploy("gate", map[string]string{"max_inflight": "1"})
	first := w.begin(w.Context(), "first")
	process := w.started()
	generic := function.Invocation{Body: w.body("second"), HTTP: &function.HTTP{Method: "POST", Header: http.Header{}}}
	w.wantError(w.invoke(w.Context(), generic).err, function.ErrOverloaded)
	waits := w.begin(w.Context(), "second") // voice does
	process.release()
	w.wantBody(receive(w, first), "[]first")
	w.started().release()
	w.wantBody(receive(w, waits), "[]second")

	third := w.begin(w.Context(), "third")
	w.started().release()
	w.wantBody(receive(w, third), "[]third")
}
