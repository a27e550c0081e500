package grammar

import (
	"cmp"
	"slices"
)

// results are the samples that end where the words do, the best first.
func (p *Hearing) results() []Parse {
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
		parse := Parse{Sample: c.index, Text: c.text, Score: e.score}
		p.fillIn(&parse, c, e.state)
		parses = append(parses, parse)
	}
	return parses
}

// fillIn goes the way back and reads off the slots.
func (p *Hearing) fillIn(parse *Parse, c compiled, index int32) {
	parse.Slots = make([]Filled, len(c.slots))
	at := len(c.slots)
	place := len(p.words)
	for {
		s := p.states[place][index]
		if s.from < 0 {
			return
		}
		if s.span >= 0 {
			at--
			span := p.spansAt(s.kind, int(s.place))[s.span]
			if span.open > 0 && p.types[s.kind].own {
				parse.Guessed += span.words
			}
			parse.Slots[at] = p.fill(c.slots[at], int(s.place), span)
		}
		place, index = int(s.place), s.from
	}
}

// fill is a slot with what was said for it from a place on.
func (p *Hearing) fill(name string, place int, s spanned) Filled {
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
