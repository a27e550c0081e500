package grammar

import (
	"cmp"
	"slices"
	"time"
)

const (
	// MaxWords bounds an utterance: nobody says more in one breath.
	MaxWords = 300
	// maxSteps bounds the work on one, whatever the samples are.
	maxSteps = 100_000
	// maxParses bounds how many parses are told.
	maxParses = 16
)

// Parse is one reading of an utterance.
type Parse struct {
	Sample int    // index in Source.Samples
	Text   string // the sample's
	Slots  []Filled
	Score  Score
}

// Filled is a slot and what was said for it: one value, or several.
type Filled struct {
	Name   string
	Said   string
	Values []Heard
}

// Heard is one value.
type Heard struct {
	Said  string
	Value string // as Alexa sends it
	Index int    // of the type's value in Source, or -1
}

// Score ranks parses: the fewer words are in slots that take anything the
// better, then the fewer are written otherwise than in the grammar, then the
// more are said as the sample has them, then the fewer slots, then the more of
// these hold values that the skill lists.
type Score struct{ Open, Loose, Literal, Slots, Listed int }

// Compare is above 0 where s is the better score.
func (s Score) Compare(t Score) int {
	return cmp.Or(cmp.Compare(t.Open, s.Open), cmp.Compare(t.Loose, s.Loose), cmp.Compare(s.Literal, t.Literal),
		cmp.Compare(t.Slots, s.Slots), cmp.Compare(s.Listed, t.Listed))
}

func (s Score) plus(t Score) Score {
	return Score{s.Open + t.Open, s.Loose + t.Loose, s.Literal + t.Literal, s.Slots + t.Slots, s.Listed + t.Listed}
}

// Parse finds the samples that words fit, the best first. Ref is the person's
// local time. With open, types of the skill's own take values that they do not
// know.
func (g *Grammar) Parse(words []Word, ref time.Time, open bool) []Parse {
	if len(words) == 0 || len(words) > MaxWords {
		return nil
	}
	p := newParsing(g, words, ref)
	p.open = open
	p.walk()
	found := p.results()
	if len(found) == 0 {
		if apart := g.apart(words); apart != nil {
			return g.Parse(apart, ref, open)
		}
	}
	return found
}

// parsing is one utterance on its way through a grammar.
type parsing struct {
	*Grammar
	words []Word
	said  []string // the words, for package slottype
	ids   []int32
	ref   time.Time
	open  bool
	steps int

	arcs   [][]arc            // by place
	states [][]state          // by place: how one got there
	seen   map[edge]int32     // by node and place: the state's index
	spans  map[edge][]spanned // by type and place
}

// state is a node that was reached at a place, by the best way there.
type state struct {
	node  int32
	score Score
	place int32 // of the state before
	from  int32 // its index there; -1 at the beginning
	span  int32 // index in spans of the slot's type, or -1 for a word
	kind  int32
}

// spanned is a value that some words can be, or several values.
type spanned struct {
	words int
	open  int    // what it costs that nobody knows them
	loose int    // words that are written otherwise than the value has them
	index int32  // of the type's value, or -1
	value string // that Alexa sends, where it is not what was said

	more *spanned // the value before, of several
	skip int      // words between the two
}

// listed is 1 of a value that the skill lists.
func (s spanned) listed() int {
	if s.index >= 0 {
		return 1
	}
	return 0
}

func newParsing(g *Grammar, words []Word, ref time.Time) *parsing {
	p := &parsing{
		Grammar: g, words: words, ref: ref, ids: make([]int32, len(words)), said: make([]string, len(words)),
		arcs: make([][]arc, len(words)), states: make([][]state, len(words)+1), seen: make(map[edge]int32), spans: make(map[edge][]spanned),
	}
	for i, w := range words {
		p.ids[i], p.said[i] = g.words[g.key(w)], w.Said
	}
	return p
}

func (p *parsing) walk() {
	p.reach(0, state{from: -1, span: -1})
	for place := range p.words {
		for i := 0; i < len(p.states[place]); i++ {
			if p.steps++; p.steps > maxSteps {
				return
			}
			p.leave(place, int32(i))
		}
	}
}

// leave goes on from a state by each word and slot that leads on.
func (p *parsing) leave(place int, index int32) {
	from := p.states[place][index]
	next := state{place: int32(place), from: index, span: -1}
	for _, a := range p.arcsAt(place) {
		if to, ok := p.along(from.node, a); ok {
			next.node, next.score = to, from.score.plus(Score{Literal: a.words, Loose: a.loose})
			p.reach(place+a.words, next)
		}
	}
	if p.words[place].symbol { // it need not be said
		next.node, next.score = from.node, from.score.plus(Score{Literal: -1})
		p.reach(place+1, next)
	}
	for _, e := range p.nodes[from.node].slots {
		for i, s := range p.spansAt(e.kind, place) {
			p.steps++
			next.node, next.kind, next.span = e.to, e.kind, int32(i)
			next.score = from.score.plus(Score{Open: s.open, Loose: s.loose, Slots: 1, Listed: s.listed()})
			p.reach(place+s.words, next)
		}
	}
}

// reach notes a way to a place, if none as good is known.
func (p *parsing) reach(place int, s state) {
	key := edge{s.node, int32(place)}
	if i, ok := p.seen[key]; ok {
		if old := &p.states[place][i]; s.score.Compare(old.score) > 0 {
			*old = s
		}
		return
	}
	p.seen[key] = int32(len(p.states[place]))
	p.states[place] = append(p.states[place], s)
}

