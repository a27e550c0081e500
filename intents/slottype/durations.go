package slottype

import "strings"

// Units, the longest first, as a duration lists them.
const (
	years = iota
	months
	weeks
	days
	hours
	minutes
	seconds
	unitCount
)

// amounts are how many of each unit a duration has.
type amounts [unitCount]int64

// maxTerms bounds a duration: one of each unit.
const maxTerms = unitCount

// durations reads terms, "two hours" and "ten minutes", each of a smaller unit
// than the one before.
func (r *reading) durations(at int, terms int, so amounts) {
	if terms == maxTerms || at >= len(r.words) {
		return
	}
	rest := reading{lang: r.lang, words: r.words[at:]}
	if tree := r.lang.terms; tree.starts(&rest) {
		r.term(tree, 0, parts{}, &place{rest: &rest, at: at, terms: terms, so: so})
	}
	if terms > 0 && r.lang.joins[r.words[at]] && at+1 < len(r.words) && !r.lang.joins[r.words[at+1]] {
		r.durations(at+1, terms, so)
	}
}

// place is where in a duration a term starts, and what is before it.
type place struct {
	rest  *reading
	at    int
	terms int
	so    amounts
}

// term follows the rules of a term, as walk does, and at its end goes on to the
// next.
func (r *reading) term(n *node, at int, got parts, p *place) {
	if n.done != nil && at > 0 {
		if sum, ok := p.so.plus(n.done, &got); ok {
			r.propose(p.at+at, sum.String(), n.done.rank)
			r.durations(p.at+at, p.terms+1, sum)
		}
	}
	words := p.rest.words
	if at == len(words) {
		return
	}
	if next := n.words[words[at]]; next != nil {
		r.term(next, at+1, got, p)
	}
	for _, e := range n.parts {
		var buf [16]hit
		for _, h := range r.lang.part(e.part, words[at:], buf[:0]) {
			with := got
			with.set(e.part, h.value)
			r.term(e.to, at+h.words, with, p)
		}
	}
}

// plus adds a term: "of" so many {n} and quarters of the unit, "hours" so many
// quarters of an hour, "weeks" so many weeks.
func (a amounts) plus(rule *rule, got *parts) (amounts, bool) {
	unit, quarters, lesser := got[partUnit], rule.by, minutes
	if got[partN] > 1e9 {
		return a, false
	}
	switch rule.verb {
	case "of":
		quarters += got[partN] * 4
	case "hours":
		unit = hours
	case "hoursof": // one hour thirty
		unit, quarters = hours, rule.by+got[partN]*4
	case "minutesof": // five minutes thirty
		unit, quarters, lesser = minutes, got[partN]*4, seconds
	case "weeks":
		unit, quarters = weeks, rule.by*4
	}
	for _, n := range a[unit:] {
		if n != 0 {
			return a, false
		}
	}
	a[unit] += quarters / 4
	a[lesser] += got[partMinute]
	switch part := quarters % 4; {
	case part == 0:
	case unit == years:
		a[months] = part * 3
	case unit == days:
		a[hours] = part * 6
	case unit == hours || unit == minutes:
		a[unit+1] = part * 15
	default: // half a week is no whole number of days
		return a, false
	}
	return a, true
}

// String writes a duration as ISO 8601 does; of nothing it is zero seconds.
func (a amounts) String() string {
	var out [64]byte
	buf := append(out[:0], 'P')
	for unit, n := range a {
		if unit == hours && (a[hours] != 0 || a[minutes] != 0 || a[seconds] != 0) {
			buf = append(buf, 'T')
		}
		if n != 0 {
			buf = append(buf, decimal(n)...)
			buf = append(buf, "YMWDHMS"[unit])
		}
	}
	if len(buf) == 1 {
		return "PT0S"
	}
	return string(buf)
}

// spanWord reads a term in one word: 30min, 2h, 1h30.
func (l *Language) spanWord(word string, hits []hit) []hit {
	n, rest, ok := digits(word)
	if !ok || rest == "" || n > 1e9 {
		return hits
	}
	minute := int64(0)
	if at := strings.IndexAny(rest, "0123456789"); at > 0 {
		after := rest[at:]
		if minute, rest = atMost(59, after), rest[:at]; minute < 0 || len(after) != 2 {
			return hits
		}
	}
	unit := l.words[partUnit].words[rest]
	if unit == nil || unit.done == nil || minute != 0 && unit.done.code != hours {
		return hits
	}
	return append(hits, hit{1, unit.done.code*spanUnit + n*100 + minute})
}

// spanUnit is what a unit is worth in the hit of a spanWord.
const spanUnit = 1e12

// atMost reads a word of digits, or -1.
func atMost(most int64, word string) int64 {
	if n, rest, ok := digits(word); ok && rest == "" && n <= most {
		return n
	}
	return -1
}
