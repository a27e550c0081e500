package swarm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/enginetest"
	"github.com/harkvoice/hark/internal/function"
)

// patience bounds what a test waits for; none takes that long unless it fails.
const patience = 30 * time.Second

// doing is a function called f that behaves like that.
func doing(behaviour string, env ...string) function.Spec {
	spec := function.Spec{Name: "f", Image: enginetest.Image, Process: "./testfn " + behaviour, Environment: map[string]string{}}
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		spec.Environment[name] = value
	}
	return spec
}

func deploy(t *testing.T, e *Engine, spec function.Spec) {
	t.Helper()
	if err := e.Deploy(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
}

// call calls f, by GET if there is no body.
func call(ctx context.Context, e *Engine, body string) (string, error) {
	inv := function.Invocation{Function: "f", HTTP: &function.HTTP{Method: http.MethodGet}}
	if body != "" {
		inv.Body, inv.HTTP = strings.NewReader(body), &function.HTTP{Method: http.MethodPost, ContentLength: int64(len(body))}
	}
	result, err := e.Invoke(ctx, inv)
	if err != nil {
		return "", err
	}
	defer result.Body.Close()
	text, err := io.ReadAll(result.Body)
	if err == nil && result.Status != 0 && result.Status != http.StatusOK {
		err = fmt.Errorf("status %d: %s", result.Status, text)
	}
	return string(text), err
}

func answer(t *testing.T, e *Engine, body string) string {
	t.Helper()
	text, err := call(t.Context(), e, body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it has not come to be: %s", what)
		}
	}
}

func describe(t *testing.T, e *Engine) function.Status {
	t.Helper()
	s, err := e.Describe(t.Context(), "f")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// troubled awaits that f's trouble has all of these words.
func troubled(t *testing.T, e *Engine, words ...string) {
	t.Helper()
	last := ""
	defer func() { t.Logf("trouble: %s", last) }()
	eventually(t, fmt.Sprintf("trouble with %q", words), func() bool {
		last = describe(t, e).Trouble
		for _, word := range words {
			if !strings.Contains(last, word) {
				return false
			}
		}
		return true
	})
	if strings.Contains(last, "\n") {
		t.Errorf("more than a line: %q", last)
	}
}

// available awaits that f has so many replicas, none besides, and is not changing.
func available(t *testing.T, e *Engine, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d replicas", n), func() bool {
		tasks := tasksOf(t, "f", "running")
		s := serviceOf(t, "f")
		if s.UpdateStatus != nil && (s.UpdateStatus.State == swarm.UpdateStateUpdating || s.UpdateStatus.State == swarm.UpdateStateRollbackStarted) {
			return false
		}
		for _, task := range tasks {
			if task.Status.State != swarm.TaskStateRunning || asJSON(task.Spec.ContainerSpec) != asJSON(s.Spec.TaskTemplate.ContainerSpec) {
				return false
			}
		}
		return len(tasks) == n && endpoints(e, "f") == n
	})
}

// endpoints is how many tasks the calls of a function may go to.
func endpoints(e *Engine, name string) int {
	t := e.table.find(name)
	if t == nil {
		return -1
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.endpoints)
}

func serviceOf(t *testing.T, name string) swarm.Service {
	t.Helper()
	s, _, err := site.docker.ServiceInspectWithRaw(t.Context(), name, swarm.ServiceInspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tasksOf(t *testing.T, name, desired string) []swarm.Task {
	t.Helper()
	which := filters.NewArgs(filters.Arg("service", name))
	if desired != "" {
		which.Add("desired-state", desired)
	}
	tasks, err := site.docker.TaskList(t.Context(), swarm.TaskListOptions{Filters: which})
	if err != nil {
		t.Fatal(err)
	}
	return tasks
}

// byHand is a service as somebody makes it who knows nothing of hark.
func byHand(t *testing.T, name string, env ...string) swarm.ServiceSpec {
	t.Helper()
	image, err := site.docker.ImageInspect(t.Context(), enginetest.Image) // by its name, each start would ask a registry
	if err != nil {
		t.Fatal(err)
	}
	return swarm.ServiceSpec{
		Annotations: swarm.Annotations{Name: name},
		TaskTemplate: swarm.TaskSpec{
			ContainerSpec: &swarm.ContainerSpec{Image: image.ID, Env: append([]string{"fprocess=./testfn echo"}, env...)},
			Networks:      []swarm.NetworkAttachmentConfig{{Target: DefaultNetwork}},
		},
	}
}

func start(t *testing.T, s swarm.ServiceSpec) (id string) {
	t.Helper()
	made, err := site.docker.ServiceCreate(t.Context(), s, swarm.ServiceCreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// wantError wants an error of one line, of a kind and with some words.
func wantError(t *testing.T, got, kind error, words ...string) {
	t.Helper()
	if !errors.Is(got, kind) {
		t.Errorf("the error is %v, want %v", got, kind)
		return
	}
	t.Log(got)
	for _, word := range words {
		if !strings.Contains(got.Error(), word) {
			t.Errorf("no %q in the error %q", word, got)
		}
	}
	if strings.Contains(got.Error(), "\n") {
		t.Errorf("the error has more than a line: %q", got)
	}
}

func engineLog() *slog.Logger {
	if testing.Verbose() {
		return slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	return slog.New(slog.DiscardHandler)
}
