package grammar

import (
	"slices"

	"github.com/harkvoice/hark/intents/slottype"
)

// kind is the number of a slot's type.
func (g *Grammar) kind(s Source, kinds map[Slot]int32, slot Slot) int32 {
	key := Slot{Type: slot.Type, Many: slot.Many}
	if kind, ok := kinds[key]; ok {
		return kind
	}
	kind := int32(len(g.types))
	kinds[key] = kind
	of := s.Types[slot.Type]
	t := slotType{name: of.Name, own: of.Own, many: slot.Many, root: g.node(), ends: make(map[int32]int32)}
	t.builtin, t.known = slottype.Lookup(of.Name)
	g.values(&t, of.Values)
	g.types = append(g.types, t)
	return kind
}

func (g *Grammar) node() int32 {
	g.nodes = append(g.nodes, node{})
	return int32(len(g.nodes) - 1)
}

// values adds the ways to say values. Names go before synonyms, and both before
// what is said without signs, so that c is not c++, and what is typed in digits.
func (g *Grammar) values(t *slotType, values []Value) {
	type loose struct {
		words []Word
		value int32
	}
	var rest []loose
	add := func(text string, value int32) {
		words := Words(text)
		g.value(t, words, value)
		if without := slices.DeleteFunc(slices.Clone(words), func(w Word) bool { return w.symbol }); len(without) < len(words) {
			rest = append(rest, loose{without, value})
		}
		if digits := g.digits(words); digits != nil {
			rest = append(rest, loose{digits, value})
		}
	}
	for i, v := range values {
		add(v.Name, int32(i))
	}
	for i, v := range values {
		for _, synonym := range v.Synonyms {
			add(synonym, int32(i))
		}
	}
	for _, l := range rest {
		g.value(t, l.words, l.value)
	}
}

// value adds a way to say a value. Earlier ones win.
func (g *Grammar) value(t *slotType, words []Word, value int32) {
	for _, spelled := range spellings(words) {
		at := t.root
		for _, id := range g.ids(spelled) {
			at = g.follow(at, id)
		}
		if _, taken := t.ends[at]; !taken && at != t.root {
			t.ends[at] = value
		}
	}
}
