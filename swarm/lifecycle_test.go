package swarm

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/swarm"
	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

// whole is a function that declares all it can.
func whole() function.Spec {
	spec := doing("echo", "COLOUR=red", "EMPTY=")
	spec.Labels = map[string]string{function.LabelIntents: "HelloIntent", function.LabelUser: "1000:1000", function.LabelPids: "64"}
	spec.Annotations = map[string]string{"topic": "tests"}
	spec.Constraints = []string{"node.role==manager"}
	spec.Limits = function.Resources{Memory: "128Mi", CPU: "500m"}
	spec.Requests = function.Resources{Memory: "5Mi", CPU: "0.01"}
	spec.ReadOnly = true
	return spec
}

func TestDeploy_EchoesWhatWasDeclared(t *testing.T) {
	e := engine(t)
	want := whole()
	deploy(t, e, want)
	got := describe(t, e)
	if diff := cmp.Diff(want, got.Spec); diff != "" {
		t.Error(diff)
	}
	if list, err := e.List(t.Context()); err != nil || len(list) != 1 || cmp.Diff(want, list[0].Spec) != "" {
		t.Errorf("the list is %v, error %v", list, err)
	}
	if age := time.Since(got.Created); age < -time.Second || age > patience {
		t.Errorf("created %s ago", age)
	}
	available(t, e, 1)
	if s := describe(t, e); s.Replicas != 1 || s.Available != 1 || s.Trouble != "" {
		t.Errorf("%d of %d replicas, trouble %q", s.Available, s.Replicas, s.Trouble)
	}
}

// What the Swarm makes of it goes by Docker's own account.
func TestDeploy_TellsDockerAmountsAndRules(t *testing.T) {
	e := engine(t)
	deploy(t, e, whole())
	s := serviceOf(t, "f").Spec
	limits, reserved := s.TaskTemplate.Resources.Limits, s.TaskTemplate.Resources.Reservations
	if limits.MemoryBytes != 128<<20 || limits.NanoCPUs != 5e8 || limits.Pids != 64 {
		t.Errorf("limits %+v", limits)
	}
	if reserved.MemoryBytes != 5<<20 || reserved.NanoCPUs != 1e7 {
		t.Errorf("reservations %+v", reserved)
	}
	restart, rolling := s.TaskTemplate.RestartPolicy, s.UpdateConfig
	if restart.Condition != swarm.RestartPolicyConditionAny || *restart.Delay != 0 || restart.MaxAttempts != nil && *restart.MaxAttempts != 0 {
		t.Errorf("restart policy %+v", restart)
	}
	if rolling.Order != swarm.UpdateOrderStartFirst || rolling.FailureAction != swarm.UpdateFailureActionRollback {
		t.Errorf("update config %+v", rolling)
	}
	if grace := s.TaskTemplate.ContainerSpec.StopGracePeriod; grace == nil || *grace != e.config.MaxCall+graceMargin {
		t.Errorf("stop grace %v", grace)
	}
	if user := s.TaskTemplate.ContainerSpec.User; user != "1000:1000" {
		t.Errorf("user %s", user)
	}
}

func TestDeploy_GivesAFunctionTimeForItsOwnDeadline(t *testing.T) {
	e := engine(t)
	deploy(t, e, doing("echo", "exec_timeout=70s"))
	if grace := serviceOf(t, "f").Spec.TaskTemplate.ContainerSpec.StopGracePeriod; *grace != 75*time.Second {
		t.Errorf("stop grace %s", *grace)
	}
}

func TestDeploy_TheSameAgainChangesNothing(t *testing.T) {
	e := engine(t)
	for _, spec := range []function.Spec{doing("echo"), whole()} {
		deploy(t, e, spec)
		available(t, e, 1)
		before := serviceOf(t, "f")
		task := tasksOf(t, "f", "running")[0].ID
		deploy(t, e, spec)
		if after := serviceOf(t, "f"); after.Version != before.Version {
			t.Errorf("version %d → %d: %s", before.Version.Index, after.Version.Index, cmp.Diff(before.Spec, after.Spec))
		}
		if again := tasksOf(t, "f", "running"); len(again) != 1 || again[0].ID != task {
			t.Errorf("tasks %v", again)
		}
	}
}

func TestDeploy_AnUpdateKeepsReplicasAndClearsTheRest(t *testing.T) {
	e := engine(t)
	deploy(t, e, whole())
	if err := e.Scale(t.Context(), "f", 2); err != nil {
		t.Fatal(err)
	}
	want := doing("env", "SHAPE=round")
	deploy(t, e, want)
	available(t, e, 2)
	got := describe(t, e)
	if diff := cmp.Diff(want, got.Spec, equateEmpty); diff != "" || got.Replicas != 2 {
		t.Errorf("%d replicas, %s", got.Replicas, diff)
	}
	if env := answer(t, e, ""); !strings.Contains(env, "SHAPE=round\n") || strings.Contains(env, "COLOUR") {
		t.Errorf("the environment is %s", env)
	}
	if r := serviceOf(t, "f").Spec.TaskTemplate.Resources; r.Limits.MemoryBytes != 0 || r.Reservations != nil && r.Reservations.MemoryBytes != 0 {
		t.Errorf("resources %+v", r)
	}
}

