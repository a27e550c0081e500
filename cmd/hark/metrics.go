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

// listeners are the metrics of the listeners that the internet reaches: a
// collector of what its bounds count.
type listeners struct {
	open, refused *prometheus.Desc

	mu        sync.Mutex
	bounds    map[string]*connections.Bound
	strangers float64
}

func newListeners(r *prometheus.Registry) *listeners {
	l := &listeners{
		open: prometheus.NewDesc("hark_connections_open", "Connections to a public listener.", []string{"listener"}, nil),
		refused: prometheus.NewDesc("hark_connections_refused_total",
			"Connections to a public listener that were closed: as all others were busy, or all of the client's share, to make room, as no request came in time, or none that is one; and requests of who is no trusted proxy.", []string{"listener", "reason"}, nil),
		bounds: make(map[string]*connections.Bound),
	}
	r.MustRegister(l)
	return l
}

// of has the bound of a listener counted.
func (l *listeners) of(listener string) func(*connections.Bound) {
	return func(b *connections.Bound) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.bounds[listener] = b
	}
}

// stranger counts a request to the listener of proxies.
func (l *listeners) stranger() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.strangers++
}

// Describe implements prometheus.Collector.
func (l *listeners) Describe(to chan<- *prometheus.Desc) {
	to <- l.open
	to <- l.refused
}

// Collect implements prometheus.Collector.
func (l *listeners) Collect(to chan<- prometheus.Metric) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for listener, bound := range l.bounds {
		s := bound.Stats()
		to <- prometheus.MustNewConstMetric(l.open, prometheus.GaugeValue, float64(s.Open), listener)
		for reason, n := range map[string]uint64{"full": s.Full, "share": s.Share, "evicted": s.Evicted, "slow": s.Slow, "invalid": s.Invalid} {
			to <- prometheus.MustNewConstMetric(l.refused, prometheus.CounterValue, float64(n), listener, reason)
		}
	}
	if _, ok := l.bounds["http"]; ok {
		to <- prometheus.MustNewConstMetric(l.refused, prometheus.CounterValue, l.strangers, "http", "stranger")
	}
}
