package swarm

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
)

// labelSpec is how the owner wrote what Docker stores otherwise.
const labelSpec = "hark.spec"

// written is the value of labelSpec.
type written struct {
	Image       string             `json:"image"` // as it was written, for
	As          string             `json:"as"`    // what Docker was told
	Limits      function.Resources `json:"limits,omitzero"`
	Requests    function.Resources `json:"requests,omitzero"`
	Annotations map[string]string  `json:"annotations,omitempty"`
}

const (
	// defaultPids is for a runtime with its threads, and some children.
	defaultPids = 1024
	// graceMargin is what containers get to stop beyond the longest call.
	graceMargin = 5 * time.Second
)

// surroundings are what a function's service refers to.
type surroundings struct {
	network string            // id
	image   string            // as Docker is to be told
	secrets map[string]secret // by name, those of the function
	maxCall time.Duration
}

// service is the service that a function is to be. Now is what it is, or nil: what
// no function declares stays as it is there, the number of replicas before all.
func service(want function.Spec, now *swarm.ServiceSpec, at surroundings) (swarm.ServiceSpec, error) {
	var s swarm.ServiceSpec
	if now != nil {
		s = clone(*now)
	} else {
		s = fresh(want)
	}
	limits, err := resources(want)
	if err == nil {
		err = check(want)
	}
	if err != nil {
		return s, err
	}
	s.Name, s.Labels = want.Name, labels(want, s.Labels, at.image)
	task := &s.TaskTemplate
	if task.ContainerSpec == nil {
		task.ContainerSpec = &swarm.ContainerSpec{}
	}
	task.Resources, task.RestartPolicy = limits, restart()
	task.Networks = attached(task.Networks, at.network)
	if task.Placement == nil {
		task.Placement = &swarm.Placement{}
	}
	task.Placement.Constraints = want.Constraints
	task.Placement.Platforms = nil // of the image that was
	s.UpdateConfig, s.RollbackConfig = rolling(swarm.UpdateFailureActionRollback), rolling(swarm.UpdateFailureActionPause)
	fill(task.ContainerSpec, want, at)
	return s, nil
}

// check refuses what Docker would take and no function could be made of.
func check(want function.Spec) error {
	if want.Labels[function.LabelFunction] == "false" {
		return fmt.Errorf("%w: its label %s says that it is no function", function.ErrInvalid, function.LabelFunction)
	}
	for name, value := range want.Environment {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(value, "\x00") {
			return fmt.Errorf("%w: environment variable %q: want a name without =, and no NUL", function.ErrInvalid, name)
		}
	}
	for _, c := range want.Constraints {
		if !strings.Contains(c, "==") && !strings.Contains(c, "!=") {
			return fmt.Errorf("%w: constraint %q: want KEY==VALUE or KEY!=VALUE, such as node.role==worker", function.ErrInvalid, c)
		}
	}
	return nil
}

// fresh is the service of a function that is new.
func fresh(want function.Spec) swarm.ServiceSpec {
	replicas := least(want.Labels)
	return swarm.ServiceSpec{
		Mode:         swarm.ServiceMode{Replicated: &swarm.ReplicatedService{Replicas: &replicas}},
		EndpointSpec: &swarm.EndpointSpec{Mode: swarm.ResolutionModeDNSRR}, // a virtual address needs IPVS, and loses idle connections
	}
}

// least is how many replicas a function has at first, and when it wakes up.
func least(labels map[string]string) uint64 {
	n, _ := strconv.ParseUint(labels["com.openfaas.scale.min"], 10, 8) // what is no such number is 1
	return max(n, 1)
}

// fill sets what a function declares of its container, and what hark wants
// of each: no privileges, and time to finish.
func fill(c *swarm.ContainerSpec, want function.Spec, at surroundings) {
	c.Image = at.image
	c.Env = environment(want)
	c.User = want.Labels[function.LabelUser]
	c.CapabilityDrop, c.CapabilityAdd = []string{"ALL"}, capabilities(want.Labels[function.LabelCapabilities])
	if c.Privileges == nil {
		c.Privileges = &swarm.Privileges{}
	}
	c.Privileges.NoNewPrivileges = true
	c.ReadOnly = want.ReadOnly
	c.Mounts = slices.DeleteFunc(c.Mounts, func(m mount.Mount) bool { return m.Type == mount.TypeTmpfs && m.Target == "/tmp" })
	if want.ReadOnly {
		c.Mounts = append(c.Mounts, mount.Mount{Type: mount.TypeTmpfs, Target: "/tmp"})
	}
	grace := max(at.maxCall, longest(want)) + graceMargin
	c.StopGracePeriod = &grace
	c.Secrets = c.Secrets[:0:0]
	for _, name := range want.Secrets {
		c.Secrets = append(c.Secrets, at.secrets[name].reference(name))
	}
}

