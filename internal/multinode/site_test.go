//go:build linux

package multinode

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/docker/docker/api/types/filters"
	docker "github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/dockertest"
	"github.com/harkvoice/hark/internal/enginetest"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/swarm"
)

// site is the Swarm.
type site struct {
	*dockertest.Cluster
	network *dockertest.Network
	figures []figures
}

func (s *site) setUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var err error
	if s.network, err = s.Network(ctx, swarm.DefaultNetwork); err != nil {
		t.Fatal(err)
	}
	watchdog, err := s.Program("github.com/harkvoice/hark/cmd/fwatchdog", "-tags", "nethttpomithttp2")
	if err != nil {
		t.Fatal(err)
	}
	testfn, err := s.Program("github.com/harkvoice/hark/internal/enginetest/testfn")
	if err != nil {
		t.Fatal(err)
	}
	err = s.Image(ctx, enginetest.Image, map[string]string{"/fwatchdog": watchdog, "/function/testfn": testfn}, `CMD ["/fwatchdog"]`, "WORKDIR /function")
	if err != nil {
		t.Fatal(err)
	}
}

// gateway is an engine on a node.
func (s *site) gateway(t *testing.T, on *dockertest.Node) *swarm.Engine {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	inside, err := s.network.On(ctx, on)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})).With("gateway", on.Name)
	e, err := swarm.New(ctx, swarm.Config{Log: log, Host: on.Socket(), Dial: inside.Dial, MaxCall: deadline})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close(context.Background()) })
	return e
}

// loaded is a load on a new function, all of whose replicas are there.
func (s *site) loaded(t *testing.T, e *swarm.Engine, name string) *load {
	t.Helper()
	deploy(t, e, name, replicas)
	since(t, time.Now(), "all replicas", func(ctx context.Context) error {
		now, err := e.Describe(ctx, name)
		if err == nil && now.Available < replicas {
			err = function.ErrUnavailable
		}
		return err
	})
	l := begin(t, e, name)
	time.Sleep(time.Second) // to be steady
	return l
}

func deploy(t *testing.T, e *swarm.Engine, name string, replicas int) {
	t.Helper()
	if err := e.Deploy(t.Context(), spec(name, replicas)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, e, name) })
}

func remove(t *testing.T, e *swarm.Engine, name string) {
	since(t, time.Now(), "the removal of "+name, func(ctx context.Context) error { return e.Remove(ctx, name) })
}

func spec(name string, replicas int) function.Spec {
	return function.Spec{
		Name:        name,
		Image:       enginetest.Image,
		Process:     "./testfn http nap 100ms",
		Environment: map[string]string{"mode": "http"},
		Labels:      map[string]string{"com.openfaas.scale.min": strconv.Itoa(replicas)},
	}
}

// errNotYet has since ask again.
var errNotYet = errors.New("not yet")

// since returns how long after at it was that a thing came true. It asks again
// and again, for a while each time: without a leader Docker does not answer.
func since(t *testing.T, at time.Time, what string, holds func(context.Context) error) time.Duration {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		err := holds(ctx)
		cancel()
		if err == nil {
			return time.Since(at)
		}
		if time.Now().After(end) {
			t.Fatalf("waited too long for %s: %v", what, err)
		}
	}
}

// kill cuts a node's power and returns when that was.
func kill(n *dockertest.Node) time.Time {
	n.Kill()
	return time.Now() // some calls had begun meanwhile
}

func (s *site) restart(t *testing.T, n *dockertest.Node) {
	t.Helper()
	if err := s.Restart(n); err != nil {
		t.Fatal(err)
	}
	s.ready(t)
}

// ready awaits that all nodes are well.
func (s *site) ready(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		t.Fatal(err)
	}
}

// node is what the Swarm knows of a node.
func node(ctx context.Context, via, which *dockertest.Node) (docker.Node, error) {
	all, err := via.Client.NodeList(ctx, docker.NodeListOptions{})
	if err != nil {
		return docker.Node{}, err
	}
	for _, n := range all {
		if n.Description.Hostname == which.Name {
			return n, nil
		}
	}
	return docker.Node{}, errNotYet
}

func (s *site) untilDown(t *testing.T, via, which *dockertest.Node, at time.Time) time.Duration {
	t.Helper()
	return since(t, at, which.Name+" to be down", func(ctx context.Context) error {
		n, err := node(ctx, via, which)
		if err == nil && n.Status.State != docker.NodeStateDown {
			err = errNotYet
		}
		return err
	})
}

// untilReplicas returns when all replicas of a function run elsewhere.
func (s *site) untilReplicas(t *testing.T, via *dockertest.Node, name string, at time.Time, without *dockertest.Node) time.Duration {
	t.Helper()
	return since(t, at, "all replicas of "+name, func(ctx context.Context) error {
		gone, err := node(ctx, via, without)
		if err != nil {
			return err
		}
		tasks, err := via.Client.TaskList(ctx, docker.TaskListOptions{Filters: filters.NewArgs(filters.Arg("service", name), filters.Arg("desired-state", "running"))})
		if err != nil {
			return err
		}
		running := 0
		for _, task := range tasks {
			if task.Status.State == docker.TaskStateRunning && task.NodeID != gone.ID {
				running++
			}
		}
		if running < replicas {
			return errNotYet
		}
		return nil
	})
}

func (s *site) availability(t *testing.T, which *dockertest.Node, to docker.NodeAvailability) {
	t.Helper()
	since(t, time.Now(), which.Name+" to be "+string(to), func(ctx context.Context) error {
		n, err := node(ctx, s.Nodes[0], which)
		if err != nil {
			return err
		}
		n.Spec.Availability = to
		return s.Nodes[0].Client.NodeUpdate(ctx, n.ID, n.Version, n.Spec)
	})
}

// leader is the manager that decides.
func (s *site) leader(t *testing.T) (leader *dockertest.Node) {
	t.Helper()
	since(t, time.Now(), "a leader", func(ctx context.Context) error {
		for _, n := range s.Nodes {
			is, err := node(ctx, s.Nodes[0], n)
			if err != nil {
				return err
			}
			if is.ManagerStatus != nil && is.ManagerStatus.Leader {
				leader = n
				return nil
			}
		}
		return errNotYet
	})
	return leader
}

// worker is the node that is no manager.
func (s *site) worker() *dockertest.Node { return s.Nodes[len(s.Nodes)-1] }

// other is a manager that is none of these.
func (s *site) other(these ...*dockertest.Node) *dockertest.Node {
	for _, n := range s.Nodes[:len(s.Nodes)-1] {
		if !slices.Contains(these, n) {
			return n
		}
	}
	return nil
}