// results are the samples that end where the words do, the best first.
func (p *parsing) results() []Parse {
	type ending struct {
		sample int32
		state  int32
		score  Score
	}
	var all []ending
	last := p.states[len(p.words)]
	for i, s := range last {
		for _, sample := range p.nodes[s.node].ends {
			all = append(all, ending{sample, int32(i), s.score})
		}
	}
	slices.SortFunc(all, func(a, b ending) int {
		return cmp.Or(b.score.Compare(a.score), cmp.Compare(a.sample, b.sample))
	})
	parses := make([]Parse, 0, min(len(all), maxParses))
	for _, e := range all[:min(len(all), maxParses)] {
		c := p.samples[e.sample]
		parses = append(parses, Parse{Sample: c.index, Text: c.text, Slots: p.filled(c, e.state), Score: e.score})
	}
	return parses
}

// filled goes the way back and reads off the slots.
func (p *parsing) filled(c compiled, index int32) []Filled {
	slots := make([]Filled, len(c.slots))
	at := len(slots)
	place := len(p.words)
	for {
		s := p.states[place][index]
		if s.from < 0 {
			return slots
		}
		if s.span >= 0 {
			at--
			span := p.spans[edge{s.kind, s.place}][s.span]
			slots[at] = p.fill(c.slots[at], int(s.place), span)
		}
		place, index = int(s.place), s.from
	}
}

// fill is a slot with what was said for it from a place on.
func (p *parsing) fill(name string, place int, s spanned) Filled {
	f := Filled{Name: name, Said: Join(p.words[place : place+s.words])}
	end := place + s.words
	for v := &s; v != nil; v = v.more {
		begin := place
		if v.more != nil {
			begin = place + v.more.words + v.skip
		}
		h := Heard{Said: Join(p.words[begin:end]), Value: v.value, Index: int(v.index)}
		h.Value = cmp.Or(h.Value, h.Said)
		f.Values = append(f.Values, h)
		end = begin - v.skip
	}
	slices.Reverse(f.Values)
	return f
}

// spansAt are the values of a type that words from a place on can be.
func (p *parsing) spansAt(kind int32, place int) []spanned {
	key := edge{kind, int32(place)}
	spans, ok := p.spans[key]
	if ok {
		return spans
	}
	t := &p.types[kind]
	spans = p.single(t, place)
	if t.many {
		spans = p.several(t, place, spans)
	}
	p.spans[key] = spans
	return spans
}

// single are values for themselves.
func (p *parsing) single(t *slotType, place int) []spanned {
	spans := p.values(t, spanned{}, t.root, place, nil)
	if t.known {
		for _, s := range t.builtin.Spans(p.language, p.said, place, p.ref) {
			if t.builtin.AsSaid() {
				s.Value = ""
			}
			if !covers(spans, s.Len) {
				spans = append(spans, spanned{words: s.Len, index: -1, value: s.Value})
			}
		}
	}
	if !p.takesAny(t) {
		return spans
	}
	closed, open := spans, 0
	for n := 1; n <= len(p.words)-place; n++ {
		if !p.words[place+n-1].symbol {
			open += t.cost()
		}
		if !covers(closed, n) {
			spans = append(spans, spanned{words: n, open: open, index: -1})
		}
	}
	return spans
}

// covers reports whether one of the spans is so many words long.
func covers(spans []spanned, words int) bool {
	return slices.ContainsFunc(spans, func(s spanned) bool { return s.words == words })
}

// values adds the values that the words from a place on can be, of those that
// lead on from a node, so many words after the place.
func (p *parsing) values(t *slotType, so spanned, node int32, place int, spans []spanned) []spanned {
	at := place + so.words
	if at == len(p.words) || p.steps > maxSteps {
		return spans
	}
	for _, a := range p.arcsAt(at) {
		to, ok := p.along(node, a)
		if !ok {
			continue
		}
		p.steps++
		next := spanned{words: so.words + a.words, loose: so.loose + a.loose}
		if value, ends := t.ends[to]; ends && !covers(spans, next.words) {
			next.index = value
			spans = append(spans, next)
		}
		spans = p.values(t, next, to, place, spans)
	}
	return spans
}

// takesAny reports whether a type takes words that it does not know.
func (p *parsing) takesAny(t *slotType) bool {
	switch {
	case t.known && !t.own:
		return t.builtin.Open()
	case t.own:
		return p.open
	}
	return true // a type of Amazon's that nobody has told hark of
}

const searchQuery = "AMAZON.SearchQuery"

// cost is what a word costs that the type does not know. A search takes what
// nothing else does.
func (t *slotType) cost() int {
	if t.known && t.builtin.Name() == searchQuery {
		return 3
	}
	return 2
}

// several are one value after another, with or without a word between.
func (p *parsing) several(t *slotType, place int, first []spanned) []spanned {
	const most = 64
	all := slices.Clone(first)
	for i := 0; i < len(all) && len(all) < most; i++ {
		before := all[i]
		next := place + before.words
		for next < len(p.words) && p.ands[p.key(p.words[next])] {
			next++
		}
		if before.open > 0 || next >= len(p.words) {
			continue
		}
		for _, s := range p.single(t, next) {
			s.more, s.skip, s.loose = &before, next-place-before.words, s.loose+before.loose
			s.words += next - place
			if s.open == 0 && !slices.ContainsFunc(all, func(o spanned) bool { return o.words == s.words }) {
				all = append(all, s)
			}
		}
	}
	return all
}
