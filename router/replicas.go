package router

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/harkvoice/hark/internal/function"
)

const (
	// listTime bounds the question to the engine: the other metrics wait for it.
	listTime = 2 * time.Second
	// listAge is how old its answer may be: there may be several who look.
	listAge = time.Second
)

// replicas tells what the engine says of its functions when somebody looks. While
// it says nothing there are no numbers, in place of old ones.
type replicas struct {
	list func(ctx context.Context) ([]function.Status, error)

	mu    sync.Mutex
	asked time.Time
	all   []function.Status
	err   error
}

var (
	replicasWanted    = prometheus.NewDesc("hark_function_replicas", "Replicas of a function that are asked for.", []string{"function"}, nil)
	replicasAvailable = prometheus.NewDesc("hark_function_replicas_available", "Replicas of a function that take calls.", []string{"function"}, nil)
	engineUp          = prometheus.NewDesc("hark_engine_up", "Whether the engine tells which functions there are: 1, or 0 if it does not.", nil, nil)
	gatewayService    = prometheus.NewDesc("gateway_service_count", "OpenFaaS: replicas of a function that are asked for.", gatewayLabels, nil)
)

// Describe implements prometheus.Collector.
func (r *replicas) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{engineUp, replicasWanted, replicasAvailable, gatewayService} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (r *replicas) Collect(to chan<- prometheus.Metric) {
	all, err := r.now()
	up := 1.0
	if err != nil {
		up = 0
	}
	to <- prometheus.MustNewConstMetric(engineUp, prometheus.GaugeValue, up)
	for _, f := range all {
		wanted := float64(f.Replicas)
		to <- prometheus.MustNewConstMetric(replicasWanted, prometheus.GaugeValue, wanted, f.Name)
		to <- prometheus.MustNewConstMetric(replicasAvailable, prometheus.GaugeValue, float64(f.Available), f.Name)
		to <- prometheus.MustNewConstMetric(gatewayService, prometheus.GaugeValue, wanted, inGateway(f.Name))
	}
}

func (r *replicas) now() ([]function.Status, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.asked) > listAge {
		ctx, cancel := context.WithTimeout(context.Background(), listTime)
		defer cancel()
		r.all, r.err = r.list(ctx)
		r.asked = time.Now()
	}
	return r.all, r.err
}
