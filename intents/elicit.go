package intents

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/harkvoice/hark/intents/grammar"
)

// HowAnswer says that an utterance was understood as the answer to a question
// for a slot.
const HowAnswer How = "answer"

// HowConsent and HowLeave say that an utterance has no intent of its own: it said
// yes or no to Alexa, or ended the session.
const (
	HowConsent How = "consent"
	HowLeave   How = "leave"
)

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
	if call.opened {
		return Heard{Meaning: Meaning{Launch: true}, How: HowLaunch}, nil
	}
	known := m.answer(in, q.Slot, call.asked, at, false)
	polite := m.answer(in, q.Slot, call.polite, at, false)
	for _, a := range []answer{known, polite} {
		if a.fits() && a.score.Open == 0 {
			return a.Heard, nil
		}
	}
	heard, understood := m.hear(call, at)
	if understood && heard.How == HowExact {
		return heard, nil
	}
	if !q.Confirms {
		loose := m.answer(in, q.Slot, slices.Concat(call.asked, call.polite), at, true)
		for _, a := range []answer{known, loose} {
			if a.fits() && (a.score.Literal > 0 || !understood || heard.How != HowOpen) {
				return a.Heard, nil
			}
		}
	}
	if !understood {
		return m.fallback(heard, fmt.Errorf("%w %q in %s, as an answer about the slot %s or otherwise", ErrNoMatch, utterance, locale, q.Slot))
	}
	return heard, nil
}

// answer is an utterance as an answer about a slot.
type answer struct {
	Heard
	score grammar.Score
}

func (a answer) fits() bool { return a.How != "" }

// answer reads words as a value of a slot, by its own samples. With anything,
// types of the skill's own take values that they do not know.
func (m *Model) answer(in *Intent, slot string, rests [][]grammar.Word, at time.Time, anything bool) (best answer) {
	g := m.elicited.of(in, slot)
	for _, words := range rests {
		all := g.Hear(words, at).Parse(anything)
		if len(all) > 0 && (!best.fits() || all[0].Score.Compare(best.score) > 0) {
			best = answer{Heard{Meaning: m.filled(in, all[0]), How: HowAnswer}, all[0].Score}
		}
	}
	return best
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
	slots := m.sourceSlots(&source, make(map[string]int), in)
	for _, text := range append(slices.Clone(asked.Samples), "{"+asked.Name+"}") {
		source.Samples = append(source.Samples, grammar.Sample{Text: text, Slots: slots})
	}
	return grammar.Compile(source)
}
