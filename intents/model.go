package intents

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Model is the interaction model of a skill in one locale: what people can say
// to it. It does not change after it is loaded.
type Model struct {
	Locale     string
	Invocation string // the name by which people call the skill
	Intents    []Intent
	Types      map[string]SlotType // by name; built-in types are not listed

	hints []string
}

// Intent is one thing that people can want, and how they say it.
type Intent struct {
	Name    string     `json:"name"`
	Slots   []SlotSpec `json:"slots"`
	Samples []string   `json:"samples"`
}

// SlotSpec is a slot that an intent has.
type SlotSpec struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// SlotType is a custom slot type.
type SlotType struct {
	Name   string      `json:"name"`
	Values []SlotValue `json:"values"`

	index map[string]*SlotValue // by name and synonym
}

// SlotValue is one value of a custom slot type.
type SlotValue struct {
	ID   string `json:"id"` // may be empty
	Name struct {
		Value    string   `json:"value"`
		Synonyms []string `json:"synonyms"`
	} `json:"name"`
}

type languageModel struct {
	InvocationName string     `json:"invocationName"`
	Intents        []Intent   `json:"intents"`
	Types          []SlotType `json:"types"`
}

// ParseModel reads an interaction model as the ASK CLI stores it, with or
// without the "interactionModel" wrapper.
func ParseModel(locale string, file []byte) (*Model, error) {
	var f struct {
		languageModelHolder
		Wrapped *languageModelHolder `json:"interactionModel"`
	}
	if err := json.Unmarshal(file, &f); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) { // whose own text tells of Go's types
			err = fmt.Errorf("it has a JSON %s at %s", wrong.Value, cmp.Or(wrong.Field, "its root"))
		}
		return nil, fmt.Errorf("not an interaction model: %w", err)
	}
	holder := &f.languageModelHolder
	if f.Wrapped != nil {
		holder = f.Wrapped
	}
	if holder.LanguageModel == nil {
		return nil, errors.New(`not an interaction model: it has no "languageModel"`)
	}
	lm := holder.LanguageModel
	m := &Model{Locale: locale, Invocation: lm.InvocationName, Intents: lm.Intents, Types: make(map[string]SlotType)}
	for _, t := range lm.Types {
		m.Types[t.Name] = t.indexed()
	}
	m.hints = m.makeHints()
	return m, nil
}

type languageModelHolder struct {
	LanguageModel *languageModel `json:"languageModel"`
}

// Intent returns the intent of that name, or nil.
func (m *Model) Intent(name string) *Intent {
	for i := range m.Intents {
		if m.Intents[i].Name == name {
			return &m.Intents[i]
		}
	}
	return nil
}

// Slot returns the slot of that name, compared without case, or nil.
func (i *Intent) Slot(name string) *SlotSpec {
	for s := range i.Slots {
		if strings.EqualFold(i.Slots[s].Name, name) {
			return &i.Slots[s]
		}
	}
	return nil
}

// makeHints picks a thing to say for each intent of the skill's own: its first
// sample that can be read out, slots filled with values of their types.
func (m *Model) makeHints() (hints []string) {
	for _, intent := range m.Intents {
		if builtin(intent.Name) {
			continue
		}
		for _, sample := range intent.Samples {
			if hint, ok := m.fill(intent, sample); ok {
				hints = append(hints, hint)
				break
			}
		}
	}
	return hints
}

// fill replaces each {slot} of a sample by the first value of its type. It
// fails where a slot's type is built in: nobody says "{Date}".
func (m *Model) fill(intent Intent, sample string) (string, bool) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(sample, "{")
		out.WriteString(before)
		if !found {
			return out.String(), true
		}
		name, after, _ := strings.Cut(rest, "}")
		slot := intent.Slot(name)
		if slot == nil || len(m.Types[slot.Type].Values) == 0 {
			return "", false
		}
		out.WriteString(m.Types[slot.Type].Values[0].Name.Value)
		sample = after
	}
}

// builtin reports whether an intent is one of Amazon's.
func builtin(name string) bool { return strings.HasPrefix(strings.ToUpper(name), "AMAZON.") }
