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
	slow               string        // calls
	down, replicas     time.Duration // until Docker calls the node Down, until all replicas run
	api, deploy, found time.Duration // until Docker's API answers, a deploy is taken, a function is known elsewhere
}

// judge sums up what was heard of a node that is lost: what it was sent and may
// have seen fails, if that may not be sent twice, and nothing else.
func (f *figures) judge(t *testing.T, l *load, at time.Time) {
	t.Helper()
	f.heard, f.slow = l.since(at), l.slow(at)
	if f.gets > 0 || f.new > 0 || f.posts > f.underway {
		t.Errorf("failed: %d GET, %d POST of %d calls under way, %d calls that began afterwards: %v\n%s", f.gets, f.posts, f.underway, f.new, f.first, f.slow)
	}
}

// String implements fmt.Stringer.
func (f figures) String() string { return strings.Join(f.cells(), " | ") }

var heads = []string{"fault", "calls", "under way", "GET failed", "POST failed", "begun after it failed", "longest of those under way", "longest of those begun after it",
	"calls are as before after", "node Down", "all replicas", "Docker's API", "deploy taken", "found by the other gateway"}

func (f figures) cells() []string {
	cells := []string{f.scenario, fmt.Sprint(f.calls), fmt.Sprint(f.underway), fmt.Sprint(f.gets), fmt.Sprint(f.posts), fmt.Sprint(f.new)}
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

// table is figures as Markdown.
func table(all []figures) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(heads, " | "), strings.Repeat("---|", len(heads)))
	for _, f := range all {
		fmt.Fprintf(&b, "| %s |\n", f)
	}
	return b.String()
}
