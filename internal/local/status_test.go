package local

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

// deploy deploys a function that must be taken.
func deploy(t *testing.T, e *Engine, spec function.Spec) {
	t.Helper()
	if err := e.Deploy(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
}

func TestDescribe_TellsWhatWasDeployedButNotWhatOnlyItsOwnerKnows(t *testing.T) {
	e := newEngine(t)
	deploy(t, e, function.Spec{Name: "f", Image: "i:1", Process: "cat", Dir: t.TempDir(), RegistryAuth: "secret", Annotations: map[string]string{"a": "b"}})
	got, err := e.Describe(t.Context(), "f")
	if err != nil || got.Dir != "" || got.RegistryAuth != "" || got.Process != "cat" || got.Image != "i:1" || got.Annotations["a"] != "b" ||
		got.Replicas != 1 || got.Available != 1 || got.Created.IsZero() || got.Trouble != "" {
		t.Errorf("%+v, error %v", got, err)
	}
	if _, err := e.Describe(t.Context(), "g"); !errors.Is(err, function.ErrNotFound) {
		t.Error(err)
	}
}

func TestDescribe_TellsWhyAFunctionIsNotReady(t *testing.T) {
	e := newEngine(t)
	deploy(t, e, function.Spec{Name: "f", Process: "sleep 1000", Dir: ".", Environment: map[string]string{"mode": "http", "ready_path": "/ready"}})
	got, err := e.Describe(t.Context(), "f")
	if err != nil || got.Replicas != 1 || got.Available != 0 || got.Trouble == "" || strings.Contains(got.Trouble, "\n") {
		t.Errorf("%+v, error %v", got, err)
	}
}

func TestScale_AFunctionThatSleepsWakesWhenItIsCalled(t *testing.T) {
	e := newEngine(t)
	deploy(t, e, function.Spec{Name: "f", Process: "sh -c 'read line; echo awake'", Dir: ".", Environment: map[string]string{"warm": "1"}})
	if err := e.Scale(t.Context(), "f", 0); err != nil {
		t.Fatal(err)
	}
	if got, _ := e.Describe(t.Context(), "f"); got.Replicas != 0 || got.Available != 0 {
		t.Errorf("it sleeps as %+v", got)
	}
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			if got, err := call(e, "f"); err != nil || got != "awake\n" {
				t.Errorf("answer %q, error %v", got, err)
			}
		})
	}
	calls.Wait()
	if got, _ := e.Describe(t.Context(), "f"); got.Replicas != 1 || got.Available != 1 {
		t.Errorf("it woke as %+v", got)
	}
}

func TestScale_TellsHowManyWereAskedFor(t *testing.T) {
	e := newEngine(t)
	spec := function.Spec{Name: "f", Process: "echo hi", Dir: "."}
	deploy(t, e, spec)
	if err := e.Scale(t.Context(), "f", 5); err != nil {
		t.Fatal(err)
	}
	deploy(t, e, spec) // which keeps them
	if got, _ := e.Describe(t.Context(), "f"); got.Replicas != 5 || got.Available != 5 {
		t.Errorf("%+v", got)
	}
	if err := e.Scale(t.Context(), "g", 1); !errors.Is(err, function.ErrNotFound) {
		t.Error(err)
	}
}

// A call may have looked its function up just before it is put to sleep.
func TestScale_FailsNoCall(t *testing.T) {
	e := newEngine(t)
	deploy(t, e, function.Spec{Name: "f", Process: "echo answer", Dir: "."})
	var calls sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		calls.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got, err := call(e, "f"); err != nil || got != "answer\n" {
					t.Errorf("answer %q, error %v", got, err)
				}
			}
		})
	}
	for i := range 100 {
		if err := e.Scale(t.Context(), "f", uint64(i%2)); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	calls.Wait()
}

func TestDeploy_WithoutADirectoryKeepsTheOneThatIsThere(t *testing.T) {
	e := newEngine(t)
	spec := function.Spec{Name: "f", Process: "./hello", Environment: map[string]string{"WHO": "api"}}
	err := e.Deploy(t.Context(), spec)
	if !errors.Is(err, function.ErrInvalid) || !strings.Contains(err.Error(), "declare it in stack.yaml") {
		t.Fatalf("a new function: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hello"), []byte("#!/bin/sh\necho hello $WHO"), 0o755); err != nil {
		t.Fatal(err)
	}
	deploy(t, e, function.Spec{Name: "f", Process: "./hello", Dir: dir, Environment: map[string]string{"WHO": "file"}})
	created, _ := e.Describe(t.Context(), "f")
	for process, want := range map[string]string{"./hello": "hello api\n", "": "hello api\n"} {
		spec.Process = process
		deploy(t, e, spec)
		if got, err := call(e, "f"); err != nil || got != want {
			t.Errorf("answer %q, error %v", got, err)
		}
	}
	if got, _ := e.Describe(t.Context(), "f"); !got.Created.Equal(created.Created) {
		t.Error("an update is taken for a creation")
	}
}

func TestOnChange_HearsOfEachChangeTheNewestLast(t *testing.T) {
	var heard [][]function.Status
	e := New(Config{Log: slog.New(slog.DiscardHandler), OnChange: func(all []function.Status) { heard = append(heard, all) }})
	t.Cleanup(func() { e.Close(ended()) })
	deploy(t, e, function.Spec{Name: "f", Process: "echo hi", Dir: "."})
	if len(heard) != 1 || heard[0][0].Name != "f" {
		t.Fatalf("after Deploy: %v", heard)
	}
	_ = e.Scale(t.Context(), "f", 0)
	if len(heard) != 2 || heard[1][0].Replicas != 0 {
		t.Fatalf("after Scale: %v", heard)
	}
	if _, err := call(e, "f"); err != nil || len(heard) != 3 || heard[2][0].Replicas != 1 {
		t.Fatalf("after it woke: %v, error %v", heard, err)
	}
	_ = e.Remove(t.Context(), "f")
	if len(heard) != 4 || len(heard[3]) != 0 {
		t.Fatalf("after Remove: %v", heard)
	}
	var changes sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		changes.Go(func() { _ = e.Deploy(context.Background(), function.Spec{Name: name, Process: "echo", Dir: "."}) })
	}
	changes.Wait()
	if last := heard[len(heard)-1]; len(last) != 4 {
		t.Errorf("the last of it: %v", last)
	}
}
