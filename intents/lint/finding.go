package lint

import (
	"fmt"
	"unicode/utf8"
)

// Severity is how bad a finding is.
type Severity string

// The severities. An error keeps Amazon from taking the package, or hark from
// answering; a warning is likely a mistake; advice is what others do.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Advice  Severity = "advice"
)

// Finding is something that is wrong with a skill package.
type Finding struct {
	Severity Severity `json:"severity"`
	Code     Code     `json:"code"`
	// File is relative to the directory of the skill, with slashes.
	File string `json:"file"`
	// Path is where in the file, such as languageModel.intents[3].name; empty for
	// the file as a whole.
	Path string `json:"path,omitempty"`
	// Line and Column count from 1, in characters; 0 for the file as a whole.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Text says what is wrong, Mend how to mend it.
	Text string `json:"text"`
	Mend string `json:"mend"`
}

// String is one line, as compilers print it.
func (f Finding) String() string {
	place := f.File
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
	}
	return fmt.Sprintf("%s: %s: %s; %s [%s]", place, f.Severity, f.Text, f.Mend, f.Code)
}

// Report is what was found.
type Report struct {
	// Findings are in the order of the files, what is missing first, and of the
	// lines in them.
	Findings []Finding `json:"findings"`
	// Files are those that were read.
	Files []string `json:"files"`
	// Left is how many findings more there were.
	Left int `json:"left,omitempty"`
}

// Count is how many findings have a severity.
func (r *Report) Count(s Severity) (n int) {
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Bounds of a report: a hostile file is not to fill the memory.
const (
	maxFindings = 1000 // of a file
	longestText = 400  // characters
	longestName = 60   // of what a text repeats from the file
)

// quote is a name from the file as texts repeat it.
func quote(name string) string { return fmt.Sprintf("%q", cut(name, longestName)) }

func cut(text string, longest int) string {
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest-1]) + "…"
}
