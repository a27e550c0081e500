package slottype

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Type is a built-in slot type. The zero Type is none.
type Type struct {
	name string
	kind kind
	list string
}

type kind uint8

const (
	none kind = iota
	number
	fourDigits
	ordinal
	date
	clockTime
	duration
	phone
	alphaNumeric
	phrase // any words
	list   // known values, and any other words
	closed // known values only
)

// Span is a value that some words can be: so many words for Spans, so many
// bytes of the text for SpansIn.
type Span struct {
	Len   int
	Value string
}

// Name is the type's name as Amazon writes it.
func (t Type) Name() string { return t.name }

// Open reports a type that takes any words: a search query, and a list such as
// cities or artists, which Amazon knows longer than this package does.
func (t Type) Open() bool { return t.kind == phrase || t.kind == list }

// AsSaid reports a type whose values are sent as they are said.
func (t Type) AsSaid() bool { return t.kind == phrase || t.kind == list || t.kind == closed }

// Spans lists how many of the words from at on can be a value of the type, and
// which value, longest first and each length once. Ref is the person's local
// time, from which dates are told. Nothing is proposed for what only an open
// type takes.
func (t Type) Spans(l *Language, words []string, at int, ref time.Time) []Span {
	if at < 0 || at >= len(words) {
		return nil
	}
	if !l.Spaced() {
		return t.spansOfText(l, words[at:], ref)
	}
	if l.grammar.elides {
		return t.spansOfElided(l, words[at:], ref)
	}
	return t.read(l, words[at:], ref)
}

// read reads words from the first on.
func (t Type) read(l *Language, words []string, ref time.Time) []Span {
	r := reading{lang: l, words: words, ref: ref}
	switch t.kind {
	case number:
		r.number(false)
	case ordinal:
		r.number(true)
		r.rules(l.ordinalRules, ruleOrdinal)
	case fourDigits:
		r.fourDigits()
	case phone:
		r.phone()
	case alphaNumeric:
		r.alphaNumeric()
	case date:
		r.rules(l.dates, ruleDate)
	case clockTime:
		r.rules(l.times, ruleTime)
	case duration:
		r.durations(0, 0, amounts{})
	case list, closed:
		r.rules(l.lists()[t.list], ruleList)
	}
	slices.SortFunc(r.found, func(a, b candidate) int { return cmp.Compare(b.Len, a.Len) })
	return r.spans()
}

// reading is one look at words from the first on.
type reading struct {
	lang  *Language
	words []string
	ref   time.Time
	found []candidate
}

// candidate is a span and the rank of the rule that proposes it: of two rules
// for the same words the first in the table wins.
type candidate struct {
	Span
	rank int
}

func (r *reading) propose(words int, value string, rank int) {
	for i := range r.found {
		if c := &r.found[i]; c.Len == words {
			if rank < c.rank {
				c.Value, c.rank = value, rank
			}
			return
		}
	}
	if r.found == nil {
		r.found = make([]candidate, 0, 6) // more than most have
	}
	r.found = append(r.found, candidate{Span{words, value}, rank})
}

func (r *reading) spans() []Span {
	if len(r.found) == 0 {
		return nil
	}
	spans := make([]Span, len(r.found))
	for i, c := range r.found {
		spans[i] = c.Span
	}
	return spans
}

// said puts words together as they would be written.
func said(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	var out strings.Builder
	for i, w := range words {
		if i > 0 && !strings.HasPrefix(w, "'") && !strings.HasSuffix(words[i-1], "'") {
			out.WriteByte(' ')
		}
		out.WriteString(w)
	}
	return out.String()
}
