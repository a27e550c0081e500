package grammar

import (
	"cmp"
	"slices"
	"strings"

	"github.com/harkvoice/hark/intents/slottype"
)

// Source is what a Grammar is made of.
type Source struct {
	Locale  string
	Types   []Type
	Samples []Sample // of what fits equally well, the earlier goes first
}

// Type is a slot type: values of the skill's own, a built-in type of Amazon's,
// or both.
type Type struct {
	Name   string // of a built-in one, AMAZON. and so on
	Values []Value
	Own    bool // the skill's own: other values are taken where nothing else fits
}

// Value is one of a slot type's.
type Value struct {
	Name     string
	Synonyms []string
}

// Sample is an utterance with slots in braces.
type Sample struct {
	Text  string
	Slots map[string]Slot // by name in lower case
	// Near: what nearly fits may be meant. Amazon's own intents need an exact fit.
	Near bool
}

// Slot is a slot that samples name.
type Slot struct {
	Name string // as the model spells it
	Type int    // index in Source.Types
	Many bool   // it takes several values
}

// Grammar is what can be said, compiled. It does not change, and is safe for
// concurrent use.
type Grammar struct {
	language *slottype.Language
	ands     map[string]bool // what stands between several values

	words   map[string]int32 // by key; 0 is a word that nobody expects
	keys    []string         // the words, by number
	edges   map[edge]int32   // by literal words, of samples and of values
	nodes   []node
	samples []compiled
	types   []slotType

	begins map[string]bool // whether a number begins with a word; while it is compiled

	holds [][]int32 // samples by word, for what nearly fits

	glue         glue
	and          string              // the word that & is read as
	elided       map[string][2]int32 // pairs with an apostrophe, by how they are typed without
	numerals     bool                // some words are digits
	signs        bool                // some words are signs
	contractions map[pair][]pair     // of the language
	keyboard     map[string]int32    // German words with ae, oe, ue, by the letters of their umlauts
}

// edge is a node and the word that leads on from it.
type edge struct{ node, word int32 }

// node is a place in samples that begin alike; or in values, whose last is told
// by slotType.ends.
type node struct {
	slots []slotEdge
	ends  []int32 // samples that end here
}

// slotEdge leads on by a value of a type.
type slotEdge struct{ kind, to int32 }

// compiled is a sample. A word below 0 is a slot: the type -1-word.
type compiled struct {
	text  string
	index int // in Source.Samples
	near  bool
	words []int32
	slots []string // names, in their order
}

// slotType is a type, or the same for several values.
type slotType struct {
	name    string
	root    int32           // of the values
	ends    map[int32]int32 // values by the node that they end at
	builtin slottype.Type
	known   bool // builtin is one
	own     bool
	many    bool
}

// Compile makes a grammar. Samples with a slot that they do not declare can
// never be said, and are left out.
func Compile(s Source) *Grammar {
	language := slottype.For(s.Locale)
	ands := conjunctions[language.Name()]
	g := &Grammar{
		language: language, ands: set(ands),
		words: make(map[string]int32), edges: make(map[edge]int32), nodes: make([]node, 1), holds: make([][]int32, 1), keys: make([]string, 1), elided: make(map[string][2]int32), begins: make(map[string]bool),
	}
	g.contractions = saidOtherwise()[language.Name()]
	if language.Name() == "de" {
		g.keyboard = make(map[string]int32)
	}
	if language.Spaced() {
		for w := range strings.FieldsSeq(ands) {
			g.and = cmp.Or(g.and, fold(w))
		}
	}
	kinds := make(map[Slot]int32) // by Type and Many
	for i, sample := range s.Samples {
		for _, variant := range g.variants(s, kinds, sample) {
			variant.index = i
			g.add(variant)
		}
	}
	g.begins = nil
	return g
}

func set(words string) map[string]bool {
	all := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		all[fold(w)] = true
	}
	return all
}

// conjunctions stand between several values of a slot.
var conjunctions = map[string]string{
	"en": "and or plus", "de": "und oder", "fr": "et ou", "es": "y e o", "it": "e o", "pt": "e ou", "nl": "en of", "ja": "と や", "hi": "और या", "ar": "و أو",
}

