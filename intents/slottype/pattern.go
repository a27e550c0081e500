package slottype

import (
	"fmt"
	"strings"
	"unicode"
)

// The notation of rules, one a line, "verb = what people say":
//
//	day+1   = tomorrow
//	month   = [the month of] {month}
//	day+n   = in {n} days | {n} days (from now|hence)
//
// Brackets hold what may be left out, parentheses and bars alternatives, braces
// what a part of the grammar reads. An apostrophe is read as doc.go says, and
// also as people type it: o'clock, o clock, oclock.

// piece is a word or a part.
type piece struct {
	word string
	part part
}

// node is a place in a tree of rules.
type node struct {
	words map[string]*node
	parts []edge
	done  *rule
}

type edge struct {
	part part
	to   *node
}

// rule is what a line says: a verb with its number, and its rank in the table.
type rule struct {
	verb string
	by   int64 // day+1: 1
	n    int64 // day+7n: 7, the factor of {n}
	code int64 // a number alone, in the tables of words
	rank int
}

// compile makes a tree of lines of rules. The tables are part of the program,
// so what is wrong in them panics, in the first test of the language.
func compile(lines string, spaced bool) *node {
	root := &node{}
	rank := 0
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		verb, said, ok := strings.Cut(line, " = ")
		if !ok {
			panic(fmt.Sprintf("slottype: rule %q has no \" = \"", line))
		}
		r := parseVerb(strings.TrimSpace(verb))
		r.rank = rank
		rank++
		p := notation{text: said, spaced: spaced}
		for _, pieces := range p.alternatives() {
			root.add(pieces, &r)
		}
		if p.at != len(p.text) {
			panic(fmt.Sprintf("slottype: rule %q is not closed", line))
		}
	}
	return root
}

// parseVerb reads verbs such as "day", "day+1", "clock-30+n", "day+7n" and "12".
func parseVerb(text string) rule {
	var r rule
	rest := text
	if end := strings.IndexAny(text, "+-"); end >= 0 {
		r.verb, rest = text[:end], text[end:]
	} else if text[0] > '9' {
		r.verb, rest = text, ""
	}
	for rest != "" {
		sign := int64(1)
		if rest[0] == '-' {
			sign = -1
		}
		rest = strings.TrimLeft(rest, "+-")
		amount, digits := int64(0), 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			amount = amount*10 + int64(rest[digits]-'0')
			digits++
		}
		rest = rest[digits:]
		switch {
		case strings.HasPrefix(rest, "n"):
			rest = rest[1:]
			r.n = sign * max(amount, 1)
		case digits == 0:
			panic(fmt.Sprintf("slottype: verb %q", text))
		default:
			r.by += sign * amount
		}
	}
	r.code = r.by
	if code, ok := codes[r.verb]; ok {
		r.code = code
	}
	return r
}

// add hangs the rule at the end of the pieces. The first rule for the same
// pieces stays.
func (n *node) add(pieces []piece, r *rule) {
	if len(pieces) == 0 {
		if n.done == nil {
			n.done = r
		}
		return
	}
	p, rest := pieces[0], pieces[1:]
	if p.part == 0 {
		for _, w := range spellings(p.word) {
			n.word(w).add(rest, r)
		}
		return
	}
	for _, e := range n.parts {
		if e.part == p.part {
			e.to.add(rest, r)
			return
		}
	}
	to := &node{}
	n.parts = append(n.parts, edge{p.part, to})
	to.add(rest, r)
}

func (n *node) word(w string) *node {
	if n.words == nil {
		n.words = make(map[string]*node)
	}
	if n.words[w] == nil {
		n.words[w] = &node{}
	}
	return n.words[w]
}

// notation reads the right side of a rule.
type notation struct {
	text   string
	at     int
	spaced bool
}

func (p *notation) alternatives() [][]piece {
	all := p.sequence()
	for p.at < len(p.text) && p.text[p.at] == '|' {
		p.at++
		all = append(all, p.sequence()...)
	}
	return all
}

// sequence reads up to a bar or a closing bracket, and multiplies out.
func (p *notation) sequence() [][]piece {
	all := [][]piece{nil}
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case ' ':
			p.at++
		case '|', ')', ']':
			return all
		case '(', '[':
			p.at++
			inner := p.alternatives()
			p.at++ // the closing one; compile notices when it is missing
			if c == '[' {
				inner = append(inner, nil)
			}
			all = cross(all, inner)
		case '{':
			end := strings.IndexByte(p.text[p.at:], '}')
			name := p.text[p.at+1 : p.at+end]
			id, ok := partNames[name]
			if !ok {
				panic(fmt.Sprintf("slottype: rule %q: no part {%s}", p.text, name))
			}
			p.at += end + 1
			all = cross(all, [][]piece{{{part: id}}})
		default:
			all = cross(all, p.word())
		}
	}
	return all
}

// word reads a word, which may be several as people split it.
func (p *notation) word() [][]piece {
	end := strings.IndexAny(p.text[p.at:], " |()[]{}")
	if end < 0 {
		end = len(p.text) - p.at
	}
	text := p.text[p.at : p.at+end]
	p.at += end
	if !p.spaced {
		var pieces []piece
		for _, t := range tokens(text) {
			pieces = append(pieces, piece{word: t.text})
		}
		return [][]piece{pieces}
	}
	all := [][]piece{nil}
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return unicode.Is(unicode.Pd, r) }) {
		before, after, ok := strings.Cut(w, "'")
		if !ok {
			all = cross(all, [][]piece{{{word: w}}})
			continue
		}
		if after == "" {
			all = cross(all, [][]piece{{{word: w}}, {{word: before}}})
			continue
		}
		all = cross(all, [][]piece{{{word: before + "'"}, {word: after}}, {{word: w}}, {{word: before}, {word: after}}, {{word: before + after}}})
	}
	return all
}

func cross(left, right [][]piece) [][]piece {
	all := make([][]piece, 0, len(left)*len(right))
	for _, l := range left {
		for _, r := range right {
			all = append(all, append(l[:len(l):len(l)], r...))
		}
	}
	return all
}
