package watchdog

import (
	"bytes"
	"io"
	"os"
	"slices"
	"testing"
	"time"
)

// BenchmarkRunner compares a run of /bin/cat with the least that starting a
// program, feeding it and reading its answer takes. The two alternate, so that
// whatever else the machine does meets both.
func BenchmarkRunner(b *testing.B) {
	const rounds = 9
	body := bytes.Repeat([]byte("x"), 1<<10)
	r := newRunner(b, Config{Process: "/bin/cat"})
	hark := func() error {
		var out bytes.Buffer
		return r.Run(b.Context(), Request{Stdin: bytes.NewReader(body)}, &out)
	}
	floor := func() error { return runBare(body) }

	var harks, floors []time.Duration
	each := max(1, b.N/rounds)
	b.ResetTimer()
	for range rounds {
		floors = append(floors, measure(b, each, floor))
		harks = append(harks, measure(b, each, hark))
	}
	h, f := median(harks), median(floors)
	b.ReportMetric(0, "ns/op") // of both together: no use
	b.ReportMetric(micros(f), "floor-µs/op")
	b.ReportMetric(micros(h), "hark-µs/op")
	b.ReportMetric(micros(f)/micros(h), "x-floor-throughput")
}

func measure(b *testing.B, times int, run func() error) time.Duration {
	begin := time.Now()
	for range times {
		if err := run(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(begin) / time.Duration(times)
}

func median(of []time.Duration) time.Duration {
	slices.Sort(of)
	return of[len(of)/2]
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// floorEnv is what the Runner under test gives its process as well.
var floorEnv = []string{"PATH=" + os.Getenv("PATH")}

// runBare runs cat once, without any deadline, limit, process group or STDERR.
func runBare(body []byte) error {
	childIn, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer in.Close()
	out, childOut, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	p, err := os.StartProcess("/bin/cat", []string{"/bin/cat"}, &os.ProcAttr{Env: floorEnv, Files: []*os.File{childIn, childOut}})
	childIn.Close()
	childOut.Close()
	if err != nil {
		return err
	}
	if _, err := in.Write(body); err != nil {
		return err
	}
	in.Close()
	if _, err := io.ReadAll(out); err != nil {
		return err
	}
	_, err = p.Wait()
	return err
}
