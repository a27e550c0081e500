package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// selector is a metric of hark's or of its process as PromQL names it, perhaps with
// matchers. Those of fwatchdog are looked at beside it.
var (
	selector = regexp.MustCompile(`\b((?:hark|gateway|go|process)_[a-z0-9_]+)(?:\{([^}]*)\})?`)
	matcher  = regexp.MustCompile(`([a-z_]+) *(?:=~|!~|!=|=)`)
	sample   = regexp.MustCompile(`(?m)^([a-z][a-z0-9_]+)(?:\{(.*)\})? `)
	series   = regexp.MustCompile(`_(?:bucket|sum|count)$`) // of a histogram
	grouping = regexp.MustCompile(`\bby \(([^)]*)\)`)
	given    = []string{"job", "instance"} // by whoever scrapes
)

// monitored wants each metric that the files of deploy/ name, and each of its
// labels, in what a gateway tells of itself, and that in turn documented: monitored
// FILE.
func monitored(ts *testscript.TestScript, _ bool, args []string) {
	labels := map[string][]string{}
	for _, s := range sample.FindAllStringSubmatch(ts.ReadFile(args[0]), -1) {
		labels[s[1]] = append(labels[s[1]], given...)
		for _, l := range matcher.FindAllStringSubmatch(s[2], -1) {
			labels[s[1]] = append(labels[s[1]], l[1])
		}
	}
	all := given
	for _, of := range labels {
		all = append(all, of...)
	}
	documented, err := os.ReadFile("../../docs/observability.md")
	ts.Check(err)
	for name := range labels {
		if !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") && !strings.Contains(string(documented), "`"+of(name)+"`") {
			ts.Fatalf("docs/observability.md does not tell of %s", name)
		}
	}
	named := 0
	for file, text := range monitoringFiles(ts) {
		for _, s := range selector.FindAllStringSubmatch(text, -1) {
			known, ok := labels[s[1]]
			if named++; !ok {
				ts.Fatalf("%s names %s, which hark does not tell", file, s[1])
			}
			for _, m := range matcher.FindAllStringSubmatch(s[2], -1) {
				if !slices.Contains(known, m[1]) {
					ts.Fatalf("%s: %s has no label %s, but %s", file, s[1], m[1], strings.Join(slices.Compact(slices.Sorted(slices.Values(known))), ", "))
				}
			}
		}
		for _, g := range grouping.FindAllStringSubmatch(text, -1) {
			for label := range strings.SplitSeq(g[1], ",") {
				if !slices.Contains(all, strings.TrimSpace(label)) {
					ts.Fatalf("%s: nothing has the label %s", file, label)
				}
			}
		}
	}
	if named < 50 {
		ts.Fatalf("only %d metrics are named in deploy/", named)
	}
}

// of is the metric that a series belongs to.
func of(name string) string {
	if strings.HasSuffix(name, "_service_count") { // which is no histogram's
		return name
	}
	return series.ReplaceAllString(name, "")
}

func monitoringFiles(ts *testscript.TestScript) map[string]string {
	files := map[string]string{}
	for _, dir := range []string{"prometheus", "grafana"} {
		found, err := filepath.Glob(filepath.Join("../../deploy", dir, "*"))
		ts.Check(err)
		for _, file := range found {
			text, err := os.ReadFile(file)
			ts.Check(err)
			files[file] = string(text)
		}
	}
	return files
}
