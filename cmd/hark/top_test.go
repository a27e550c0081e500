package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/openfaas"
	"github.com/harkvoice/hark/internal/reading"
)

// topped is a top of a gateway that told this of itself a while apart.
func topped(t *testing.T, before, now string) *top {
	t.Helper()
	top := newTop()
	var err error
	if top.api, err = openfaas.NewClient("http://127.0.0.1:8080", openfaas.Credentials{}); err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{before, now} {
		r, err := reading.Read(strings.NewReader(text), time.Unix(int64(10*i), 0))
		if err != nil {
			t.Fatal(err)
		}
		top.window = append(top.window, r)
	}
	return top
}

const topBefore = `# TYPE hark_build_info gauge
hark_build_info{version="1.2.3",engine="swarm"} 1
# TYPE process_start_time_seconds gauge
process_start_time_seconds -3600
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 21000000
# TYPE hark_function_replicas gauge
hark_function_replicas{function="Idle"} 0
hark_function_replicas{function="Übung"} 2
# TYPE hark_function_replicas_available gauge
hark_function_replicas_available{function="Übung"} 1
`

const topNow = topBefore + `# TYPE hark_invocation_duration_seconds histogram
hark_invocation_duration_seconds_bucket{function="Übung",code="502",le="0.01"} 25
hark_invocation_duration_seconds_bucket{function="Übung",code="502",le="+Inf"} 25
hark_invocation_duration_seconds_count{function="Übung",code="502"} 25
# TYPE hark_requests_total counter
hark_requests_total{route="skill",stage="verify",outcome="refused"} 5
`

func TestTop_PrintsATableThatLinesUp(t *testing.T) {
	var out bytes.Buffer
	top := topped(t, topBefore, topNow)
	if err := top.print(&out, top.report()); err != nil {
		t.Fatal(err)
	}
	want := `hark 1.2.3 at http://127.0.0.1:8080, engine swarm (does not answer), up 1h, 21MB
over the last 10s

FUNCTION          CALLS/S     P50     P95  UNDER WAY  REPLICAS  ERRORS/S  CALLS  FAILED
(voice requests)        0       -       -          0                   0      0       0
Übung                 2.5  5.0 ms  9.5 ms          0       1/2       2.5     25      25
Idle                    0       -       -          0       0/0         0      0       0

0.5 voice requests a second are refused: they are not Alexa's, or for no skill here.
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
}

func TestTop_DrawsOverItselfWithinTheScreen(t *testing.T) {
	var out bytes.Buffer
	top := topped(t, topBefore, topNow)
	top.draw(&out, 20, 4, errors.New("it\nis away"))
	want := "\x1b[Hit is away\x1b[K\r\nhark 1.2.3 at http:/\x1b[K\r\nover the last 10s\x1b[K\r\n… 7 more\x1b[K\x1b[J"
	if got := out.String(); got != want {
		t.Errorf("drawn %q, want %q", got, want)
	}
}

func TestCutColored_LeavesColorsWhole(t *testing.T) {
	for line, want := range map[string]string{
		"plain": "pla", "\x1b[31mred one\x1b[0m": "\x1b[31mred\x1b[0m", "ab": "ab", "aé日x": "aé日", "ab\x1b[2mcd\x1b[0mef": "ab\x1b[2mc\x1b[0m",
	} {
		if got := cutColored(line, 3); got != want {
			t.Errorf("%q: %q", line, got)
		}
	}
}

func TestTop_KeysThatEndIt(t *testing.T) {
	for keys, left := range map[string]string{"xq!": "!", "\x03!": "!", "\x04!": "!", "Q": "", "x": ""} {
		in := strings.NewReader(keys)
		awaitQuit(in)
		if rest, _ := io.ReadAll(in); string(rest) != left {
			t.Errorf("%q: %q is left", keys, rest)
		}
	}
}