// variants are the ways to say a sample: those with names that are spelled out
// have several.
func (g *Grammar) variants(s Source, kinds map[Slot]int32, sample Sample) (all []compiled) {
	all = []compiled{{text: sample.Text, near: sample.Near}}
	rest := sample.Text
	for first := true; ; first = false {
		text, after, found := strings.Cut(rest, "{")
		words := spoken(Words(text))
		g.glue.note(words, text, !first, found)
		all = g.literals(all, words)
		if !found {
			return all
		}
		name, next, _ := strings.Cut(after, "}")
		slot, ok := sample.Slots[strings.ToLower(strings.TrimSpace(name))]
		if !ok {
			return nil
		}
		kind := g.kind(s, kinds, slot)
		for i := range all {
			all[i].words = append(all[i].words, -1-kind)
			all[i].slots = append(all[i].slots, slot.Name)
		}
		rest = next
	}
}

// spoken is what of a sample is said: no signs but the one for "and".
func spoken(words []Word) []Word {
	return slices.DeleteFunc(words, func(w Word) bool { return w.symbol && w.key != "&" })
}

// literals adds words to each variant, in each of their spellings.
func (g *Grammar) literals(variants []compiled, words []Word) (all []compiled) {
	const most = 8
	for _, spelled := range spellings(words) {
		ids := g.ids(spelled)
		for _, v := range variants {
			if len(all) < most {
				v.words, v.slots = append(slices.Clip(v.words), ids...), slices.Clip(v.slots)
				all = append(all, v)
			}
		}
	}
	return all
}

// key is a word as it is compared in the grammar's language.
func (g *Grammar) key(w Word) string {
	if w.key == "&" && g.and != "" {
		return g.and
	}
	return w.key
}

// word is the number of a word.
func (g *Grammar) word(w Word) int32 {
	key := g.key(w)
	id, ok := g.words[key]
	if !ok {
		id = int32(len(g.holds))
		g.words[key] = id
		g.signs = g.signs || w.symbol
		g.numerals = g.numerals || key[0] >= '0' && key[0] <= '9'
		g.holds, g.keys = append(g.holds, nil), append(g.keys, key)
		if g.keyboard != nil {
			if plain := umlauts.Replace(key); plain != key {
				g.keyboard[plain] = id
			}
		}
	}
	return id
}

// ids are the numbers of words, and notes those that go together.
func (g *Grammar) ids(words []Word) []int32 {
	ids := make([]int32, len(words))
	for i, w := range words {
		ids[i] = g.word(w)
		if i > 0 && (w.key[0] == '\'' || strings.HasSuffix(words[i-1].key, "'")) {
			g.elided[strings.TrimSuffix(words[i-1].key, "'")+strings.TrimPrefix(w.key, "'")] = [2]int32{ids[i-1], ids[i]}
		}
	}
	return ids
}

// follow is the node after a word, made where it is not.
func (g *Grammar) follow(from, word int32) int32 {
	e := edge{from, word}
	to, ok := g.edges[e]
	if !ok {
		to = g.node()
		g.edges[e] = to
	}
	return to
}

// add puts a sample into the automaton.
func (g *Grammar) add(c compiled) {
	at := int32(0)
	number := int32(len(g.samples))
	for _, w := range c.words {
		if w >= 0 {
			at = g.follow(at, w)
			if of := g.holds[w]; c.near && (len(of) == 0 || of[len(of)-1] != number) {
				g.holds[w] = append(of, number)
			}
			continue
		}
		at = g.followSlot(at, -1-w)
	}
	if len(c.words) == 0 {
		return
	}
	g.nodes[at].ends = append(g.nodes[at].ends, number)
	g.samples = append(g.samples, c)
}

func (g *Grammar) followSlot(from, kind int32) int32 {
	for _, e := range g.nodes[from].slots {
		if e.kind == kind {
			return e.to
		}
	}
	to := g.node()
	g.nodes[from].slots = append(g.nodes[from].slots, slotEdge{kind, to})
	return to
}
