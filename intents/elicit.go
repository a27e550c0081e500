package intents

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents/grammar"
)

// HowAnswer says that an utterance was understood as the answer to a question
// for a slot.
const HowAnswer How = "answer"

// Question is what a person was asked: for a slot of an intent, or whether its
// value is right.
type Question struct {
	Intent, Slot string
	Confirms     bool
}

// UnderstandAnswer finds what an utterance means to a person who was just asked
// something: the slot's own samples and bare values of its type come first, then
// what can be said to the skill anyway, then anything that the type may take,
// unless a yes or a no was asked for.
func (s *Skill) UnderstandAnswer(locale string, q Question, utterance string, at time.Time) (Heard, error) {
	m := s.Models[locale]
	if m == nil {
		return Heard{}, s.noModel(locale)
	}
	words := grammar.Words(utterance)
	if len(words) == 0 {
		return Heard{}, errors.New("nothing was said")
	}
	in := m.Intent(q.Intent)
	if in == nil || in.Slot(q.Slot) == nil {
		return s.Understand(locale, utterance, at)
	}
	call := m.calls().read(words)
	answer, open := m.answer(in, q.Slot, call.asked, at, false)
	if answer != nil && !open {
		return *answer, nil
	}
	heard, understood := m.hear(call.asked, at)
	switch {
	case call.opened:
		return Heard{Meaning: Meaning{Launch: true}, How: HowLaunch}, nil
	case understood && (heard.How == HowExact || heard.How == HowOpen):
		return heard, nil
	case answer != nil && !q.Confirms:
		return *answer, nil
	}
	if answer, _ = m.answer(in, q.Slot, call.asked, at, true); answer != nil && !q.Confirms {
		return *answer, nil
	}
	switch {
	case understood:
		return heard, nil
	case m.Intent(alexa.FallbackIntent) != nil:
		heard.Meaning, heard.How = Meaning{Intent: alexa.FallbackIntent}, HowFallback
		return heard, nil
	}
	return heard, fmt.Errorf("%w %q in %s, as an answer about the slot %s or otherwise", ErrNoMatch, utterance, locale, q.Slot)
}

// answer reads words as a value of a slot, by its own samples. Open tells that
// the type takes any words and has taken some.
func (m *Model) answer(in *Intent, slot string, rests [][]grammar.Word, at time.Time, anything bool) (found *Heard, open bool) {
	g := m.elicited.of(in, slot)
	var best *grammar.Parse
	for _, words := range rests {
		if all := g.Parse(words, at, anything); len(all) > 0 && (best == nil || all[0].Score.Compare(best.Score) > 0) {
			best = &all[0]
		}
	}
	if best == nil {
		return nil, false
	}
	return &Heard{Meaning: m.filled(in, *best), How: HowAnswer}, best.Score.Open > 0
}

// elicited are the grammars of what people say for a slot when they are asked for
// it, each compiled when it is first needed.
type elicited struct {
	model  *Model
	mutex  sync.Mutex
	bySlot map[string]*grammar.Grammar
}

func newElicited(m *Model) *elicited {
	return &elicited{model: m, bySlot: make(map[string]*grammar.Grammar)}
}

func (a *elicited) of(in *Intent, slot string) *grammar.Grammar {
	key := in.Name + "\x00" + strings.ToLower(slot)
	a.mutex.Lock()
	defer a.mutex.Unlock()
	g := a.bySlot[key]
	if g == nil {
		g = a.model.compileAnswers(in, in.Slot(slot))
		a.bySlot[key] = g
	}
	return g
}

func (m *Model) compileAnswers(in *Intent, asked *SlotSpec) *grammar.Grammar {
	source := grammar.Source{Locale: m.Locale}
	types := make(map[string]int)
	slots := make(map[string]grammar.Slot, len(in.Slots))
	for _, s := range in.Slots {
		slots[strings.ToLower(s.Name)] = grammar.Slot{Name: s.Name, Type: m.sourceType(&source, types, s.Type), Many: s.MultipleValues.Enabled}
	}
	for _, text := range append(slices.Clone(asked.Samples), "{"+asked.Name+"}") {
		source.Samples = append(source.Samples, grammar.Sample{Text: text, Slots: slots})
	}
	return grammar.Compile(source)
}

// Consent finds whether an utterance says yes or no, and ok whether it is one of
// them: in the words of the locale's language, or of the model's own
// AMAZON.YesIntent and AMAZON.NoIntent.
func (s *Skill) Consent(locale, utterance string) (yes, ok bool) {
	said := asSaid(utterance)
	for _, is := range []struct {
		yes    bool
		intent string
	}{{true, "AMAZON.YesIntent"}, {false, "AMAZON.NoIntent"}} {
		words := consents[alexa.Language(locale)][is.yes]
		if m := s.Models[locale]; m != nil && m.Intent(is.intent) != nil {
			words = append(slices.Clone(words), m.Intent(is.intent).Samples...)
		}
		if said != "" && slices.ContainsFunc(words, func(w string) bool { return asSaid(w) == said }) {
			return is.yes, true
		}
	}
	return false, false
}

// Leaves reports whether an utterance leaves any skill, without asking it. What
// the model has a sample for is not such.
func (s *Skill) Leaves(locale, utterance string) bool {
	said := asSaid(utterance)
	if !slices.ContainsFunc(exits[alexa.Language(locale)], func(w string) bool { return asSaid(w) == said }) {
		return false
	}
	m := s.Models[locale]
	return m == nil || !slices.ContainsFunc(m.Intents, func(in Intent) bool {
		return slices.ContainsFunc(in.Samples, func(sample string) bool { return asSaid(sample) == said })
	})
}
