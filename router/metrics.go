package router

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/trace"
	"github.com/harkvoice/hark/internal/webhook"
)

// The values of the label "route".
const (
	routeSkill    = "skill"
	routeFunction = "function"
	routeObserver = "observer"
	routeSystem   = "system"
	routeOther    = "other"
)

// metrics are those of the line. Labels take their values from tables and from
// the catalogue of functions only, never from a request.
type metrics struct {
	requests    *prometheus.CounterVec // by route, the stage that was reached, outcome
	durations   *prometheus.HistogramVec
	invocations *invocations
	inflight    *prometheus.GaugeVec
	refused     *prometheus.CounterVec
	progressive *prometheus.CounterVec
	keptOut     *prometheus.CounterVec
	shed        *prometheus.CounterVec
}

// seconds are the bounds of the histograms' buckets: Alexa's patience is among them.
var seconds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 7.5, 10, 30, 60}

// newMetrics registers what there is to count with r. Functions of which known
// says that there are none any more lose their series.
func newMetrics(r prometheus.Registerer, known func(function string) bool) *metrics {
	m := &metrics{
		invocations: newInvocations(known),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hark_requests_total",
			Help: "Requests that have ended, by route, by the last stage they reached and by outcome.",
		}, []string{"route", "stage", "outcome"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "hark_request_duration_seconds",
			Help:    "Time from a request's arrival to the end of its answer, in seconds.",
			Buckets: seconds,
		}, []string{"route"}),
		inflight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "hark_requests_in_flight",
			Help: "Requests that are under way.",
		}, []string{"route"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hark_alexa_refused_total",
			Help: "Requests to the skill that were refused, by reason.",
		}, []string{"reason"}),
		progressive: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hark_progressive_total",
			Help: "Progressive responses that were due, by what became of them.",
		}, []string{"outcome"}),
		keptOut: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hark_door_refused_total",
			Help: "Calls that a door of their function kept out, by door and by reason.",
		}, []string{"door", "reason"}),
		shed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hark_shed_total",
			Help: "Requests that were refused as hark had too much to do, by route and by what there was too little of.",
		}, []string{"route", "reason"}),
	}
	r.MustRegister(m.requests, m.durations, m.invocations, m.inflight, m.refused, m.progressive, m.keptOut, m.shed)
	for _, route := range []string{routeSkill, routeFunction, routeSystem} {
		for _, reason := range shedReasons {
			m.shed.WithLabelValues(route, reason)
		}
	}
	for door, reasons := range doorReasons {
		for _, reason := range reasons {
			m.keptOut.WithLabelValues(door, reason)
		}
	}
	for _, reason := range webhook.Reasons() {
		m.keptOut.WithLabelValues(doorWebhook, string(reason))
	}
	for _, outcome := range progressOutcomes {
		m.progressive.WithLabelValues(outcome)
	}
	for _, reason := range alexa.Reasons() { // zero is a number too
		m.refused.WithLabelValues(string(reason))
	}
	return m
}

// spanCounts tells what became of traces.
type spanCounts struct{ *trace.Tracer }

var spansTotal = prometheus.NewDesc("hark_trace_spans_total", "Spans of traces, by whether they were sent or dropped.", []string{"outcome"}, nil)

// Describe implements prometheus.Collector.
func (s spanCounts) Describe(to chan<- *prometheus.Desc) { to <- spansTotal }

// Collect implements prometheus.Collector.
func (s spanCounts) Collect(to chan<- prometheus.Metric) {
	sent, dropped := s.Counts()
	to <- prometheus.MustNewConstMetric(spansTotal, prometheus.CounterValue, float64(sent), "sent")
	to <- prometheus.MustNewConstMetric(spansTotal, prometheus.CounterValue, float64(dropped), "dropped")
}

// about is a metric that tells what runs here by its labels.
func about(c Config) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "hark_build_info",
		Help:        "1, with what runs here.",
		ConstLabels: prometheus.Labels{"version": c.Release, "commit": c.Commit, "engine": c.EngineName},
	}, func() float64 { return 1 })
}
