package enginetest

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

func deployInvokeRemove(w *world) {
	w.deploy("echo", nil)
	w.wantBody(w.call("first"), "first")
	w.wantBody(w.call("second"), "second")
	if err := w.engine.Remove(w.Context(), "function"); err != nil {
		w.Fatal(err)
	}
	w.wantError(w.call("third").err, function.ErrNotFound)
	if list, err := w.engine.List(w.Context()); err != nil || len(list) > 0 {
		w.Errorf("the list is %v, error %v", list, err)
	}
}

func list(w *world) {
	for _, name := range []string{"lights", "Answer", "christmas-lights_2"} {
		spec := w.spec(name, "echo")
		spec.Labels = map[string]string{function.LabelIntents: name + "Intent"}
		if err := w.engine.Deploy(w.Context(), spec); err != nil {
			w.Fatal(err)
		}
	}
	got, err := w.engine.List(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	want := []string{"Answer", "christmas-lights_2", "lights"}
	if len(got) != len(want) {
		w.Fatalf("the list is %v", got)
	}
	for i, name := range want { // an engine may add labels, about the mode
		if got[i].Name != name || got[i].Image != Image || got[i].Labels[function.LabelIntents] != name+"Intent" {
			w.Errorf("number %d is %v", i, got[i])
		}
		if got[i].PerRequest() != (w.mode == stdio) {
			w.Errorf("in mode %s, %s gets the environment of a request: %v", w.mode, name, got[i].PerRequest())
		}
	}
}

func badNames(w *world) {
	for _, name := range []string{"", ".", "..", "../up", "a/b", "a b", "a.b", "-a", "a-", "a\n", "ä", "a\x00", strings.Repeat("a", function.MaxName+1)} {
		spec := w.spec(name, "echo")
		if err := w.engine.Deploy(w.Context(), spec); err == nil {
			w.Errorf("%q is taken", name)
		}
	}
	if got, err := w.engine.List(w.Context()); err != nil || len(got) > 0 {
		w.Errorf("the list is %v, error %v", got, err)
	}
}

func notFound(w *world) {
	w.wantError(w.call("").err, function.ErrNotFound)
	w.wantError(w.engine.Remove(w.Context(), "function"), function.ErrNotFound)
}

func replace(w *world) {
	w.deploy("gate old", nil)
	under := w.begin(w.Context(), " call")
	old := w.started()

	spec := w.spec("function", "echo")
	spec.Labels = map[string]string{"version": "new"}
	deployed := make(chan error, 1)
	go func() { deployed <- w.engine.Deploy(w.Context(), spec) }() // may wait for the call
	w.awaitBody("new call")
	if !w.listed("new") {
		w.Error("the new function is not listed")
	}
	old.release()
	w.wantBody(receive(w, under), "[old] call")
	if err := receive(w, deployed); err != nil {
		w.Error(err)
	}
}

// awaitBody calls the function until it answers so: one that is being replaced may
// answer first, or not at all.
func (w *world) awaitBody(want string) {
	w.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		ctx, cancel := context.WithTimeout(w.Context(), 200*time.Millisecond)
		got := w.invoke(ctx, function.Invocation{Body: w.body(want)})
		cancel()
		if got.err == nil && got.body == want {
			return
		}
	}
	w.Fatalf("the function does not answer %q", want)
}

func (w *world) listed(version string) bool {
	all, err := w.engine.List(w.Context())
	return err == nil && slices.ContainsFunc(all, func(s function.Status) bool { return s.Labels["version"] == version })
}

func stderrApart(w *world) {
	w.deploy("stderr", nil)
	w.wantBody(w.call(""), "the answer\n")
}

func largeBodies(w *world) {
	w.deploy("echo", nil)
	body := strings.Repeat("0123456789abcde\n", 10<<16)
	if got := w.call(body); got.err != nil || got.body != body {
		w.Errorf("%d bytes of %d came back, error %v", len(got.body), len(body), got.err)
	}
}

func noBody(w *world) {
	w.deploy("echo", nil)
	w.wantBody(w.invoke(w.Context(), function.Invocation{}), "")
}

func streaming(w *world) {
	w.deploy("stream", nil)
	result, err := w.engine.Invoke(w.Context(), function.Invocation{Function: "function", Body: w.body("")})
	if err != nil {
		w.Fatal(err)
	}
	defer result.Body.Close()
	if result.Status != 200 {
		w.Errorf("status %d", result.Status)
	}
	if _, err := io.ReadFull(result.Body, make([]byte, 200_000)); err != nil {
		w.Fatal(err)
	}
	w.started().release() // only now does it print the rest
	rest, err := io.ReadAll(result.Body)
	w.wantBody(answer{string(rest), err}, "the end")
}
