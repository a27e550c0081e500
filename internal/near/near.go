// Package near finds the names that may have been meant by one that does not
// exist.
package near

import (
	"cmp"
	"slices"
	"strings"
)

// Hint is a question for the names that come near, and what to do otherwise.
func Hint(name string, names []string, otherwise string) string {
	names = Names(name, names)
	if len(names) == 0 {
		return otherwise
	}
	return "Did you mean " + strings.Join(names, " or ") + "? " + otherwise
}

// longest is the longest name that is compared; the work grows with its square.
const longest = 200

// Names returns at most three names that may have been meant, the likeliest
// first.
func Names(name string, names []string) []string {
	type candidate struct {
		name  string
		apart int
	}
	var found []candidate
	if len(name) > longest {
		return nil
	}
	low := strings.ToLower(name)
	for _, n := range names {
		if len(n) > longest {
			continue
		}
		l := strings.ToLower(n)
		apart := Distance(low, l)
		if min(len(l), len(low)) > 2 && (strings.Contains(l, low) || strings.Contains(low, l)) {
			apart = 1
		}
		if apart <= max(1, len(name)/3) {
			found = append(found, candidate{n, apart})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.apart, b.apart), strings.Compare(a.name, b.name))
	})
	var near []string
	for _, c := range found[:min(3, len(found))] {
		near = append(near, c.name)
	}
	return near
}

// Within reports whether a Distance is at most so much. What is alike at both
// ends is not compared again, so that most words take no more than a look.
func Within(most int, a, b string) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	longer, shorter := max(len(a), len(b)), min(len(a), len(b))
	switch {
	case longer <= most:
		return true
	case longer-shorter > most, most <= 1: // a single change leaves a byte of each at most
		return false
	}
	return Distance(a, b) <= most
}

// Distance is Levenshtein's: how many bytes to insert, remove or change.
func Distance(a, b string) int {
	var few [64]int
	above := few[:]
	if len(b) >= len(above) {
		above = make([]int, len(b)+1)
	}
	above = above[:len(b)+1]
	for j := range above {
		above[j] = j
	}
	for i := range len(a) {
		diagonal := above[0]
		above[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = above[j+1]
			above[j+1] = min(change, above[j]+1, above[j+1]+1)
		}
	}
	return above[len(b)]
}
