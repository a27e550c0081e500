//go:build linux

package dockertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/swarm"
)

func TestCluster_OfOneNodeIsReachedFromTheTest(t *testing.T) {
	c := Start(t, 1, 0)
	node := c.Nodes[0]
	tasks, network := greet(t, c)
	if got, err := ask(t, on(t, network, node), tasks["n1"]); got != "n1" {
		t.Errorf("on the overlay: %q, %v", got, err)
	}
	if got, err := ask(t, node.Host(), "127.0.0.1:8080"); got != "n1" {
		t.Errorf("on the node: %q, %v", got, err)
	}
	if _, err := ask(t, node.Host(), "localhost:8080"); err == nil {
		t.Error("a name was dialled, maybe outside of the namespace")
	}
	out, err := node.Command(t.Context(), "ip", "-o", "addr", "show", "eth0").CombinedOutput()
	if err != nil || !strings.Contains(string(out), node.address) {
		t.Errorf("a command in the node's network: %v, %s", err, out)
	}
}

func TestCluster_OfThreeNodesIsOneNetwork(t *testing.T) {
	c := Start(t, 1, 2)
	tasks, network := greet(t, c)
	first, second := on(t, network, c.Nodes[0]), on(t, network, c.Nodes[1])
	for name, address := range tasks {
		if got, err := ask(t, first, address); got != name {
			t.Errorf("task on %s: %q, %v", name, got, err)
		}
	}

	l, err := first.Listen("tcp", net.JoinHostPort(first.Address, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := second.Dial(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatalf("a listener of the test's, from another node: %v", err)
	}
	conn.Close()

	t.Run("cable", func(t *testing.T) { cutAndPlug(t, c, c.Nodes[1], first, tasks["n2"]) })
	t.Run("power", func(t *testing.T) { cutAndRestart(t, c, network, c.Nodes[2], tasks) })
}

func cutAndPlug(t *testing.T, c *Cluster, node *Node, from Namespace, task string) {
	if err := c.Link(node, false); err != nil {
		t.Fatal(err)
	}
	if got, err := ask(t, from, task); err == nil {
		t.Errorf("%s answered %q without its cable", node.Name, got)
	}
	if err := c.Link(node, true); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { _, err := ask(t, from, task); return err })
}

func cutAndRestart(t *testing.T, c *Cluster, network *Network, node *Node, tasks map[string]string) {
	from := on(t, network, c.Nodes[0])
	node.Kill()
	if got, err := ask(t, from, tasks[node.Name]); err == nil {
		t.Errorf("%s answered %q without power", node.Name, got)
	}
	if err := c.Restart(node); err != nil {
		t.Fatal(err)
	}
	again := on(t, network, node)
	eventually(t, func() error { _, err := ask(t, again, tasks["n1"]); return err })
}

func TestDown_LeavesNothing(t *testing.T) {
	Need(t)
	c, err := Up(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	spaces := []string{link(t, c.middle.file("ns/net")), link(t, c.Nodes[0].process.file("ns/net"))}
	if _, err := c.Network(t.Context(), "functions"); err != nil {
		t.Error(err)
	}
	if len(cgroups(t, c)) == 0 {
		t.Error("the node's containers are in no cgroup of its own")
	}
	c.Down()
	if _, err := os.Stat(c.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its directory is left: %v", err)
	}
	if left := cgroups(t, c); len(left) != 0 {
		t.Errorf("cgroups are left: %v", left)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil || strings.Contains(string(mounts), c.dir) {
		t.Errorf("mounts are left: %v\n%s", err, mounts)
	}
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		space, _ := os.Readlink(p + "/ns/net") // another's may have ended
		command, _ := os.ReadFile(p + "/cmdline")
		if space == spaces[0] || space == spaces[1] || strings.Contains(string(command), c.dir) {
			t.Errorf("%s is left: %q", p, command)
		}
	}
}

// greet runs a task of hello on each node, and returns their addresses by node.
func greet(t *testing.T, c *Cluster) (map[string]string, *Network) {
	t.Helper()
	ctx, first := t.Context(), c.Nodes[0].Client
	network, err := c.Network(ctx, "functions")
	if err != nil {
		t.Fatal(err)
	}
	hello, err := c.Program("github.com/harkvoice/hark/internal/dockertest/testdata/hello")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Image(ctx, "hello:1", map[string]string{"/bin/hello": hello}, `CMD ["/bin/hello"]`); err != nil {
		t.Fatal(err)
	}
	image, err := first.ImageInspect(ctx, "hello:1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = first.ServiceCreate(ctx, swarm.ServiceSpec{
		Annotations: swarm.Annotations{Name: "hello"},
		TaskTemplate: swarm.TaskSpec{
			ContainerSpec: &swarm.ContainerSpec{Image: image.ID, Env: []string{"NODE={{.Node.Hostname}}"}},
			Networks:      []swarm.NetworkAttachmentConfig{{Target: network.ID}},
		},
		Mode: swarm.ServiceMode{Global: &swarm.GlobalService{}},
		EndpointSpec: &swarm.EndpointSpec{Mode: swarm.ResolutionModeDNSRR,
			Ports: []swarm.PortConfig{{TargetPort: 8080, PublishedPort: 8080, PublishMode: swarm.PortConfigPublishModeHost}}},
	}, swarm.ServiceCreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tasks := make(map[string]string)
	eventually(t, func() error { return running(ctx, c, tasks) })
	return tasks, network
}

// running notes the addresses of the tasks that run, and fails until all do.
func running(ctx context.Context, c *Cluster, addresses map[string]string) error {
	tasks, err := c.Nodes[0].Client.TaskList(ctx, swarm.TaskListOptions{})
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if task.Status.State != swarm.TaskStateRunning || task.ServiceID == "" { // a task of no service holds a network
			continue
		}
		node, _, err := c.Nodes[0].Client.NodeInspectWithRaw(ctx, task.NodeID)
		if err != nil {
			return err
		}
		ip, _, _ := strings.Cut(task.NetworksAttachments[0].Addresses[0], "/")
		addresses[node.Description.Hostname] = net.JoinHostPort(ip, "8080")
	}
	if len(addresses) != len(c.Nodes) {
		return fmt.Errorf("tasks run on %v only", addresses)
	}
	return nil
}

func on(t *testing.T, network *Network, node *Node) Namespace {
	t.Helper()
	space, err := network.On(t.Context(), node)
	if err != nil {
		t.Fatal(err)
	}
	return space
}

// ask is what is said at an address.
func ask(t *testing.T, from Namespace, address string) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	conn, err := from.Dial(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	said, err := io.ReadAll(conn)
	return string(said), err
}

func eventually(t *testing.T, holds func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := until(ctx, holds); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, path string) string {
	t.Helper()
	to, err := os.Readlink(path)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// cgroups are those of the cluster.
func cgroups(t *testing.T, c *Cluster) (found []string) {
	t.Helper()
	err := filepath.WalkDir("/sys/fs/cgroup", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.Contains(d.Name(), filepath.Base(c.dir)) {
			found = append(found, path)
		}
		return nil // another's may have gone
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
