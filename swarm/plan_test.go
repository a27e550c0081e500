package swarm

import (
	"errors"
	"testing"
	"time"

	"github.com/docker/docker/api/types/swarm"
	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

// around is what the functions of these tests refer to.
var around = surroundings{network: "net1", image: "sha256:abc", maxCall: 10 * time.Second,
	secrets: map[string]secret{"key": {id: "s1", name: "key"}}}

func planned(t *testing.T, now *swarm.Service, want function.Spec) plan {
	t.Helper()
	to, err := service(want, specOf(now), around)
	if err != nil {
		t.Fatal(err)
	}
	return planFor(now, to, "")
}

func TestPlan_ReadsAsLines(t *testing.T) {
	simple := function.Spec{Name: "f", Image: "cat:1", Process: "cat"}
	rich := whole()
	rich.Secrets = []string{"key"}
	was := func(spec function.Spec, change ...func(*swarm.ServiceSpec)) *swarm.Service {
		s := &swarm.Service{ID: "id", Spec: planned(t, nil, spec).spec}
		for _, f := range change {
			f(&s.Spec)
		}
		return s
	}
	for what, row := range map[string]struct {
		now  *swarm.Service
		want function.Spec
		text string
	}{
		"a new one": {nil, simple, `create service f
  image sha256:abc
  environment +fprocess
  limits memory=0 cpu=0 pids=1024
  replicas 1`},
		"the same again":         {was(simple), simple, "keep service f"},
		"the same, with secrets": {was(rich), rich, "keep service f"},
		"what the engine forgets": {was(simple, func(s *swarm.ServiceSpec) {
			s.TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges = false
		}), simple, "keep service f"},
		"everything": {was(simple), rich, `update service f
  environment +COLOUR +EMPTY ~fprocess
  labels +hark.intents +hark.pids +hark.user
  secrets key
  constraints node.role==manager
  limits memory=0 cpu=0 pids=1024 → memory=134217728 cpu=500000000 pids=64
  reservations memory=5242880 cpu=10000000
  read-only yes
  user 1000:1000`},
		"nothing any more": {was(rich), simple, `update service f
  environment -COLOUR -EMPTY ~fprocess
  labels -hark.intents -hark.pids -hark.user
  secrets key → none
  constraints node.role==manager → none
  limits memory=134217728 cpu=500000000 pids=64 → memory=0 cpu=0 pids=1024
  reservations memory=5242880 cpu=10000000 → none
  read-only yes → none
  user 1000:1000 → none`},
	} {
		if diff := cmp.Diff(row.text, planned(t, row.now, row.want).String()); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

// Values of variables may be secret: a plan is logged.
func TestPlan_TellsNoValueOfAVariable(t *testing.T) {
	spec := function.Spec{Name: "f", Image: "cat:1", Environment: map[string]string{"TOKEN": "hidden"}}
	if text := planned(t, nil, spec).String(); cmp.Diff(text, "create service f\n  image sha256:abc\n  environment +TOKEN\n  limits memory=0 cpu=0 pids=1024\n  replicas 1") != "" {
		t.Error(text)
	}
}

func TestService_IsTheFunctionThatWasDeclared(t *testing.T) {
	rich := whole()
	rich.Secrets = []string{"key"}
	warm := function.Spec{Name: "f", Image: "cat:1", Labels: map[string]string{function.LabelMode: "stdio", function.LabelWarm: "2"}}
	for _, want := range []function.Spec{rich, warm, {Name: "f", Image: "cat:1", Process: "cat"}} {
		got := declared(planned(t, nil, want).spec)
		if diff := cmp.Diff(want, got, equateEmpty); diff != "" {
			t.Error(diff)
		}
	}
}

// An image that somebody else has set is not the one that was written.
func TestService_TellsAnImageSetByHand(t *testing.T) {
	s := planned(t, nil, function.Spec{Name: "f", Image: "cat:1"}).spec
	s.TaskTemplate.ContainerSpec.Image = "dog:2"
	if got := declared(s).Image; got != "dog:2" {
		t.Error(got)
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "6291456": 6 << 20, "64m": 64 << 20, "64M": 64 << 20, "128Mi": 128 << 20, "128MiB": 128 << 20, "1G": 1 << 30, "1.5Gi": 3 << 29, "5Ki": 5 << 10} {
		if got, _, err := amounts(function.Resources{Memory: text}); err != nil || got != want {
			t.Errorf("memory %q: %d, error %v", text, got, err)
		}
	}
	for text, want := range map[string]int64{"": 0, "1": 1e9, "0.5": 5e8, "500m": 5e8, "100m": 1e8, "2.25": 225e7} {
		if _, got, err := amounts(function.Resources{CPU: text}); err != nil || got != want {
			t.Errorf("cpu %q: %d, error %v", text, got, err)
		}
	}
	for _, text := range []string{"i", "Mi", "-1m", "0", "x", "1 2", "1e99", "NaN", "Inf", "99999999t", "64mi i"} {
		if _, _, err := amounts(function.Resources{Memory: text}); !errors.Is(err, function.ErrInvalid) {
			t.Errorf("memory %q: %v", text, err)
		}
	}
	for _, text := range []string{"m", "-1", "0", "0.0001", "x", "NaN", "Inf", "1e99", "1 m"} {
		if _, _, err := amounts(function.Resources{CPU: text}); !errors.Is(err, function.ErrInvalid) {
			t.Errorf("cpu %q: %v", text, err)
		}
	}
}

func TestPort(t *testing.T) {
	for want, env := range map[string][]string{"8080": {"port="}, "9000": {"a=b", "port=9000"}} {
		if got := port(&swarm.ContainerSpec{Env: env}); got != want {
			t.Errorf("%v: %s", env, got)
		}
	}
	if got := port(nil); got != "8080" {
		t.Error(got)
	}
}
