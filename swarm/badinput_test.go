package swarm

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
)

// untouched wants nothing to be left of what was refused.
func untouched(t *testing.T) {
	t.Helper()
	all, err := site.docker.ServiceList(t.Context(), swarm.ServiceListOptions{})
	if err != nil || len(all) > 0 {
		t.Errorf("services %v are left, error %v", all, err)
	}
	if names := dockers(t); len(names) > 0 {
		t.Errorf("secrets %v are left", names)
	}
}

func TestDeploy_Refuses(t *testing.T) {
	e := engine(t)
	label := func(name, value string) func(*function.Spec) {
		return func(s *function.Spec) { s.Labels = map[string]string{name: value} }
	}
	limit := func(memory, cpu string) func(*function.Spec) {
		return func(s *function.Spec) { s.Limits = function.Resources{Memory: memory, CPU: cpu} }
	}
	for what, row := range map[string]struct {
		change func(*function.Spec)
		words  []string
	}{
		"no name":                  {func(s *function.Spec) { s.Name = "" }, []string{"use letters and digits"}},
		"an intent's name":         {func(s *function.Spec) { s.Name = "AMAZON.HelpIntent" }, []string{"use letters and digits"}},
		"a long name":              {func(s *function.Spec) { s.Name = strings.Repeat("x", 64) }, []string{"at most 63"}},
		"no image":                 {func(s *function.Spec) { s.Image = "" }, []string{"no image"}},
		"an image with spaces":     {func(s *function.Spec) { s.Image = "no image" }, []string{"no image", "invalid reference"}},
		"an image in capitals":     {func(s *function.Spec) { s.Image = "Capitals:1" }, []string{"Capitals", "lowercase"}},
		"an image id there is not": {func(s *function.Spec) { s.Image = "sha256:" + strings.Repeat("0", 64) }, []string{"sha256:000", "build it here"}},
		"an image there is not":    {func(s *function.Spec) { s.Image = "localhost:1/missing:1" }, []string{"localhost:1/missing:1", "push it"}},
		"little memory":            {limit("5m", ""), []string{"5m", "6Mi"}},
		"no amount of memory":      {limit("much", ""), []string{"much", "128Mi"}},
		"negative memory":          {limit("-64m", ""), []string{"-64m", "128Mi"}},
		"endless memory":           {limit("9999999t", ""), []string{"9999999t"}},
		"no amount of cpu":         {limit("", "fast"), []string{"fast", "500m"}},
		"no cpu":                   {limit("", "0"), []string{`"0"`, "500m"}},
		"NaN of cpu":               {limit("", "NaN"), []string{"NaN", "500m"}},
		"requests over limits": {func(s *function.Spec) {
			s.Limits.Memory, s.Requests.Memory = "64m", "128m"
		}, []string{"128m", "64m"}},
		"an unknown network":  {func(s *function.Spec) { s.Network = "nosuch" }, []string{"nosuch", DefaultNetwork, "leave it out"}},
		"no credentials":      {func(s *function.Spec) { s.RegistryAuth = "!!!" }, []string{"registryAuth", "USER:PASSWORD"}},
		"an unknown secret":   {func(s *function.Spec) { s.Secrets = []string{"nobody-knows"} }, []string{"nobody-knows", "create it first"}},
		"a constraint":        {func(s *function.Spec) { s.Constraints = []string{"node.role is manager"} }, []string{"node.role is manager", "node.role==worker"}},
		"a number of pids":    {label(function.LabelPids, "many"), []string{function.LabelPids, "many"}},
		"an empty variable":   {func(s *function.Spec) { s.Environment[""] = "x" }, []string{"variable"}},
		"a variable with =":   {func(s *function.Spec) { s.Environment["A=B"] = "x" }, []string{"variable", "A=B"}},
		"a variable with NUL": {func(s *function.Spec) { s.Environment["A"] = "a\x00b" }, []string{"variable", "A"}},
	} {
		t.Run(what, func(t *testing.T) {
			spec := doing("echo")
			row.change(&spec)
			begun := time.Now()
			wantError(t, e.Deploy(t.Context(), spec), function.ErrInvalid, row.words...)
			if took := time.Since(begun); took > 2*time.Second {
				t.Errorf("it took %s", took)
			}
			untouched(t)
		})
	}
}

// What is refused changes nothing of what there is.
func TestDeploy_ARefusedUpdateLeavesTheFunctionAsItIs(t *testing.T) {
	e := engine(t)
	deploy(t, e, doing("echo"))
	before := serviceOf(t, "f").Version
	spec := doing("env")
	spec.Secrets = []string{"nobody-knows"}
	wantError(t, e.Deploy(t.Context(), spec), function.ErrInvalid)
	if after := serviceOf(t, "f").Version; after != before {
		t.Errorf("version %d → %d", before.Index, after.Index)
	}
}

