package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/harkvoice/hark/intents/lint"
	"github.com/harkvoice/hark/internal/shelf"
	"github.com/harkvoice/hark/internal/stack"
)

// lintLines is how many findings in a skill `hark up` tells at once.
const lintLines = 20

// linter tells in short what is wrong with skills while they are up, and does not
// tell it again until it was mended; the rest is a command away.
type linter struct {
	out   io.Writer
	known map[string]map[string]bool // by skill: what was wrong with it the last time
}

// tell tells what is wrong with a skill. Several: there are others, so that it is
// told whose files they are.
func (l *linter) tell(e *shelf.Entry, several bool) {
	if len(e.Skill.Models) == 0 { // functions alone
		return
	}
	var functions *lint.Stack
	if path, err := stack.Find(e.Skill.Dir); err == nil {
		functions = &lint.Stack{File: path, Functions: e.Functions}
	}
	report, err := lint.Check(e.Skill.Dir, functions)
	if err != nil { // it went just now
		return
	}
	whose := ""
	if several {
		whose = e.Skill.Name + "/"
	}
	l.news(e.Skill.Name, report)
	l.print(whose, e.Skill.Dir, report)
}

// forget forgets a skill that is no more.
func (l *linter) forget(skill string) { delete(l.known, skill) }

// news takes out of a report what is known.
func (l *linter) news(skill string, r *lint.Report) {
	before, again := l.known[skill]
	now := make(map[string]bool, len(r.Findings))
	for _, f := range r.Findings {
		now[subject(f)] = true
	}
	l.known[skill] = now
	if again {
		r.Findings = slices.DeleteFunc(r.Findings, func(f lint.Finding) bool { return before[subject(f)] })
		r.Left = 0
	}
}

// subject is what makes two findings the same though lines were put before them:
// digits are left out.
func subject(f lint.Finding) string {
	return f.File + " " + string(f.Code) + " " + strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, f.Text)
}

// print prints the errors and then the warnings, with whose before the names of
// the files.
func (l *linter) print(whose, dir string, r *lint.Report) {
	told := 0
	for _, severity := range []lint.Severity{lint.Error, lint.Warning} {
		for _, f := range r.Findings {
			if f.Severity != severity || told == lintLines {
				continue
			}
			told++
			place := whose + f.File[strings.LastIndexByte(f.File, '/')+1:]
			if f.Line > 0 {
				place = fmt.Sprintf("%s:%d", place, f.Line)
			}
			fmt.Fprintf(l.out, "%s: %s: %s\n", shown(l.out, place), inColor(l.out, severityColors[severity], string(severity)), shown(l.out, f.Text))
		}
	}
	if more := len(r.Findings) + r.Left - told; more > 0 && told > 0 {
		fmt.Fprintf(l.out, "… %d more: hark model lint %s\n", more, dir)
	} else if told > 0 {
		fmt.Fprintf(l.out, "how to mend it: hark model lint %s\n", dir)
	}
}
