//go:build linux

package dockertest

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// Namespace is a network namespace that sockets can be made in.
type Namespace struct {
	path string
	// Address is that of the container whose namespace it is, if it is one's.
	Address string
}

// Dial connects from within the namespace to an address. A name is refused: it
// would be looked up, and maybe dialled, on threads that are not in the namespace.
func (n Namespace) Dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	if _, err := netip.ParseAddrPort(address); err != nil {
		return nil, err
	}
	inside := n.inside(func() { conn, err = new(net.Dialer).DialContext(ctx, network, address) })
	if inside != nil {
		return nil, inside
	}
	return conn, err
}

// Listen listens within the namespace.
func (n Namespace) Listen(network, address string) (l net.Listener, err error) {
	inside := n.inside(func() { l, err = net.Listen(network, address) })
	if inside != nil {
		return nil, inside
	}
	return l, err
}

// Command is a program that is to run in the namespace.
func (n Namespace) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "nsenter", append([]string{"--net=" + n.path, "--", name}, args...)...)
}

// inside runs f on a thread that is in the namespace. A socket stays where it was
// made.
func (n Namespace) inside(f func()) error {
	done := make(chan error, 1)
	go func() { // a thread that cannot go back ends with its goroutine
		runtime.LockOSThread()
		back, err := os.Open("/proc/thread-self/ns/net")
		if err != nil {
			done <- err
			return
		}
		defer back.Close()
		there, err := os.Open(n.path)
		if err != nil {
			done <- err
			return
		}
		defer there.Close()
		if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("entering %s: %w", n.path, err)
			return
		}
		f()
		if unix.Setns(int(back.Fd()), unix.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		}
		done <- nil
	}()
	return <-done
}
