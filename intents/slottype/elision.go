package slottype

import (
	"slices"
	"strings"
	"time"
)

// elision is where a word such as "l'anno" comes apart, or 0.
func elision(word string) int {
	at := strings.IndexByte(word, '\'')
	if at < 1 || at == len(word)-1 {
		return 0
	}
	return at + 1
}

// spansOfElided reads words of which some may be two, elided, and keeps the
// spans that end where a word does.
func (t Type) spansOfElided(l *Language, words []string, ref time.Time) []Span {
	words = words[:min(len(words), maxTokens)]
	if !slices.ContainsFunc(words, func(w string) bool { return elision(w) != 0 }) {
		return t.read(l, words, ref)
	}
	apart := make([]string, 0, 2*len(words))
	whole := make([]int, 1, 2*len(words)+1) // how many words end after so many parts; 0 within a word
	for i, w := range words {
		if at := elision(w); at != 0 {
			apart, whole = append(apart, w[:at]), append(whole, 0)
			w = w[at:]
		}
		apart, whole = append(apart, w), append(whole, i+1)
	}
	spans := t.read(l, apart, ref)
	kept := spans[:0]
	for _, s := range spans {
		if whole[s.Len] != 0 {
			kept = append(kept, Span{whole[s.Len], s.Value})
		}
	}
	return kept
}
