//go:build linux

package dockertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
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
}

// Socket is the address of the engine's API, as DOCKER_HOST has it.
func (n *Node) Socket() string { return "unix://" + filepath.Join(n.dir, "docker.sock") }

// Host is the network of the node, where ports are published.
func (n *Node) Host() Namespace { return Namespace{path: n.process.file("ns/net")} }

// Command is a program that is to run in the node's network.
func (n *Node) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "nsenter", append([]string{"--net=" + n.Host().path, "--", name}, args...)...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+n.Socket())
	return cmd
}

// script makes the namespaces of a node fit for an engine, which then takes the
// script's place below an init.
const script = `
mount --make-rprivate / && mount -t proc proc /proc && mount -t tmpfs tmpfs /run && mkdir -p /run/lock && hostname "$1" && ip link set lo up || exit 1
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
		"-H", n.Socket(), "--data-root", filepath.Join(n.dir, "data"), "--exec-root", "/run/docker", "--pidfile", "/run/docker.pid",
		"--cgroup-parent", n.cgroup(), "--no-new-privileges"}, n.flags...)
	cmd := exec.Command("sh", args...)
	cmd.Stdout, cmd.Stderr = log, log
	n.process, err = startProcess(cmd, syscall.CLONE_NEWNET|syscall.CLONE_NEWNS|syscall.CLONE_NEWPID|syscall.CLONE_NEWUTS)
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
		select {
		case <-n.process.ended:
			return errEnded
		default:
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

// tidy removes what a killed node leaves.
func (n *Node) tidy() {
	if n.Client != nil {
		n.Client.Close()
	}
	if n.process != nil {
		n.process.kill()
	}
	roots, _ := filepath.Glob("/sys/fs/cgroup/*" + n.cgroup())
	for _, root := range append(roots, "/sys/fs/cgroup"+n.cgroup()) {
		removeCgroup(root)
	}
}

func removeCgroup(root string) {
	var dirs []string
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			dirs = append(dirs, path)
		}
		return nil
	})
	for i := len(dirs) - 1; i >= 0; i-- {
		_ = syscall.Rmdir(dirs[i])
	}
}

// process is the first of its namespaces, and dies with this program.
type process struct {
	pid   int
	ended chan struct{}
}

// startProcess starts cmd. The system ends it with the thread that has started
// it, so that this one stays.
func startProcess(cmd *exec.Cmd, namespaces uintptr) (*process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces, Pdeathsig: syscall.SIGKILL}
	p := &process{ended: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
		close(p.ended)
	}()
	return p, <-started
}

func (p *process) kill() {
	select {
	case <-p.ended:
		return
	default:
	}
	_ = syscall.Kill(p.pid, syscall.SIGKILL)
	<-p.ended
}

// file is a path of the process in /proc.
func (p *process) file(name string) string {
	return filepath.Join("/proc", strconv.Itoa(p.pid), name)
}

func lookInit() (string, error) {
	for _, name := range []string{"docker-init", "/usr/libexec/docker/docker-init", "tini"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no docker-init")
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

func run(name string, args ...string) error {
	var out bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out.Bytes())
	}
	return nil
}
