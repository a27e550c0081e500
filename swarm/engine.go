package swarm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/client"

	"github.com/harkvoice/hark/internal/function"
)

// Config configures an Engine.
type Config struct {
	// Network is the name of the overlay network of the functions, "functions" if
	// it is empty.
	Network string
	// Log takes what happens to the Swarm.
	Log *slog.Logger
	// MaxBody bounds the answer of a call, in bytes; 0 is without bound.
	MaxBody int64
	// MaxCall is how long a call may take: containers get that long, and a little
	// more, between SIGTERM and SIGKILL.
	MaxCall time.Duration
	// OnChange is told all functions whenever one appears, goes, or has other
	// labels. It must not wait for the engine.
	OnChange func([]function.Status)
	// Host is Docker's address; empty is what DOCKER_HOST says, with
	// DOCKER_CERT_PATH and DOCKER_TLS_VERIFY, or else the local socket.
	Host string
	// Dial connects to a task; nil is a net.Dialer, for a process that is on the
	// network itself.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Engine runs functions on a Swarm. It is safe for concurrent use.
type Engine struct {
	config  Config
	dial    dialer
	docker  *client.Client
	network string // its id
	node    string // the id of the one here
	table   table
	dirty   chan ask    // for the watch
	hints   chan string // likewise, ids of services

	stop    context.CancelFunc
	running sync.WaitGroup
}

// New connects to Docker, checks that functions can be reached from here, and
// begins to watch. It returns once all functions are known; its errors say what
// to mend. The engine is to be closed.
func New(ctx context.Context, c Config) (*Engine, error) {
	if c.Network == "" {
		c.Network = DefaultNetwork
	}
	e := &Engine{config: c, dial: c.Dial, dirty: make(chan ask), hints: make(chan string, 64)}
	if e.dial == nil {
		e.dial = (&net.Dialer{KeepAlive: -1}).DialContext // the pulse of tasks is felt
	}
	e.table.chores.ctx, e.table.chores.stop = context.WithCancel(context.Background())
	var err error
	if e.docker, err = connect(c.Host); err != nil {
		return nil, err
	}
	if err := e.check(ctx); err != nil {
		e.docker.Close()
		return nil, err
	}
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.stop = stop
	known := make(chan error, 1)
	e.running.Go(func() { e.watch(watching, known) })
	select {
	case err = <-known:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		e.Close(ctx)
		return nil, err
	}
	return e, nil
}

// DefaultNetwork is the network that services are functions on.
const DefaultNetwork = "functions"

// Close ends the watch. Functions go on running: they are the Swarm's. Calls
// under way are left alone.
func (e *Engine) Close(context.Context) {
	e.stop()
	e.running.Wait()
	e.table.close()
	e.docker.Close()
}

// Setup errors that have a next step, which those who start an engine can tell.
var (
	// ErrNotManager: Docker here is no manager of a Swarm.
	ErrNotManager = errors.New("the Docker engine here is not a manager of a Swarm")
	// ErrNoNetwork: the functions' network is not there.
	ErrNoNetwork = errors.New("there is no overlay network of that name")
	// ErrOutside: this process is not on the functions' network.
	ErrOutside = errors.New("functions cannot be reached from here: an overlay network is open to containers on it only")
)

// check finds the network, and whether this process is on it.
func (e *Engine) check(ctx context.Context) error {
	ctx, cancel := patient(ctx)
	defer cancel()
	info, err := e.docker.Info(ctx)
	if err != nil {
		return explain(err)
	}
	if !info.Swarm.ControlAvailable {
		return fmt.Errorf("%w (its state: %s)", ErrNotManager, info.Swarm.LocalNodeState)
	}
	found, err := e.docker.NetworkInspect(ctx, e.config.Network, network.InspectOptions{})
	if err != nil && !errdefs.IsNotFound(err) {
		return explain(err)
	}
	if err != nil || found.Scope != "swarm" {
		return fmt.Errorf("%w: %s", ErrNoNetwork, e.config.Network)
	}
	e.network, e.node = found.ID, info.Swarm.NodeID
	if e.config.Dial == nil && !onNetwork(found) {
		return fmt.Errorf("%w: %s", ErrOutside, e.config.Network)
	}
	return nil
}

// onNetwork reports whether an address of this machine, or of this container, is
// one of the network's.
func onNetwork(n network.Inspect) bool {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return true // then dialling will tell
	}
	for _, c := range n.IPAM.Config {
		subnet, err := netip.ParsePrefix(c.Subnet)
		if err != nil {
			continue
		}
		for _, a := range addresses {
			if own, err := netip.ParsePrefix(a.String()); err == nil && subnet.Contains(own.Addr()) {
				return true
			}
		}
	}
	return false
}
