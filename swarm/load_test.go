package swarm

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
)

// load is a steady load on f.
type load struct {
	by   string // method
	stop func()
	all  sync.WaitGroup

	mu     sync.Mutex
	calls  int
	failed map[string]int // by error
	slow   time.Duration  // the slowest call
}

// under has so many callers call f one time after the other until the end: by
// POST with a fresh body, or by GET.
func under(t *testing.T, e *Engine, callers int, posts bool) *load {
	t.Helper()
	l := &load{by: "GET", failed: map[string]int{}}
	if posts {
		l.by = "POST"
	}
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	for i := range callers {
		l.all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				body := ""
				if posts {
					body = fmt.Sprintf("call %d of %d", n, i)
				}
				begun := time.Now()
				got, err := call(context.Background(), e, body)
				if err == nil && got != body {
					err = fmt.Errorf("answer %q to %q", got, body)
				}
				l.note(err, time.Since(begun))
			}
		})
	}
	t.Cleanup(l.end)
	return l
}

func (l *load) note(err error, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	l.slow = max(l.slow, took)
	if err != nil {
		l.failed[err.Error()]++
	}
}

func (l *load) end() {
	l.stop()
	l.all.Wait()
}

// tell prints how it went since the last time, and fails the test if a call failed.
func (l *load) tell(t *testing.T, what string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := 0
	what = l.by + ": " + what
	for _, text := range slices.Sorted(maps.Keys(l.failed)) {
		sum += l.failed[text]
		t.Logf("%s: %d × %s", what, l.failed[text], text)
	}
	if sum > 0 {
		t.Errorf("%s: %d calls failed", what, sum)
	}
	t.Logf("%s: %d of %d calls failed, the slowest took %d ms", what, sum, l.calls, l.slow.Milliseconds())
	l.calls, l.slow = 0, 0
	clear(l.failed)
}

// pass returns when n more calls have ended.
func (l *load) pass(t *testing.T, n int) {
	t.Helper()
	count := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.calls
	}
	to := count() + n
	eventually(t, "calls go on", func() bool { return count() >= to })
}

// steady are the functions that must not drop a request.
var steady = map[string]function.Spec{
	"stdio": doing("nap 50ms"),
	"http":  inMode("http", "nap 50ms"),
	"quick": inMode("http", "echo"), // many more calls meet the end of a container
}

func inMode(mode, behaviour string) function.Spec {
	return doing(mode+" "+behaviour, "mode="+mode)
}

func TestLoad_NoCallFails(t *testing.T) {
	for name, spec := range steady {
		t.Run(name, func(t *testing.T) {
			e := engine(t)
			deploy(t, e, spec)
			available(t, e, 1)
			gets, posts := under(t, e, 8, false), under(t, e, 8, true)
			both := loads{gets, posts}
			both.during(t, "scaled to 3, 1 and 3", func() {
				for _, n := range []int{3, 1, 3} {
					scale(t, e, n)
				}
			})
			both.during(t, "updated", func() { change(t, e, spec) })
			both.during(t, "one stopped, twice", func() {
				for range 2 {
					end(t, e, 3, func(id string) error {
						return site.docker.ContainerStop(t.Context(), id, container.StopOptions{})
					})
				}
			})
			posts.end() // of what a process has seen when it is killed, only a GET is sent again
			loads{gets}.during(t, "one killed, twice", func() {
				for range 2 {
					end(t, e, 3, func(id string) error { return site.docker.ContainerKill(t.Context(), id, "KILL") })
				}
			})
		})
	}
}

type loads []*load

// during tells how the loads went while something happened.
func (all loads) during(t *testing.T, what string, happens func()) {
	t.Helper()
	for _, l := range all {
		l.pass(t, 20)
	}
	happens()
	for _, l := range all {
		l.pass(t, 20)
		l.tell(t, what)
	}
}

// scale returns when f has so many containers.
func scale(t *testing.T, e *Engine, n int) {
	t.Helper()
	if err := e.Scale(t.Context(), "f", uint64(n)); err != nil {
		t.Fatal(err)
	}
	available(t, e, n)
	gone(t, n)
}

// change returns when f's containers are all of another version.
func change(t *testing.T, e *Engine, spec function.Spec) {
	t.Helper()
	spec.Environment = maps.Clone(spec.Environment)
	spec.Environment["VERSION"] = "2"
	deploy(t, e, spec)
	available(t, e, 3)
	gone(t, 3)
}

// end ends one of f's containers, of so many, and returns when another one has taken its place.
func end(t *testing.T, e *Engine, replicas int, by func(id string) error) {
	t.Helper()
	task := tasksOf(t, "f", "running")[0]
	if err := by(task.Status.ContainerStatus.ContainerID); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it has ended", func() bool {
		return !slices.ContainsFunc(tasksOf(t, "f", "running"), func(other swarm.Task) bool { return other.ID == task.ID })
	})
	available(t, e, replicas)
}

// gone awaits that there are no more containers of f than so many.
func gone(t *testing.T, n int) {
	t.Helper()
	eventually(t, "the others are gone", func() bool {
		running := 0
		for _, task := range tasksOf(t, "f", "") {
			if task.Status.State == swarm.TaskStateRunning {
				running++
			}
		}
		return running <= n
	})
}
