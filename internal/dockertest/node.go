//go:build linux

package dockertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/docker/docker/client"
)

// Node is a Docker engine with a network of its own.
type Node struct {
	// Client is the engine's API.
	Client *client.Client
	// Name is the node's host name.
	Name string

	dir     string
	address string
	flags   []string
	process *process
	unplug  func()
}

// Socket is the address of the engine's API, as DOCKER_HOST has it.
func (n *Node) Socket() string { return "unix://" + filepath.Join(n.dir, "docker.sock") }

// Host is the network of the node, where ports are published.
func (n *Node) Host() Namespace { return Namespace{path: n.process.file("ns/net")} }

// Command is a program that is to run in the node's network.
func (n *Node) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := n.Host().Command(ctx, name, args...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+n.Socket())
	return cmd
}

// namespaces are a node's own.
const namespaces = syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS

// script makes the namespaces of a node fit for an engine, which then takes the
// script's place below an init. The engine is not to read or write the
// configuration of the machine's own.
const script = `set -e
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir /run/lock
[ ! -d /etc/docker ] || mount -t tmpfs tmpfs /etc/docker
echo "$1" >/proc/sys/kernel/hostname
ip link set lo up
shift
exec "$@"
`

// start starts the engine.
func (n *Node) start() error {
	init, err := lookInit()
	if err != nil {
		return err
	}
	_ = os.Remove(filepath.Join(n.dir, "docker.sock"))
	log, err := os.OpenFile(filepath.Join(n.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	args := append([]string{"-c", script, "sh", n.Name, init, "--", "dockerd",
		"-H", n.Socket(), "-H", "unix:///run/docker.sock", "--data-root", filepath.Join(n.dir, "data"), "--exec-root", "/run/docker", "--pidfile", "/run/docker.pid",
		"--cgroup-parent", n.cgroup(), "--no-new-privileges"}, n.flags...)
	cmd := exec.Command("sh", args...)
	cmd.Stdout, cmd.Stderr = log, log
	n.process, err = startProcess(cmd, namespaces)
	return err
}

// cgroup is the parent of the node's containers.
func (n *Node) cgroup() string { return "/hark-" + filepath.Base(filepath.Dir(n.dir)) + "-" + n.Name }

// await returns once the engine answers.
func (n *Node) await(ctx context.Context) error {
	var err error
	if n.Client == nil {
		if n.Client, err = client.NewClientWithOpts(client.WithHost(n.Socket()), client.WithAPIVersionNegotiation()); err != nil {
			return err
		}
	}
	err = until(ctx, func() error {
		if n.off() {
			return errEnded
		}
		_, err := n.Client.Ping(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s is not up: %w\n%s", n.Name, err, n.Log())
	}
	return nil
}

var errEnded = errors.New("it has ended")

// Log is the end of what the engine has logged.
func (n *Node) Log() string {
	text, _ := os.ReadFile(filepath.Join(n.dir, "log"))
	return string(text[max(0, len(text)-4000):])
}

// Kill cuts the node's power. Its cable is pulled first, or its system would yet
// tell everybody that their connections are over.
func (n *Node) Kill() {
	if !n.off() {
		n.unplug()
	}
	n.process.kill()
}

func (n *Node) off() bool {
	select {
	case <-n.process.ended:
		return true
	default:
		return false
	}
}

// tidy removes what a killed node leaves.
func (n *Node) tidy() {
	if n.Client != nil {
		n.Client.Close()
	}
	if n.process != nil {
		n.process.kill()
	}
	removeCgroups(n.cgroup())
}

// until tries again and again, as nothing tells when a thing will be.
func until(ctx context.Context, holds func() error) error {
	for {
		err := holds()
		if err == nil || errors.Is(err, errEnded) {
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}
