package draft

import (
	"fmt"
	"slices"
	"strings"
)

// Report is what became of a model, in lines for a person.
type Report struct {
	Added []string
	// Kept is what the model has and the labels have not, or have differently.
	Kept []string
}

func (r *Report) added(format string, args ...any) {
	r.Added = append(r.Added, fmt.Sprintf(format, args...))
}

func (r *Report) kept(format string, args ...any) {
	r.Kept = append(r.Kept, fmt.Sprintf(format, args...))
}

// counted is a number of things: 1 value, 2 values.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// some lists the first of some texts.
func some(texts []string) string {
	const most = 3
	var quoted []string
	for _, t := range texts[:min(most, len(texts))] {
		quoted = append(quoted, fmt.Sprintf("%.100q", t))
	}
	if more := len(texts) - most; more > 0 {
		quoted = append(quoted, fmt.Sprintf("%d more", more))
	}
	return strings.Join(quoted, ", ")
}

// without are those of some texts that others have not.
func without(texts, others []string) []string {
	known := make(map[string]bool, len(others))
	for _, o := range others {
		known[key(o)] = true
	}
	return slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return known[key(t)] })
}
