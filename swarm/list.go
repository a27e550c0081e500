package swarm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
)

func named(name string) filters.Args { return filters.NewArgs(filters.Arg("name", name)) }

// services are those of all functions, by name.
func (e *Engine) services(ctx context.Context) ([]swarm.Service, error) {
	ctx, cancel := patient(ctx)
	defer cancel()
	all, err := e.docker.ServiceList(ctx, swarm.ServiceListOptions{Status: true})
	if err != nil {
		return nil, explain(err)
	}
	all = slices.DeleteFunc(all, func(s swarm.Service) bool { return !e.isFunction(s.Spec) })
	slices.SortFunc(all, func(a, b swarm.Service) int { return strings.Compare(a.Spec.Name, b.Spec.Name) })
	return all, nil
}

// List asks the Swarm for all functions, by name.
func (e *Engine) List(ctx context.Context) ([]function.Status, error) {
	all, err := e.services(ctx)
	if err != nil {
		return nil, err
	}
	troubles, err := e.troubles(ctx, all)
	if err != nil {
		return nil, err
	}
	list := make([]function.Status, len(all))
	for i, s := range all {
		list[i] = status(s)
		list[i].Trouble = troubles[s.ID]
	}
	return list, nil
}

// Describe asks the Swarm for one function.
func (e *Engine) Describe(ctx context.Context, name string) (function.Status, error) {
	s, err := e.known(ctx, name)
	if err != nil {
		return function.Status{}, err
	}
	troubles, err := e.troubles(ctx, []swarm.Service{*s})
	if err != nil {
		return function.Status{}, err
	}
	described := status(*s)
	described.Trouble = troubles[s.ID]
	return described, nil
}

func status(s swarm.Service) function.Status {
	st := function.Status{Spec: declared(s.Spec), Created: s.CreatedAt}
	if s.ServiceStatus != nil {
		st.Replicas, st.Available = s.ServiceStatus.DesiredTasks, s.ServiceStatus.RunningTasks
	}
	st.Available = min(st.Available, st.Replicas) // during an update there are more
	return st
}

// troubles says, by service id, what keeps functions from having all their
// replicas, and which did not take their last update.
func (e *Engine) troubles(ctx context.Context, all []swarm.Service) (map[string]string, error) {
	troubled := filters.NewArgs()
	found := map[string]string{}
	for _, s := range all {
		if text := refused(s); text != "" {
			found[s.ID] = text
			troubled.Add("service", s.ID)
		}
		if s.ServiceStatus != nil && s.ServiceStatus.RunningTasks < s.ServiceStatus.DesiredTasks {
			troubled.Add("service", s.ID)
		}
	}
	if troubled.Len() == 0 {
		return found, nil
	}
	ctx, cancel := patient(ctx)
	defer cancel()
	tasks, err := e.docker.TaskList(ctx, swarm.TaskListOptions{Filters: troubled})
	if err != nil {
		return nil, explain(err)
	}
	for id, text := range worst(tasks) {
		if update := found[id]; update != "" {
			text = update + ": " + text
		}
		found[id] = text
	}
	return found, nil
}

// refused says that a service did not take its last update.
func refused(s swarm.Service) string {
	switch u := s.UpdateStatus; {
	case u == nil:
		return ""
	case u.State == swarm.UpdateStatePaused:
		return "its last update failed and has stopped"
	case u.State == swarm.UpdateStateRollbackPaused:
		return "its last update failed, and so did the way back to the version before"
	case strings.HasPrefix(string(u.State), "rollback"):
		return "its last update failed and was rolled back to the version before"
	}
	return ""
}

// worst is what the tasks of each service say is wrong: the newest failure, or
// else what keeps them waiting.
func worst(tasks []swarm.Task) map[string]string {
	slices.SortFunc(tasks, func(a, b swarm.Task) int { return a.Status.Timestamp.Compare(b.Status.Timestamp) })
	found := map[string]string{}
	for _, t := range tasks {
		text := trouble(t)
		if text == "" && found[t.ServiceID] == "" && t.Status.State == swarm.TaskStatePreparing {
			text = "its image is being fetched"
		}
		if text != "" {
			found[t.ServiceID] = text
		}
	}
	return found
}

// trouble is what a task says about itself, in the task's own words.
func trouble(t swarm.Task) string {
	text := strings.Join(strings.Fields(t.Status.Err), " ")
	when := t.Status.Timestamp.UTC().Format(time.TimeOnly)
	switch t.Status.State {
	case swarm.TaskStateComplete:
		if t.DesiredState == swarm.TaskStateShutdown { // that of a job is to be complete
			return fmt.Sprintf("ended at %s UTC, without an error: does its health check fail (then it may need a start period), or does its CMD end by itself?", when)
		}
	case swarm.TaskStateFailed, swarm.TaskStateRejected, swarm.TaskStateOrphaned:
		return fmt.Sprintf("%s at %s UTC: %s%s", t.Status.State, when, cmp.Or(text, t.Status.Message), hint(text))
	case swarm.TaskStatePending:
		if text != "" {
			return "no node takes it: " + text + hint(text)
		}
	}
	return ""
}

// hint is what to do about an error of a task's.
func hint(text string) string {
	for _, h := range hints {
		if strings.Contains(text, h.part) {
			return "; " + h.what
		}
	}
	return ""
}

var hints = []struct{ part, what string }{
	{"No such image", "the node has no such image: push it to a registry, or load it there"},
	{"executable file not found", "does the image's CMD name a program that is in it?"},
	{"no such file or directory", "does the image's CMD name a program that is in it?"},
	{"Minimum memory limit", "raise its memory limit"},
	{"unable to find user", "its label " + LabelUser + " names a user that the image does not have; a number needs none"},
	{"apability", "its label " + LabelCapabilities + " names what Linux does not have"},
	{"no space left", "free space on the node: docker system prune"},
	{"unhealthy", "its health check fails; it may need a start period"},
	{"insufficient resources", "lower its requests, or add a node"},
	{"constraints not satisfied", "change its constraints, or label a node"},
	{"max replicas", "lower its replicas, or add a node"},
	{"non-zero exit", "its log tells more"},
}
