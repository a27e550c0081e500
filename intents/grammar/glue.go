package grammar

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// glue are the literals that samples write at a slot without a space: the ال of
// "ال{Thing}", the s of "{Thing}s", the l' of "l'{Chose}". Said, they are one word
// with the slot's value.
type glue struct{ front, back []stuck }

// stuck is a literal as the grammar has it, and as it is typed in one word.
type stuck struct{ key, typed string }

// maxGlue bounds what is tried at each end of a word.
const maxGlue = 16

// note keeps what of a text stands right after a slot or right before one.
func (g *glue) note(words []Word, text string, after, before bool) {
	if len(words) == 0 {
		return
	}
	if last := words[len(words)-1]; before && last.after == "" {
		g.front = noted(g.front, last)
	}
	if after && !unicode.IsSpace(first(text)) {
		g.back = noted(g.back, words[0])
	}
}

func noted(all []stuck, w Word) []stuck {
	s := stuck{w.key, strings.Trim(w.key, "'")}
	if len(all) == maxGlue || slices.Contains(all, s) || s.typed == "" || w.symbol || unspaced(first(s.typed)) {
		return all
	}
	return append(all, s)
}

// unstick takes words that the grammar does not have apart where they are one that
// it has with a literal at it. It returns nil where there is none.
func (g *Grammar) unstick(words []Word) (all []Word) {
	if len(g.glue.front)+len(g.glue.back) == 0 {
		return nil
	}
	for _, w := range words {
		all = append(all, g.unstuck(w)...)
	}
	if len(all) == len(words) {
		return nil
	}
	return all
}

func (g *Grammar) unstuck(w Word) []Word {
	if g.words[w.key] != 0 || utf8.RuneCountInString(w.key) != utf8.RuneCountInString(w.Said) {
		return []Word{w}
	}
	for _, s := range g.glue.front {
		if rest, ok := strings.CutPrefix(w.key, s.typed); ok && g.words[rest] != 0 {
			literal, value := w.cut(s.typed)
			literal.key = s.key
			return []Word{literal, value}
		}
	}
	for _, s := range g.glue.back {
		if rest, ok := strings.CutSuffix(w.key, s.typed); ok && g.words[rest] != 0 {
			value, literal := w.cut(rest)
			literal.key = s.key
			return []Word{value, literal}
		}
	}
	return []Word{w}
}

// cut makes two words of one whose key begins so.
func (w Word) cut(front string) (Word, Word) {
	said := []rune(w.Said)
	at := utf8.RuneCountInString(front)
	return Word{Said: string(said[:at]), key: front, before: w.before},
		Word{Said: string(said[at:]), key: w.key[len(front):], after: w.after}
}
