//go:build linux

package dockertest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"golang.org/x/sync/errgroup"
)

// pauseImage is of the containers that hold a network on each node: without one,
// the starts of tasks race with the end of the network there.
const pauseImage = "hark-pause:latest"

// Network is an overlay network of the cluster, with a container on each node.
type Network struct {
	// ID is what the engine calls it.
	ID string

	name string
}

// Network makes an overlay network, of which a cluster can have one: its subnet is
// always the same.
func (c *Cluster) Network(ctx context.Context, name string) (*Network, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	made, err := c.Nodes[0].Client.NetworkCreate(ctx, name, network.CreateOptions{Driver: "overlay", Attachable: true,
		IPAM: &network.IPAM{Config: []network.IPAMConfig{{Subnet: "10.90.0.0/16"}}}})
	if err != nil {
		return nil, err
	}
	pause, err := c.Program("github.com/harkvoice/hark/internal/dockertest/pause")
	if err != nil {
		return nil, err
	}
	if err := c.Image(ctx, pauseImage, map[string]string{"/pause": pause}, `CMD ["/pause"]`); err != nil {
		return nil, err
	}
	c.network = &Network{made.ID, name}
	var holds errgroup.Group
	for _, node := range c.Nodes {
		holds.Go(func() error { return c.network.hold(ctx, node) })
	}
	return c.network, holds.Wait()
}

// holder names the container that holds the network on each node.
func (n *Network) holder() string { return "hold-" + n.name }

// hold runs the holder on a node. It has no restart policy: an engine would try at
// its start, too early, and answer nobody for 20 seconds.
func (n *Network) hold(ctx context.Context, node *Node) error {
	err := until(ctx, func() error { // a worker learns of the network when it is wanted
		_ = node.Client.ContainerRemove(ctx, n.holder(), container.RemoveOptions{Force: true})
		_, err := node.Client.ContainerCreate(ctx, &container.Config{Image: pauseImage},
			&container.HostConfig{NetworkMode: container.NetworkMode(n.name)}, nil, nil, n.holder())
		if err != nil {
			return err
		}
		return node.Client.ContainerStart(ctx, n.holder(), container.StartOptions{})
	})
	if err != nil {
		return fmt.Errorf("%s is not on network %s: %w", node.Name, n.name, err)
	}
	return nil
}

// forget returns once no other node takes a node that was killed for a peer, which
// is 6 seconds later. An engine that is back before that is mistaken for its own
// past, and for half a minute cannot use the network.
func (n *Network) forget(ctx context.Context, nodes []*Node, killed *Node) error {
	return until(ctx, func() error {
		for _, other := range nodes {
			if other.off() {
				continue
			}
			seen, err := other.Client.NetworkInspect(ctx, n.ID, network.InspectOptions{})
			if err != nil {
				return err
			}
			if slices.ContainsFunc(seen.Peers, func(p network.PeerInfo) bool { return p.IP == killed.address }) {
				return fmt.Errorf("%s is a peer of %s still", killed.Name, other.Name)
			}
		}
		return nil
	})
}

// On is the network as a container on a node sees it.
func (n *Network) On(ctx context.Context, node *Node) (Namespace, error) {
	c, err := node.Client.ContainerInspect(ctx, n.holder())
	if err != nil {
		return Namespace{}, err
	}
	at := c.NetworkSettings.Networks[n.name]
	if !c.State.Running || at == nil {
		return Namespace{}, fmt.Errorf("container %s of %s is %s", n.holder(), node.Name, c.State.Status)
	}
	return Namespace{path: node.sandbox(c), Address: at.IPAddress}, nil
}

// Inside is the network as a container on the node sees it.
func (n *Node) Inside(ctx context.Context, id string) (Namespace, error) {
	c, err := n.Client.ContainerInspect(ctx, id)
	if err != nil {
		return Namespace{}, err
	}
	return Namespace{path: n.sandbox(c)}, nil
}

func (n *Node) sandbox(c container.InspectResponse) string {
	key := strings.TrimPrefix(c.NetworkSettings.SandboxKey, "/var") // a link to / there is one to / here
	return n.process.file("root" + key)
}
