package grammar

import (
	"cmp"
	"math"
	"slices"

	"github.com/harkvoice/hark/internal/near"
)

// Near is a sample that is nearly what was said.
type Near struct {
	Parse
	// Likeness is from 0 to 1: how much of the sample and of what was said agrees.
	Likeness float64
}

const (
	maxNear    = 24 // samples that are looked at closely
	maxNearest = 40 // words of an utterance that is compared so
)

// Near finds samples that are nearly what was said, the likest first. Slots
// have values that their types know. Only samples that may be meant so are
// looked at, and those that share a word.
func (p *Hearing) Near() []Near {
	if len(p.words) == 0 || len(p.words) > maxNearest {
		return nil
	}
	p.begin(false)
	var all []Near
	for _, sample := range p.sharing(p.ids) {
		if n, ok := p.align(p.samples[sample]); ok {
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(a, b Near) int {
		return cmp.Or(cmp.Compare(b.Likeness, a.Likeness), cmp.Compare(a.Sample, b.Sample))
	})
	return all
}

// sharing lists the samples that share the rarest words with what was said.
func (g *Grammar) sharing(ids []int32) []int32 {
	weight := make([]float32, len(g.samples))
	var best []int32
	for i, id := range ids {
		if id == 0 || slices.Contains(ids[:i], id) {
			continue
		}
		rare := float32(1 / math.Sqrt(float64(1+len(g.holds[id]))))
		for _, sample := range g.holds[id] {
			if weight[sample] == 0 {
				best = append(best, sample)
			}
			weight[sample] += rare
		}
	}
	slices.SortFunc(best, func(a, b int32) int { return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(a, b)) })
	return best[:min(len(best), maxNear)]
}

// step is how a cell of the alignment was reached: by how many words of the
// sample and of the utterance.
type step struct {
	cost  float64
	words int // of the utterance
	token bool
	span  int // of a slot, or -1
}

// align finds the cheapest way to make a sample of what was said: words that are
// missing, that are too many, or that are another.
func (p *Hearing) align(c compiled) (Near, bool) {
	rows, columns := len(c.words)+1, len(p.words)+1
	p.cells = slices.Grow(p.cells[:0], rows*columns)
	cells := p.cells[:rows*columns]
	at := func(i, j int) *step { return &cells[i*columns+j] }
	for i := range rows {
		for j := range columns {
			*at(i, j) = step{cost: math.Inf(1), span: -1}
		}
	}
	*at(0, 0) = step{span: -1}
	better := func(i, j int, s step) {
		if cell := at(i, j); s.cost < cell.cost {
			*cell = s
		}
	}
	for i := range rows {
		for j := range columns {
			cost := at(i, j).cost
			if j < len(p.words) {
				better(i, j+1, step{cost + 1, 1, false, -1})
			}
			if i == len(c.words) {
				continue
			}
			w := c.words[i]
			if w < 0 {
				if j < len(p.words) {
					for n, s := range p.spansAt(-1-w, j) {
						if s.open == 0 {
							better(i+1, j+s.words, step{cost, s.words, true, n})
						}
					}
				}
				continue
			}
			better(i+1, j, step{cost + 1, 0, true, -1})
			if j < len(p.words) {
				better(i+1, j+1, step{cost + p.unlike(w, j), 1, true, -1})
			}
		}
	}
	total := at(rows-1, columns-1).cost
	if math.IsInf(total, 1) {
		return Near{}, false
	}
	n := Near{Parse: Parse{Sample: c.index, Text: c.text, Slots: make([]Filled, len(c.slots))}}
	said := len(p.words)
	slot := len(c.slots)
	for i, j := rows-1, columns-1; i > 0 || j > 0; {
		s := *at(i, j)
		if s.token {
			i--
		}
		if s.span >= 0 {
			slot--
			said -= s.words - 1
			n.Slots[slot] = p.fill(c.slots[slot], j-s.words, p.spansAt(-1-c.words[i], j-s.words)[s.span])
		} else if s.token && s.words == 1 && p.ids[j-1] == c.words[i] {
			n.Score.Literal++
		}
		j -= s.words
	}
	n.Score.Slots = len(c.slots)
	n.Likeness = 1 - total/float64(max(len(c.words), said)) // a value counts as a word
	return n, n.Score.Literal > 0
}

// unlike is what it costs to take a word for another: little for a slip of the
// tongue, and else more than for a word too many, such as "please".
func (p *Hearing) unlike(word int32, place int) float64 {
	if p.ids[place] == word {
		return 0
	}
	said, meant := p.words[place].key, p.keys[word]
	if longest := max(len(said), len(meant)); longest >= 4 && near.Within(longest/4, said, meant) {
		return 0.4
	}
	return 1.5
}
