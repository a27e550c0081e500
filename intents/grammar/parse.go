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

// Hearing is one utterance held against a grammar. What is found out for one
// question serves the next. It is for one goroutine.
type Hearing struct {
	*Grammar
	words []Word
	said  []string // the words, for package slottype
	ids   []int32
	ref   time.Time
	open  bool
	steps int

	arcs   [][]arc        // by place
	known  spans          // single values that the type knows
	states [][]state      // by place: how one got there
	seen   map[edge]int32 // by node and place: the state's index
	spans  spans          // values
	cells  []step         // of what nearly fits

	apart *Hearing // the same with values and literals apart that are one word; nil before it is looked for
	whole bool     // there are none
}

// Hear begins to hold words against the grammar. Ref is the person's local time.
func (g *Grammar) Hear(words []Word, ref time.Time) *Hearing {
	if len(words) > MaxWords {
		words = nil
	}
	h := &Hearing{
		Grammar: g, words: words, ref: ref, ids: make([]int32, len(words)), said: make([]string, len(words)),
		arcs: make([][]arc, len(words)), states: make([][]state, len(words)+1), known: newSpans(g, words), spans: newSpans(g, words), seen: make(map[edge]int32, 64),
	}
	for i, w := range words {
		h.ids[i], h.said[i] = g.words[g.key(w)], w.Said
		if w.letters { // p. m.
			h.said[i] = w.key
		}
	}
	return h
}

// Parse finds the samples that the words fit, the best first. With open, types
// of the skill's own take values that they do not know.
func (p *Hearing) Parse(open bool) []Parse {
	if len(p.words) == 0 {
		return nil
	}
	p.begin(open)
	p.walk()
	found := p.results()
	if len(found) > 0 || p.whole {
		return found
	}
	if p.apart == nil {
		words := p.unstick(p.words)
		if p.whole = words == nil; p.whole {
			return nil
		}
		p.apart = p.Hear(words, p.ref)
		p.apart.whole = true
	}
	return p.apart.Parse(open)
}

// begin forgets what one question left that is not for the next.
func (p *Hearing) begin(open bool) {
	p.open, p.steps = open, 0
	for i := range p.states {
		p.states[i] = p.states[i][:0]
	}
	clear(p.seen)
	clear(p.spans.all)
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

func (p *Hearing) walk() {
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
func (p *Hearing) leave(place int, index int32) {
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
func (p *Hearing) reach(place int, s state) {
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
