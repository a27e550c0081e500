// Package reading reads what a gateway tells of itself at /metrics, and compares
// two such readings: how many calls a second, how long they took, how many failed.
//
//	before, err := reading.Read(text, time.Now())
//	…
//	for _, r := range now.Since(before).Functions { fmt.Println(r.Name, r.Rate, r.P95) }
//
// It is the other side of package router's metrics, for `hark top`.
package reading

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Reading is what a gateway has counted until a time.
type Reading struct {
	at              time.Time
	started         float64 // seconds since 1970; another one is another process
	version, engine string
	memory          float64
	engineUp        bool
	functions       map[string]*counts
	voice           counts
	refused         float64
}

// counts are those of one function, or of all voice requests.
type counts struct {
	calls, failed       float64
	below               map[float64]float64 // calls that took at most so many seconds
	inFlight            float64
	replicas, available float64
}

// ErrNotHark: it is not hark that answers.
var ErrNotHark = errors.New("these are not the metrics of a hark gateway")

// Read reads Prometheus' text format.
func Read(text io.Reader, at time.Time) (*Reading, error) {
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotHark, err)
	}
	if families["hark_build_info"] == nil {
		return nil, ErrNotHark
	}
	r := &Reading{at: at, functions: map[string]*counts{}, voice: counts{below: map[float64]float64{}}}
	for name, take := range takers {
		for _, m := range families[name].GetMetric() {
			take(r, labels(m), m)
		}
	}
	return r, nil
}

// takers say what is read of which metric.
var takers = map[string]func(r *Reading, labels map[string]string, m *dto.Metric){
	"hark_build_info":                  func(r *Reading, l map[string]string, _ *dto.Metric) { r.version, r.engine = l["version"], l["engine"] },
	"process_start_time_seconds":       func(r *Reading, _ map[string]string, m *dto.Metric) { r.started = m.GetGauge().GetValue() },
	"process_resident_memory_bytes":    func(r *Reading, _ map[string]string, m *dto.Metric) { r.memory = m.GetGauge().GetValue() },
	"hark_engine_up":                   func(r *Reading, _ map[string]string, m *dto.Metric) { r.engineUp = m.GetGauge().GetValue() == 1 },
	"hark_function_replicas":           func(r *Reading, l map[string]string, m *dto.Metric) { r.of(l).replicas = m.GetGauge().GetValue() },
	"hark_function_replicas_available": func(r *Reading, l map[string]string, m *dto.Metric) { r.of(l).available = m.GetGauge().GetValue() },
	"hark_invocations_in_flight":       func(r *Reading, l map[string]string, m *dto.Metric) { r.of(l).inFlight = m.GetGauge().GetValue() },
	"hark_invocation_duration_seconds": func(r *Reading, l map[string]string, m *dto.Metric) {
		c := r.of(l)
		c.add(m.GetHistogram())
		if status, err := strconv.Atoi(l["code"]); err != nil || status >= 400 {
			c.failed += float64(m.GetHistogram().GetSampleCount())
		}
	},
	"hark_request_duration_seconds": func(r *Reading, l map[string]string, m *dto.Metric) {
		if l["route"] == "skill" {
			r.voice.add(m.GetHistogram())
		}
	},
	"hark_requests_in_flight": func(r *Reading, l map[string]string, m *dto.Metric) {
		if l["route"] == "skill" {
			r.voice.inFlight = m.GetGauge().GetValue()
		}
	},
	"hark_requests_total": func(r *Reading, l map[string]string, m *dto.Metric) {
		switch n := m.GetCounter().GetValue(); {
		case l["route"] != "skill" || l["outcome"] == "ok":
		case l["outcome"] == "refused", l["outcome"] == "no_skill":
			r.refused += n
		default:
			r.voice.failed += n
		}
	},
}

func labels(m *dto.Metric) map[string]string {
	all := make(map[string]string, len(m.GetLabel()))
	for _, l := range m.GetLabel() {
		all[l.GetName()] = l.GetValue()
	}
	return all
}

// of are the counts of the function that labels name.
func (r *Reading) of(labels map[string]string) *counts {
	name := labels["function"]
	if r.functions[name] == nil {
		r.functions[name] = &counts{below: map[float64]float64{}}
	}
	return r.functions[name]
}

func (c *counts) add(h *dto.Histogram) {
	c.calls += float64(h.GetSampleCount())
	for _, b := range h.GetBucket() {
		c.below[b.GetUpperBound()] += float64(b.GetCumulativeCount())
	}
}

// At is when it was read.
func (r *Reading) At() time.Time { return r.at }

// Names are the functions, in order.
func (r *Reading) Names() []string { return slices.Sorted(maps.Keys(r.functions)) }
