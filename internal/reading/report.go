package reading

import (
	"maps"
	"math"
	"slices"
	"time"
)

// Report is what happened between two readings, and what is now.
type Report struct {
	Time      time.Time `json:"time"`
	Seconds   float64   `json:"seconds"` // between the two
	Version   string    `json:"version"`
	Engine    string    `json:"engine"`
	EngineUp  bool      `json:"engineUp"`
	Memory    int64     `json:"memory"` // in bytes
	Uptime    float64   `json:"uptime"` // in seconds
	Voice     Row       `json:"voice"`
	Refused   float64   `json:"refused"` // voice requests a second
	Functions []Row     `json:"functions"`
}

// Row is of a function, or of all voice requests. Rates are of a second; the times
// are in seconds, and nil where nothing was called.
type Row struct {
	Name      string   `json:"name,omitempty"`
	Rate      float64  `json:"rate"`
	P50       *float64 `json:"p50"`
	P95       *float64 `json:"p95"`
	InFlight  int      `json:"inFlight"`
	Replicas  int      `json:"replicas"`
	Available int      `json:"available"`
	Errors    float64  `json:"errors"`
	Calls     float64  `json:"calls"` // since the gateway was started
	Failed    float64  `json:"failed"`
}

// Since compares with an earlier reading. What another process has counted is not
// compared with.
func (r *Reading) Since(before *Reading) Report {
	if before.started != r.started {
		before = &Reading{at: time.UnixMicro(int64(r.started * 1e6)), functions: map[string]*counts{}}
	}
	seconds := r.at.Sub(before.at).Seconds()
	report := Report{
		Time: r.at, Seconds: seconds, Version: r.version, Engine: r.engine, EngineUp: r.engineUp, Memory: int64(r.memory),
		Uptime: float64(r.at.UnixMicro())/1e6 - r.started, Voice: r.voice.since(&before.voice, seconds),
		Refused: rate(r.refused, before.refused, seconds), Functions: []Row{},
	}
	for _, name := range r.Names() {
		old := before.functions[name]
		if old == nil {
			old = &counts{}
		}
		row := r.functions[name].since(old, seconds)
		row.Name = name
		report.Functions = append(report.Functions, row)
	}
	return report
}

func (c *counts) since(before *counts, seconds float64) Row {
	if before.calls > c.calls { // it was removed, and is there again
		before = &counts{}
	}
	more := make(map[float64]float64, len(c.below))
	for bound, n := range c.below {
		more[bound] = n - before.below[bound]
	}
	calls := c.calls - before.calls
	return Row{
		Rate: rate(c.calls, before.calls, seconds), P50: quantile(.5, calls, more), P95: quantile(.95, calls, more),
		InFlight: int(c.inFlight), Replicas: int(c.replicas), Available: int(c.available),
		Errors: rate(c.failed, before.failed, seconds), Calls: c.calls, Failed: c.failed,
	}
}

func rate(now, before, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	return max(now-before, 0) / seconds
}

// quantile is what a part of calls took at most, as Prometheus' histogram_quantile
// has it: evenly spread within a bucket, and the last bound for what is beyond.
func quantile(part, calls float64, below map[float64]float64) *float64 {
	if calls <= 0 {
		return nil
	}
	want, low, under := part*calls, 0., 0.
	for _, bound := range slices.Sorted(maps.Keys(below)) {
		n := below[bound]
		if n >= want && !math.IsInf(bound, 1) {
			low += (bound - low) * (want - under) / (n - under)
			return &low
		}
		if !math.IsInf(bound, 1) {
			low, under = bound, n
		}
	}
	return &low
}
