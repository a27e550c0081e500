package swarm

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	docker "github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/enginetest"
	"github.com/harkvoice/hark/internal/function"
)

// A health check that is the watchdog's own is not waited for: the interval is
// longer than the test.
func TestEarly_AWatchdogThatIsWellIsCalled(t *testing.T) {
	e := engine(t)
	s := byHand(t, "checked")
	s.TaskTemplate.ContainerSpec.Healthcheck = &container.HealthConfig{Test: []string{"CMD", "/fwatchdog", "-run-healthcheck"}, Interval: time.Hour}
	start(t, s)
	if got := answerOf(t, e, "checked"); got != "hello" {
		t.Errorf("%q", got)
	}
}

// Whoever closes the engine, or removes the function, does not wait for a task that
// is never well.
func TestEarly_EndsWithTheEngineAndWithTheFunction(t *testing.T) {
	for name, end := range map[string]func(*watcher, *watched){
		"engine":   func(w *watcher, _ *watched) { w.table.chores.stop() },
		"function": func(w *watcher, _ *watched) { w.lose("id") },
	} {
		t.Run(name, func(t *testing.T) {
			n, _ := served(t, false)
			n.lose("10.0.0.1")
			e, target := knows(t, n)
			f := &watched{target: target, early: map[string]*early{}}
			w := &watcher{Engine: e, services: map[string]*watched{"id": f}}
			w.welcome(f, docker.Task{
				ServiceID:           "id",
				NodeID:              "node",
				Status:              docker.TaskStatus{State: docker.TaskStateStarting},
				Spec:                docker.TaskSpec{ContainerSpec: &docker.ContainerSpec{Healthcheck: &container.HealthConfig{Test: []string{"CMD", "/fwatchdog", "-run-healthcheck"}}}},
				NetworksAttachments: []docker.NetworkAttachment{{Addresses: []string{"10.0.0.1/16"}}},
			})
			if len(f.early) != 1 {
				t.Fatal("the task is not asked")
			}
			end(w, f)
			e.table.chores.running.Wait()
		})
	}
}

func answerOf(t *testing.T, e *Engine, name string) string {
	t.Helper()
	for begun := time.Now(); e.table.find(name) == nil; time.Sleep(time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatalf("%s is not found", name)
		}
	}
	result, err := e.Invoke(t.Context(), function.Invocation{Function: name, Body: strings.NewReader("hello"), HTTP: &function.HTTP{Method: "GET"}})
	if err != nil {
		t.Fatal(err)
	}
	defer result.Body.Close()
	text, err := io.ReadAll(result.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An update is not done while the version before answers.
func TestDescribe_CountsTheReplicasOfTheNewVersionOnly(t *testing.T) {
	e := engine(t)
	spec := function.Spec{Name: "changing", Image: enginetest.Image, Process: "./testfn echo"}
	deploy := func() {
		t.Helper()
		if err := e.Deploy(t.Context(), spec); err != nil {
			t.Fatal(err)
		}
	}
	deploy()
	if got := answerOf(t, e, "changing"); got != "hello" {
		t.Fatalf("%q", got)
	}
	spec.Process = "./testfn env"
	deploy()
	st, err := e.Describe(t.Context(), "changing")
	if err != nil || st.Available > 0 || st.Replicas != 1 || st.Trouble == "" {
		t.Errorf("right after an update: %d of %d, trouble %q, error %v", st.Available, st.Replicas, st.Trouble, err)
	}
	for begun := time.Now(); st.Trouble != "" && err == nil; st, err = e.Describe(t.Context(), "changing") {
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("not updated: %q", st.Trouble)
		}
	}
	if err := e.refresh(t.Context(), e.table.find("changing").service); err != nil {
		t.Fatal(err)
	}
	if got := answerOf(t, e, "changing"); err != nil || got == "hello" || st.Available != 1 {
		t.Errorf("then it answers %q, %d available, error %v", got, st.Available, err)
	}
}

// What somebody makes by hand has no labels, and may choose a mode all the same.
func TestDeclared_OfAServiceWithoutLabels(t *testing.T) {
	s := docker.ServiceSpec{TaskTemplate: docker.TaskSpec{ContainerSpec: &docker.ContainerSpec{Env: []string{"mode=http"}}}}
	if got := declared(s).Labels[function.LabelMode]; got != "http" {
		t.Errorf("mode %q", got)
	}
}
