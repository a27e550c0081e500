package draft

import (
	"fmt"
	"slices"

	"github.com/harkvoice/hark/intents"
)

// slotType is a type that labels name, with the values that one of them has.
type slotType struct {
	name   string
	values []Value
	slot   string // that has them, for errors
}

// noteType notes that a slot has a type. Several slots may have the same, whose
// values then stand in one label, or are the same in all.
func (m *merger) noteType(name string, s Slot, in Intent) error {
	slot := fmt.Sprintf("%s of %s", s.Name, in.Name)
	for _, t := range m.types {
		if t.name != name {
			continue
		}
		switch {
		case len(s.Values) == 0:
		case len(t.values) == 0:
			t.values, t.slot = s.Values, slot
		case !slices.EqualFunc(t.values, s.Values, Value.equal):
			return fmt.Errorf("the slots %s and %s are both of type %s, with other values; name the types apart, such as %s:%s_TOO=…",
				t.slot, slot, name, s.Name, name)
		}
		return nil
	}
	m.types = append(m.types, &slotType{name, s.Values, slot})
	return nil
}

func (v Value) equal(w Value) bool {
	return v.ID == w.ID && v.Value == w.Value && slices.Equal(v.Synonyms, w.Synonyms)
}

// mergeTypes adds the types that were noted, or what they lack.
func (m *merger) mergeTypes() error {
	entries := make(map[string]span)
	for _, e := range m.document.elements(m.document.get(m.language, "types")) {
		entries[m.document.str(m.document.get(e, "name"))] = e
	}
	var fresh []any
	for _, t := range m.types {
		known, ok := m.model.Types[t.name]
		switch {
		case ok && known.ValueSupplier.Type != "" && len(t.values) > 0:
			m.kept("type %s: its values come from a catalog of Amazon's; the label's are not added", t.name)
		case ok:
			if err := m.mergeType(entries[t.name], known, t); err != nil {
				return err
			}
		case len(t.values) > 0:
			fresh = append(fresh, typeEntry{t.name, entriesOf(t.values)})
			m.added("type %s: %s", t.name, counted(len(t.values), "value"))
		case !isAmazons(t.name):
			return fmt.Errorf("slot %s is of type %s, of which there are no values; write them after it, such as :%s=red,green", t.slot, t.name, t.name)
		}
	}
	m.document.add(m.language, "types", fresh...)
	return nil
}

func entriesOf(values []Value) (entries []valueEntry) {
	for _, v := range values {
		entries = append(entries, valueEntry{v.ID, nameEntry{v.Value, v.Synonyms}})
	}
	return entries
}

// mergeType adds values and synonyms that a type of the model lacks.
func (m *merger) mergeType(at span, known intents.SlotType, t *slotType) error {
	elements := m.document.elements(m.document.get(at, "values"))
	if len(elements) != len(known.Values) {
		return errTwice
	}
	words := wordsOf(known)
	labelled := make(map[int]bool)
	var fresh []any
	for _, v := range t.values {
		i, there := words[key(v.Value)]
		if !there {
			v.Synonyms = slices.DeleteFunc(slices.Clone(v.Synonyms), func(s string) bool { return m.taken(words, known, s) })
			fresh = append(fresh, valueEntry{v.ID, nameEntry{v.Value, v.Synonyms}})
			m.added("type %s: value %q", t.name, v.Value)
			continue
		}
		labelled[i] = true
		m.mergeValue(elements[i], known, i, v, words)
	}
	m.document.add(at, "values", fresh...)
	var only []string
	for i, v := range known.Values {
		if len(t.values) > 0 && !labelled[i] {
			only = append(only, v.Name.Value)
		}
	}
	if len(only) > 0 {
		m.kept("type %s: %s", t.name, some(only))
	}
	return nil
}

// wordsOf tells which value of a type has a name or a synonym; of several, the
// first, and names go before synonyms.
func wordsOf(known intents.SlotType) map[string]int {
	words := make(map[string]int)
	for i := len(known.Values) - 1; i >= 0; i-- {
		for _, s := range known.Values[i].Name.Synonyms {
			words[key(s)] = i
		}
	}
	for i := len(known.Values) - 1; i >= 0; i-- {
		words[key(known.Values[i].Name.Value)] = i
	}
	return words
}

// mergeValue adds synonyms that value i of a type lacks.
func (m *merger) mergeValue(at span, known intents.SlotType, i int, v Value, words map[string]int) {
	has := known.Values[i]
	var missing []any
	for _, s := range v.Synonyms {
		if of, there := words[key(s)]; there && of == i || m.taken(words, known, s) {
			continue
		}
		missing = append(missing, s)
		m.added("type %s: synonym %q of %s", known.Name, s, has.Name.Value)
	}
	m.document.add(m.document.get(at, "name"), "synonyms", missing...)
	if v.ID != "" && v.ID != has.ID {
		m.kept("type %s: value %q has the id %q; the label says %q", known.Name, has.Name.Value, has.ID, v.ID)
	}
}

// taken reports whether a value of the type has a word, which cannot be another's
// synonym then.
func (m *merger) taken(words map[string]int, known intents.SlotType, word string) bool {
	of, there := words[key(word)]
	if there {
		m.kept("type %s: %q belongs to %s already", known.Name, word, known.Values[of].Name.Value)
	}
	return there
}
