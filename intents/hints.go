package intents

import "strings"

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
