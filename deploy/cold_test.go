//go:build linux

package deploy

import (
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/swarm"
)

// BenchmarkCold compares the time to a first answer through the gateway with
// Docker's own time to a container that listens, in milliseconds, with the image
// present: after a deploy, after one with a health check, and of a function that is
// scaled to none. The goal is 100 more at most.
func BenchmarkCold(b *testing.B) {
	s := newSite(b)
	s.serve(b, "DOCKER_HOST="+s.Nodes[0].Socket())
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
