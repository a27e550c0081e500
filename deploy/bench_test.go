//go:build linux

package deploy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
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

func newSite(b *testing.B) *swarmSite {
	b.Helper()
	s := &swarmSite{Cluster: dockertest.Start(b, 1, 0)}
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
	s.serve(b)
	return s
}

// serve starts the gateway.
func (s *swarmSite) serve(b *testing.B) {
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
	serve.Env = append(os.Environ(), "DOCKER_HOST="+s.Nodes[0].Socket())
	serve.Stdout, serve.Stderr = log, log
	check(b, serve.Start())
	b.Cleanup(func() { _ = serve.Process.Kill(); _ = serve.Wait(); log.Close() })
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
func (s *swarmSite) await(b *testing.B, address string) {
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
func (s *swarmSite) create(b *testing.B, name string, replicas uint64) {
	b.Helper()
	s.createOf(b, noopImage, name, replicas, nil)
}

func (s *swarmSite) createOf(b *testing.B, ref, name string, replicas uint64, health *container.HealthConfig) {
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
func (s *swarmSite) task(b *testing.B, name string) string {
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

// load sends requests over so many connections for a while, one after the other on
// each, and returns how long they took.
func (s *swarmSite) load(b *testing.B, address, path string, connections int, d time.Duration) []time.Duration {
	b.Helper()
	request := "POST " + path + " HTTP/1.1\r\nHost: hark\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n" + strings.Repeat("x", 900)
	took := make([][]time.Duration, connections)
	var running sync.WaitGroup
	for i := range connections {
		conn, err := s.inside.Dial(b.Context(), "tcp", address)
		check(b, err)
		running.Go(func() {
			defer conn.Close()
			took[i] = exchange(b, conn, request, d)
		})
	}
	running.Wait()
	all := slices.Concat(took...)
	slices.Sort(all)
	return all
}

func exchange(b *testing.B, conn net.Conn, request string, d time.Duration) (took []time.Duration) {
	in := bufio.NewReader(conn)
	for end := time.Now().Add(d); ; {
		begun := time.Now()
		if begun.After(end) {
			return took
		}
		if _, err := io.WriteString(conn, request); err != nil {
			b.Error(err)
			return took
		}
		resp, err := http.ReadResponse(in, nil)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
		}
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Errorf("%v %v", resp, err)
			return took
		}
		took = append(took, time.Since(begun))
	}
}

// BenchmarkGateway compares calls through the gateway to calls of the task itself,
// in turns of one run: what the gateway adds to the median of one connection, in
// milliseconds (goal: 0.15), and what is left of the throughput of eight (goal:
// 0.25), with 10 functions and with 1,000; and its memory in MB (goal: 25).
func BenchmarkGateway(b *testing.B) {
	s := newSite(b)
	s.create(b, "noop", 1)
	task := s.task(b, "noop")
	for i := 1; i < 10; i++ {
		s.create(b, fmt.Sprintf("idle-%d", i), 0)
	}
	s.await(b, task)
	b.ResetTimer()
	for _, functions := range []int{10, 1000} {
		for i := 10; i < functions; i++ {
			s.create(b, fmt.Sprintf("idle-%d", i), 0)
		}
		s.known(b, functions)
		b.Run(strconv.Itoa(functions), func(b *testing.B) { s.compare(b, task) })
	}
}

// known awaits that the gateway knows so many functions: the last of them.
func (s *swarmSite) known(b *testing.B, functions int) {
	s.found(b, fmt.Sprintf("idle-%d", functions-1))
}

func (s *swarmSite) compare(b *testing.B, task string) {
	const rounds, round = 5, time.Second
	var added, left []float64
	for range rounds {
		direct, through := s.load(b, task, "/", 1, round), s.load(b, s.gateway, "/function/noop", 1, round)
		added = append(added, ms(through[len(through)/2])-ms(direct[len(direct)/2]))
		direct, through = s.load(b, task, "/", 8, round), s.load(b, s.gateway, "/function/noop", 8, round)
		left = append(left, float64(len(through))/float64(len(direct)))
		b.Logf("8 connections: %d of %d requests/s, p50 %.3f ms, p99 %.3f ms", len(through), len(direct), ms(through[len(through)/2]), ms(through[len(through)*99/100]))
	}
	b.ReportMetric(median(added), "added-p50-ms")
	b.ReportMetric(median(left), "throughput-ratio")
	b.ReportMetric(s.rss(b), "RSS-MB")
	b.ReportMetric(0, "ns/op")
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

var rssLine = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

func (s *swarmSite) rss(b *testing.B) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	check(b, err)
	kb, err := strconv.Atoi(rssLine.FindStringSubmatch(string(status))[1])
	check(b, err)
	return float64(kb) / 1000
}
