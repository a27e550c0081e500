package swarm

import (
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/swarm"
)

// watching is a watcher of a function that nothing was read of yet.
func watching(t *testing.T) (*watcher, *watched) {
	n, _ := served(t, true)
	e, target := knows(t, n)
	e.dial = n.dial
	f := &watched{target: target, wanted: 1, tasks: map[string]*endpoint{}, early: map[string]*early{}}
	return &watcher{Engine: e, services: map[string]*watched{"id": f}, down: map[string]bool{}}, f
}

// task is one that has an address on the functions' network, and whose health check
// is the watchdog's own.
func task(id string, state swarm.TaskState, env ...string) swarm.Task {
	return swarm.Task{
		ID: id, ServiceID: "id", NodeID: "node", Status: swarm.TaskStatus{State: state},
		Spec: swarm.TaskSpec{ContainerSpec: &swarm.ContainerSpec{
			Env: env, Healthcheck: &container.HealthConfig{Test: []string{"CMD", "/fwatchdog", "-run-healthcheck"}},
		}},
		NetworksAttachments: []swarm.NetworkAttachment{
			{Network: swarm.Network{ID: "another"}, Addresses: []string{"10.1.0.1/16"}},
			{Network: swarm.Network{}, Addresses: []string{"10.0.0.1/16"}},
		},
	}
}

// What was dropped is not asked again: nothing would find out that it answers.
func TestWatch_ATaskWhoseNodeComesBackIsAnotherEndpoint(t *testing.T) {
	w, f := watching(t)
	starting := []swarm.Task{task("task", swarm.TaskStateStarting)}
	w.settle(f, starting)
	close(f.early["task"].well)
	w.settle(f, starting)
	running := []swarm.Task{task("task", swarm.TaskStateRunning)}
	for range 2 {
		for _, down := range []bool{false, true} {
			w.down["node"] = down
			w.settle(f, running)
			ep, _ := f.target.pick()
			if (ep == nil) != down || ep != nil && ep.dropped.Err() != nil {
				t.Fatalf("down: %v, endpoint %v", down, ep)
			}
		}
	}
}

// Tasks of two versions are asked at two ports, during an update.
func TestWatch_AsksATaskAtItsOwnPort(t *testing.T) {
	w, f := watching(t)
	for _, c := range []struct {
		env  []string
		want string
	}{{nil, "10.0.0.1:8080"}, {[]string{"port=9000"}, "10.0.0.1:9000"}, {[]string{"port="}, "10.0.0.1:8080"}} {
		f.tasks = map[string]*endpoint{}
		w.settle(f, []swarm.Task{task("task", swarm.TaskStateRunning, c.env...)})
		if ep, _ := f.target.pick(); ep == nil || ep.client.Address != c.want {
			t.Errorf("%v: %v, want %s", c.env, ep, c.want)
		}
	}
}

// Docker has tasks that no function's calls go to.
func TestWatch_BearsOddTasks(t *testing.T) {
	w, f := watching(t)
	plugin := task("plugin", swarm.TaskStateRunning)
	plugin.Spec.ContainerSpec = nil
	plugin.Spec.PluginSpec = nil
	elsewhere := task("elsewhere", swarm.TaskStateRunning)
	elsewhere.NetworksAttachments = nil
	bare := task("bare", swarm.TaskStateStarting)
	bare.NetworksAttachments[1].Addresses = nil
	w.settle(f, []swarm.Task{plugin, elsewhere, bare, {}})
	w.take(swarm.Service{ID: "odd"})
	w.publish()
	if len(f.tasks) != 1 {
		t.Errorf("%d tasks are asked", len(f.tasks))
	}
}
