package swarm

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/dockertest"
	"github.com/harkvoice/hark/internal/function"
)

// found is the time that a service may take to be known which somebody makes.
const found = time.Second

// within awaits what has to be so soon.
func within(t *testing.T, bound time.Duration, what string, holds func() bool) {
	t.Helper()
	begun := time.Now()
	eventually(t, what, holds)
	took := time.Since(begun)
	t.Logf("%s: %d ms", what, took.Milliseconds())
	if took > bound {
		t.Errorf("%s took %s", what, took)
	}
}

func (e *Engine) knows(name string) func() bool {
	return func() bool { return e.table.find(name) != nil }
}

func TestDiscovery_FindsServicesMadeByHand(t *testing.T) {
	e := engine(t)
	for what, attached := range map[string]string{"by the network's name": DefaultNetwork, "by its id": e.network} {
		t.Run(what, func(t *testing.T) {
			s := byHand(t, "f")
			s.TaskTemplate.Networks[0].Target = attached
			id := start(t, s)
			within(t, found, "it is known", e.knows("f"))
			if got := answer(t, e, "by hand"); got != "by hand" {
				t.Errorf("%q", got)
			}
			if s := describe(t, e); s.Process != "./testfn echo" || s.Replicas != 1 {
				t.Errorf("%+v", s)
			}
			if err := site.docker.ServiceRemove(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			within(t, found, "it is not known any more", func() bool { return !e.knows("f")() })
			if _, err := call(t.Context(), e, ""); !errors.Is(err, function.ErrNotFound) {
				t.Error(err)
			}
		})
	}
}

func TestDiscovery_ANewEngineKnowsWhatThereIs(t *testing.T) {
	deploy(t, engine(t), doing("echo"))
	if got := answer(t, engine(t), "known"); got != "known" {
		t.Errorf("%q", got)
	}
}

func TestDiscovery_LeavesOtherServicesAlone(t *testing.T) {
	e := engine(t)
	none := byHand(t, "none")
	none.Labels = map[string]string{function.LabelFunction: "false"}
	start(t, none)
	elsewhere := byHand(t, "elsewhere")
	elsewhere.TaskTemplate.Networks = nil
	start(t, elsewhere)
	start(t, byHand(t, "f"))
	within(t, found, "the function is known", e.knows("f"))
	for _, name := range []string{"none", "elsewhere"} {
		if e.knows(name)() {
			t.Errorf("%s is known", name)
		}
		if err := e.Remove(t.Context(), name); !errors.Is(err, function.ErrInvalid) {
			t.Errorf("removing %s: %v", name, err)
		}
	}
	if list, err := e.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the list is %v, error %v", list, err)
	}
}

// What `docker stack deploy` makes differs by its labels and aliases.
func TestDiscovery_FindsServicesOfAStack(t *testing.T) {
	e := engine(t)
	s := byHand(t, "home_lights")
	s.Labels = map[string]string{function.LabelStack: "home", "com.docker.stack.image": "lights"}
	s.TaskTemplate.Networks[0].Aliases = []string{"lights"}
	start(t, s)
	within(t, found, "it is known", e.knows("home_lights"))
	list, err := e.List(t.Context())
	if err != nil || len(list) != 1 || list[0].Labels[function.LabelStack] != "home" {
		t.Errorf("the list is %v, error %v", list, err)
	}
	spec := doing("echo", "N=1")
	spec.Name = "home_lights"
	deploy(t, e, spec)
	after := serviceOf(t, "home_lights").Spec
	if after.Labels[function.LabelStack] != "home" || len(after.TaskTemplate.Networks) != 1 || len(after.TaskTemplate.Networks[0].Aliases) != 1 {
		t.Errorf("an update takes it out of its stack: %v, %v", after.Labels, after.TaskTemplate.Networks)
	}
}

