package swarm

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
)

const (
	// Tasks have no events: those of a service that changes are polled, often at
	// first, then in proportion to how long it has been changing.
	pollLeast, pollMost = 20 * time.Millisecond, time.Second
	pollShare           = 20
	// pollRest is for services that do not change: a task on another node may die
	// without anybody telling.
	pollRest = 5 * time.Second
	// chunk bounds how many services are asked about at once.
	chunk = 50
	// readTime is how often everything is read anew: Docker leaves events out for who
	// does not take them fast enough.
	readTime = time.Minute
	// steadyTime is how long Docker's events come until losing them is news.
	steadyTime = 10 * time.Second
)

// ask is the wish to have a service looked at now.
type ask struct {
	service string // id
	done    chan<- error
}

// refresh returns when the watch has looked at a service.
func (e *Engine) refresh(ctx context.Context, id string) error {
	done := make(chan error, 1)
	select {
	case e.dirty <- ask{id, done}:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hint has a service looked at soon.
func (e *Engine) hint(id string) {
	select {
	case e.hints <- id:
	default: // there are enough
	}
}

// watcher keeps the table. All of it belongs to one goroutine.
type watcher struct {
	*Engine
	services map[string]*watched // by id
	down     map[string]bool     // nodes, by id
	started  map[string]bool     // tasks of this node whose container was, by id
	checks   map[string]bool     // images whose health check is the watchdog's own
	untold   bool                // functions have come, gone or changed since OnChange was told
}

// watched is a function and its tasks.
type watched struct {
	function function.Spec // its name, image and labels
	wanted   int           // replicas, -1 for one on every node
	updating bool
	target   *target
	tasks    map[string]*endpoint // those that take calls, by task id
	early    map[string]*early    // those that are asked how they are
	restless bool
	since    time.Time // it changes
	due      time.Time // to be looked at
}

// watch follows the Swarm until ctx ends. When Docker's API is lost it tries to
// find it again, and the table stays as it is. Known is told once when all is
// known, or why it cannot be.
func (e *Engine) watch(ctx context.Context, known chan<- error) {
	w := &watcher{Engine: e, services: map[string]*watched{}, started: map[string]bool{}, checks: map[string]bool{}, untold: true}
	first := true
	for wait := pollLeast; ; wait = min(2*wait, 2*time.Second) {
		begun := time.Now()
		err := w.follow(ctx, func() {
			if first {
				known <- nil
			} else {
				e.config.Log.Info("Docker's API answers again")
			}
			first = false
		})
		if time.Since(begun) > steadyTime {
			wait = pollLeast
		}
		switch {
		case ctx.Err() != nil:
			return
		case first:
			known <- err
			return
		}
		e.config.Log.Warn("Docker's API is lost; functions that are known go on answering", "error", err)
		if !w.idle(ctx, wait) {
			return
		}
	}
}

// idle waits, and tells those who want a service looked at that it cannot be.
func (w *watcher) idle(ctx context.Context, wait time.Duration) bool {
	over := time.After(wait)
	for {
		select {
		case <-over:
			return true
		case a := <-w.dirty:
			a.done <- w.look(ctx, a.service)
		case <-ctx.Done():
			return false
		}
	}
}

// follow follows Docker's events, and looks at what changes. It begins by reading
// everything, and ends with an error of Docker's API.
func (w *watcher) follow(ctx context.Context, up func()) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	since := strconv.FormatInt(time.Now().Add(-time.Second).Unix(), 10)
	happens, failed := w.docker.Events(ctx, events.ListOptions{Since: since, Filters: filters.NewArgs(
		filters.Arg("type", "service"), filters.Arg("type", "node"), filters.Arg("type", "container"),
		filters.Arg("event", "create"), filters.Arg("event", "update"), filters.Arg("event", "remove"),
		filters.Arg("event", "start"), filters.Arg("event", "kill"), filters.Arg("event", "die"), filters.Arg("event", "health_status"),
	)})
	if err := w.readAll(ctx); err != nil {
		return err
	}
	up()
	anew := time.NewTicker(readTime)
	defer anew.Stop()
	for {
		if err := w.poll(ctx); err != nil {
			return err
		}
		next := time.NewTimer(time.Until(w.due()))
		var err error
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case err = <-failed:
		case happened := <-happens:
			err = w.hear(ctx, happened)
		case a := <-w.dirty:
			err = w.look(ctx, a.service)
			a.done <- err
		case id := <-w.hints:
			w.touch(id)
		case <-anew.C:
			err = w.readAll(ctx)
		case <-next.C:
		}
		next.Stop()
		if err != nil {
			return err
		}
	}
}

// hear takes an event.
func (w *watcher) hear(ctx context.Context, e events.Message) error {
	switch e.Type {
	case events.ServiceEventType:
		return w.look(ctx, e.Actor.ID)
	case events.NodeEventType:
		return w.readAll(ctx)
	}
	service, task := e.Actor.Attributes["com.docker.swarm.service.id"], e.Actor.Attributes["com.docker.swarm.task.id"]
	switch signal := e.Actor.Attributes["signal"]; {
	case e.Action == events.ActionStart:
		w.started[task] = true
	case e.Action == events.ActionDie:
		delete(w.started, task)
	case e.Action == events.ActionKill && (signal == "15" || signal == "9"):
		w.leave(service, task)
	}
	w.touch(service)
	return nil
}

