package enginetest

import (
	"slices"
	"strings"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// notThere asks for what no function has.
func notThere(w *world) {
	_, err := w.engine.Describe(w.Context(), "nobody")
	w.wantError(err, function.ErrNotFound)
	w.wantError(w.engine.Scale(w.Context(), "nobody", 1), function.ErrNotFound)
	w.wantError(w.engine.Remove(w.Context(), "nobody"), function.ErrNotFound)
	_, err = w.engine.Logs(w.Context(), function.LogQuery{Name: "nobody"})
	w.wantError(err, function.ErrNotFound)
}

func wakes(w *world) {
	w.deploy("echo", nil)
	if err := w.engine.Scale(w.Context(), "function", 0); err != nil {
		w.Fatal(err)
	}
	if s, err := w.engine.Describe(w.Context(), "function"); err != nil || s.Replicas != 0 || s.Available != 0 || s.Trouble != "" {
		w.Errorf("asleep: %+v, error %v", s, err)
	}
	w.wantBody(w.call("awake"), "awake")
	if s, err := w.engine.Describe(w.Context(), "function"); err != nil || s.Replicas != 1 {
		w.Errorf("awake: %+v, error %v", s, err)
	}
}

func logs(w *world) {
	w.deploy("log", nil)
	w.wantBody(w.call("a line of the function's\n"), "")
	for end := time.Now().Add(patience); !w.logged("a line of the function's"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.Fatal("nobody has logged it")
		}
	}
}

func (w *world) logged(text string) bool {
	w.Helper()
	lines, err := w.engine.Logs(w.Context(), function.LogQuery{Name: "function"})
	if err != nil {
		w.Fatal(err)
	}
	for line, err := range lines {
		switch {
		case err != nil:
			w.Fatal(err)
		case strings.Contains(line.Text, text):
			return line.Name == "function" && line.Instance != "" && !line.Time.IsZero()
		}
	}
	return false
}

func secrets(w *world) {
	value := []byte("hidden")
	w.wantError(w.engine.PutSecret(w.Context(), "key", value, false), function.ErrNoSecret)
	w.wantError(w.engine.PutSecret(w.Context(), "../key", value, true), function.ErrInvalid)
	if err := w.engine.PutSecret(w.Context(), "key", value, true); err != nil {
		w.Fatal(err)
	}
	w.wantError(w.engine.PutSecret(w.Context(), "key", value, true), function.ErrExists)
	spec := w.spec("function", "echo")
	spec.Secrets = []string{"key"}
	if err := w.engine.Deploy(w.Context(), spec); err != nil {
		w.Fatal(err)
	}
	w.wantError(w.engine.RemoveSecret(w.Context(), "key"), function.ErrInvalid)
	if names, err := w.engine.Secrets(w.Context()); err != nil || !slices.Equal(names, []string{"key"}) {
		w.Errorf("secrets %v, error %v", names, err)
	}
	if err := w.engine.Remove(w.Context(), "function"); err != nil {
		w.Fatal(err)
	}
	if err := w.engine.RemoveSecret(w.Context(), "key"); err != nil {
		w.Error(err)
	}
	w.wantError(w.engine.RemoveSecret(w.Context(), "key"), function.ErrNoSecret)
}
