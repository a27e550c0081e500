//go:build linux

package dockertest

import (
	"context"
	"fmt"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
)

// pauseImage is of the containers that hold a network on each node: without one,
// the starts of tasks race with the end of the network there.
const pauseImage = "hark-pause:latest"

// Network is an overlay network of the cluster, with a container on each node.
type Network struct {
	ID         string
	containers map[*Node]string
}

// Network makes an overlay network.
func (c *Cluster) Network(ctx context.Context, name string) (*Network, error) {
	first := c.Nodes[0].Client
	made, err := first.NetworkCreate(ctx, name, network.CreateOptions{Driver: "overlay", Attachable: true,
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
	n := &Network{made.ID, map[*Node]string{}}
	for _, node := range c.Nodes {
		err := until(ctx, func() error { // a worker learns of the network when it is wanted
			id, err := hold(ctx, node, name)
			n.containers[node] = id
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", node.Name, err)
		}
	}
	return n, nil
}

func hold(ctx context.Context, node *Node, network string) (string, error) {
	made, err := node.Client.ContainerCreate(ctx, &container.Config{Image: pauseImage},
		&container.HostConfig{NetworkMode: container.NetworkMode(network), RestartPolicy: container.RestartPolicy{Name: container.RestartPolicyAlways}}, nil, nil, "")
	if err != nil {
		return "", err
	}
	if err := node.Client.ContainerStart(ctx, made.ID, container.StartOptions{}); err != nil {
		_ = node.Client.ContainerRemove(ctx, made.ID, container.RemoveOptions{Force: true})
		return "", err
	}
	return made.ID, nil
}

// On is the network as a container on a node sees it. After the node's restart it
// is another one.
func (n *Network) On(ctx context.Context, node *Node) (inside Namespace, err error) {
	err = until(ctx, func() error {
		c, err := node.Client.ContainerInspect(ctx, n.containers[node])
		if err != nil {
			return err
		}
		for _, at := range c.NetworkSettings.Networks {
			key := strings.TrimPrefix(c.NetworkSettings.SandboxKey, "/var") // a link to / there is one to / here
			inside = Namespace{path: node.process.file("root" + key), Address: at.IPAddress}
		}
		if !c.State.Running || inside.Address == "" {
			return fmt.Errorf("%s: its container is %s, and on no network: %s", node.Name, c.State.Status, c.State.Error)
		}
		return nil
	})
	return inside, err
}
