package main

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/harkvoice/hark/internal/connections"
)

// registry is the metrics of the process and of its certificate.
func (g *gateway) registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if g.certificate == nil {
		return r
	}
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "hark_certificate_expiry_timestamp_seconds",
		Help: "When the HTTPS certificate that is served expires; 0 if there is none yet.",
	}, func() float64 { return float64(max(0, g.certificate.Status().NotAfter.Unix())) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "hark_certificate_failures_total",
			Help: "Renewals of the HTTPS certificate that have failed.",
		}, func() float64 { return float64(g.certificate.Status().Failures) }))
	return r
}

// crowd is the metrics of the listeners that the internet reaches. It is a
// collector of what its bounds count.
type crowd struct {
	open, refused *prometheus.Desc

	mu        sync.Mutex
	bounds    map[string]*connections.Bound
	strangers float64
}

func newCrowd(r *prometheus.Registry) *crowd {
	c := &crowd{
		open: prometheus.NewDesc("hark_connections_open", "Connections to a public listener.", []string{"listener"}, nil),
		refused: prometheus.NewDesc("hark_connections_refused_total",
			"Connections to a public listener that were closed: as all others were busy, or all of the client's share, to make room, as no request came in time; and requests of who is no trusted proxy.", []string{"listener", "reason"}, nil),
		bounds: make(map[string]*connections.Bound),
	}
	r.MustRegister(c)
	return c
}

// of has the bound of a listener counted.
func (c *crowd) of(listener string) func(*connections.Bound) {
	return func(b *connections.Bound) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.bounds[listener] = b
	}
}

// stranger counts a request to the listener of proxies.
func (c *crowd) stranger() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.strangers++
}

// Describe implements prometheus.Collector.
func (c *crowd) Describe(to chan<- *prometheus.Desc) {
	to <- c.open
	to <- c.refused
}

// Collect implements prometheus.Collector.
func (c *crowd) Collect(to chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for listener, bound := range c.bounds {
		s := bound.Stats()
		to <- prometheus.MustNewConstMetric(c.open, prometheus.GaugeValue, float64(s.Open), listener)
		for reason, n := range map[string]uint64{"full": s.Full, "share": s.Share, "evicted": s.Evicted, "slow": s.Slow} {
			to <- prometheus.MustNewConstMetric(c.refused, prometheus.CounterValue, float64(n), listener, reason)
		}
	}
	if _, ok := c.bounds["http"]; ok {
		to <- prometheus.MustNewConstMetric(c.refused, prometheus.CounterValue, c.strangers, "http", "stranger")
	}
}
