package router

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/harkvoice/hark/internal/openfaas"
)

// invocations counts calls of functions. It tells the same twice: by hark's names
// and by those of OpenFaaS's gateway, which dashboards and autoscalers know. The
// second are made when somebody looks, a call counts once.
type invocations struct {
	known func(function string) bool

	took    *prometheus.HistogramVec // by function and status
	started *prometheus.CounterVec   // by function
	running *prometheus.GaugeVec     // by function
}

func newInvocations(known func(function string) bool) *invocations {
	function := []string{"function"}
	return &invocations{
		known: known,
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "hark_invocation_duration_seconds",
			Help:    "Time until the answer of a function was decided, in seconds.",
			Buckets: seconds,
		}, []string{"function", "code"}),
		started: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hark_invocations_started_total",
			Help: "Calls of functions that have begun.",
		}, function),
		running: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "hark_invocations_in_flight",
			Help: "Calls of functions whose answers are not read to their end.",
		}, function),
	}
}

// The same by OpenFaaS's names. The code is a string there too.
var (
	gatewayLabels  = []string{"function_name"}
	gatewayTotal   = prometheus.NewDesc("gateway_function_invocation_total", "OpenFaaS: calls of functions that were answered.", []string{"function_name", "code"}, nil)
	gatewaySeconds = prometheus.NewDesc("gateway_functions_seconds", "OpenFaaS: time until the answer of a function was decided, in seconds.", []string{"function_name", "code"}, nil)
	gatewayStarted = prometheus.NewDesc("gateway_function_invocation_started", "OpenFaaS: calls of functions that have begun.", gatewayLabels, nil)
	gatewayRunning = prometheus.NewDesc("gateway_function_invocation_inflight", "OpenFaaS: calls of functions that are under way.", gatewayLabels, nil)
)

// begin counts a call of a function of the catalogue as under way until the
// returned function is called.
func (i *invocations) begin(function string) (end func()) {
	i.started.WithLabelValues(function).Inc()
	running := i.running.WithLabelValues(function)
	running.Inc()
	return running.Dec
}

// decided counts the answer of a call.
func (i *invocations) decided(function string, status int, took time.Duration) {
	i.took.WithLabelValues(function, code(status)).Observe(took.Seconds())
}

// code is a status as a label. Functions answer what they like, so that statuses
// that are none are told by their class.
func code(status int) string {
	if http.StatusText(status) != "" || status == statusClientGone {
		return strconv.Itoa(status)
	}
	return strconv.Itoa(status/100) + "xx"
}

// Describe implements prometheus.Collector.
func (i *invocations) Describe(to chan<- *prometheus.Desc) {
	for _, c := range []prometheus.Collector{i.took, i.started, i.running} {
		c.Describe(to)
	}
	for _, d := range []*prometheus.Desc{gatewayTotal, gatewaySeconds, gatewayStarted, gatewayRunning} {
		to <- d
	}
}

// Collect implements prometheus.Collector. What was removed is told no more: those
// who deploy under new names would else fill the memory.
func (i *invocations) Collect(to chan<- prometheus.Metric) {
	for each, seen := range collected(i.took) {
		name, code, h := label(seen, "function"), label(seen, "code"), seen.GetHistogram()
		if i.forget(name) {
			continue
		}
		bounds := make(map[float64]uint64, len(h.GetBucket()))
		for _, b := range h.GetBucket() {
			bounds[b.GetUpperBound()] = b.GetCumulativeCount()
		}
		to <- each
		to <- prometheus.MustNewConstHistogram(gatewaySeconds, h.GetSampleCount(), h.GetSampleSum(), bounds, inGateway(name), code)
		to <- prometheus.MustNewConstMetric(gatewayTotal, prometheus.CounterValue, float64(h.GetSampleCount()), inGateway(name), code)
	}
	for each, seen := range collected(i.started) {
		if name := label(seen, "function"); !i.forget(name) {
			to <- each
			to <- prometheus.MustNewConstMetric(gatewayStarted, prometheus.CounterValue, seen.GetCounter().GetValue(), inGateway(name))
		}
	}
	for each, seen := range collected(i.running) {
		if name := label(seen, "function"); !i.forget(name) {
			to <- each
			to <- prometheus.MustNewConstMetric(gatewayRunning, prometheus.GaugeValue, seen.GetGauge().GetValue(), inGateway(name))
		}
	}
}

// forget drops the series of a function that there is not any more. A call of it
// that is under way holds its own.
func (i *invocations) forget(function string) bool {
	if i.known(function) {
		return false
	}
	of := prometheus.Labels{"function": function}
	i.took.DeletePartialMatch(of)
	i.started.DeletePartialMatch(of)
	i.running.DeletePartialMatch(of)
	return true
}

// inGateway is a function's name as OpenFaaS's gateway has it in labels.
func inGateway(function string) string { return function + "." + openfaas.Namespace }

// total counts the calls of each function so far.
func (i *invocations) total() map[string]float64 {
	counts := make(map[string]float64)
	for _, seen := range collected(i.took) {
		counts[label(seen, "function")] += float64(seen.GetHistogram().GetSampleCount())
	}
	return counts
}

// collected are the series of a metric, and what they say.
func collected(from prometheus.Collector) map[prometheus.Metric]*dto.Metric {
	found := make(chan prometheus.Metric)
	go func() {
		defer close(found)
		from.Collect(found)
	}()
	all := make(map[prometheus.Metric]*dto.Metric)
	for metric := range found {
		var read dto.Metric
		if metric.Write(&read) == nil {
			all[metric] = &read
		}
	}
	return all
}

func label(of *dto.Metric, name string) string {
	for _, pair := range of.GetLabel() {
		if pair.GetName() == name {
			return pair.GetValue()
		}
	}
	return ""
}
