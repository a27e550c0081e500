package intents

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents/grammar"
)

// Meaning is what an utterance means to a skill.
type Meaning struct {
	// Launch: the skill was opened and nothing asked of it. Intent is empty.
	Launch bool
	Intent string
	Slots  []Slot
	// Sample is the sample utterance that was matched.
	Sample string
	// Confirmation is whether the person has agreed to all of it; empty is not
	// asked.
	Confirmation Confirmation
}

// Confirmation is what a person has said to "Is that right?".
type Confirmation string

// The confirmations, besides the empty one.
const (
	Confirmed Confirmation = "CONFIRMED"
	Denied    Confirmation = "DENIED"
)

// Slot is a slot of the intent, filled or not.
type Slot struct {
	Name string
	Type string
	// Value is what Alexa sends of it; empty when the slot was not filled.
	Value string
	// Custom: the type is the skill's own, so that values are resolved. Dynamic:
	// the session has entities of it. Listed: it is a list of Amazon's.
	Custom, Dynamic, Listed bool
	// Resolved is the value of the custom type that was meant, or nil.
	Resolved *SlotValue
	// Values are all that were said for the slot; several only where it takes
	// several.
	Values []Value
	// Confirmation is whether the person has agreed to the value.
	Confirmation Confirmation
}

// Value is what was said for a slot.
type Value struct {
	Heard    string // as it was said
	Value    string // as Alexa sends it
	Resolved *SlotValue
	// Matches are all values of the type that were meant, Entities those that the
	// skill gave to the session.
	Matches, Entities []*SlotValue
}

// ErrNoMatch says that no sample utterance fits what was said, and that the
// model has no AMAZON.FallbackIntent to take it.
var ErrNoMatch = errors.New("no sample utterance fits")

// Understand finds what an utterance means, as Alexa would: "open NAME", "ask
// NAME to …" with the skill's invocation name, or an utterance of an open
// session. What fits no sample is the model's AMAZON.FallbackIntent. At is the
// person's local time.
func (s *Skill) Understand(locale, utterance string, at time.Time) (Heard, error) {
	m := s.Models[locale]
	if m == nil {
		return Heard{}, s.noModel(locale)
	}
	words := grammar.Words(utterance)
	if len(words) == 0 {
		return Heard{}, errors.New("nothing was said")
	}
	call := m.calls().read(words)
	heard, ok := m.hear(call, at)
	if call.opened && !(ok && call.unsure && heard.insteadOf(call)) {
		return Heard{Meaning: Meaning{Launch: true}, How: HowLaunch}, nil
	}
	if ok {
		return heard, nil
	}
	return m.fallback(heard, fmt.Errorf("%w %q in %s (the skill is called %q there)", ErrNoMatch, utterance, locale, m.Invocation))
}

// fallback is what becomes of what nobody understood.
func (m *Model) fallback(heard Heard, otherwise error) (Heard, error) {
	if m.Intent(alexa.FallbackIntent) == nil {
		return heard, otherwise
	}
	heard.Meaning, heard.How = Meaning{Intent: alexa.FallbackIntent}, HowFallback
	return heard, nil
}

// insteadOf reports whether a sample says what otherwise opens the skill. In a
// session that is what it means.
func (h Heard) insteadOf(c called) bool {
	unknown := func(s Slot) bool { return s.Value != "" && s.Resolved == nil }
	literally := !strings.Contains(h.Sample, "{")
	return h.How == HowExact && (literally || c.bare && !slices.ContainsFunc(h.Slots, unknown))
}

// Addressed reports whether an utterance names the skill: "open NAME", "ask NAME
// to …".
func (s *Skill) Addressed(locale, utterance string) bool {
	m, words := s.Models[locale], grammar.Words(utterance)
	return m != nil && len(words) > 0 && m.calls().read(words).named
}

// Meaning makes the meaning of an intent given by name, with the slots that
// were filled, each with one value or several. Slots that the model has and
// nobody filled are there, empty.
func (s *Skill) Meaning(locale, intent string, filled map[string][]string) (Meaning, error) {
	meaning := Meaning{Intent: intent}
	m := s.Models[locale]
	if m == nil && len(s.Models) > 0 {
		return Meaning{}, s.noModel(locale)
	}
	var known *Intent
	if m != nil {
		known = m.Intent(intent)
	}
	if known == nil { // not in the model: sent as it is, to see what the skill makes of it
		for name, texts := range filled {
			slot := Slot{Name: name}
			slot.fill(SlotType{}.values(texts)...)
			meaning.Slots = append(meaning.Slots, slot)
		}
		return meaning, nil
	}
	for name := range filled {
		if known.Slot(name) == nil {
			return Meaning{}, fmt.Errorf("intent %s has no slot %q; it has: %s", intent, name, slotNames(known))
		}
	}
	for _, spec := range known.Slots {
		slot := m.slot(spec)
		for name, texts := range filled {
			if strings.EqualFold(name, spec.Name) {
				slot.fill(m.Types[spec.Type].values(texts)...)
			}
		}
		meaning.Slots = append(meaning.Slots, slot)
	}
	return meaning, nil
}

// slot is a slot that nobody has filled.
func (m *Model) slot(spec SlotSpec) Slot {
	t, custom := m.Types[spec.Type]
	return Slot{Name: spec.Name, Type: spec.Type, Custom: custom && (!builtin(spec.Type) || len(t.Values) > 0), Dynamic: len(t.Entities) > 0, Listed: listed(spec.Type)}
}

// fill gives a slot its values.
func (s *Slot) fill(values ...Value) {
	if len(values) == 0 {
		*s = s.Empty()
		return
	}
	s.Values, s.Value, s.Resolved, s.Confirmation = values, values[0].Value, values[0].Resolved, ""
}

// Empty returns the slot as it was before anything was said for it.
func (s Slot) Empty() Slot {
	s.Values, s.Value, s.Resolved, s.Confirmation = nil, "", nil, ""
	return s
}

func (s *Skill) noModel(locale string) error {
	if len(s.Models) == 0 {
		return fmt.Errorf("the skill %s has no interaction model; give the intent's name instead: --intent NAME", s.Name)
	}
	return fmt.Errorf("the skill %s has no model for %s; it has %s", s.Name, locale, strings.Join(s.Locales(), ", "))
}

func slotNames(i *Intent) string {
	if len(i.Slots) == 0 {
		return "none"
	}
	names := make([]string, len(i.Slots))
	for n, s := range i.Slots {
		names[n] = s.Name
	}
	return strings.Join(names, ", ")
}
