package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/harkvoice/hark/intents/lint"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
	"github.com/harkvoice/hark/swarm"
)

// House is what there is to look at from inside.
type House struct {
	Gateway *openfaas.Client
	Skills  []string // directories of their packages, as far as they are known
	// Survey looks at the Swarm, if Docker is here.
	Survey func(context.Context) (swarm.Survey, error)
}

// OrchestrationSwarm is what a gateway says of itself whose engine is a Swarm.
const OrchestrationSwarm = "swarm"

// inspection is one under way.
type inspection struct {
	*Report
	of        House
	functions []openfaas.Status
	survey    *swarm.Survey // nil if it was not seen
}

// Inspect looks at a gateway, its engine and its functions, and adds to the report
// what it found.
func Inspect(ctx context.Context, h House, r *Report) {
	r.Gateway = h.Gateway.Address()
	i := &inspection{Report: r, of: h}
	engine, up := i.gateway(ctx)
	if !up || engine == OrchestrationSwarm {
		i.docker(ctx, up)
	}
	if up && i.engine(ctx) {
		i.ready()
		i.intents()
		i.secrets(ctx)
	}
	r.conclude()
}

// gateway looks whether one answers, and what its engine is.
func (i *inspection) gateway(ctx context.Context) (engine string, up bool) {
	const name = "gateway"
	info, err := i.of.Gateway.Info(ctx)
	var away *openfaas.Unreachable
	switch {
	case err == nil:
		return info.Provider.Orchestration, i.ok(name, "hark %s answers at %s, its engine is %s", info.Version.Release, i.of.Gateway.Address(), info.Provider.Orchestration)
	case errors.As(err, &away):
		return "", i.note(name, Failed, err.Error(), "Start hark, or name the address of its operator's listener with --gateway.")
	case openfaas.IsStatus(err, http.StatusUnauthorized):
		return "", i.note(name, Failed, i.of.Gateway.Address()+" asks who you are", "Give --user and --password-file, or --token-file.")
	}
	return "", i.note(name, Failed, fmt.Sprintf("%s: %v", i.of.Gateway.Address(), err), "See whether what answers there is hark's operator's listener.")
}

// docker looks at the Swarm from here. A gateway that is up needs it less.
func (i *inspection) docker(ctx context.Context, up bool) {
	const name = "docker"
	s, err := i.of.Survey(ctx)
	switch {
	case err != nil && up:
		i.note(name, Warning, "it cannot be looked at from here: "+err.Error(), "Run hark doctor on a manager, or name its API in DOCKER_HOST.")
		return
	case err != nil:
		return // a house without Docker
	case !s.Manager && (up || s.State == "active"):
		i.note(name, Warning, "the Docker here is no manager of a Swarm, so the rest cannot be seen", "Run hark doctor on a manager, or name its API in DOCKER_HOST.")
		return
	case !s.Manager:
		return
	}
	i.survey = &s
	i.ok(name, "%s, a manager", s.Version)
	i.nodes()
	i.network()
}

// nodes looks at them, and at what the Swarm survives.
func (i *inspection) nodes() {
	s := i.survey
	quorum := s.Managers/2 + 1
	text := fmt.Sprintf("%d of %d reachable", s.Reachable, s.Managers)
	switch {
	case s.Reachable < s.Managers && s.Reachable == quorum:
		i.note("managers", Failed, text+": with one less nothing can be deployed", "Bring the others back, or take those out that will not come: docker node demote, docker node rm.")
	case s.Reachable < s.Managers:
		i.note("managers", Warning, text, "Bring the others back, or take those out that will not come: docker node demote, docker node rm.")
	case s.Managers == 2:
		i.note("managers", Warning, text+": if one of two goes, nothing can be deployed", "Make it three, or one: docker node promote, docker node demote.")
	default:
		i.ok("managers", "%s", text)
	}
	for _, away := range s.Away {
		i.note("nodes", Warning, away, "If it is not meant: see to it, or docker node update --availability active NODE.")
	}
}

// fullness is how full a network may be.
const fullness = 0.8

func (i *inspection) network() {
	const name = "network"
	n := i.survey.Network
	create := "docker network create -d overlay --attachable --subnet 10.90.0.0/16 " + n.Name
	switch {
	case !n.Found:
		i.note(name, Failed, fmt.Sprintf("there is no network %s, so that no function can be reached", n.Name), "Make it: "+create)
	case !n.Overlay:
		i.note(name, Failed, fmt.Sprintf("the network %s is of one node only", n.Name), "Remove it and make an overlay: "+create)
	case n.Room > 0 && float64(n.Taken) >= fullness*float64(n.Room):
		i.note(name, Warning, fmt.Sprintf("%s has addresses for %d tasks, and %d have one; beyond that they stay pending", n.Name, n.Room, n.Taken), "Make it anew with a larger --subnet when functions may stand still.")
	default:
		i.ok(name, "%s, an overlay with %d tasks, room for %d", n.Name, n.Taken, n.Room)
	}
}

