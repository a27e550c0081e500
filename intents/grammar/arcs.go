package grammar

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/harkvoice/hark/intents/slottype"
)

// arc is a way to take words from a place on: as the one or two words of the
// grammar that they are. People do not hear, and do not type, whether it is
// "living room" or "livingroom", "what's" or "whats", "fünf" or "5".
type arc struct {
	words int
	ids   [2]int32 // the second is 0 of one
	loose int      // 1 of words that are written otherwise
}

// arcsAt lists the arcs from a place on. The word as it is goes first.
func (p *Hearing) arcsAt(place int) []arc {
	if p.arcs[place] == nil {
		p.arcs[place] = p.newArcs(place)
	}
	return p.arcs[place]
}

func (p *Hearing) newArcs(place int) []arc {
	all := make([]arc, 0, 2)
	w := p.words[place]
	if p.ids[place] != 0 {
		all = append(all, arc{words: 1, ids: [2]int32{p.ids[place]}})
	} else if !w.symbol {
		all = p.halves(w, all)
	}
	if w.symbol {
		return p.read(w.key, all)
	}
	if p.signs {
		if id := p.Grammar.words[signOf()[w.key]]; id != 0 {
			all = append(all, arc{1, [2]int32{id}, 1})
		}
	}
	if p.keyboard != nil {
		all = p.typed(w, all)
	}
	if pair, ok := p.elided[w.key]; ok {
		all = append(all, arc{1, pair, 1})
	}
	if len(w.key) <= maxElided && len(p.elided) > 0 {
		all = p.apostrophes(w.key, all)
	}
	if place+1 < len(p.words) {
		if next := p.words[place+1]; joins(w, next) {
			if id := p.together(w.key, next.key); id != 0 {
				all = append(all, arc{2, [2]int32{id}, 1})
			}
		}
	}
	all = p.otherwise(place, all)
	if p.numerals {
		all = p.numbers(place, all)
	}
	return all
}

// maxElided bounds the words that lose an apostrophe: d', 's, 'll, qu'.
const maxElided = 3

// apostrophes are the arcs of a short word that has one or lacks one.
func (p *Hearing) apostrophes(key string, all []arc) []arc {
	bare := strings.Trim(key, "'")
	for _, other := range [...]string{bare, "'" + bare, bare + "'"} {
		if id := p.Grammar.words[other]; id != 0 && other != key {
			all = append(all, arc{1, [2]int32{id}, 1})
		}
	}
	return all
}

// joins reports whether two words could be written as one.
func joins(w, next Word) bool {
	return !w.symbol && !next.symbol && utf8.RuneCountInString(w.key) < maxJoined && utf8.RuneCountInString(next.key) < maxJoined &&
		!unspaced(first(w.key)) && !unspaced(first(next.key))
}

// maxJoined bounds the words whose parts are looked for.
const maxJoined = 32

func first(word string) rune {
	r, _ := utf8.DecodeRuneInString(word)
	return r
}

// together is the number of a word that two make, an apostrophe left out.
func (p *Hearing) together(a, b string) int32 {
	var buf [8 * maxJoined]byte
	joined := append(append(buf[:0], strings.TrimSuffix(a, "'")...), strings.TrimPrefix(b, "'")...)
	return p.Grammar.words[string(joined)]
}

// halves are the arcs of a word that the grammar does not have, as two words.
func (p *Hearing) halves(w Word, all []arc) []arc {
	for cut := 1; cut < len(w.key) && len(w.key) <= maxJoined; cut++ {
		before, after := p.Grammar.words[w.key[:cut]], p.Grammar.words[w.key[cut:]]
		if before != 0 && after != 0 {
			all = append(all, arc{1, [2]int32{before, after}, 1})
		}
	}
	return all
}

// typed are the arcs of a word with umlauts, which keyboards may lack: those of
// the person who typed it, or of the one who wrote the model.
func (p *Hearing) typed(w Word, all []arc) []arc {
	key := umlauts.Replace(w.key)
	for _, id := range [...]int32{p.Grammar.words[key], p.keyboard[key]} {
		if id != 0 && p.keys[id] != w.key {
			all = append(all, arc{1, [2]int32{id}, 1})
		}
	}
	return all
}

// umlauts are written so where a keyboard lacks them; fold leaves the first
// letter of ä.
var umlauts = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// numbers are the arcs of numerals that the grammar has in digits.
func (p *Hearing) numbers(place int, all []arc) []arc {
	for _, s := range number.Spans(p.language, p.said, place, p.ref) {
		if id := p.Grammar.words[s.Value]; id != 0 && (s.Len > 1 || id != p.ids[place]) {
			all = append(all, arc{s.Len, [2]int32{id}, 1})
		}
	}
	return all
}

var number, _ = slottype.Lookup("AMAZON.NUMBER")

// digits writes the numerals of a value in digits, or returns nil where there is
// none. One is left, which is an article as well.
func (g *Grammar) digits(words []Word) (all []Word) {
	if !slices.ContainsFunc(words, g.numeral) {
		return nil
	}
	said := make([]string, len(words))
	for i, w := range words {
		said[i] = w.Said
	}
	changed := false
	for at := 0; at < len(words); {
		spans := number.Spans(g.language, said, at, time.Time{})
		if len(spans) == 0 || spans[0].Value == "1" || spans[0].Value == words[at].key {
			all = append(all, words[at])
			at++
			continue
		}
		changed = true
		at += spans[0].Len
		all = append(all, Word{Said: spans[0].Value, key: spans[0].Value})
	}
	if !changed {
		return nil
	}
	return all
}

// numeral reports whether a number can begin with a word.
func (g *Grammar) numeral(w Word) bool {
	is, known := g.begins[w.key]
	if !known {
		is = len(number.Spans(g.language, []string{w.Said}, 0, time.Time{})) > 0
		g.begins[w.key] = is
	}
	return is
}

// along is the node that an arc leads to.
func (p *Hearing) along(node int32, a arc) (int32, bool) {
	to, ok := p.edges[edge{node, a.ids[0]}]
	if ok && a.ids[1] != 0 {
		to, ok = p.edges[edge{to, a.ids[1]}]
	}
	return to, ok
}
