//go:build linux

package deploy

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/swarm"
)

// BenchmarkCold compares the time to a first answer through the gateway with
// Docker's own time to a container that listens, in milliseconds, with the image
// present: after a deploy, after one with a health check, and of a function that is
// scaled to none. The goal is 100 more at most.
func BenchmarkCold(b *testing.B) {
	s := newSite(b)
	health := &container.HealthConfig{Test: []string{"CMD", "/fwatchdog", "-run-healthcheck"}, Interval: 3 * time.Second, Retries: 3}
	for _, c := range []struct {
		name    string
		measure func(b *testing.B, name string, through bool) time.Duration
	}{
		{"deploy", s.deployed(nil)},
		{"deploy-with-health-check", s.deployed(health)},
		{"scale-0-to-1", s.woken},
	} {
		b.Run(c.name, func(b *testing.B) {
			var docker, hark []float64
			for range 5 {
				docker = append(docker, ms(c.measure(b, "cold", false)))
				hark = append(hark, ms(c.measure(b, "cold", true)))
			}
			b.ReportMetric(median(docker), "docker-ms")
			b.ReportMetric(median(hark), "hark-ms")
			b.ReportMetric(median(hark)-median(docker), "more-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// deployed is the time from a service's creation to its first answer, or until it
// listens.
func (s *swarmSite) deployed(check *container.HealthConfig) func(*testing.B, string, bool) time.Duration {
	return func(b *testing.B, name string, through bool) time.Duration {
		begun := time.Now()
		if !through { // a health check would only delay what Docker says
			s.createOf(b, watchedImage, name, 1, nil)
			s.listens(b, name)
		} else {
			s.createOf(b, watchedImage, name, 1, check)
			s.answers(b, name)
		}
		defer s.remove(b, name)
		return time.Since(begun)
	}
}

// woken is the time from a call to the answer of a function that is scaled to
// none, or from its scaling to one until it listens.
func (s *swarmSite) woken(b *testing.B, name string, through bool) time.Duration {
	s.createOf(b, watchedImage, name, 0, nil)
	defer s.remove(b, name)
	s.found(b, name)
	begun := time.Now()
	if through {
		s.answers(b, name)
		return time.Since(begun)
	}
	docker := s.Nodes[0].Client
	svc, _, err := docker.ServiceInspectWithRaw(b.Context(), name, swarm.ServiceInspectOptions{})
	check(b, err)
	*svc.Spec.Mode.Replicated.Replicas = 1
	_, err = docker.ServiceUpdate(b.Context(), svc.ID, svc.Version, svc.Spec, swarm.ServiceUpdateOptions{})
	check(b, err)
	s.listens(b, name)
	return time.Since(begun)
}

// listens awaits that the task of a service can be connected to.
func (s *swarmSite) listens(b *testing.B, name string) {
	s.await(b, s.task(b, name))
}

// answers awaits that the gateway answers a call with 200.
func (s *swarmSite) answers(b *testing.B, name string) {
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
func (s *swarmSite) found(b *testing.B, name string) {
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
func (s *swarmSite) remove(b *testing.B, name string) {
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
