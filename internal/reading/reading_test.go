package reading

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// metrics are of a gateway that was started at a time, whose function Hello was
// called so often in each of the buckets, and failed so often.
func metrics(started, fast, slow, failed int) string {
	return fmt.Sprintf(`
hark_build_info{version="1.2.3",commit="x",engine="local"} 1
process_start_time_seconds %[1]d
process_resident_memory_bytes 2.1e+07
hark_engine_up 1
hark_function_replicas{function="Hello"} 2
hark_function_replicas_available{function="Hello"} 1
hark_function_replicas{function="Quiet"} 0
hark_invocations_in_flight{function="Hello"} 3
# TYPE hark_invocation_duration_seconds histogram
hark_invocation_duration_seconds_bucket{function="Hello",code="200",le="0.1"} %[2]d
hark_invocation_duration_seconds_bucket{function="Hello",code="200",le="1"} %[3]d
hark_invocation_duration_seconds_bucket{function="Hello",code="200",le="+Inf"} %[3]d
hark_invocation_duration_seconds_count{function="Hello",code="200"} %[3]d
hark_invocation_duration_seconds_bucket{function="Hello",code="504",le="0.1"} 0
hark_invocation_duration_seconds_bucket{function="Hello",code="504",le="1"} 0
hark_invocation_duration_seconds_bucket{function="Hello",code="504",le="+Inf"} %[4]d
hark_invocation_duration_seconds_count{function="Hello",code="504"} %[4]d
# TYPE hark_request_duration_seconds histogram
hark_request_duration_seconds_bucket{route="skill",le="1"} %[3]d
hark_request_duration_seconds_count{route="skill"} %[3]d
hark_request_duration_seconds_count{route="function"} 99
# TYPE hark_requests_total counter
hark_requests_total{route="skill",stage="respond",outcome="ok"} %[3]d
hark_requests_total{route="skill",stage="invoke",outcome="timeout"} %[4]d
hark_requests_total{route="skill",stage="verify",outcome="refused"} 4
`, started, fast, fast+slow, failed)
}

func read(t *testing.T, text string, at int64) *Reading {
	t.Helper()
	r, err := Read(strings.NewReader(text), time.Unix(at, 0))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSince_TellsWhatHappenedInBetween(t *testing.T) {
	before, now := read(t, typed(metrics(1000, 10, 10, 2)), 2000), read(t, typed(metrics(1000, 20, 20, 7)), 2010)
	got := now.Since(before)
	part := func(v float64) *float64 { return &v }
	want := Report{
		Time: time.Unix(2010, 0), Seconds: 10, Version: "1.2.3", Engine: "local", EngineUp: true, Memory: 21_000_000, Uptime: 1010,
		Voice: Row{Rate: 2, P50: part(.5), P95: part(.95), Errors: .5, Calls: 40, Failed: 7},
		Functions: []Row{
			// 25 calls: 10 of up to 0.1 s, 10 of up to 1 s, 5 beyond
			{Name: "Hello", Rate: 2.5, P50: part(.1 + .9*.25), P95: part(1), InFlight: 3, Replicas: 2, Available: 1, Errors: .5, Calls: 47, Failed: 7},
			{Name: "Quiet"},
		},
	}
	if d := cmp.Diff(want, got, cmp.Comparer(near)); d != "" {
		t.Error(d)
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

// typed gives gauges and the rest their types, as a gateway does.
func typed(text string) string {
	for _, gauge := range []string{"hark_build_info", "process_start_time_seconds", "process_resident_memory_bytes", "hark_engine_up", "hark_function_replicas_available", "hark_invocations_in_flight"} {
		text = strings.Replace(text, "\n"+gauge, "\n# TYPE "+gauge+" gauge\n"+gauge, 1)
	}
	text = strings.Replace(text, "hark_function_replicas{function=\"Quiet\"} 0\n", "", 1)
	return strings.Replace(text, "\nhark_function_replicas{", "\n# TYPE hark_function_replicas gauge\nhark_function_replicas{function=\"Quiet\"} 0\nhark_function_replicas{", 1)
}

func TestSince_DoesNotCompareWithAnotherProcess(t *testing.T) {
	before, now := read(t, typed(metrics(1000, 10, 10, 2)), 2000), read(t, typed(metrics(2000, 4, 0, 0)), 2008)
	if got := now.Since(before).Functions[0]; got.Rate != .5 || got.Errors != 0 {
		t.Errorf("%+v", got)
	}
}

func TestSince_OfAFunctionThatIsThereAgain(t *testing.T) {
	before, now := read(t, typed(metrics(1000, 10, 10, 2)), 2000), read(t, typed(metrics(1000, 5, 0, 0)), 2010)
	if got := now.Since(before).Functions[0]; got.Rate != .5 || !near(*got.P50, .05) {
		t.Errorf("%+v", got)
	}
}

func TestRead_TellsWhatIsNotHark(t *testing.T) {
	for _, text := range []string{"", "<html>", "up 1\n", "hark_build_info{ 1\n"} {
		if _, err := Read(strings.NewReader(text), time.Now()); !errors.Is(err, ErrNotHark) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(typed(metrics(1000, 10, 10, 2)))
	f.Fuzz(func(_ *testing.T, text string) {
		if r, err := Read(strings.NewReader(text), time.Unix(2000, 0)); err == nil {
			r.Since(&Reading{at: time.Unix(1000, 0)})
		}
	})
}
