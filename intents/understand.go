package intents

import (
	"errors"
	"fmt"
	"strings"

	"github.com/harkvoice/hark/alexa"
)

// Meaning is what an utterance means to a skill.
type Meaning struct {
	// Launch: the skill was opened and nothing asked of it. Intent is empty.
	Launch bool
	Intent string
	Slots  []Slot
	// Sample is the sample utterance that was matched.
	Sample string
}

// Slot is a slot of the intent, filled or not.
type Slot struct {
	Name string
	Type string
	// Value is what was said; empty when the slot was not filled.
	Value string
	// Custom: the type is the skill's own, so that values are resolved.
	Custom bool
	// Resolved is the value of the custom type that was meant, or nil.
	Resolved *SlotValue
}

// ErrNoMatch says that no sample utterance fits what was said, and that the
// model has no AMAZON.FallbackIntent to take it.
var ErrNoMatch = errors.New("no sample utterance fits")

// Understand finds what an utterance means, as Alexa would: "open NAME", "ask
// NAME to …" with the skill's invocation name, or an utterance of an open
// session. What fits no sample is the model's AMAZON.FallbackIntent.
func (s *Skill) Understand(locale, utterance string) (Meaning, error) {
	m := s.Models[locale]
	if m == nil {
		return Meaning{}, s.noModel(locale)
	}
	words := splitWords(utterance)
	if len(words) == 0 {
		return Meaning{}, errors.New("nothing was said")
	}
	rest, addressed := m.invocation(words)
	if addressed && len(rest) == 0 {
		return Meaning{Launch: true}, nil
	}
	if meaning, ok := m.match(rest); ok {
		return meaning, nil
	}
	if m.Intent(alexa.FallbackIntent) != nil {
		return Meaning{Intent: alexa.FallbackIntent}, nil
	}
	return Meaning{}, fmt.Errorf("%w %q in %s (the skill is called %q there)", ErrNoMatch, utterance, locale, m.Invocation)
}

// Addressed reports whether an utterance names the skill: "open NAME", "ask NAME
// to …".
func (s *Skill) Addressed(locale, utterance string) bool {
	m, words := s.Models[locale], splitWords(utterance)
	if m == nil || len(words) == 0 {
		return false
	}
	_, addressed := m.invocation(words)
	return addressed
}

// Meaning makes the meaning of an intent given by name, with the slots that
// were filled. Slots that the model has and nobody filled are there, empty.
func (s *Skill) Meaning(locale, intent string, filled map[string]string) (Meaning, error) {
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
		for name, value := range filled {
			meaning.Slots = append(meaning.Slots, Slot{Name: name, Value: value})
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
		for name, value := range filled {
			if strings.EqualFold(name, spec.Name) {
				slot.Value = value
				slot.Resolved = m.Types[spec.Type].resolve(splitWords(value))
			}
		}
		meaning.Slots = append(meaning.Slots, slot)
	}
	return meaning, nil
}

// slot is a slot that nobody has filled.
func (m *Model) slot(spec SlotSpec) Slot {
	_, custom := m.Types[spec.Type]
	return Slot{Name: spec.Name, Type: spec.Type, Custom: custom}
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

// address holds, for a language, the words that open a skill, and pairs of
// words that stand before and after its name when something is asked of it.
type address struct {
	open []string
	ask  []string
	link []string
}

var addresses = map[string]address{
	"en": {
		open: []string{"open", "launch", "start", "begin", "play", "run", "load", "use", "talk to"},
		ask:  []string{"ask", "tell", "use", "talk to"},
		link: []string{"to", "for", "about", "if", "whether", "that", "and", "and ask"},
	},
	"fr": {
		open: []string{"ouvre", "lance", "démarre", "commence", "parle à"},
		ask:  []string{"demande à", "dis à", "demande", "dis"},
		link: []string{"de", "d'", "que", "qu'", "si", "à", "pour"},
	},
	"de": {
		open: []string{"öffne", "starte", "beginne", "spiele"},
		ask:  []string{"frage", "frag", "sage", "sag", "bitte"},
		link: []string{"nach", "ob", "dass", "um", "zu"},
	},
	"es": {
		open: []string{"abre", "inicia", "empieza", "lanza"},
		ask:  []string{"pide a", "pregunta a", "di a", "dile a", "pídele a", "pregúntale a"},
		link: []string{"que", "por", "si", "para"},
	},
	"it": {
		open: []string{"apri", "avvia", "inizia", "lancia"},
		ask:  []string{"chiedi a", "di' a", "dì a", "domanda a"},
		link: []string{"di", "che", "se", "per"},
	},
	"pt": {
		open: []string{"abre", "abra", "abrir", "inicie", "inicia"},
		ask:  []string{"peça para", "pergunte para", "diga para", "peça a", "pergunte a", "diga a"},
		link: []string{"para", "que", "se", "sobre"},
	},
}

// invocation takes the address off what was said: the wake word, a phrase such
// as "ask NAME to" and what opens a skill. It reports whether the skill was
// named; rest is then empty when it was merely opened.
func (m *Model) invocation(words []string) (rest []string, addressed bool) {
	if words[0] == "alexa" {
		words = words[1:]
	}
	name, a := splitWords(m.Invocation), addresses[alexa.Language(m.Locale)]
	if len(name) == 0 {
		return words, false
	}
	for _, phrase := range a.open {
		if after, ok := cutPhrase(words, phrase, name); ok && len(after) == 0 {
			return nil, true
		}
	}
	for _, phrase := range a.ask {
		after, ok := cutPhrase(words, phrase, name)
		if !ok {
			continue
		}
		return cutLink(after, a.link), true
	}
	return words, false
}

// cutPhrase takes phrase and then name off the front of words.
func cutPhrase(words []string, phrase string, name []string) ([]string, bool) {
	after, ok := cutWords(words, splitWords(phrase))
	if !ok {
		return nil, false
	}
	return cutWords(after, name)
}

func cutLink(words []string, links []string) []string {
	best := words
	for _, l := range links {
		if after, ok := cutWords(words, splitWords(l)); ok && len(after) < len(best) {
			best = after
		}
	}
	return best
}

func cutWords(words, prefix []string) ([]string, bool) {
	if len(words) < len(prefix) {
		return nil, false
	}
	for i, w := range prefix {
		if words[i] != w {
			return nil, false
		}
	}
	return words[len(prefix):], true
}
