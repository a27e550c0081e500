package swarm

import (
	"context"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/docker/client"

	"github.com/harkvoice/hark/internal/dockertest"
	"github.com/harkvoice/hark/internal/enginetest"
)

// site is a Swarm of one node that the tests of the package share, with the
// image of the conformance suite.
var site struct {
	*dockertest.Cluster
	docker  *client.Client
	inside  dockertest.Namespace // on the functions' network
	missing string
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if site.missing = dockertest.Missing(); site.missing != "" {
		return m.Run()
	}
	if err := setUp(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer site.Down()
	return m.Run()
}

func setUp() (err error) {
	if site.Cluster, err = dockertest.Up(1, 0); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			site.Down()
		}
	}()
	ctx := context.Background()
	site.docker = site.Nodes[0].Client
	network, err := site.Network(ctx, DefaultNetwork)
	if err != nil {
		return err
	}
	if site.inside, err = network.On(ctx, site.Nodes[0]); err != nil {
		return err
	}
	return makeImage(ctx, enginetest.Image)
}

func makeImage(ctx context.Context, ref string, changes ...string) error {
	watchdog, err := site.Program("github.com/harkvoice/hark/cmd/fwatchdog", "-tags", "nethttpomithttp2")
	if err != nil {
		return err
	}
	testfn, err := site.Program("github.com/harkvoice/hark/internal/enginetest/testfn")
	if err != nil {
		return err
	}
	return site.Image(ctx, ref, map[string]string{"/fwatchdog": watchdog, "/function/testfn": testfn},
		append([]string{`CMD ["/fwatchdog"]`, "WORKDIR /function"}, changes...)...)
}

// engine is one that is on the functions' network, and whose functions are
// removed after the test.
func engine(t *testing.T, change ...func(*Config)) *Engine {
	t.Helper()
	dockertest.Need(t)
	c := Config{Log: engineLog(), Host: site.Nodes[0].Socket(), Dial: site.inside.Dial, MaxCall: time.Second}
	for _, f := range change {
		f(&c)
	}
	e, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		e.Close(context.Background())
		removeAll(t)
	})
	return e
}

func removeAll(t *testing.T) {
	all, err := site.docker.ServiceList(context.Background(), swarm.ServiceListOptions{})
	if err != nil {
		t.Error(err)
	}
	for _, s := range all {
		if err := site.docker.ServiceRemove(context.Background(), s.ID); err != nil {
			t.Error(err)
		}
	}
}

// reachable is an engine whose functions connect to the test.
type reachable struct{ *Engine }

func (reachable) Listen(t *testing.T) net.Listener {
	l, err := site.inside.Listen("tcp", net.JoinHostPort(site.inside.Address, "0"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEngine(t *testing.T) {
	dockertest.Need(t)
	enginetest.Run(t, func(t *testing.T) enginetest.Engine { return reachable{engine(t)} })
}