// leave has a task asked no more that is told to end, though its task runs on, unless
// it does not listen to that.
func (w *watcher) leave(service, task string) {
	if f, ok := w.services[service]; ok && f.tasks[task] != nil {
		w.hush(f.target, f.tasks[task], lastWords)
	}
}

// stir has the tasks of a service looked at often for a while.
func (w *watcher) stir(id string) {
	if f, ok := w.services[id]; ok {
		f.since, f.due, f.restless = time.Now(), time.Now(), true
	}
}

// touch has the tasks of a service looked at now, and often if it was at rest: one
// that crashes again and again is not to keep Docker busy.
func (w *watcher) touch(id string) {
	if f, ok := w.services[id]; ok && f.restless {
		f.due = time.Now()
		return
	}
	w.stir(id)
}

// look reads a service, which may have come or gone.
func (w *watcher) look(ctx context.Context, id string) error {
	asking, cancel := brief(ctx)
	defer cancel()
	found, err := w.docker.ServiceList(asking, swarm.ServiceListOptions{Filters: filters.NewArgs(filters.Arg("id", id))})
	if err != nil {
		return explain(err)
	}
	gone := true
	for _, s := range found {
		if s.ID == id && w.isFunction(s.Spec) {
			w.take(s)
			gone = false
		}
	}
	if gone {
		w.lose(id)
	}
	w.publish()
	if gone {
		return nil
	}
	w.stir(id)
	return w.readTasks(ctx, id)
}

// readAll reads all services, nodes and tasks.
func (w *watcher) readAll(ctx context.Context) error {
	asking, cancel := brief(ctx)
	defer cancel()
	all, err := w.Engine.services(asking)
	if err != nil {
		return err
	}
	if err := w.readNodes(ctx); err != nil {
		return err
	}
	there := make(map[string]bool, len(all))
	for _, s := range all {
		there[s.ID] = true
		w.take(s)
	}
	for id := range w.services {
		if !there[id] {
			w.lose(id)
		}
	}
	w.publish()
	for ids := range slices.Chunk(slices.Collect(maps.Keys(w.services)), chunk) {
		if err := w.readTasks(ctx, ids...); err != nil {
			return err
		}
	}
	return nil
}

func (w *watcher) readNodes(ctx context.Context) error {
	asking, cancel := brief(ctx)
	defer cancel()
	nodes, err := w.docker.NodeList(asking, swarm.NodeListOptions{})
	if err != nil {
		return explain(err)
	}
	w.down = map[string]bool{}
	for _, n := range nodes {
		w.down[n.ID] = n.Status.State == swarm.NodeStateDown
	}
	return nil
}

// take notes what a service is now.
func (w *watcher) take(s swarm.Service) {
	f, ok := w.services[s.ID]
	if !ok {
		f = &watched{target: newTarget(s.Spec.Name, s.ID), tasks: map[string]*endpoint{}, early: map[string]*early{}}
		w.services[s.ID] = f
	}
	spec := declared(s.Spec)
	if spec.Name != f.function.Name || !maps.Equal(spec.Labels, f.function.Labels) {
		w.untold = true
	}
	f.function = function.Spec{Name: spec.Name, Image: spec.Image, Labels: spec.Labels}
	f.wanted = wanted(s.Spec)
	f.updating = isUpdating(s)
	f.target.asleep.Store(f.wanted == 0)
	f.target.tell() // to wake it up, perhaps
}

func isUpdating(s swarm.Service) bool {
	u := s.UpdateStatus
	return u != nil && (u.State == swarm.UpdateStateUpdating || u.State == swarm.UpdateStateRollbackStarted)
}

// wanted is the number of replicas, -1 for a service on every node.
func wanted(s swarm.ServiceSpec) int {
	if r := s.Mode.Replicated; r != nil && r.Replicas != nil {
		return int(*r.Replicas)
	}
	return -1
}

// lose forgets a service that is gone.
func (w *watcher) lose(id string) {
	if f, ok := w.services[id]; ok {
		f.forget(nil)
		delete(w.services, id)
	}
}

// publish has calls find the functions that there are.
func (w *watcher) publish() {
	functions := make(map[string]*target, len(w.services))
	for _, f := range w.services {
		functions[f.function.Name] = f.target
	}
	if old := w.table.functions.Swap(&functions); old != nil {
		for name, t := range *old {
			if functions[name] != t {
				t.set(nil)
				w.untold = true
			}
		}
	}
	if w.config.OnChange == nil || !w.untold {
		return
	}
	w.untold = false
	list := make([]function.Status, 0, len(w.services))
	for _, f := range w.services {
		list = append(list, function.Status{Spec: f.function})
	}
	slices.SortFunc(list, func(a, b function.Status) int { return strings.Compare(a.Name, b.Name) })
	w.config.OnChange(list)
}

// due is when something is to be looked at.
func (w *watcher) due() time.Time {
	first := time.Now().Add(pollRest)
	for _, f := range w.services {
		if f.due.Before(first) {
			first = f.due
		}
	}
	return first
}

// poll looks at the tasks that are due.
func (w *watcher) poll(ctx context.Context) error {
	now := time.Now()
	var ids []string
	for id, f := range w.services {
		if !f.due.After(now) {
			ids = append(ids, id)
		}
	}
	for part := range slices.Chunk(ids, chunk) {
		if err := w.readTasks(ctx, part...); err != nil {
			return err
		}
	}
	return nil
}
