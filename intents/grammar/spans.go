package grammar

import "slices"

// spanned is a value that some words can be, or several values.
type spanned struct {
	words int
	open  int    // of the words, those that nobody knows
	loose int    // words that are written otherwise than the value has them
	index int32  // of the type's value, or -1
	value string // that Alexa sends, where it is not what was said

	more *spanned // the value before, of several
	skip int      // words between the two
}

// score is what the span adds to a parse.
func (s spanned) score(t *slotType) Score {
	score := Score{Open: s.open, Loose: s.loose, Slots: 1}
	if t.known && t.builtin.Name() == searchQuery {
		score.Search = s.open
	}
	if s.index >= 0 {
		score.Listed = 1
	}
	return score
}

const searchQuery = "AMAZON.SearchQuery"

// spans are what was found out about each type at each place: nil is not yet.
type spans struct {
	all    [][]spanned
	places int
}

func newSpans(g *Grammar, words []Word) spans {
	return spans{make([][]spanned, len(g.types)*len(words)), len(words)}
}

func (s spans) at(kind int32, place int) *[]spanned { return &s.all[int(kind)*s.places+place] }

// none is what was looked for and is not there.
var none = []spanned{}

// spansAt are the values of a type that words from a place on can be.
func (p *Hearing) spansAt(kind int32, place int) []spanned {
	found := p.spans.at(kind, place)
	if *found != nil {
		return *found
	}
	t := &p.types[kind]
	spans := p.knownAt(kind, place)
	if t.many {
		spans = p.several(kind, place, spans)
	}
	if p.takesAny(t) {
		spans = p.anything(place, spans)
	}
	*found = spans
	return spans
}

// knownAt are the single values that the type knows.
func (p *Hearing) knownAt(kind int32, place int) []spanned {
	found := p.known.at(kind, place)
	if *found != nil {
		return *found
	}
	t := &p.types[kind]
	spans := p.values(t, spanned{}, t.root, place, none)
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
	*found = spans
	return spans
}

// anything adds values that nobody knows, as long as may be.
func (p *Hearing) anything(place int, known []spanned) []spanned {
	spans, open := slices.Clip(known), 0
	for n := 1; n <= len(p.words)-place; n++ {
		if !p.words[place+n-1].symbol {
			open++
		}
		if !covers(known, n) {
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
func (p *Hearing) values(t *slotType, so spanned, node int32, place int, spans []spanned) []spanned {
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
func (p *Hearing) takesAny(t *slotType) bool {
	switch {
	case t.known && !t.own:
		return t.builtin.Open()
	case t.own:
		return p.open
	}
	return true // a type of Amazon's that nobody has told hark of
}

// several are one value after another, with or without a word between.
func (p *Hearing) several(kind int32, place int, first []spanned) []spanned {
	const most = 64
	all := slices.Clone(first)
	for i := 0; i < len(all) && len(all) < most; i++ {
		next := place + all[i].words
		for next < len(p.words) && p.ands[p.key(p.words[next])] {
			next++
		}
		if next >= len(p.words) {
			continue
		}
		before := all[i]
		for _, s := range p.knownAt(kind, next) {
			s.more, s.skip, s.loose = &before, next-place-before.words, s.loose+before.loose
			s.words += next - place
			if !covers(all, s.words) {
				all = append(all, s)
			}
		}
	}
	return all
}