// engine looks whether functions can be listed.
func (i *inspection) engine(ctx context.Context) bool {
	all, err := i.of.Gateway.Functions(ctx)
	if err != nil {
		return i.note("engine", Failed, err.Error(), "See the gateway's log; if it is Docker's: systemctl status docker, docker node ls.")
	}
	i.functions = all
	if len(all) == 0 {
		return i.note("engine", Warning, "no function is deployed", "Deploy some with: hark deploy -f stack.yaml")
	}
	return i.ok("engine", "%s", plural(len(all), "function is", "functions are")+" deployed")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ready looks whether each has its replicas.
func (i *inspection) ready() {
	waiting := 0
	for _, f := range i.functions {
		if f.AvailableReplicas < f.Replicas || f.Trouble != "" {
			waiting++
			text := fmt.Sprintf("%s has %d of %d replicas", f.Name, f.AvailableReplicas, f.Replicas)
			if f.Trouble != "" {
				text += ": " + f.Trouble
			}
			state := Warning
			if f.AvailableReplicas == 0 && f.Replicas > 0 {
				state = Failed
			}
			i.note("functions", state, text, "See hark describe "+f.Name+" and hark logs "+f.Name+".")
		}
	}
	if waiting == 0 && len(i.functions) > 0 {
		i.ok("functions", "each is ready")
	}
}

// rules are the findings of lint that are about functions, and the check that each
// belongs to.
var rules = map[lint.Code]struct {
	check string
	state State
}{
	lint.IntentWithoutFunction:  {"intents", Failed},
	lint.AmbiguousFunctions:     {"intents", Failed},
	lint.BuiltinWithoutFunction: {"intents", Warning},
	lint.UnknownLabel:           {"labels", Warning},
	lint.InvalidLabel:           {"labels", Failed},
	lint.FunctionWithoutIntent:  {"unused", Warning},
}

// intents holds the skills against what is deployed, in both directions.
func (i *inspection) intents() {
	if len(i.of.Skills) == 0 {
		i.note("intents", Warning, "no skill package is known, so they were not looked at", "Name its directory with --dir.")
		return
	}
	deployed := &lint.Stack{}
	for _, f := range i.functions {
		deployed.Functions = append(deployed.Functions, function.Spec{Name: f.Name, Labels: f.Labels})
	}
	unused, found := make(map[string]int), make(map[string]bool)
	for _, dir := range i.of.Skills {
		report, err := lint.Check(dir, deployed)
		if err != nil {
			i.note("intents", Failed, err.Error(), "Name the directory of a skill package with --dir.")
			return
		}
		for _, f := range report.Findings {
			rule, ours := rules[f.Code]
			if !ours {
				continue
			}
			if f.Code == lint.FunctionWithoutIntent { // of several skills, by another perhaps
				if unused[f.Path]++; unused[f.Path] < len(i.of.Skills) {
					continue
				}
			}
			found[rule.check] = true
			i.note(rule.check, rule.state, f.Text, upper(strings.ReplaceAll(f.Mend, "to stack.yaml", "by hark deploy")+"."))
		}
	}
	if !found["intents"] {
		i.ok("intents", "each has a function, of %s", plural(len(i.of.Skills), "skill", "skills"))
	}
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// secrets looks whether what functions name is there.
func (i *inspection) secrets(ctx context.Context) {
	all, err := i.of.Gateway.Secrets(ctx)
	if err != nil {
		i.note("secrets", Warning, "they cannot be listed: "+err.Error(), "See the gateway's log.")
		return
	}
	var known []string
	for _, s := range all {
		known = append(known, s.Name)
	}
	state := Failed
	if i.survey != nil {
		known = append(known, i.survey.Secrets...)
	} else if slices.ContainsFunc(i.Checks, func(c Check) bool { return c.Name == "docker" }) {
		state = Warning // it may be one of Docker's that was made by hand
	}
	named := 0
	for _, f := range i.functions {
		for _, name := range secretsOf(f) {
			named++
			if !slices.Contains(known, name) {
				i.note("secrets", state, fmt.Sprintf("%s names the secret %s, which is not there", f.Name, name), "Make it: hark secret create "+name+" --from-file FILE")
				known = append(known, name) // told once
			}
		}
	}
	if !slices.ContainsFunc(i.Checks, func(c Check) bool { return c.Name == "secrets" }) {
		i.ok("secrets", "%d are named by functions, and there", named)
	}
}

// secretsOf are those that a function reads, and those of its doors.
func secretsOf(f openfaas.Status) []string {
	names := slices.Clone(f.Secrets)
	for _, label := range []string{function.LabelToken, function.LabelWebhookSecret} {
		if name := f.Labels[label]; name != "" {
			names = append(names, name)
		}
	}
	return names
}