// Each task is asked at the port that it was started with, during an update too.
func TestDiscovery_AsksAtTheServicesPort(t *testing.T) {
	e := engine(t)
	start(t, byHand(t, "f", "port=9000"))
	within(t, found, "it is known", e.knows("f"))
	if got := answer(t, e, "at 9000"); got != "at 9000" {
		t.Errorf("%q", got)
	}
	now := serviceOf(t, "f")
	now.Spec.TaskTemplate.ContainerSpec.Env = []string{"fprocess=./testfn echo", "port=9001"}
	now.Spec.UpdateConfig = rolling(swarm.UpdateFailureActionRollback)
	l := under(t, e, 2, true)
	loads{l}.during(t, "another port", func() {
		if _, err := site.docker.ServiceUpdate(t.Context(), now.ID, now.Version, now.Spec, swarm.ServiceUpdateOptions{}); err != nil {
			t.Fatal(err)
		}
		late := engineBeside(t) // which has not seen what was before
		begun := time.Now()
		if got := answer(t, late, "late"); got != "late" || time.Since(begun) > 300*time.Millisecond {
			t.Errorf("%q after %s", got, time.Since(begun))
		}
		available(t, e, 1)
	})
}

func TestDiscovery_NoticesUpdatesMadeByHand(t *testing.T) {
	told := make(chan []function.Status, 100)
	e := engine(t, func(c *Config) { c.OnChange = func(all []function.Status) { told <- all } })
	start(t, byHand(t, "f"))
	within(t, found, "it is known", e.knows("f"))
	now := serviceOf(t, "f")
	now.Spec.Labels = map[string]string{function.LabelIntents: "HelloIntent"}
	if _, err := site.docker.ServiceUpdate(t.Context(), now.ID, now.Version, now.Spec, swarm.ServiceUpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	for {
		select {
		case all := <-told:
			if len(all) == 1 && all[0].Labels[function.LabelIntents] == "HelloIntent" {
				return
			}
		case <-time.After(patience):
			t.Fatal("nobody was told of the label")
		}
	}
}

func TestDiscovery_GlobalServicesAreCalledAndNotScaled(t *testing.T) {
	e := engine(t)
	s := byHand(t, "f")
	s.Mode.Global = &swarm.GlobalService{}
	start(t, s)
	within(t, found, "it is known", e.knows("f"))
	if got := answer(t, e, "everywhere"); got != "everywhere" {
		t.Errorf("%q", got)
	}
	if err := e.Scale(t.Context(), "f", 2); !errors.Is(err, function.ErrInvalid) || !strings.Contains(err.Error(), "not scaled") {
		t.Error(err)
	} else {
		t.Log(err)
	}
	deploy(t, e, doing("echo", "N=1"))
	if serviceOf(t, "f").Spec.Mode.Global == nil {
		t.Error("an update changes its mode")
	}
}

// engineBeside is another gateway's.
func engineBeside(t *testing.T) *Engine {
	t.Helper()
	e, err := New(t.Context(), Config{Log: engineLog(), Host: site.Nodes[0].Socket(), Dial: site.inside.Dial, MaxCall: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close(context.Background()) })
	return e
}

// cable is between an engine and Docker's socket.
type cable struct {
	listener net.Listener
	mu       sync.Mutex
	cut      bool
	silent   bool // it takes connections, and says nothing
	conns    []net.Conn
}

func plug(t *testing.T) (c *cable, host string) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c = &cable{listener: l}
	t.Cleanup(func() { l.Close(); c.set(true, false) })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.join(conn)
		}
	}()
	return c, "unix://" + path
}

func (c *cable) join(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conns = append(c.conns, conn)
	if c.silent {
		return
	}
	docker, err := net.Dial("unix", strings.TrimPrefix(site.Nodes[0].Socket(), "unix://"))
	if err != nil || c.cut {
		conn.Close()
		return
	}
	c.conns = append(c.conns, docker)
	for _, pair := range [][2]net.Conn{{conn, docker}, {docker, conn}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			pair[0].Close()
		}()
	}
}

