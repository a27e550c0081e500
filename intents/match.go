package intents

import (
	"slices"
	"strings"
	"unicode"

	"github.com/harkvoice/hark/alexa"
)

// maxWords bounds an utterance; nobody says more in one breath.
const maxWords = 200

// match finds the sample utterance that fits best: the one with the most
// literal words, then with the most words in slots that hold a value of their
// type. Earlier samples win, and an intent's own before what a built-in one
// always understands.
func (m *Model) match(words []string) (best Meaning, ok bool) {
	if len(words) == 0 || len(words) > maxWords {
		return Meaning{}, false
	}
	bestScore := score{-1, -1}
	for i := range m.Intents {
		always := builtinSamples[alexa.Language(m.Locale)][m.Intents[i].Name]
		for _, sample := range slices.Concat(m.Intents[i].Samples, always) {
			p := pattern{model: m, intent: &m.Intents[i], tokens: splitSample(sample)}
			slots, s, fits := p.fit(words)
			if fits && bestScore.less(s) {
				best, bestScore, ok = Meaning{Intent: p.intent.Name, Slots: p.allSlots(slots), Sample: sample}, s, true
			}
		}
	}
	return best, ok
}

// score ranks parses, in words.
type score struct{ literals, resolved int }

func (s score) less(t score) bool {
	return s.literals < t.literals || (s.literals == t.literals && s.resolved < t.resolved)
}

// token is a literal word of a sample or, in braces there, a slot.
type token struct {
	word string
	slot string
}

// pattern is a sample utterance of an intent.
type pattern struct {
	model  *Model
	intent *Intent
	tokens []token
}

// fit aligns the pattern with words, giving each slot at least one. The work
// is bounded by tokens × words²: best[t][w] is the best way to read the words
// from w on by the tokens from t on.
func (p pattern) fit(words []string) ([]Slot, score, bool) {
	type cell struct {
		score score
		take  int // words that token t takes here; 0 when nothing fits
	}
	best := make([][]cell, len(p.tokens)+1)
	for t := range best {
		best[t] = make([]cell, len(words)+1)
	}
	end := len(p.tokens)
	for t := end - 1; t >= 0; t-- {
		for w := len(words) - 1; w >= 0; w-- {
			for take := 1; take <= p.reach(t, words[w:]); take++ {
				next := best[t+1][w+take]
				if done := t+1 == end && w+take == len(words); !done && next.take == 0 {
					continue
				}
				s := next.score
				switch {
				case p.tokens[t].slot == "":
					s.literals++
				case p.resolve(t, words[w:w+take]) != nil:
					s.resolved += take
				}
				if c := &best[t][w]; c.take == 0 || c.score.less(s) {
					*c = cell{s, take}
				}
			}
		}
	}
	if end == 0 || best[0][0].take == 0 {
		return nil, score{}, false
	}
	var slots []Slot
	for t, w := 0, 0; t < end; t++ {
		take := best[t][w].take
		if name := p.tokens[t].slot; name != "" {
			said := words[w : w+take]
			slots = append(slots, Slot{Name: name, Value: joinWords(said), Resolved: p.resolve(t, said)})
		}
		w += take
	}
	return slots, best[0][0].score, true
}

// reach is how many of words token t may take at most.
func (p pattern) reach(t int, words []string) int {
	switch {
	case p.tokens[t].slot != "":
		return len(words)
	case p.tokens[t].word == words[0]:
		return 1
	}
	return 0
}

func (p pattern) resolve(t int, words []string) *SlotValue {
	spec := p.intent.Slot(p.tokens[t].slot)
	if spec == nil {
		return nil
	}
	return p.model.Types[spec.Type].resolve(words)
}

// allSlots lists every slot of the intent, filled where it was said.
func (p pattern) allSlots(filled []Slot) []Slot {
	all := make([]Slot, 0, len(p.intent.Slots))
	for _, spec := range p.intent.Slots {
		slot := p.model.slot(spec)
		for _, f := range filled {
			if strings.EqualFold(f.Name, spec.Name) {
				slot.Value, slot.Resolved = f.Value, f.Resolved
			}
		}
		all = append(all, slot)
	}
	return all
}

// resolve finds the value that words are the name or a synonym of.
func (t SlotType) resolve(words []string) *SlotValue { return t.index[joinWords(words)] }

// indexed returns the type ready for resolve. Earlier values win.
func (t SlotType) indexed() SlotType {
	t.index = make(map[string]*SlotValue, len(t.Values))
	add := func(name string, v *SlotValue) {
		key := joinWords(splitWords(name))
		if _, taken := t.index[key]; !taken && key != "" {
			t.index[key] = v
		}
	}
	for i := range t.Values {
		add(t.Values[i].Name.Value, &t.Values[i])
	}
	for i := range t.Values {
		for _, s := range t.Values[i].Name.Synonyms {
			add(s, &t.Values[i])
		}
	}
	return t
}

// splitSample splits a sample utterance into words and slots.
func splitSample(sample string) (tokens []token) {
	for {
		before, rest, found := strings.Cut(sample, "{")
		for _, w := range splitWords(before) {
			tokens = append(tokens, token{word: w})
		}
		if !found {
			return tokens
		}
		name, after, _ := strings.Cut(rest, "}")
		tokens = append(tokens, token{slot: strings.TrimSpace(name)})
		sample = after
	}
}

// splitWords brings what was said into the form in which it is compared:
// lower-case words without punctuation. An apostrophe starts or ends a word,
// so that "{name}'s" and "d'ouvrir" come apart.
func splitWords(text string) (words []string) {
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	runes := []rune(strings.ToLower(text))
	for i, r := range runes {
		switch {
		case r == '\'' || r == '’':
			if i+2 == len(runes) || (i+2 < len(runes) && !unicode.IsLetter(runes[i+2])) { // 's, 't
				flush()
				word.WriteRune('\'')
			} else { // d', l', qu'
				word.WriteRune('\'')
				flush()
			}
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			word.WriteRune(r)
		default:
			flush()
		}
	}
	flush()
	return words
}

// joinWords puts words together as they would be written.
func joinWords(words []string) string {
	var out strings.Builder
	for i, w := range words {
		if i > 0 && !strings.HasPrefix(w, "'") && !strings.HasSuffix(words[i-1], "'") {
			out.WriteByte(' ')
		}
		out.WriteString(w)
	}
	return out.String()
}