// equateEmpty takes no map and an empty one for the same.
var equateEmpty = cmp.FilterValues(func(a, b map[string]string) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())

func TestDeploy_StartsWithTheLeastReplicasThatALabelAsksFor(t *testing.T) {
	e := engine(t)
	spec := doing("echo")
	spec.Labels = map[string]string{"com.openfaas.scale.min": "2"}
	deploy(t, e, spec)
	available(t, e, 2)
}

func TestContainer_HasNoPrivileges(t *testing.T) {
	e := engine(t)
	spec := doing("file /proc/self/status")
	spec.Labels = map[string]string{function.LabelUser: "1000:1000", function.LabelPids: "64"}
	deploy(t, e, spec)
	status := answer(t, e, "")
	for _, line := range []string{"CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Uid:\t1000\t1000\t1000\t1000", "Gid:\t1000\t1000\t1000\t1000"} {
		if !strings.Contains(status, line+"\n") {
			t.Errorf("no %q in %s", line, status)
		}
	}
	inside := inspect(t)
	if limit := inside.HostConfig.PidsLimit; limit == nil || *limit != 64 {
		t.Errorf("pids limit %v", limit)
	}
	if privileged := inside.HostConfig.Privileged; privileged || len(inside.HostConfig.Binds)+len(inside.Mounts) > 0 {
		t.Errorf("privileged %v, mounts %v", privileged, inside.Mounts)
	}
}

// inspect is the only container of f.
func inspect(t *testing.T) container.InspectResponse {
	t.Helper()
	task := tasksOf(t, "f", "running")[0]
	c, err := site.docker.ContainerInspect(t.Context(), task.Status.ContainerStatus.ContainerID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestContainer_KeepsTheCapabilitiesThatALabelNames(t *testing.T) {
	e := engine(t)
	spec := doing("file /proc/self/status")
	spec.Labels = map[string]string{function.LabelCapabilities: "net_bind_service, CAP_CHOWN"}
	deploy(t, e, spec)
	if status := answer(t, e, ""); !strings.Contains(status, "CapBnd:\t0000000000000401\n") {
		t.Error(status)
	}
}

func TestContainer_ReadOnlyWritesToTmpOnly(t *testing.T) {
	e := engine(t)
	spec := doing("write /function/x /x /tmp/x")
	spec.ReadOnly = true
	deploy(t, e, spec)
	if got := answer(t, e, ""); got != "/function/x false\n/x false\n/tmp/x true\n" {
		t.Error(got)
	}
}

func TestScale_FromNoneACallWakesIt(t *testing.T) {
	e := engine(t)
	deploy(t, e, doing("echo"))
	for _, n := range []uint64{3, 1, 0} {
		if err := e.Scale(t.Context(), "f", n); err != nil {
			t.Fatal(err)
		}
		available(t, e, int(n))
		if s := describe(t, e); s.Replicas != n || s.Trouble != "" {
			t.Errorf("%d of %d replicas, trouble %q", s.Available, s.Replicas, s.Trouble)
		}
	}
	begun := time.Now()
	if got := answer(t, e, "awake"); got != "awake" {
		t.Errorf("%q", got)
	}
	t.Logf("from none: %d ms", time.Since(begun).Milliseconds())
	if s := describe(t, e); s.Replicas != 1 {
		t.Errorf("%d replicas", s.Replicas)
	}
}

// Whoever has scaled it up meanwhile is not overruled, and Docker that fails once is
// asked again.
func TestWake_ChangesNothingButNone(t *testing.T) {
	cable, host := plug(t)
	e := engine(t, func(c *Config) { c.Host = host })
	deploy(t, e, doing("echo"))
	if err := e.Scale(t.Context(), "f", 2); err != nil {
		t.Fatal(err)
	}
	e.wake(e.table.find("f"))
	eventually(t, "it was woken up", func() bool { return !e.table.find("f").waking.Load() })
	if s := describe(t, e); s.Replicas != 2 {
		t.Errorf("%d replicas", s.Replicas)
	}
	if err := e.Scale(t.Context(), "f", 0); err != nil {
		t.Fatal(err)
	}
	available(t, e, 0)
	cable.set(true, false)
	time.AfterFunc(wakeAgain/2, func() { cable.set(false, false) })
	if got := answer(t, e, "awake"); got != "awake" {
		t.Errorf("%q", got)
	}
}

// An engine that is closed waits for no Docker that hangs.
func TestClose_WaitsForNoWaking(t *testing.T) {
	cable, host := plug(t)
	e := engine(t, func(c *Config) { c.Host = host })
	deploy(t, e, doing("echo"))
	cable.set(false, true)
	e.wake(e.table.find("f"))
	begun := time.Now()
	e.Close(t.Context())
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
	cable.set(false, false)
}

// An update of a function that sleeps does not wake it.
func TestDeploy_LetsAFunctionSleep(t *testing.T) {
	e := engine(t)
	deploy(t, e, doing("echo"))
	if err := e.Scale(t.Context(), "f", 0); err != nil {
		t.Fatal(err)
	}
	deploy(t, e, doing("env", "SHAPE=round"))
	if s := describe(t, e); s.Replicas != 0 {
		t.Errorf("%d replicas", s.Replicas)
	}
	if env := answer(t, e, ""); !strings.Contains(env, "SHAPE=round\n") {
		t.Errorf("the environment is %s", env)
	}
}

func TestDeploy_ManyAtOnce(t *testing.T) {
	e := engine(t)
	const n = 10
	var failed sync.Map
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := e.Deploy(t.Context(), doing("echo", fmt.Sprint("N=", i))); err != nil {
				failed.Store(i, err)
			}
			if err := e.Scale(t.Context(), "f", uint64(1+i%2)); err != nil {
				failed.Store(n+i, err)
			}
		})
	}
	all.Wait()
	count := 0
	failed.Range(func(_, err any) bool {
		count++
		if !errors.Is(err.(error), function.ErrConflict) {
			t.Error(err)
		}
		return true
	})
	t.Logf("%d of %d changes at once were refused as conflicts", count, 2*n)
	if count > 0 {
		t.Errorf("%d conflicts", count)
	}
	if got := answer(t, e, "it answers"); got != "it answers" {
		t.Errorf("%q", got)
	}
}

