package swarm

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
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
	for range tries {
		all, err := e.services(ctx)
		if err != nil {
			return nil, err
		}
		list, err := e.statuses(ctx, all)
		if !errors.Is(err, function.ErrNotFound) { // one was removed in between
			return list, err
		}
	}
	return nil, function.ErrConflict
}

// Describe asks the Swarm for one function.
func (e *Engine) Describe(ctx context.Context, name string) (function.Status, error) {
	s, err := e.known(ctx, name)
	if err != nil {
		return function.Status{}, err
	}
	list, err := e.statuses(ctx, []swarm.Service{*s})
	if err != nil {
		return function.Status{}, fmt.Errorf("function %s: %w", name, err)
	}
	return list[0], nil
}

// statuses are those of functions; the tasks are looked at where that may tell
// more than their number. Docker refuses to if one of them is gone: ErrNotFound.
func (e *Engine) statuses(ctx context.Context, all []swarm.Service) ([]function.Status, error) {
	unsettled := filters.NewArgs()
	for _, s := range all {
		if refused(s) != "" || changing(s) || s.ServiceStatus != nil && s.ServiceStatus.RunningTasks < s.ServiceStatus.DesiredTasks {
			unsettled.Add("service", s.ID)
		}
	}
	tasks := map[string][]swarm.Task{}
	if unsettled.Len() > 0 {
		ctx, cancel := patient(ctx)
		defer cancel()
		found, err := e.docker.TaskList(ctx, swarm.TaskListOptions{Filters: unsettled})
		if errdefs.IsNotFound(err) {
			return nil, function.ErrNotFound
		}
		if err != nil {
			return nil, explain(err)
		}
		for _, t := range found {
			tasks[t.ServiceID] = append(tasks[t.ServiceID], t)
		}
	}
	list := make([]function.Status, len(all))
	for i, s := range all {
		if changing(s) {
			tasks[s.ID] = e.listening(ctx, tasks[s.ID])
		}
		list[i] = status(s, tasks[s.ID])
		list[i].Trouble = cmp.Or(list[i].Trouble, e.table.failing(list[i].Name))
	}
	return list, nil
}

// listenTime bounds the question whether a task listens.
const listenTime = 300 * time.Millisecond

// listening is tasks, of which those that run but do not listen yet are called
// starting: one that fails at once runs for an instant too.
func (e *Engine) listening(ctx context.Context, tasks []swarm.Task) []swarm.Task {
	ctx, cancel := context.WithTimeout(ctx, listenTime)
	defer cancel()
	var asking sync.WaitGroup
	for i := range tasks {
		t := &tasks[i]
		if t.Status.State != swarm.TaskStateRunning || t.DesiredState != swarm.TaskStateRunning {
			continue
		}
		asking.Go(func() {
			conn, err := e.dial(ctx, "tcp", e.address(*t))
			if err != nil {
				t.Status.State = swarm.TaskStateStarting
				return
			}
			conn.Close()
		})
	}
	asking.Wait()
	return tasks
}

// status is what a service and its tasks tell of a function. During an update,
// replicas of the version before answer calls, but do not count as available.
func status(s swarm.Service, tasks []swarm.Task) function.Status {
	st := function.Status{Spec: declared(s.Spec), Created: s.CreatedAt, Version: version(s.Spec)}
	if s.ServiceStatus != nil {
		st.Replicas, st.Available = s.ServiceStatus.DesiredTasks, min(s.ServiceStatus.RunningTasks, s.ServiceStatus.DesiredTasks)
	}
	old := uint64(0)
	if changing(s) {
		st.Available, old = versions(s, tasks)
		st.Available = min(st.Available, st.Replicas)
	}
	if st.Available < st.Replicas || old > 0 || refused(s) != "" {
		st.Trouble = whatIsWrong(s, tasks)
	}
	return st
}

// version is what there is besides the number of replicas.
func version(s swarm.ServiceSpec) string {
	sum := sha256.Sum256([]byte(asJSON([]any{s.Labels, s.TaskTemplate})))
	return hex.EncodeToString(sum[:6])
}

// changing reports whether a service is being updated, or may be: Docker says so a
// little later than it begins.
func changing(s swarm.Service) bool {
	return isUpdating(s) || time.Since(s.UpdatedAt).Abs() < time.Minute
}

// versions counts the tasks that run what the service is now, and those that run
// what it was.
func versions(s swarm.Service, tasks []swarm.Task) (current, old uint64) {
	want := replaced(s.Spec.TaskTemplate)
	for _, t := range tasks {
		switch {
		case t.Status.State != swarm.TaskStateRunning || t.DesiredState != swarm.TaskStateRunning:
		case replaced(t.Spec) == want:
			current++
		default:
			old++
		}
	}
	return current, old
}

// replaced is what makes a task one to be replaced when it changes.
func replaced(t swarm.TaskSpec) string {
	return asJSON([]any{t.ContainerSpec, t.Resources, t.ForceUpdate})
}
