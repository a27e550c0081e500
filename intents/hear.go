package intents

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents/grammar"
)

// compile makes the grammar of a model: its own samples first, then what people
// say for Amazon's intents without being told.
func (m *Model) compile() *grammar.Grammar {
	source := grammar.Source{Locale: m.Locale}
	types := make(map[string]int)
	var always []grammar.Sample
	var alwaysOf []int
	unsaid := builtinSamples()[alexa.Language(m.Locale)]
	for i := range m.Intents {
		in := &m.Intents[i]
		slots := m.sourceSlots(&source, types, in)
		for _, text := range in.Samples {
			source.Samples = append(source.Samples, grammar.Sample{Text: text, Slots: slots, Near: !builtin(in.Name)})
			m.samples = append(m.samples, i)
		}
		for _, text := range unsaid[in.Name] {
			always = append(always, grammar.Sample{Text: text})
			alwaysOf = append(alwaysOf, i)
		}
	}
	source.Samples = append(source.Samples, always...)
	m.samples = append(m.samples, alwaysOf...)
	return grammar.Compile(source)
}

// sourceSlots are the slots of an intent in the source.
func (m *Model) sourceSlots(source *grammar.Source, types map[string]int, in *Intent) map[string]grammar.Slot {
	slots := make(map[string]grammar.Slot, len(in.Slots))
	for _, s := range in.Slots {
		slots[strings.ToLower(s.Name)] = grammar.Slot{Name: s.Name, Type: m.sourceType(source, types, s.Type), Many: s.MultipleValues.Enabled}
	}
	return slots
}

// sourceType is the number of a slot type in the source.
func (m *Model) sourceType(source *grammar.Source, types map[string]int, name string) int {
	if i, ok := types[name]; ok {
		return i
	}
	own, ok := m.Types[name]
	t := grammar.Type{Name: name, Own: ok && !builtin(name), Values: make([]grammar.Value, 0, len(own.Values)+len(own.Entities))}
	for _, v := range slices.Concat(own.Values, own.Entities) {
		t.Values = append(t.Values, grammar.Value{Name: v.Name.Value, Synonyms: v.Name.Synonyms})
	}
	types[name] = len(source.Types)
	source.Types = append(source.Types, t)
	return types[name]
}

// How tells in which way an utterance was understood.
type How string

// The ways, in the order in which they are tried.
const (
	HowLaunch   How = "launch"   // the skill was opened
	HowExact    How = "exact"    // a sample fits as it is
	HowOpen     How = "open"     // a sample fits, with a value that its slot's type does not know
	HowNear     How = "near"     // a sample nearly fits
	HowFallback How = "fallback" // none does, and the model has AMAZON.FallbackIntent
)

// Heard is what came of an utterance, and why.
type Heard struct {
	Meaning
	How How
	// Others are the other readings, the best first.
	Others []Reading
	// Near are the samples that nearly fit.
	Near []Reading
}

// Reading is a sample that an utterance can be read as.
type Reading struct {
	Meaning
	Likeness float64 // of one that nearly fits, from 0 to 1
}

// likeEnough is how alike a sample has to be to be meant, by how readily the
// model falls back. MEDIUM and LOW are Amazon's words.
var likeEnough = map[string]float64{"": 0.72, "LOW": 0.66, "MEDIUM": 0.72, "HIGH": 0.8}

// hear finds what was asked within an open session.
func (m *Model) hear(c called, at time.Time) (Heard, bool) {
	hearings := func(rests [][]grammar.Word) (all []*grammar.Hearing) {
		for _, words := range rests {
			all = append(all, m.grammar().Hear(words, at))
		}
		return all
	}
	said, polite := hearings(c.asked), hearings(c.polite)
	every := slices.Concat(said, polite)
	for _, pass := range []struct {
		hearings []*grammar.Hearing
		how      How
	}{{said, HowExact}, {polite, HowExact}, {every, HowOpen}} {
		if h, ok := m.best(pass.hearings, pass.how); ok {
			return h, true
		}
	}
	return m.near(every)
}

// maxNear is how many samples that nearly fit are told.
const maxNear = 6

// best finds the samples that fit, the best first.
func (m *Model) best(hearings []*grammar.Hearing, how How) (Heard, bool) {
	var all []grammar.Parse
	for _, h := range hearings {
		all = append(all, h.Parse(how == HowOpen)...)
	}
	all = slices.DeleteFunc(all, farFetched)
	if len(all) == 0 {
		return Heard{}, false
	}
	slices.SortStableFunc(all, func(a, b grammar.Parse) int { return b.Score.Compare(a.Score) })
	h := Heard{Meaning: m.reading(all[0]), How: how}
	for _, p := range all[1:] {
		h.Others = append(h.Others, Reading{Meaning: m.reading(p)})
	}
	return h, true
}

// near finds the samples that nearly fit, and whether the likest is like enough.
func (m *Model) near(hearings []*grammar.Hearing) (Heard, bool) {
	var near []grammar.Near
	for _, h := range hearings {
		near = append(near, h.Near()...)
	}
	slices.SortStableFunc(near, func(a, b grammar.Near) int { return cmp.Compare(b.Likeness, a.Likeness) })
	h := Heard{}
	for _, n := range near[:min(len(near), maxNear)] {
		h.Near = append(h.Near, Reading{m.reading(n.Parse), n.Likeness})
	}
	if len(near) > 0 && near[0].Likeness >= likeEnough[m.Fallback] {
		h.Meaning, h.How = h.Near[0].Meaning, HowNear
		h.Near = h.Near[1:]
		return h, true
	}
	return h, false
}

// guessable is how many words of values that nobody knows a word of the sample
// makes believable.
const guessable = 3

// farFetched reports a parse that guesses most of what was said.
func farFetched(p grammar.Parse) bool { return p.Guessed > guessable*p.Score.Literal }

// reading is a parse in terms of the model.
func (m *Model) reading(p grammar.Parse) Meaning {
	return m.filled(&m.Intents[m.samples[p.Sample]], p)
}

// filled is a parse as an intent with its slots.
func (m *Model) filled(in *Intent, p grammar.Parse) Meaning {
	meaning := Meaning{Intent: in.Name, Sample: p.Text}
	for _, spec := range in.Slots {
		slot := m.slot(spec)
		var values []Value
		for _, f := range p.Slots {
			if f.Name != spec.Name || len(values) > 0 && !spec.MultipleValues.Enabled { // twice in a sample: the first
				continue
			}
			for _, v := range f.Values {
				values = append(values, m.Types[spec.Type].parsed(v))
			}
		}
		if len(values) > 0 {
			slot.fill(values...)
		}
		meaning.Slots = append(meaning.Slots, slot)
	}
	return meaning
}
