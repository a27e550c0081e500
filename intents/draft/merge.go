package draft

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// skeleton is the file of a model that has nothing yet.
const skeleton = `{
  "interactionModel": {
    "languageModel": {
      "invocationName": "",
      "intents": [],
      "types": []
    }
  }
}
`

// standard are the intents that every skill has.
var standard = []string{alexa.HelpIntent, alexa.StopIntent, alexa.CancelIntent, alexa.NavigateHomeIntent, alexa.FallbackIntent}

// merger puts a draft into the file of a model.
type merger struct {
	*Draft
	Report
	document *document
	language span // the "languageModel"
	model    *intents.Model
	types    []*slotType
}

// intentEntry, slotEntry, valueEntry and typeEntry are what is put into the file.
type (
	intentEntry struct {
		Name    string      `json:"name"`
		Slots   []slotEntry `json:"slots"`
		Samples []string    `json:"samples"`
	}
	standardEntry struct {
		Name    string   `json:"name"`
		Samples []string `json:"samples"`
	}
	slotEntry struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	valueEntry struct {
		ID   string    `json:"id,omitempty"`
		Name nameEntry `json:"name"`
	}
	nameEntry struct {
		Value    string   `json:"value"`
		Synonyms []string `json:"synonyms,omitempty"`
	}
	typeEntry struct {
		Name   string       `json:"name"`
		Values []valueEntry `json:"values"`
	}
)

// merge puts what d has and the model has not into the model's text, which is
// empty for a new one.
func merge(locale string, text []byte, d *Draft) ([]byte, Report, error) {
	if len(text) == 0 {
		text = []byte(skeleton)
	}
	model, err := intents.ParseModel(locale, text)
	if err != nil {
		return nil, Report{}, err
	}
	m := &merger{Draft: d, document: newDocument(text), model: model}
	root := m.document.root()
	if wrapped := m.document.get(root, "interactionModel"); len(m.document.members(wrapped)) > 0 {
		root = wrapped
	}
	m.language = m.document.get(root, "languageModel")
	if m.Invocation != "" && model.Invocation == "" {
		m.document.set(m.language, "invocationName", m.Invocation)
		m.added("invocation name %q", m.Invocation)
	}
	if err := m.mergeIntents(); err != nil {
		return nil, Report{}, err
	}
	if err := m.mergeTypes(); err != nil {
		return nil, Report{}, err
	}
	text = m.document.apply()
	if _, err := intents.ParseModel(locale, text); err != nil {
		return nil, Report{}, fmt.Errorf("what would be written is no model: %w", err)
	}
	return text, m.Report, nil
}

// errTwice says that the text does not show which of its parts count.
var errTwice = errors.New("a key is there twice in one object; take one out (hark model lint says where)")

// mergeIntents adds the intents, or what they lack.
func (m *merger) mergeIntents() error {
	elements := m.document.elements(m.document.get(m.language, "intents"))
	if len(elements) != len(m.model.Intents) {
		return errTwice
	}
	var fresh []any
	for _, in := range m.Intents {
		at := slices.IndexFunc(m.model.Intents, func(i intents.Intent) bool { return strings.EqualFold(i.Name, in.Name) })
		var known *intents.Intent
		if at >= 0 {
			known = &m.model.Intents[at]
		}
		slots, err := m.slots(in, known)
		if err != nil {
			return fmt.Errorf("function %s: %w", in.function, err)
		}
		switch {
		case known != nil:
			m.mergeIntent(elements[at], known, in, slots)
			continue
		case isAmazons(in.Name) && len(slots) == 0:
			fresh = append(fresh, standardEntry{in.Name, in.Samples})
		default:
			fresh = append(fresh, intentEntry{in.Name, slots, in.Samples})
		}
		m.added("intent %s: %s", in.Name, counted(len(in.Samples), "utterance"))
	}
	fresh = append(fresh, m.standard()...)
	m.document.add(m.language, "intents", fresh...)
	for _, i := range m.model.Intents {
		named := func(in Intent) bool { return strings.EqualFold(in.Name, i.Name) }
		if !isAmazons(i.Name) && !slices.ContainsFunc(m.Intents, named) {
			m.kept("intent %s: no label has utterances for it", i.Name)
		}
	}
	return nil
}

// standard are the intents of every skill that neither the model nor a label has.
func (m *merger) standard() (missing []any) {
	for _, name := range standard {
		named := func(i Intent) bool { return i.Name == name }
		if m.model.Intent(name) == nil && !slices.ContainsFunc(m.Intents, named) {
			missing = append(missing, standardEntry{Name: name})
			m.added("intent %s", name)
		}
	}
	return missing
}

// mergeIntent adds what an intent of the model lacks.
func (m *merger) mergeIntent(at span, known *intents.Intent, in Intent, slots []slotEntry) {
	var samples, missing []any
	for _, s := range without(in.Samples, known.Samples) {
		samples = append(samples, s)
		m.added("%s: %q", known.Name, s)
	}
	for _, s := range slots {
		if known.Slot(s.Name) == nil {
			missing = append(missing, s)
			m.added("%s: slot %s of type %s", known.Name, s.Name, s.Type)
		}
	}
	m.document.add(at, "slots", missing...)
	m.document.add(at, "samples", samples...)
	if isAmazons(known.Name) {
		return
	}
	if only := without(known.Samples, in.Samples); len(only) > 0 {
		m.kept("%s: %s", known.Name, some(only))
	}
	for _, s := range known.Slots {
		if find(in.Slots, s.Name) == nil {
			m.kept("%s: slot %s", known.Name, s.Name)
		}
	}
}

// slots are those of an intent, each with its type, of which the values are
// noted. All that the samples name have to be there.
func (m *merger) slots(in Intent, known *intents.Intent) (slots []slotEntry, err error) {
	for _, s := range in.Slots {
		kind := s.Type
		if kind == "" {
			kind = typeName(s.Name)
		}
		if known != nil && known.Slot(s.Name) != nil {
			if kind, err = m.keepType(in, s, kind, known.Slot(s.Name).Type); err != nil {
				return nil, err
			}
			if kind == "" {
				continue
			}
		}
		if err := m.noteType(kind, s, in); err != nil {
			return nil, err
		}
		slots = append(slots, slotEntry{s.Name, kind})
	}
	for _, sample := range in.Samples {
		names, err := slotNames(sample)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if find(in.Slots, name) == nil && (known == nil || known.Slot(name) == nil) {
				return nil, fmt.Errorf("the utterance %q has a slot %s that is not in the label %s; %s", sample, name, function.LabelSlots, slotMend(name))
			}
		}
	}
	return slots, nil
}

// keepType is the type of a slot that the model has already; empty if values of
// the label have no place there.
func (m *merger) keepType(in Intent, s Slot, kind, has string) (string, error) {
	switch {
	case has == kind:
		return kind, nil
	case has == "":
		return "", fmt.Errorf("slot %s of %s has no type in the model; give it one there, such as %s", s.Name, in.Name, kind)
	case s.Type == "" && !isAmazons(has): // the label leaves the name open
		return has, nil
	}
	m.kept("%s: slot %s is of type %s; the label says %s", in.Name, s.Name, has, kind)
	return "", nil
}
