package swarm

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/docker/client"

	"github.com/harkvoice/hark/internal/function"
)

// Survey is what there is to see of a Swarm from one of its nodes.
type Survey struct {
	Version string // of Docker
	State   string // of the node: active, inactive, …
	Manager bool
	// The rest is what a manager knows.
	Managers, Reachable int
	Away                []string // nodes that are down or drained, with why
	Network             Network
	Secrets             []string // by Docker's names and by those of functions
}

// Network is the functions' network.
type Network struct {
	Name    string
	Found   bool
	Overlay bool // and of the whole Swarm
	// Room is how many tasks it has addresses for, Taken how many have one; Room is
	// 0 if it is not known.
	Room, Taken int
}

// Look surveys the Swarm of the Docker that c.Host, or DOCKER_HOST, names. Only
// c.Network counts besides. Errors are function.ErrEngine.
func Look(ctx context.Context, c Config) (s Survey, err error) {
	docker, err := connect(c.Host)
	if err != nil {
		return s, err
	}
	defer docker.Close()
	ctx, cancel := patient(ctx)
	defer cancel()
	info, err := docker.Info(ctx)
	if err != nil {
		return s, explain(err)
	}
	s.Version, s.State, s.Manager = info.ServerVersion, string(info.Swarm.LocalNodeState), info.Swarm.ControlAvailable
	if !s.Manager {
		return s, nil
	}
	for _, look := range []func(context.Context, *client.Client) error{s.lookAtNodes, s.lookAtSecrets} {
		if err := look(ctx, docker); err != nil {
			return s, explain(err)
		}
	}
	if s.Network.Name = c.Network; s.Network.Name == "" {
		s.Network.Name = DefaultNetwork
	}
	return s, explain(s.Network.look(ctx, docker))
}

// connect is a client of the Docker at host; empty is what the environment says.
func connect(host string) (*client.Client, error) {
	options := []client.Opt{client.FromEnv, client.WithAPIVersionNegotiation()}
	if host != "" {
		options = append(options, client.WithHost(host))
	}
	docker, err := client.NewClientWithOpts(options...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", function.ErrEngine, err)
	}
	return docker, nil
}

func (s *Survey) lookAtNodes(ctx context.Context, docker *client.Client) error {
	nodes, err := docker.NodeList(ctx, swarm.NodeListOptions{})
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if n.ManagerStatus != nil {
			s.Managers++
			if n.ManagerStatus.Reachability == swarm.ReachabilityReachable {
				s.Reachable++
			}
		}
		switch {
		case n.Status.State != swarm.NodeStateReady:
			s.Away = append(s.Away, fmt.Sprintf("%s is %s", n.Description.Hostname, n.Status.State))
		case n.Spec.Availability != swarm.NodeAvailabilityActive:
			s.Away = append(s.Away, fmt.Sprintf("%s is to take no tasks (%s)", n.Description.Hostname, n.Spec.Availability))
		}
	}
	slices.Sort(s.Away)
	return nil
}

func (s *Survey) lookAtSecrets(ctx context.Context, docker *client.Client) error {
	all, err := docker.SecretList(ctx, swarm.SecretListOptions{})
	if err != nil {
		return err
	}
	for _, secret := range all {
		s.Secrets = append(s.Secrets, secret.Spec.Name)
		if name := secret.Spec.Labels[labelSecret]; name != "" {
			s.Secrets = append(s.Secrets, name)
		}
	}
	slices.Sort(s.Secrets)
	s.Secrets = slices.Compact(s.Secrets)
	return nil
}

// look finds the network and how full it is. Docker takes an address of it for each
// task, for each node and for the network itself.
func (n *Network) look(ctx context.Context, docker *client.Client) error {
	found, err := docker.NetworkInspect(ctx, n.Name, network.InspectOptions{})
	if errdefs.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	n.Found, n.Overlay = true, found.Driver == "overlay" && found.Scope == "swarm"
	for _, c := range found.IPAM.Config {
		if subnet, err := netip.ParsePrefix(c.Subnet); err == nil && subnet.Addr().Is4() {
			n.Room += 1<<min(30, 32-subnet.Bits()) - 3 // network, gateway, broadcast
		}
	}
	tasks, err := docker.TaskList(ctx, swarm.TaskListOptions{Filters: filters.NewArgs(filters.Arg("desired-state", "running"))})
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if slices.ContainsFunc(t.NetworksAttachments, func(a swarm.NetworkAttachment) bool { return a.Network.ID == found.ID }) {
			n.Taken++
		}
	}
	return nil
}