func TestDeploy_WhileItIsRemoved(t *testing.T) {
	e := engine(t)
	deploy(t, e, doing("echo"))
	for i := range 5 {
		var both sync.WaitGroup
		both.Go(func() {
			if err := e.Remove(t.Context(), "f"); err != nil && !errors.Is(err, function.ErrNotFound) {
				t.Error(err)
			}
		})
		both.Go(func() { deploy(t, e, doing("echo", fmt.Sprint("N=", i))) })
		both.Wait()
	}
}

// The version that crashes is not kept, and the owner is told why.
func TestDeploy_AnUpdateThatCrashesIsRolledBack(t *testing.T) {
	e := engine(t)
	deploy(t, e, doing("echo"))
	available(t, e, 1)
	deploy(t, e, doing("echo", "mode=nonsense"))
	troubled(t, e, "rolled back", "non-zero exit (1)", "its log tells more")
	available(t, e, 1)
	if got := answer(t, e, "as before"); got != "as before" {
		t.Errorf("%q", got)
	}
	deploy(t, e, doing("echo", "FIXED=1"))
	eventually(t, "no trouble", func() bool { return describe(t, e).Trouble == "" })
}

// A container is called from when its health check passes on, if that is not the
// watchdog's own.
func TestInvoke_AwaitsHealth(t *testing.T) {
	e := engine(t)
	by := byHand(t, "f")
	by.TaskTemplate.ContainerSpec.Healthcheck = &container.HealthConfig{
		Test: []string{"CMD", "/function/testfn", "exit", "0"}, Interval: time.Second, StartPeriod: 10 * time.Second, Retries: 3,
	}
	start(t, by)
	begun := time.Now()
	eventually(t, "it is known", func() bool { return e.table.find("f") != nil })
	if got := answer(t, e, "healthy"); got != "healthy" || time.Since(begun) < time.Second {
		t.Errorf("%q after %s", got, time.Since(begun))
	}
	health := inspect(t).State.Health
	if health == nil || health.Status != container.Healthy {
		t.Errorf("health %+v", health)
	}
	deploy(t, e, doing("echo", "N=2"))
	if check := serviceOf(t, "f").Spec.TaskTemplate.ContainerSpec.Healthcheck; check == nil || check.Interval != time.Second {
		t.Errorf("an update makes the health check %+v", check)
	}
}

// Docker stops a container that is not healthy, and calls its task complete.
func TestDescribe_TellsThatItsHealthCheckFails(t *testing.T) {
	e := engine(t)
	by := byHand(t, "f")
	by.TaskTemplate.ContainerSpec.Healthcheck = &container.HealthConfig{Test: []string{"CMD", "/fwatchdog", "-nonsense"}, Interval: 100 * time.Millisecond, Retries: 1}
	start(t, by)
	eventually(t, "it is known", func() bool { return e.table.find("f") != nil })
	troubled(t, e, "health check", "start period")
}
