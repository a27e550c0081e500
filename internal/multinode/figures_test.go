//go:build linux

package multinode

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// figures are what a scenario has shown. Times are after the fault; those that a
// scenario does not have are 0.
type figures struct {
	scenario string
	heard
	down, replicas     time.Duration // until Docker calls the node Down, until all replicas run
	api, deploy, found time.Duration // until Docker's API answers, a deploy is taken, a function is known elsewhere
}

// judge sums up what was heard of a node that is lost: what it was sent and may
// have seen fails, if that may not be sent twice, and nothing else.
func (f *figures) judge(t *testing.T, l *load, at time.Time) {
	t.Helper()
	f.heard = l.since(at)
	t.Log("calls that failed or were slow, since the fault:\n" + l.slow(at))
	if f.gets > 0 || f.new > 0 || f.posts > f.underway {
		t.Errorf("failed: %d GET, %d POST of %d calls under way, %d calls that began afterwards: %v", f.gets, f.posts, f.underway, f.new, f.first)
	}
}

// String implements fmt.Stringer.
func (f figures) String() string { return strings.Join(f.cells(), " | ") }

// heads are the names of cells.
var heads = []string{"",
	"calls", "under way at the fault", "failed: GET", "failed: POST", "failed of those that began after it",
	"longest, of those under way, after the fault", "longest of those that began after it", "the last that is slow or fails ends",
	"the node is Down", "all replicas run", "Docker's API answers", "a deploy is taken", "the other gateway knows what is deployed"}

func (f figures) cells() []string {
	cells := []string{f.scenario}
	for _, n := range []int{f.calls, f.underway, f.gets, f.posts, f.new} {
		cells = append(cells, fmt.Sprint(n))
	}
	for _, d := range []time.Duration{f.longestUnderway, f.longest, f.quiet, f.down, f.replicas, f.api, f.deploy, f.found} {
		cells = append(cells, short(d))
	}
	return cells
}

func short(d time.Duration) string {
	switch {
	case d == 0:
		return "–"
	case d < time.Second:
		return fmt.Sprint(d.Milliseconds(), " ms")
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// table is figures as Markdown, a column each.
func table(all []figures) string {
	var b strings.Builder
	for row, head := range heads {
		fmt.Fprintf(&b, "| %s |", head)
		for _, f := range all {
			fmt.Fprintf(&b, " %s |", f.cells()[row])
		}
		b.WriteByte('\n')
		if row == 0 {
			b.WriteString(strings.Repeat("|---", len(all)+1) + "|\n")
		}
	}
	return b.String()
}
