package main

import (
	"strings"
	"testing"

	"github.com/harkvoice/hark/intents/lint"
)

func TestLinter_TellsAgainOnlyWhatWasMended(t *testing.T) {
	var out strings.Builder
	l := &linter{out: &out, known: make(map[string]map[string]bool)}
	unused := lint.Finding{Code: lint.UnusedSlot, Severity: lint.Warning, File: "en-US.json", Line: 3, Text: "no sample has the slot"}
	twice := lint.Finding{Code: lint.DuplicateSample, Severity: lint.Warning, File: "en-US.json", Line: 9, Text: "it is there already in line 8"}
	moved := twice
	moved.Line, moved.Text = 10, "it is there already in line 9"
	for i, tt := range []struct {
		found []lint.Finding
		want  string
	}{
		{[]lint.Finding{unused, twice}, "en-US.json:3: warning: no sample has the slot\nen-US.json:9: warning: it is there already in line 8\nhow to mend it: hark model lint house\n"},
		{[]lint.Finding{unused, moved}, ""},
		{[]lint.Finding{moved}, ""},
		{[]lint.Finding{unused, moved}, "en-US.json:3: warning: no sample has the slot\nhow to mend it: hark model lint house\n"},
	} {
		out.Reset()
		report := &lint.Report{Findings: tt.found}
		l.news("house", report)
		l.print("", "house", report)
		if out.String() != tt.want {
			t.Errorf("%d: it tells\n%s, want\n%s", i, out.String(), tt.want)
		}
	}
	l.forget("house")
	report := &lint.Report{Findings: []lint.Finding{unused}}
	if l.news("house", report); len(report.Findings) != 1 {
		t.Error("a skill that is new has the findings of one that went")
	}
}