// set cuts the cable, or mends it.
func (c *cable) set(cut, silent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut, c.silent = cut, silent
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

func TestEngine_WithoutDockersAPI(t *testing.T) {
	cable, host := plug(t)
	e := engine(t, func(c *Config) { c.Host = host })
	deploy(t, e, doing("echo"))
	available(t, e, 1)
	cable.set(true, false)
	for _, act := range []func() error{
		func() error { _, err := e.List(t.Context()); return err },
		func() error { _, err := e.Describe(t.Context(), "f"); return err },
		func() error { return e.Deploy(t.Context(), doing("env")) },
		func() error { return e.Scale(t.Context(), "f", 2) },
		func() error { return e.Remove(t.Context(), "f") },
		func() error { return e.PutSecret(t.Context(), "s", []byte("v"), true) },
		func() error { _, err := e.Logs(t.Context(), function.LogQuery{Name: "f"}); return err },
	} {
		begun := time.Now()
		err := act()
		wantError(t, err, function.ErrEngine, "Docker")
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%v came after %s", err, took)
		}
		if got := answer(t, e, "all the same"); got != "all the same" {
			t.Errorf("%q", got)
		}
	}
	start(t, byHand(t, "meanwhile"))
	if err := site.docker.ServiceRemove(t.Context(), serviceOf(t, "f").ID); err != nil {
		t.Fatal(err)
	}
	cable.set(false, false)
	within(t, 3*time.Second, "what was made meanwhile is known", e.knows("meanwhile"))
	within(t, found, "what was removed meanwhile is not", func() bool { return !e.knows("f")() })
	if list, err := e.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the list is %v, error %v", list, err)
	}
}

// A Docker that hangs, as one without a leader does, holds no call up.
func TestEngine_WithDockersAPIHanging(t *testing.T) {
	cable, host := plug(t)
	e := engine(t, func(c *Config) { c.Host = host })
	deploy(t, e, doing("echo"))
	available(t, e, 1)
	cable.set(false, true)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := e.List(ctx)
	wantError(t, err, function.ErrEngine, "did not answer in time")
	begun := time.Now()
	if got := answer(t, e, "all the same"); got != "all the same" || time.Since(begun) > found {
		t.Errorf("%q after %s", got, time.Since(begun))
	}
	ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	wantError(t, e.Deploy(ctx, doing("env")), function.ErrEngine, "did not answer in time")
	cable.set(false, false)
	start(t, byHand(t, "after"))
	within(t, 3*time.Second, "what is made then is known", e.knows("after"))
}

func TestNew_TellsWhatIsAmiss(t *testing.T) {
	dockertest.Need(t)
	made, err := site.docker.NetworkCreate(t.Context(), "no-overlay", network.CreateOptions{Driver: "bridge"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.docker.NetworkRemove(context.Background(), made.ID) })
	ok := Config{Log: engineLog(), Host: site.Nodes[0].Socket(), Dial: site.inside.Dial}
	for what, row := range map[string]struct {
		change func(*Config)
		want   error
		word   string
	}{
		"no such network":       {func(c *Config) { c.Network = "nowhere" }, ErrNoNetwork, "nowhere"},
		"a network of one node": {func(c *Config) { c.Network = "no-overlay" }, ErrNoNetwork, "no-overlay"},
		"a process outside":     {func(c *Config) { c.Dial = nil }, ErrOutside, DefaultNetwork},
		"no Docker":             {func(c *Config) { c.Host = "unix:///nowhere/docker.sock" }, function.ErrEngine, "Is the docker daemon running?"},
		"no address":            {func(c *Config) { c.Host = "nonsense" }, function.ErrEngine, "nonsense"},
	} {
		c := ok
		row.change(&c)
		e, err := New(t.Context(), c)
		if err == nil {
			e.Close(t.Context())
		}
		t.Log(what)
		wantError(t, err, row.want, row.word)
	}
}
