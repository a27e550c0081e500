package grammar

import (
	"cmp"
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
	// Guessed counts the words that were taken for values that a type of the
	// skill's own does not know.
	Guessed int
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
// more are said as the sample has them, then the fewer are in searches, which
// take what nothing else does, then the fewer slots, then the more of these hold
// values that the skill lists.
type Score struct{ Open, Loose, Literal, Search, Slots, Listed int }

// Compare is above 0 where s is the better score.
func (s Score) Compare(t Score) int {
	return cmp.Or(cmp.Compare(t.Open, s.Open), cmp.Compare(t.Loose, s.Loose), cmp.Compare(s.Literal, t.Literal),
		cmp.Compare(t.Search, s.Search), cmp.Compare(t.Slots, s.Slots), cmp.Compare(s.Listed, t.Listed))
}

func (s Score) plus(t Score) Score {
	return Score{s.Open + t.Open, s.Loose + t.Loose, s.Literal + t.Literal, s.Search + t.Search, s.Slots + t.Slots, s.Listed + t.Listed}
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
	cells  []step             // of what nearly fits
	known  map[edge][]spanned // of these, single values that the type knows
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

func newParsing(g *Grammar, words []Word, ref time.Time) *parsing {
	p := &parsing{
		Grammar: g, words: words, ref: ref, ids: make([]int32, len(words)), said: make([]string, len(words)),
		arcs: make([][]arc, len(words)), states: make([][]state, len(words)+1), seen: make(map[edge]int32), spans: make(map[edge][]spanned), known: make(map[edge][]spanned),
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
			next.score = from.score.plus(s.score(&p.types[e.kind]))
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
