//go:build linux

package deploy

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/swarm"
	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/internal/dockertest"
)

// swarmSite is a Swarm of one node with a gateway, which runs as a process in the
// network of the functions.
type swarmSite struct {
	*dockertest.Cluster
	inside  dockertest.Namespace
	gateway string // address
	pid     int
}

const (
	noopImage    = "hark-noop:latest"    // listens itself
	watchedImage = "hark-watched:latest" // below fwatchdog
	gatewayPort  = "18080"
)

// newSite brings up an engine with flags, and images; a gateway is to be served.
func newSite(b testing.TB, flags ...string) *swarmSite {
	b.Helper()
	s := &swarmSite{Cluster: dockertest.Start(b, 1, 0, flags...)}
	network, err := s.Network(b.Context(), "functions")
	check(b, err)
	s.inside, err = network.On(b.Context(), s.Nodes[0])
	check(b, err)
	noop, err := s.Program("./testdata/noop", "-ldflags=-s -w")
	check(b, err)
	check(b, s.Image(b.Context(), noopImage, map[string]string{"/noop": noop}, `CMD ["/noop"]`))
	watchdog, err := s.Program("github.com/harkvoice/hark/cmd/fwatchdog", "-tags=nethttpomithttp2", "-ldflags=-s -w")
	check(b, err)
	check(b, s.Image(b.Context(), watchedImage, map[string]string{"/noop": noop, "/fwatchdog": watchdog}, `CMD ["/fwatchdog"]`, "ENV mode=http fprocess=/noop"))
	return s
}

// serve starts the gateway, which finds Docker by variables.
func (s *swarmSite) serve(b testing.TB, docker ...string) {
	hark, err := s.Program("github.com/harkvoice/hark/cmd/hark", "-ldflags=-s -w")
	check(b, err)
	state := b.TempDir()
	_, _, err = alexatest.Create(filepath.Join(state, "authority"))
	check(b, err)
	cert := s.Nodes[0].Command(b.Context(), hark, "certificate", "--state", state, "--out", state)
	out, err := cert.CombinedOutput()
	check(b, err, string(out))
	log, err := os.Create(filepath.Join(state, "log"))
	check(b, err)
	serve := s.inside.Command(b.Context(), hark, "serve", "--engine", "swarm", "--state", state,
		"--listen", "127.0.0.1:"+gatewayPort, "--https", "127.0.0.1:0", "--dev-authority", filepath.Join(state, "authority", alexatest.PublicFile),
		"--tls-cert", filepath.Join(state, "tls-cert.pem"), "--tls-key", filepath.Join(state, "tls-key.pem"))
	serve.Env = append(os.Environ(), docker...)
	serve.Stdout, serve.Stderr = log, log
	check(b, serve.Start())
	b.Cleanup(func() {
		_ = serve.Process.Kill()
		_ = serve.Wait()
		log.Close()
		if text, _ := os.ReadFile(log.Name()); b.Failed() {
			b.Logf("%s", text)
		}
	})
	s.gateway, s.pid = "127.0.0.1:"+gatewayPort, serve.Process.Pid
	s.await(b, s.gateway)
}

func check(b testing.TB, err error, more ...string) {
	b.Helper()
	if err != nil {
		b.Fatal(err, more)
	}
}

// await awaits that somebody listens.
func (s *swarmSite) await(b testing.TB, address string) {
	b.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		conn, err := s.inside.Dial(b.Context(), "tcp", address)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(end) {
			b.Fatal(err)
		}
	}
}

// create makes a service of noop as docker service create does.
func (s *swarmSite) create(b testing.TB, name string, replicas uint64) {
	b.Helper()
	s.createOf(b, noopImage, name, replicas, nil)
}

func (s *swarmSite) createOf(b testing.TB, ref, name string, replicas uint64, health *container.HealthConfig) {
	b.Helper()
	image, err := s.Nodes[0].Client.ImageInspect(b.Context(), ref)
	check(b, err)
	spec := swarm.ServiceSpec{Annotations: swarm.Annotations{Name: name}, Mode: swarm.ServiceMode{Replicated: &swarm.ReplicatedService{Replicas: &replicas}}}
	spec.TaskTemplate.ContainerSpec = &swarm.ContainerSpec{Image: image.ID, Healthcheck: health}
	spec.TaskTemplate.Networks = []swarm.NetworkAttachmentConfig{{Target: "functions"}}
	spec.EndpointSpec = &swarm.EndpointSpec{Mode: swarm.ResolutionModeDNSRR}
	_, err = s.Nodes[0].Client.ServiceCreate(b.Context(), spec, swarm.ServiceCreateOptions{})
	check(b, err)
}

// task is the address of the task of a service, once it runs.
func (s *swarmSite) task(b testing.TB, name string) string {
	b.Helper()
	which := filters.NewArgs(filters.Arg("service", name), filters.Arg("desired-state", "running"))
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		tasks, err := s.Nodes[0].Client.TaskList(b.Context(), swarm.TaskListOptions{Filters: which})
		check(b, err)
		for _, t := range tasks {
			if t.Status.State == swarm.TaskStateRunning {
				address, _, _ := strings.Cut(t.NetworksAttachments[0].Addresses[0], "/")
				return address + ":8080"
			}
		}
	}
	b.Fatal("no task of " + name)
	return ""
}

// listens awaits that the task of a service can be connected to.
func (s *swarmSite) listens(b testing.TB, name string) {
	s.await(b, s.task(b, name))
}

// answers awaits that the gateway answers a call with 200.
func (s *swarmSite) answers(b testing.TB, name string) {
	client := s.client()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		resp, err := client.Post("http://"+s.gateway+"/function/"+name, "text/plain", strings.NewReader("x"))
		check(b, err)
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
	b.Fatal(name + " does not answer")
}

// found awaits that the gateway knows a function.
func (s *swarmSite) found(b testing.TB, name string) {
	client := s.client()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		resp, err := client.Get("http://" + s.gateway + "/system/function/" + name)
		check(b, err)
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
}

func (s *swarmSite) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: s.inside.Dial, DisableKeepAlives: true}}
}

// remove removes a service and awaits the end of its containers: what they take of
// the machine is nobody's to measure.
func (s *swarmSite) remove(b testing.TB, name string) {
	docker := s.Nodes[0].Client
	svc, _, err := docker.ServiceInspectWithRaw(b.Context(), name, swarm.ServiceInspectOptions{})
	check(b, err)
	check(b, docker.ServiceRemove(b.Context(), name))
	which := filters.NewArgs(filters.Arg("label", "com.docker.swarm.service.id="+svc.ID))
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		left, err := docker.ContainerList(b.Context(), container.ListOptions{All: true, Filters: which})
		check(b, err)
		if len(left) == 0 {
			return
		}
	}
}
