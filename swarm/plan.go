package swarm

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/docker/docker/api/types/swarm"
)

// plan is what is to be done for one service. Making one asks nobody, and
// applying it decides nothing.
type plan struct {
	do   action
	spec swarm.ServiceSpec
	// id and version are those of the service that is updated.
	id      string
	version swarm.Version
	auth    string
	notes   []string // what changes
}

type action string

const (
	keep   action = "keep"
	create action = "create"
	update action = "update"
)

// planFor compares what is with what is to be. Now is nil for a service that is
// not there.
func planFor(now *swarm.Service, to swarm.ServiceSpec, auth string) plan {
	if now == nil {
		return plan{do: create, spec: to, auth: auth, notes: differences(swarm.ServiceSpec{}, to)}
	}
	p := plan{do: update, spec: to, id: now.ID, version: now.Version, auth: auth, notes: differences(now.Spec, to)}
	if same(now.Spec, to) {
		p.do = keep
	}
	return p
}

func same(a, b swarm.ServiceSpec) bool { return asJSON(kept(a)) == asJSON(kept(b)) }

// kept is what every engine keeps of a service: some take Docker's word for new
// privileges and forget it (moby 20.10), and they would be updated for ever.
func kept(s swarm.ServiceSpec) swarm.ServiceSpec {
	s = clone(s)
	if c := s.TaskTemplate.ContainerSpec; c != nil && c.Privileges != nil {
		c.Privileges.NoNewPrivileges = true
	}
	return s
}

func asJSON(v any) string {
	text, _ := json.Marshal(v) // which came as JSON or is to go as it
	return string(text)
}

// String is the plan as lines: what is done to which service, and what changes.
func (p plan) String() string {
	lines := append([]string{fmt.Sprintf("%s service %s", p.do, p.spec.Name)}, p.notes...)
	return strings.Join(lines, "\n  ")
}

// differences names what differs. Values of the environment may be secret, and
// are not told.
func differences(a, b swarm.ServiceSpec) (notes []string) {
	names := func(what, changed string) {
		if changed != "" {
			notes = append(notes, what+" "+changed)
		}
	}
	values := func(what, old, new string) {
		switch {
		case old == new:
		case old == "":
			notes = append(notes, what+" "+new)
		default:
			notes = append(notes, what+" "+old+" → "+cmp.Or(new, "none"))
		}
	}
	ca, cb := containerOf(a), containerOf(b)
	values("image", ca.Image, cb.Image)
	names("environment", changed(pairs(ca.Env), pairs(cb.Env)))
	names("labels", changed(withoutSpec(a.Labels), withoutSpec(b.Labels)))
	values("secrets", secretsOf(ca), secretsOf(cb))
	values("constraints", constraints(a), constraints(b))
	values("limits", limits(a), limits(b))
	values("reservations", reservations(a), reservations(b))
	values("replicas", replicas(a), replicas(b))
	values("read-only", yes(ca.ReadOnly), yes(cb.ReadOnly))
	values("user", ca.User, cb.User)
	return notes
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func limits(s swarm.ServiceSpec) string {
	if r := s.TaskTemplate.Resources; r != nil && r.Limits != nil {
		return fmt.Sprintf("memory=%d cpu=%d pids=%d", r.Limits.MemoryBytes, r.Limits.NanoCPUs, r.Limits.Pids)
	}
	return ""
}

func reservations(s swarm.ServiceSpec) string {
	if r := s.TaskTemplate.Resources; r != nil && r.Reservations != nil {
		return fmt.Sprintf("memory=%d cpu=%d", r.Reservations.MemoryBytes, r.Reservations.NanoCPUs)
	}
	return ""
}

func containerOf(s swarm.ServiceSpec) swarm.ContainerSpec {
	if s.TaskTemplate.ContainerSpec == nil {
		return swarm.ContainerSpec{}
	}
	return *s.TaskTemplate.ContainerSpec
}

func pairs(env []string) map[string]string {
	all := make(map[string]string, len(env))
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	return all
}

func withoutSpec(labels map[string]string) map[string]string {
	labels = maps.Clone(labels)
	delete(labels, labelSpec)
	return labels
}

// changed lists the names of what is new (+), gone (-) and different (~).
func changed(a, b map[string]string) string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	var words []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		old, was := a[name]
		new, is := b[name]
		switch {
		case !was:
			words = append(words, "+"+name)
		case !is:
			words = append(words, "-"+name)
		case old != new:
			words = append(words, "~"+name)
		}
	}
	return strings.Join(words, " ")
}

func secretsOf(c swarm.ContainerSpec) string {
	var names []string
	for _, r := range c.Secrets {
		names = append(names, r.SecretName)
	}
	return strings.Join(names, " ")
}

func constraints(s swarm.ServiceSpec) string {
	if s.TaskTemplate.Placement == nil {
		return ""
	}
	return strings.Join(s.TaskTemplate.Placement.Constraints, ", ")
}

func replicas(s swarm.ServiceSpec) string {
	if r := s.Mode.Replicated; r != nil && r.Replicas != nil {
		return fmt.Sprint(*r.Replicas)
	}
	return ""
}
