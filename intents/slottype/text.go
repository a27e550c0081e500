package slottype

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxTokens bounds how much of a text is looked at from one place: no value but
// a long telephone number is longer.
const maxTokens = 48

// token is a rune of text, or a run of digits, and where in the text it ends.
type token struct {
	text string
	end  int
}

// SpansIn is Spans for a text whose words are not separated: the spans' lengths
// are bytes of the text, from its start on. Values of spaced languages end
// where a word does.
func (t Type) SpansIn(l *Language, text string, ref time.Time) []Span {
	split := tokens
	if l.Spaced() {
		split = wordTokens
	}
	all := split(text)
	words := make([]string, len(all))
	for i, tok := range all {
		words[i] = tok.text
	}
	if len(words) == 0 {
		return nil
	}
	spans := t.read(l, words, ref)
	for i, s := range spans {
		spans[i].Len = all[s.Len-1].end
		if t.kind == list || t.kind == closed {
			spans[i].Value = strings.TrimSpace(text[:spans[i].Len])
		}
	}
	return spans
}

// spansOfText reads words of a language that has none, and keeps the spans that
// end where a word does. A space stays only between digits: 2 3 is not 23, but
// ゼ ロ is ゼロ.
func (t Type) spansOfText(l *Language, words []string, ref time.Time) []Span {
	var text strings.Builder
	ends := make(map[int]int) // how many words, by where in the text they end
	last := ' '
	for i, w := range words[:min(len(words), maxTokens)] {
		first, _ := utf8.DecodeRuneInString(w)
		if spaced(last, first) {
			text.WriteByte(' ')
		}
		text.WriteString(w)
		ends[text.Len()] = i + 1
		last, _ = utf8.DecodeLastRuneInString(w)
	}
	spans := t.SpansIn(l, text.String(), ref)
	kept := spans[:0]
	for _, s := range spans {
		if count, ok := ends[s.Len]; ok {
			kept = append(kept, Span{count, s.Value})
		}
	}
	return kept
}

// spaced reports whether two words would become one number without a space.
func spaced(before, after rune) bool {
	_, a := digit(before)
	_, b := digit(after)
	return a && b
}

// tokens splits text into runes, runs of ASCII digits and katakana zeros kept
// together. White space is passed over.
func tokens(text string) []token {
	var all []token
	for at := 0; at < len(text) && len(all) < maxTokens; {
		r, size := utf8.DecodeRuneInString(text[at:])
		end := at + size
		if _, isDigit := digit(r); isDigit {
			for end < len(text) {
				next, size := utf8.DecodeRuneInString(text[end:])
				if _, isDigit := digit(next); !isDigit {
					break
				}
				end += size
			}
		}
		if strings.HasPrefix(text[at:], "ゼロ") {
			end = at + len("ゼロ")
		}
		if !unicode.IsSpace(r) {
			all = append(all, token{text[at:end], end})
		}
		at = end
	}
	return all
}

// wordTokens splits text at white space.
func wordTokens(text string) []token {
	var all []token
	at := 0
	for w := range strings.FieldsSeq(text) {
		if len(all) == maxTokens {
			break
		}
		at += strings.Index(text[at:], w) + len(w)
		all = append(all, token{text[at-len(w) : at], at})
	}
	return all
}
