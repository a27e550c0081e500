//go:build linux

package dockertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/docker/docker/api/types/swarm"
)

// patience bounds what a cluster takes to come up.
const patience = 2 * time.Minute

// Cluster is a Swarm.
type Cluster struct {
	// Nodes are its engines; the first ones are managers.
	Nodes []*Node

	dir    string
	middle *process // whose network has the bridge
}

// Missing says why there can be no cluster here; empty if there can.
func Missing() string {
	if os.Geteuid() != 0 {
		return "engines of its own need root"
	}
	for _, name := range []string{"dockerd", "ip", "nsenter", "iptables"} {
		if _, err := exec.LookPath(name); err != nil {
			return "there is no program " + name
		}
	}
	return ""
}

// Start brings up a cluster for a test, of which so many nodes are managers, or
// skips the test where that cannot be.
func Start(t testing.TB, managers, workers int, flags ...string) *Cluster {
	t.Helper()
	Need(t)
	c, err := Up(managers, workers, flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Down)
	return c
}

// Need skips a test where there can be no cluster. With CI=true that is a failure.
func Need(t testing.TB) {
	t.Helper()
	if why := Missing(); why != "" && os.Getenv("CI") == "true" {
		t.Fatal("no Docker engine: " + why)
	} else if why != "" {
		t.Skip("no Docker engine: " + why)
	}
}

// Up brings up a cluster, whose engines get flags. It is to be taken Down.
func Up(managers, workers int, flags ...string) (*Cluster, error) {
	dir, err := os.MkdirTemp("", "hark") // short: the path of a socket has 107 bytes at most
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir}
	if err := c.up(managers, workers, flags); err != nil {
		c.Down()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) up(managers, workers int, flags []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.bridge(); err != nil {
		return err
	}
	for i := range managers + workers {
		n := &Node{Name: "n" + strconv.Itoa(i+1), address: "192.168.77." + strconv.Itoa(i+1), flags: flags}
		n.dir = filepath.Join(c.dir, n.Name)
		c.Nodes = append(c.Nodes, n)
		if err := os.Mkdir(n.dir, 0o700); err != nil {
			return err
		}
		if err := c.launch(n); err != nil {
			return err
		}
	}
	for _, n := range c.Nodes {
		if err := n.await(ctx); err != nil {
			return err
		}
	}
	return c.form(ctx, managers)
}

// bridge makes the network that is between the nodes.
func (c *Cluster) bridge() error {
	var err error
	cmd := exec.Command("sh", "-c", "ip link set lo up && ip link add br0 type bridge && ip link set br0 up && ip addr add 192.168.77.254/24 dev br0 && echo && exec sleep infinity")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if c.middle, err = startProcess(cmd, syscall.CLONE_NEWNET); err != nil {
		return err
	}
	if n, _ := out.Read(make([]byte, 1)); n == 0 {
		return errors.New("a bridge cannot be made")
	}
	return nil
}

// launch starts a node and plugs its cable in.
func (c *Cluster) launch(n *Node) error {
	if err := n.start(); err != nil {
		return err
	}
	node, middle := n.Host().path, c.middle.file("ns/net")
	inside := func(net string, args ...string) error {
		return run("nsenter", append([]string{"--net=" + net, "--", "ip"}, args...)...)
	}
	_ = inside(middle, "link", "del", n.Name) // of its life before
	for _, err := range []error{
		inside(middle, "link", "add", n.Name, "type", "veth", "peer", "name", "eth0", "netns", strconv.Itoa(n.process.pid)),
		inside(middle, "link", "set", n.Name, "master", "br0", "up"),
		inside(node, "addr", "add", n.address+"/24", "dev", "eth0"),
		inside(node, "link", "set", "eth0", "up"),
		inside(node, "route", "add", "default", "via", "192.168.77.254"),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// form makes the engines one Swarm.
func (c *Cluster) form(ctx context.Context, managers int) error {
	first := c.Nodes[0]
	if _, err := first.Client.SwarmInit(ctx, swarm.InitRequest{ListenAddr: "0.0.0.0:2377", AdvertiseAddr: first.address}); err != nil {
		return err
	}
	state, err := first.Client.SwarmInspect(ctx)
	if err != nil {
		return err
	}
	for i, n := range c.Nodes[1:] {
		token := state.JoinTokens.Worker
		if i+1 < managers {
			token = state.JoinTokens.Manager
		}
		err := n.Client.SwarmJoin(ctx, swarm.JoinRequest{ListenAddr: "0.0.0.0:2377", AdvertiseAddr: n.address, RemoteAddrs: []string{first.address + ":2377"}, JoinToken: token})
		if err != nil {
			return fmt.Errorf("%s cannot join: %w", n.Name, err)
		}
	}
	return c.Ready(ctx)
}

// Ready returns when the first node finds all of them well.
func (c *Cluster) Ready(ctx context.Context) error {
	return until(ctx, func() error {
		asking, cancel := context.WithTimeout(ctx, 5*time.Second) // without a leader there is no answer
		defer cancel()
		nodes, err := c.Nodes[0].Client.NodeList(asking, swarm.NodeListOptions{})
		if err != nil {
			return err
		}
		for _, n := range nodes {
			if n.Status.State != swarm.NodeStateReady || n.ManagerStatus != nil && n.ManagerStatus.Reachability != swarm.ReachabilityReachable {
				return fmt.Errorf("node %s is %s", n.Description.Hostname, n.Status.State)
			}
		}
		return nil
	})
}

// Kill cuts the power of a node: first its cable is pulled, or its system would
// yet tell everybody that their connections are over.
func (c *Cluster) Kill(n *Node) error {
	err := c.Link(n, false)
	n.process.kill()
	return err
}

// Restart starts a node that was killed, and returns when it is one of the Swarm
// again.
func (c *Cluster) Restart(n *Node) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.launch(n); err != nil {
		return err
	}
	if err := n.await(ctx); err != nil {
		return err
	}
	return c.Ready(ctx)
}

// Link pulls the cable of a node, or plugs it in.
func (c *Cluster) Link(n *Node, up bool) error {
	state := "down"
	if up {
		state = "up"
	}
	return run("nsenter", "--net="+c.middle.file("ns/net"), "--", "ip", "link", "set", n.Name, state)
}

// Down ends the cluster, and returns when nothing is left of it.
func (c *Cluster) Down() {
	for _, n := range c.Nodes {
		n.tidy()
	}
	if c.middle != nil {
		c.middle.kill()
	}
	_ = os.RemoveAll(c.dir)
}
