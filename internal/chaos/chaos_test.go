//go:build linux

// Package chaos is a run of faults under load, and the table of what callers heard
// of them: see docs/chaos.md. It takes a minute or two, and is run by make chaos.
package chaos

import (
	"fmt"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// results are all scenarios of a run.
var results []*scenario

func TestMain(m *testing.M) {
	code := m.Run()
	if len(results) > 0 {
		fmt.Print("\n", table(results), "\n")
	}
	if name := os.Getenv("HARK_FIGURES"); name != "" && code == 0 {
		if err := os.WriteFile(name, []byte(table(results)), 0o644); err != nil {
			println(err.Error())
			code = 1
		}
	}
	os.Exit(code)
}

// during runs a fault under load, and holds the tallies against what may be.
func during(t *testing.T, name string, l *load, fault func(t *testing.T), judge func(t *testing.T, s *scenario)) {
	t.Run(name, func(t *testing.T) {
		s := newScenario(name)
		l.into.Store(s)
		time.Sleep(500 * time.Millisecond) // what the fault meets under way is to count
		fault(t)
		time.Sleep(time.Second) // callers hear of what comes after it too
		l.into.Store(newScenario("in between"))
		time.Sleep(callTime / 8) // those that had begun are told
		t.Log(s)
		results = append(results, s)
		for kind, of := range s.by {
			if of.wrong > 0 {
				t.Errorf("%s: %d wrong answers: %v", kind, of.wrong, of.first)
			}
			if of.answered == 0 {
				t.Errorf("%s: none was answered", kind)
			}
		}
		judge(t, s)
	})
}

// all wants every call of some kinds to be answered.
func all(kinds ...string) func(*testing.T, *scenario) {
	return func(t *testing.T, s *scenario) {
		t.Helper()
		for _, kind := range kinds {
			if of := s.of(kind); of.told+of.lost > 0 {
				t.Errorf("%s: %d told, %d lost: %v", kind, of.told, of.lost, of.first)
			}
		}
	}
}

var kinds = []string{kindGet, kindPost, kindVoice}

func TestSwarm(t *testing.T) {
	s := newSite(t)
	if _, err := s.deploy(s.gateways[0], "Echo", replicas, "1"); err != nil {
		t.Fatal(err)
	}
	s.ready(t, "Echo", replicas)
	l := begin(s.authority, newScenario("before"), kinds, s.gateways...)
	defer l.end()
	time.Sleep(time.Second)

	during(t, "none", l, func(*testing.T) { time.Sleep(3 * time.Second) }, all(kinds...))

	during(t, "tasks are killed, 8 one after the other", l, func(t *testing.T) {
		for range 8 {
			eventually(t, "a task to kill", func() error { return s.killTask(t.Context(), "Echo") })
			time.Sleep(500 * time.Millisecond)
		}
		s.ready(t, "Echo", replicas)
	}, func(t *testing.T, s *scenario) {
		all(kindGet)(t, s)
		mostly(t, s, 8*callers) // what was under way in a killed task, and may not be sent again
	})

	during(t, "a task resets each call for 4 s", l, func(t *testing.T) {
		heal := s.sicken(t, "Echo")
		time.Sleep(4 * time.Second)
		if n := s.logged("a task fails call after call"); n < len(s.gateways) {
			t.Errorf("it was left alone %d times", n)
		}
		heal()
		eventually(t, "it is asked again", func() error {
			if n := s.logged("a task answers again"); n < len(s.gateways) {
				return fmt.Errorf("by %d gateways", n)
			}
			return nil
		})
	}, all(kinds...))

	during(t, "the function is deployed anew", l, func(t *testing.T) {
		if _, err := s.deploy(s.gateways[1], "Echo", replicas, "2"); err != nil {
			t.Error(err)
		}
		s.ready(t, "Echo", replicas)
		time.Sleep(3 * time.Second)
	}, all(kinds...))

	during(t, "a gateway is killed", l, func(t *testing.T) {
		s.gateways[0].signal(t, syscall.SIGKILL)
		time.Sleep(2 * time.Second)
		s.gateways[0].up(t)
		s.ready(t, "Echo", replicas)
	}, func(t *testing.T, s *scenario) {
		all(kindGet)(t, s)
		mostly(t, s, 2*callers)
	})

	during(t, "gateways are stopped, one after the other", l, func(t *testing.T) {
		for _, g := range s.gateways {
			g.signal(t, syscall.SIGTERM)
			g.up(t)
			s.ready(t, "Echo", replicas)
		}
	}, all(kinds...))

	during(t, "Docker's API is gone for 5 s, and a task is killed", l, func(t *testing.T) {
		s.api.cut()
		s.withoutAPI(t)
		s.api.restore(t)
		s.withAPI(t, "Cut")
	}, func(t *testing.T, s *scenario) {
		all(kindGet)(t, s)
		mostly(t, s, callers)
	})

	during(t, "Docker's API hangs for 5 s, and a task is killed", l, func(t *testing.T) {
		s.api.freeze()
		s.withoutAPI(t)
		s.api.thaw()
		s.withAPI(t, "Frozen")
	}, func(t *testing.T, s *scenario) {
		all(kindGet)(t, s)
		mostly(t, s, callers)
	})

	during(t, "600 generic calls at once", l, func(t *testing.T) { s.flood(t, l.into.Load(), 600, 5*time.Second) }, func(t *testing.T, s *scenario) {
		all(kindVoice)(t, s)
		if of := s.of(kindFlood); of.lost > 0 || of.told == 0 {
			t.Errorf("the flood: %d told, %d lost: %v", of.told, of.lost, of.first)
		}
	})
}

// mostly wants no more calls told of a failure, or lost, than a fault may have met
// under way.
func mostly(t *testing.T, s *scenario, most int) {
	t.Helper()
	for _, kind := range kinds {
		if of := s.of(kind); of.told+of.lost > most {
			t.Errorf("%s: %d told, %d lost of %d, at most %d may be: %v", kind, of.told, of.lost, of.sent, most, of.first)
		}
	}
}

// withoutAPI is five seconds in which a task dies and something is to be deployed.
func (s *site) withoutAPI(t *testing.T) {
	t.Helper()
	time.Sleep(time.Second)
	if err := s.killTask(t.Context(), "Echo"); err != nil {
		t.Error(err)
	}
	var deploying sync.WaitGroup
	deploying.Go(func() {
		begun := time.Now()
		status, err := s.deploy(s.gateways[0], "Meanwhile", 1, "1")
		t.Logf("a deploy: %d after %s: %v", status, time.Since(begun).Round(10*time.Millisecond), err)
	})
	time.Sleep(4 * time.Second)
	for _, g := range s.gateways {
		if got := health(g); got != http.StatusOK {
			t.Errorf("%s is not well: %d", g.name, got)
		}
	}
	t.Cleanup(deploying.Wait)
}

// withAPI wants a deploy to work again, at both gateways.
func (s *site) withAPI(t *testing.T, name string) {
	t.Helper()
	eventually(t, "a deploy", func() error {
		_, err := s.deploy(s.gateways[0], name, 1, "1")
		return err
	})
	s.ready(t, name, 1)
	s.ready(t, "Echo", replicas)
}

// flood makes so many calls at a time of one gateway, and counts them too.
func (s *site) flood(t *testing.T, into *scenario, times int, long time.Duration) {
	g := s.gateways[0]
	client := g.client(true)
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = times
	end := time.Now().Add(long)
	var floods sync.WaitGroup
	for range times {
		floods.Go(func() {
			for time.Now().Before(end) {
				var o outcome
				begun := time.Now()
				o.told, o.wrong, o.err = new(load).try(kindFlood, "flood", g, client)
				o.took = time.Since(begun)
				into.add(kindFlood, o)
				if o.told {
					time.Sleep(50 * time.Millisecond)
				}
			}
		})
	}
	floods.Wait()
}