func TestDeploy_RefusesTheNameOfAnotherService(t *testing.T) {
	e := engine(t)
	s := byHand(t, "f")
	s.TaskTemplate.Networks = nil
	start(t, s)
	before := serviceOf(t, "f").Version
	wantError(t, e.Deploy(t.Context(), doing("echo")), function.ErrInvalid, "no function", "choose another")
	wantError(t, e.Remove(t.Context(), "f"), function.ErrInvalid, "no function")
	if after := serviceOf(t, "f").Version; after != before {
		t.Errorf("version %d → %d", before.Index, after.Index)
	}
}

func TestEngine_KnowsWhatItDoesNotHave(t *testing.T) {
	e := engine(t)
	deploy(t, e, doing("echo"))
	for _, act := range []func(name string) error{
		func(name string) error { _, err := e.Describe(t.Context(), name); return err },
		func(name string) error { return e.Scale(t.Context(), name, 1) },
		func(name string) error { return e.Remove(t.Context(), name) },
		func(name string) error { _, err := e.Logs(t.Context(), function.LogQuery{Name: name}); return err },
		func(name string) error {
			_, err := e.Invoke(t.Context(), function.Invocation{Function: name})
			return err
		},
	} {
		for _, name := range []string{"nobody", "", "F", "a\nb"} {
			wantError(t, act(name), function.ErrNotFound)
		}
	}
	wantError(t, e.Scale(t.Context(), "f", 1_000_000), function.ErrInvalid, "at most")
	if s := describe(t, e); s.Replicas != 1 {
		t.Errorf("%d replicas", s.Replicas)
	}
}

func TestDescribe_TellsWhyThereIsNoReplica(t *testing.T) {
	e := engine(t)
	for what, row := range map[string]struct {
		change func(*function.Spec)
		words  []string
	}{
		"it crashes":              {func(s *function.Spec) { s.Environment["mode"] = "nonsense" }, []string{"failed", "non-zero exit (1)", "its log tells more"}},
		"no node fits":            {func(s *function.Spec) { s.Constraints = []string{"node.labels.none==here"} }, []string{"no node takes it", "label a node"}},
		"no node is large enough": {func(s *function.Spec) { s.Requests.Memory = "1000g" }, []string{"no node takes it", "lower its requests"}},
		"its user is not there":   {func(s *function.Spec) { s.Labels = map[string]string{function.LabelUser: "nobody-knows"} }, []string{"nobody-knows", function.LabelUser}},
		"a capability is unknown": {func(s *function.Spec) { s.Labels = map[string]string{function.LabelCapabilities: "FLY"} }, []string{"FLY", function.LabelCapabilities}},
	} {
		t.Run(what, func(t *testing.T) {
			spec := doing("echo")
			row.change(&spec)
			deploy(t, e, spec)
			troubled(t, e, row.words...)
			if err := e.Remove(t.Context(), "f"); err != nil {
				t.Fatal(err)
			}
			untouched(t)
		})
	}
}

// Docker finds such a name taken, again and again.
func TestDeploy_RefusesANameThatDiffersByCaseOnly(t *testing.T) {
	e := engine(t)
	deploy(t, e, doing("echo"))
	spec := doing("echo")
	spec.Name = "F"
	wantError(t, e.Deploy(t.Context(), spec), function.ErrInvalid, "there is a service f")
	if _, err := e.Describe(t.Context(), "F"); !errors.Is(err, function.ErrNotFound) {
		t.Error(err)
	}
}

// What is removed while functions are listed is left out.
func TestList_WhileFunctionsAreRemoved(t *testing.T) {
	e := engine(t)
	for i := range 10 {
		id := start(t, byHand(t, "f"))
		gone := make(chan error, 1)
		go func() {
			time.Sleep(time.Duration(i) * time.Millisecond / 4)
			gone <- site.docker.ServiceRemove(t.Context(), id)
		}()
		for removed := false; !removed; removed = len(gone) > 0 {
			if _, err := e.List(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := e.Describe(t.Context(), "f"); err != nil && !errors.Is(err, function.ErrNotFound) {
				t.Fatal(err)
			}
		}
		if err := <-gone; err != nil {
			t.Fatal(err)
		}
	}
}

// A service is no function whose label says so: it would be there and not be found.
func TestDeploy_RefusesWhatWouldBeNoFunction(t *testing.T) {
	e := engine(t)
	spec := doing("echo")
	spec.Labels = map[string]string{function.LabelFunction: "false"}
	wantError(t, e.Deploy(t.Context(), spec), function.ErrInvalid, function.LabelFunction)
	untouched(t)
}
