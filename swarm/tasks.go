package swarm

import (
	"context"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/swarm"
)

// readTasks reads the tasks of services and has calls find those that run.
func (w *watcher) readTasks(ctx context.Context, ids ...string) error {
	asking, cancel := brief(ctx)
	defer cancel()
	which := filters.NewArgs(filters.Arg("desired-state", "running"))
	for _, id := range ids {
		which.Add("service", id)
	}
	tasks, err := w.docker.TaskList(asking, swarm.TaskListOptions{Filters: which})
	if errdefs.IsNotFound(err) { // one of them was removed meanwhile
		return w.readOneByOne(ctx, ids)
	}
	if err != nil {
		return explain(err)
	}
	of := make(map[string][]swarm.Task, len(ids))
	for _, t := range tasks {
		of[t.ServiceID] = append(of[t.ServiceID], t)
	}
	for _, id := range ids {
		if f, ok := w.services[id]; ok {
			w.settle(f, of[id])
		}
	}
	return nil
}

func (w *watcher) readOneByOne(ctx context.Context, ids []string) error {
	if len(ids) == 1 {
		w.lose(ids[0])
		w.publish()
		return nil
	}
	for _, id := range ids {
		if err := w.readTasks(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// settle takes the tasks that a service has now, and says when to look again.
func (w *watcher) settle(f *watched, tasks []swarm.Task) {
	running := make(map[string]*endpoint, len(tasks))
	for _, t := range tasks {
		ep := f.tasks[t.ID]
		switch {
		case w.down[t.NodeID]:
			if ep != nil {
				ep.lose(errNodeLost)
			}
			f.forgetEarly(t.ID) // should the node come back with it, it is another endpoint's
			ep = nil
		case t.Status.State == swarm.TaskStateRunning:
			ep = w.join(f, t)
		case t.Status.State != swarm.TaskStateStarting:
			ep = nil
		case ep == nil:
			ep = w.welcome(f, t)
		}
		if ep != nil {
			running[t.ID] = ep
		}
	}
	f.forget(tasks)
	if !maps.Equal(running, f.tasks) {
		f.tasks = running
		f.target.set(slices.Collect(maps.Values(running)))
	}
	now := time.Now()
	settled := len(running) == len(tasks) && !f.updating && (f.wanted < 0 || f.wanted == len(running))
	if settled && now.Sub(f.since) > time.Second {
		f.due, f.restless = now.Add(pollRest), false
		return
	}
	if !f.restless {
		f.since, f.restless = now, true
	}
	f.due = now.Add(min(max(now.Sub(f.since)/pollShare, pollLeast), pollMost))
}

// join is the endpoint of a task that runs.
func (w *watcher) join(f *watched, t swarm.Task) *endpoint {
	if ep := f.tasks[t.ID]; ep != nil {
		return ep
	}
	if e, ok := f.early[t.ID]; ok {
		return e.endpoint
	}
	return w.endpoint(t)
}

// endpoint is a new one of a task; nil if it has no address.
func (w *watcher) endpoint(t swarm.Task) *endpoint {
	address := w.address(t)
	if address == "" {
		return nil
	}
	return newEndpoint(address, t.NodeID, w.dial)
}

// address is where a task listens on the functions' network, HOST:PORT. Its port
// is the one that it was started with, whatever its service has now.
func (e *Engine) address(t swarm.Task) string {
	for _, a := range t.NetworksAttachments {
		if a.Network.ID == e.network && len(a.Addresses) > 0 {
			host, _, _ := strings.Cut(a.Addresses[0], "/")
			return net.JoinHostPort(host, port(t.Spec.ContainerSpec))
		}
	}
	return ""
}
