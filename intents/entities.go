package intents

import (
	"maps"
	"slices"
	"sync"

	"github.com/harkvoice/hark/intents/grammar"
)

// With is the skill as it is in a session to which it has given entities of its
// slot types, in one locale. Types that the model does not have are left out, as
// no slot is of them.
//
// Clause: "Use Dynamic Entities for Customized Interactions".
func (s *Skill) With(locale string, entities []SlotType) *Skill {
	m := s.Models[locale]
	if m == nil || len(entities) == 0 {
		return s
	}
	live := *s
	live.Models = maps.Clone(s.Models)
	live.Models[locale] = m.with(entities)
	return &live
}

func (m *Model) with(entities []SlotType) *Model {
	live := &Model{
		Locale: m.Locale, Invocation: m.Invocation, Fallback: m.Fallback, Intents: m.Intents,
		Types: maps.Clone(m.Types), Dialog: m.Dialog, Prompts: m.Prompts,
		calls: m.calls, byName: m.byName, hints: m.hints,
	}
	for _, t := range entities {
		known := live.Types[t.Name] // none of a built-in type that is not extended
		known.Name, known.Entities = t.Name, slices.Concat(known.Entities, t.Values)
		live.Types[t.Name] = known.indexed()
	}
	live.grammar = sync.OnceValue(func() *grammar.Grammar { return live.compile() })
	live.elicited = newElicited(live)
	return live
}
