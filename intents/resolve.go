package intents

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/harkvoice/hark/intents/grammar"
	"github.com/harkvoice/hark/intents/slottype"
)

// value is a text as a value of the type: the entities of the session go before
// the values of the model.
func (t SlotType) value(heard, sent string) Value {
	key := asSaid(heard)
	v := Value{Heard: heard, Value: sent, Matches: t.index[key], Entities: t.entities[key]}
	for _, of := range [][]*SlotValue{v.Entities, v.Matches} {
		if len(of) > 0 && v.Resolved == nil {
			v.Resolved = of[0]
		}
	}
	return v
}

// values are texts that were not said but written; an empty one is none.
func (t SlotType) values(texts []string) (all []Value) {
	for _, text := range texts {
		if text != "" {
			all = append(all, t.value(text, text))
		}
	}
	return all
}

// AsSent is what Alexa sends of a text that is said for an intent's slot:
// "friday" is a date where the slot's type is AMAZON.DATE. A text that the type
// cannot read is sent as it is. At is the person's local time.
func (s *Skill) AsSent(locale, intent, slot, text string, at time.Time) string {
	m := s.Models[locale]
	if m == nil {
		return text
	}
	in := m.Intent(intent)
	if in == nil || in.Slot(slot) == nil {
		return text
	}
	t, ok := slottype.Lookup(in.Slot(slot).Type)
	if !ok || t.AsSaid() {
		return text
	}
	for _, span := range t.SpansIn(slottype.For(locale), text, at) {
		if span.Len == len(text) {
			return span.Value
		}
	}
	return text
}

// parsed is the same of what the grammar read, which knows more ways to say a
// value.
func (t SlotType) parsed(h grammar.Heard) Value {
	v := t.value(h.Said, h.Value)
	if h.Index < 0 || v.Resolved != nil {
		return v
	}
	if h.Index < len(t.Values) {
		v.Resolved = &t.Values[h.Index]
		v.Matches = []*SlotValue{v.Resolved}
		return v
	}
	v.Resolved = &t.Entities[h.Index-len(t.Values)]
	v.Entities = []*SlotValue{v.Resolved}
	return v
}

// indexed returns the type ready for value.
func (t SlotType) indexed() SlotType {
	t.index, t.entities = index(t.Values), index(t.Entities)
	return t
}

// index is values by what is said for them: names go before synonyms, earlier
// values before later ones.
func index(values []SlotValue) map[string][]*SlotValue {
	all := make(map[string][]*SlotValue, len(values))
	add := func(name string, v *SlotValue) {
		if key := asSaid(name); key != "" && !slices.Contains(all[key], v) {
			all[key] = append(all[key], v)
		}
	}
	for i := range values {
		add(values[i].Name.Value, &values[i])
	}
	for i := range values {
		for _, s := range values[i].Name.Synonyms {
			add(s, &values[i])
		}
	}
	return all
}

// listed reports whether a type is one of Amazon's lists, such as cities.
func listed(name string) bool {
	t, ok := slottype.Lookup(name) // which finds DRINK too
	return ok && builtin(name) && t.Open() && t.Name() != "AMAZON.SearchQuery" && t.Name() != "AMAZON.LITERAL"
}

// asSaid is the form in which texts are compared.
func asSaid(text string) string {
	var b strings.Builder
	for _, w := range grammar.Words(text) {
		b.WriteString(w.Key())
		b.WriteByte(' ')
	}
	return b.String()
}

// EntityID is the id that Alexa sends of a value: its own, or the MD5 of its
// name.
func (v *SlotValue) EntityID() string {
	if v.ID != "" {
		return v.ID
	}
	sum := md5.Sum([]byte(v.Name.Value))
	return hex.EncodeToString(sum[:])
}