// longest is the deadline that the function sets itself.
func longest(want function.Spec) time.Duration {
	text := want.Environment["exec_timeout"]
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(seconds) * time.Second
	}
	d, _ := time.ParseDuration(text)
	return d
}

func capabilities(list string) (names []string) {
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.ToUpper(strings.TrimSpace(name)); name != "" {
			names = append(names, "CAP_"+strings.TrimPrefix(name, "CAP_"))
		}
	}
	return names
}

// restart never gives a function up.
func restart() *swarm.RestartPolicy {
	none, never := time.Duration(0), uint64(0) // as Docker tells it
	return &swarm.RestartPolicy{Condition: swarm.RestartPolicyConditionAny, Delay: &none, MaxAttempts: &never}
}

// rolling has a replica replaced only when the new one is there.
func rolling(failure string) *swarm.UpdateConfig {
	return &swarm.UpdateConfig{Parallelism: 1, Order: swarm.UpdateOrderStartFirst, FailureAction: failure, Monitor: 5 * time.Second}
}

// environment is the container's: what the function declares, its process, and
// the watchdog's mode if a label chooses it.
func environment(want function.Spec) []string {
	all := maps.Clone(want.Environment)
	if all == nil {
		all = map[string]string{}
	}
	if want.Process != "" {
		all["fprocess"] = want.Process
	}
	for variable, label := range settingLabels {
		if _, set := all[variable]; !set && want.Labels[label] != "" {
			all[variable] = want.Labels[label]
		}
	}
	env := make([]string, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		env = append(env, name+"="+all[name])
	}
	return env
}

// settingLabels are the settings of the watchdog that labels may choose too.
var settingLabels = map[string]string{"mode": function.LabelMode, "warm": function.LabelWarm}

// labels are the function's, hark's own, and Docker's if there are some.
func labels(want function.Spec, now map[string]string, image string) map[string]string {
	all := maps.Clone(want.Labels)
	if all == nil {
		all = map[string]string{}
	}
	for name, value := range now {
		if strings.HasPrefix(name, "com.docker.") {
			all[name] = value
		}
	}
	text, _ := json.Marshal(written{want.Image, image, want.Limits, want.Requests, want.Annotations}) // strings always can
	all[labelSpec] = string(text)
	return all
}

// attached are networks with the functions' among them.
func attached(networks []swarm.NetworkAttachmentConfig, id string) []swarm.NetworkAttachmentConfig {
	if slices.ContainsFunc(networks, func(n swarm.NetworkAttachmentConfig) bool { return n.Target == id }) {
		return networks
	}
	return append(networks, swarm.NetworkAttachmentConfig{Target: id})
}

// clone is a copy that shares nothing.
func clone(s swarm.ServiceSpec) (c swarm.ServiceSpec) {
	text, _ := json.Marshal(s) // it came as JSON
	_ = json.Unmarshal(text, &c)
	return c
}

// secretName is the function's name for a secret that its container has, if it is
// one.
func secretName(r *swarm.SecretReference) (string, bool) {
	if r.File == nil || path.Dir(r.File.Name) != function.SecretDir {
		return "", false
	}
	return path.Base(r.File.Name), true
}

// declared is the function that a service is.
func declared(s swarm.ServiceSpec) function.Spec {
	spec := function.Spec{Name: s.Name, Labels: maps.Clone(s.Labels)}
	if spec.Labels == nil {
		spec.Labels = map[string]string{}
	}
	var as written
	_ = json.Unmarshal([]byte(s.Labels[labelSpec]), &as) // without one it is empty
	delete(spec.Labels, labelSpec)
	spec.Annotations = as.Annotations
	spec.Limits, spec.Requests = as.Limits, as.Requests
	if p := s.TaskTemplate.Placement; p != nil {
		spec.Constraints = p.Constraints
	}
	c := s.TaskTemplate.ContainerSpec
	if c == nil {
		return spec
	}
	spec.Image, spec.ReadOnly = c.Image, c.ReadOnly
	if as.As == c.Image {
		spec.Image = as.Image
	}
	spec.Environment = make(map[string]string, len(c.Env))
	for _, pair := range c.Env {
		name, value, _ := strings.Cut(pair, "=")
		spec.Environment[name] = value
	}
	spec.Process = spec.Environment["fprocess"]
	delete(spec.Environment, "fprocess")
	for variable, label := range settingLabels {
		if chosen := spec.Labels[label]; chosen != "" && spec.Environment[variable] == chosen {
			delete(spec.Environment, variable)
		} else if value := spec.Environment[variable]; value != "" {
			spec.Labels[label] = value // so that labels tell the mode, whatever chose it
		}
	}
	for _, r := range c.Secrets {
		if name, ok := secretName(r); ok {
			spec.Secrets = append(spec.Secrets, name)
		}
	}
	return spec
}

// port is the one that a container of a function listens on.
func port(c *swarm.ContainerSpec) string {
	if c == nil {
		return "8080"
	}
	return cmp.Or(pairs(c.Env)["port"], "8080")
}
