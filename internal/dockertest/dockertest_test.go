//go:build linux

package dockertest

import (
	"bytes"
	"context"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/swarm"
)

func TestCluster_ServesAndLeavesNothing(t *testing.T) {
	Need(t)
	c, err := Up(1, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Down()
	serve(t, c)
	before := strings.Join(leftOf(t, c), "\n")
	for _, kind := range []string{"process", "cgroup", "directory"} {
		if !strings.Contains(before, kind) {
			t.Errorf("no %s of it is seen while it lives:\n%s", kind, before)
		}
	}
	c.Down()
	if left := leftOf(t, c); len(left) > 0 {
		t.Errorf("it has left:\n%s", strings.Join(left, "\n"))
	}
}

// serve dials a service on an overlay network.
func serve(t *testing.T, c *Cluster) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	network, err := c.Network(ctx, "functions")
	if err != nil {
		t.Fatal(err)
	}
	inside, err := network.On(ctx, c.Nodes[0])
	if err != nil {
		t.Fatal(err)
	}
	image, err := c.Nodes[0].Client.ImageInspect(ctx, pauseImage)
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.Nodes[0].Client.ServiceCreate(ctx, swarm.ServiceSpec{
		Annotations: swarm.Annotations{Name: "pause"},
		TaskTemplate: swarm.TaskSpec{
			ContainerSpec: &swarm.ContainerSpec{Image: image.ID, Command: []string{"/pause", ":8080"}},
			Networks:      []swarm.NetworkAttachmentConfig{{Target: network.ID}},
		},
		EndpointSpec: &swarm.EndpointSpec{Mode: swarm.ResolutionModeDNSRR},
	}, swarm.ServiceCreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var conn net.Conn
	err = until(ctx, func() error {
		tasks, err := c.Nodes[0].Client.TaskList(ctx, swarm.TaskListOptions{Filters: filters.NewArgs(filters.Arg("service", made.ID))})
		if err != nil || len(tasks) == 0 || tasks[0].Status.State != swarm.TaskStateRunning {
			return os.ErrNotExist
		}
		address, _, _ := strings.Cut(tasks[0].NetworksAttachments[0].Addresses[0], "/")
		conn, err = inside.Dial(ctx, "tcp", net.JoinHostPort(address, "8080"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// leftOf is what this machine has of a cluster. Its interfaces are in namespaces
// that live as long as a process or a mount holds them.
func leftOf(t *testing.T, c *Cluster) (left []string) {
	name := filepath.Base(c.dir)
	if _, err := os.Stat(c.dir); err == nil {
		left = append(left, "directory "+c.dir)
	}
	_ = filepath.WalkDir("/sys/fs/cgroup", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.Contains(filepath.Base(path), name) {
			left = append(left, "cgroup "+path)
		}
		return nil
	})
	for _, what := range []struct{ name, kind string }{{"cmdline", "process"}, {"cgroup", "container's process"}, {"mountinfo", "mount"}} {
		files, err := filepath.Glob("/proc/[0-9]*/" + what.name)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if text, _ := os.ReadFile(file); bytes.Contains(text, []byte(name)) {
				left = append(left, what.kind+" "+file)
			}
		}
	}
	for _, n := range c.Nodes {
		if _, err := os.Stat(n.process.file("ns/net")); err == nil {
			left = append(left, "network of "+n.Name)
		}
	}
	return left
}
