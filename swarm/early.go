package swarm

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/upstream"
)

// A container with a health check is not called running before its first check,
// which Docker makes after a whole interval: seconds in which it could answer. Where
// that check is nothing but the watchdog's own, hark asks the watchdog itself and
// has calls find the task as soon as it is well. Any other check is waited for.

// ownChecks are what the usual checks of the watchdog's have in them: its file, its
// paths, its flag.
var ownChecks = []string{"/.lock", "/_/health", "/_/ready", "-run-healthcheck"}

// startTime is how long a container takes to be on its network, on a node whose
// events do not come here. To ask before that would cost a second: the network
// remembers for so long that nobody was there.
const startTime = 700 * time.Millisecond

// early is a task that may be well before Docker says so.
type early struct {
	endpoint *endpoint
	well     chan struct{} // closed when it is
}

// welcome is the endpoint of a task that starts, once its watchdog is well, if its
// health check asks for no more than that; else nil.
func (w *watcher) welcome(f *watched, t swarm.Task) *endpoint {
	if w.address(t) == "" || !w.checksItself(t) {
		return nil
	}
	e, ok := f.early[t.ID]
	switch {
	case ok:
	case t.NodeID == w.node && !w.started[t.ID]:
		return nil // the event of its start will tell
	default:
		e = &early{w.endpoint(t), make(chan struct{})}
		f.early[t.ID] = e
		wait := startTime
		if t.NodeID == w.node {
			wait = 0
		}
		service := t.ServiceID
		w.table.chores.start(func(ctx context.Context) {
			defer context.AfterFunc(ctx, e.endpoint.drop)()
			e.ask(wait, func() { w.hint(service) })
		})
	}
	select {
	case <-e.well:
		return e.endpoint
	default:
		return nil
	}
}

// forget ends what asks tasks that are not there any more.
func (f *watched) forget(there []swarm.Task) {
	for id := range f.early {
		if !slices.ContainsFunc(there, func(t swarm.Task) bool { return t.ID == id }) {
			f.forgetEarly(id)
		}
	}
}

func (f *watched) forgetEarly(task string) {
	if e, ok := f.early[task]; ok {
		e.endpoint.drop()
		delete(f.early, task)
	}
}

// checksItself reports whether the health check of a task is the watchdog's own.
func (w *watcher) checksItself(t swarm.Task) bool {
	c := t.Spec.ContainerSpec
	if c == nil {
		return false
	}
	if h := c.Healthcheck; h != nil && len(h.Test) > 0 {
		return isOwnCheck(h.Test)
	}
	own, known := w.checks[c.Image]
	if !known {
		ctx, cancel := brief(context.Background())
		defer cancel()
		here, err := w.docker.ImageInspect(ctx, c.Image)
		if err != nil && !errdefs.IsNotFound(err) {
			return false // ask again
		}
		own = err == nil && here.Config != nil && here.Config.Healthcheck != nil && isOwnCheck(here.Config.Healthcheck.Test)
		w.checks[c.Image] = own
	}
	return own
}

func isOwnCheck(test []string) bool {
	line := strings.Join(test, " ")
	return slices.ContainsFunc(ownChecks, func(part string) bool { return strings.Contains(line, part) })
}

// ask asks the watchdog how it is until it is well, or not wanted any more.
func (e *early) ask(wait time.Duration, well func()) {
	for {
		select {
		case <-time.After(wait):
		case <-e.endpoint.dropped.Done():
			return
		}
		if e.endpoint.isWell() {
			close(e.well)
			well()
			return
		}
		wait = pollLeast
	}
}

func (ep *endpoint) isWell() bool {
	ctx, cancel := context.WithTimeout(ep.dropped, dialTime)
	defer cancel()
	resp, err := ep.client.Do(ctx, &upstream.Call{Method: http.MethodGet, Target: "/_/health", Host: "hark"})
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
