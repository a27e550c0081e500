//go:build linux

package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"

	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/internal/dockertest"
	"github.com/harkvoice/hark/internal/enginetest"
)

// replicas of the function Echo.
const replicas = 4

// site is a Swarm of one node with two gateways, processes in the network of the
// functions that reach Docker by a way that can be cut.
type site struct {
	*dockertest.Cluster
	api       *api
	gateways  []*gateway
	authority *alexatest.Authority
}

func newSite(t *testing.T) *site {
	s := &site{Cluster: dockertest.Start(t, 1, 0)}
	network, err := s.Network(t.Context(), "functions")
	must(t, err)
	inside, err := network.On(t.Context(), s.Nodes[0])
	must(t, err)
	watchdog, err := s.Program("github.com/harkvoice/hark/cmd/fwatchdog", "-tags=nethttpomithttp2")
	must(t, err)
	testfn, err := s.Program("github.com/harkvoice/hark/internal/enginetest/testfn")
	must(t, err)
	must(t, s.Image(t.Context(), enginetest.Image, map[string]string{"/fwatchdog": watchdog, "/function/testfn": testfn}, `CMD ["/fwatchdog"]`, "WORKDIR /function"))
	hark, err := s.Program("github.com/harkvoice/hark/cmd/hark")
	must(t, err)
	s.api = newAPI(t, strings.TrimPrefix(s.Nodes[0].Socket(), "unix://"))
	var dir string
	dir, s.authority = credentials(t, hark)
	for i := range 2 {
		g := &gateway{name: fmt.Sprint("gateway ", i+1), operator: fmt.Sprint("127.0.0.1:1808", i), public: fmt.Sprint("127.0.0.1:1844", i),
			log: filepath.Join(dir, fmt.Sprint("log", i)), dial: inside.Dial}
		g.start = func() *exec.Cmd {
			cmd := inside.Command(context.Background(), hark, "serve", "--engine", "swarm", "--state", dir, "--listen", g.operator, "--https", g.public,
				"--dev-authority", filepath.Join(dir, "authority", alexatest.PublicFile), "--tls-cert", filepath.Join(dir, "tls-cert.pem"), "--tls-key", filepath.Join(dir, "tls-key.pem"))
			cmd.Env = append(os.Environ(), "DOCKER_HOST=unix://"+s.api.path)
			return cmd
		}
		s.gateways = append(s.gateways, g)
		g.up(t)
		t.Cleanup(func() {
			_ = g.process.Process.Kill()
			<-g.ended
			if text, _ := os.ReadFile(g.log); t.Failed() {
				t.Logf("%s:\n%s", g.name, warnings(text))
			}
		})
	}
	return s
}

// warnings are the last lines of a log that tell of trouble.
func warnings(log []byte) string {
	var kept []string
	for line := range strings.Lines(string(log)) {
		if strings.Contains(line, `"WARN"`) || strings.Contains(line, `"ERROR"`) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept[max(0, len(kept)-30):], "")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// deploy deploys a function as faas-cli does, and returns the status.
func (s *site) deploy(via *gateway, name string, replicas int, version string) (int, error) {
	body, err := json.Marshal(map[string]any{
		"service": name, "image": enginetest.Image, "envProcess": "./testfn http nap 30ms", "envVars": map[string]string{"mode": "http", "version": version},
		"labels": map[string]string{"hark.intents": name + "Intent", "com.openfaas.scale.min": fmt.Sprint(replicas)},
	})
	if err != nil {
		return 0, err
	}
	resp, err := via.client(false).Post("http://"+via.operator+"/system/functions", "application/json", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %.300s", resp.Status, text)
	}
	return resp.StatusCode, err
}

// ready awaits that all gateways have a function answer with all its replicas.
func (s *site) ready(t *testing.T, name string, replicas int) {
	t.Helper()
	for _, g := range s.gateways {
		client := g.client(false)
		eventually(t, name+" at "+g.name, func() error {
			resp, err := client.Get("http://" + g.operator + "/system/function/" + name)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			var now struct{ Replicas, AvailableReplicas int }
			if err := json.NewDecoder(resp.Body).Decode(&now); err != nil {
				return err
			}
			if now.AvailableReplicas < replicas {
				return fmt.Errorf("%d of %d replicas", now.AvailableReplicas, replicas)
			}
			return nil
		})
	}
}

var errNoTask = errors.New("it has no container")

// task is one of a function's containers.
func (s *site) task(ctx context.Context, function string) (id string, err error) {
	all, err := s.Nodes[0].Client.ContainerList(ctx, container.ListOptions{Filters: filters.NewArgs(filters.Arg("label", "com.docker.swarm.service.name="+function))})
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", errNoTask
	}
	return all[rand.IntN(len(all))].ID, nil
}

// killTask cuts the life of one of a function's containers off.
func (s *site) killTask(ctx context.Context, function string) error {
	id, err := s.task(ctx, function)
	if err != nil {
		return err
	}
	return s.Nodes[0].Client.ContainerKill(ctx, id, "KILL")
}

// sicken has one of a function's containers take connections and reset them when a
// request comes. The function makes it well again.
func (s *site) sicken(t *testing.T, function string) (heal func()) {
	t.Helper()
	id, err := s.task(t.Context(), function)
	must(t, err)
	inside, err := s.Nodes[0].Inside(t.Context(), id)
	must(t, err)
	rule := func(what string) {
		cmd := inside.Command(context.Background(), "iptables", what, "INPUT", "-p", "tcp", "--dport", "8080", "-m", "length", "--length", "120:65535", "-j", "REJECT", "--reject-with", "tcp-reset")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	rule("-I")
	return func() { rule("-D") }
}

// logged is how often the gateways have said a thing.
func (s *site) logged(text string) (times int) {
	for _, g := range s.gateways {
		log, _ := os.ReadFile(g.log)
		times += strings.Count(string(log), text)
	}
	return times
}

// health is the status that a gateway's liveness has.
func health(g *gateway) int {
	resp, err := g.client(false).Get("http://" + g.operator + "/healthz")
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}
