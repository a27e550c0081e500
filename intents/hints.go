package intents

import (
	"slices"
	"strings"
)

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

// Answers lists what people can say when they are asked for a slot: its values,
// the entities of the session too, and its own samples as Sayings has them.
func (m *Model) Answers(intent, slot string) (all []string) {
	in := m.Intent(intent)
	if in == nil || in.Slot(slot) == nil {
		return nil
	}
	spec := in.Slot(slot)
	all = m.said(spec.Type)
	for _, sample := range spec.Samples {
		if saying := m.saying(*in, sample); saying != "" && !slices.Contains(all, saying) {
			all = append(all, saying)
		}
	}
	return all
}

// saying is a sample with the first value of each slot, or as far as the first
// slot whose type is built in.
func (m *Model) saying(intent Intent, sample string) string {
	if saying, ok := m.fill(intent, sample); ok {
		return saying
	}
	begin, _, _ := strings.Cut(sample, "{")
	return strings.TrimSpace(begin)
}

// said are the names of a slot type's values, and the entities of the session.
func (m *Model) said(slotType string) (names []string) {
	t := m.Types[slotType]
	for _, v := range slices.Concat(t.Entities, t.Values) {
		names = append(names, v.Name.Value)
	}
	return names
}

// Sayings lists what people can say to the skill in a locale, for completing what
// they type: each sample as saying has it. With opening, it begins with what
// opens the skill.
func (s *Skill) Sayings(locale string, opening bool) (all []string) {
	m := s.Models[locale]
	if m == nil {
		return nil
	}
	if opening {
		if text := m.opening(); text != "" {
			all = append(all, text)
		}
		if example := s.Example(locale); example != "" && !slices.Contains(all, example) {
			all = append(all, example)
		}
	}
	for _, intent := range m.Intents {
		for _, sample := range intent.Samples {
			if saying := m.saying(intent, sample); saying != "" && !slices.Contains(all, saying) {
				all = append(all, saying)
			}
		}
	}
	return all
}
