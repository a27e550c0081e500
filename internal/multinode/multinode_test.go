//go:build linux

// Package multinode tests what callers hear when nodes of a Swarm fail. Three
// managers and a worker run on this machine, each an engine with a network of its
// own.
package multinode

import (
	"context"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	docker "github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/dockertest"
	"github.com/harkvoice/hark/internal/function"
)

const (
	// patience bounds what a scenario waits for; none takes that long unless it
	// fails.
	patience = 3 * time.Minute
	// replicas of each function, two a node.
	replicas = 8
)

func TestMultinode(t *testing.T) {
	s := &site{Cluster: dockertest.Start(t, 3, 1)}
	s.setUp(t)
	for _, scenario := range []struct {
		name string
		run  func(*testing.T, *site) figures
	}{
		{"a worker is drained", drained},
		{"a worker's link is cut for 20 s", cut},
		{"a worker's power is cut", killed},
		{"the leader's power is cut", leaderLost},
		{"a manager with a gateway loses power", gatewayLost},
	} {
		done := t.Run(scenario.name, func(t *testing.T) {
			f := scenario.run(t, s)
			f.scenario = scenario.name
			t.Log(f.String())
			s.figures = append(s.figures, f)
		})
		if !done { // what is broken stays so
			break
		}
	}
	t.Log("\n" + table(s.figures))
	if name := os.Getenv("HARK_FIGURES"); name != "" {
		if err := os.WriteFile(name, []byte(table(s.figures)), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// drained: tasks are moved away on purpose, and nobody hears it.
func drained(t *testing.T, s *site) figures {
	gateway := s.gateway(t, s.Nodes[0])
	l := s.loaded(t, gateway, "drained")
	victim := s.worker()
	at := time.Now()
	s.availability(t, victim, docker.NodeAvailabilityDrain)
	f := figures{replicas: s.untilReplicas(t, s.Nodes[0], "drained", at, victim)}
	l.end()
	f.heard = l.since(at)
	if f.gets+f.posts > 0 {
		t.Errorf("%d calls failed: %v", f.gets+f.posts, f.first)
	}
	s.availability(t, victim, docker.NodeAvailabilityActive)
	return f
}

// cut: the node goes on, and nobody can reach it. When it is back its tasks are
// of no use any more.
func cut(t *testing.T, s *site) figures {
	gateway := s.gateway(t, s.Nodes[0])
	l := s.loaded(t, gateway, "cut")
	victim := s.worker()
	if err := s.Link(victim, false); err != nil {
		t.Fatal(err)
	}
	at := time.Now() // some calls had begun meanwhile
	f := s.outlive(t, s.Nodes[0], victim, "cut", at)
	time.Sleep(time.Until(at.Add(20 * time.Second))) // callers hear of the return too
	if err := s.Link(victim, true); err != nil {
		t.Fatal(err)
	}
	s.ready(t)
	time.Sleep(time.Second)
	l.end()
	f.judge(t, l, at)
	return f
}

func killed(t *testing.T, s *site) figures {
	gateway := s.gateway(t, s.Nodes[0])
	l := s.loaded(t, gateway, "killed")
	victim := s.worker()
	at := kill(victim)
	f := s.outlive(t, s.Nodes[0], victim, "killed", at)
	l.end()
	f.judge(t, l, at)
	s.restart(t, victim)
	return f
}

// leaderLost: the Swarm has to choose another before it does anything.
func leaderLost(t *testing.T, s *site) figures {
	leader := s.leader(t)
	at := s.other(leader)
	gateway := s.gateway(t, at)
	l := s.loaded(t, gateway, "leader")
	lost := kill(leader)
	var f figures
	f.api = since(t, lost, "Docker's API", func(ctx context.Context) error {
		_, err := at.Client.NodeList(ctx, docker.NodeListOptions{})
		return err
	})
	f.deploy = since(t, lost, "a deploy", func(ctx context.Context) error {
		return gateway.Deploy(ctx, spec("afterwards", 1))
	})
	t.Cleanup(func() { remove(t, gateway, "afterwards") })
	since(t, lost, "what was deployed", func(context.Context) error { return ask(gateway, "afterwards", http.MethodPost, "x") })
	f.down = s.untilDown(t, at, leader, lost)
	f.replicas = s.untilReplicas(t, at, "leader", lost, leader)
	l.end()
	f.judge(t, l, lost)
	s.restart(t, leader)
	return f
}

// gatewayLost: gateways know nothing that the others do not.
func gatewayLost(t *testing.T, s *site) figures {
	stays := s.leader(t)
	goes := s.other(stays)
	one, two := s.gateway(t, stays), s.gateway(t, goes)
	l, m := s.loaded(t, one, "shared"), begin(t, two, "shared")
	begun := time.Now()
	deploy(t, one, "through-one", 1)
	var f figures
	f.found = since(t, time.Now(), "the function at the other gateway", func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		_, err := two.Invoke(ctx, function.Invocation{Function: "through-one"})
		if !errors.Is(err, function.ErrNotFound) {
			return nil // its replica takes longer
		}
		return err
	})
	if err := ask(two, "through-one", http.MethodPost, "x"); err != nil {
		t.Error(err)
	}
	m.end()
	if h := m.since(begun); h.calls == 0 || h.gets+h.posts > 0 {
		t.Errorf("through the second gateway %d of %d calls failed: %v", h.gets+h.posts, h.calls, h.first)
	}
	two.Close(t.Context())
	at := kill(goes)
	g := s.outlive(t, stays, goes, "shared", at)
	f.down, f.replicas = g.down, g.replicas
	l.end()
	f.judge(t, l, at)
	s.restart(t, goes)
	return f
}

// outlive awaits that the Swarm has got over the loss of a node.
func (s *site) outlive(t *testing.T, via, victim *dockertest.Node, name string, at time.Time) (f figures) {
	f.down = s.untilDown(t, via, victim, at)
	f.replicas = s.untilReplicas(t, via, name, at, victim)
	return f
}
