package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/shelf"
)

// own is the skill in dir with its functions.
func (s *settings) own(dir string) *shelf.Shelf {
	return shelf.One(dir, s.Engine == engineLocal, func(e *shelf.Entry) error {
		e.Skill.IDs = append(e.Skill.IDs, s.SkillIDs...)
		if s.Skills == "" {
			return nil
		}
		return errors.Join(intents.CheckSkillName(e.Skill.Name), e.Tie()) // it is one among others
	})
}

// serves has these skills served, and no others. The error names both of two that
// exclude each other.
func (g *gateway) serves(entries []*shelf.Entry) error {
	if err := checkEntries(entries); err != nil {
		return err
	}
	g.entries = entries
	return g.skills.Replace(skillsOf(entries)...)
}

// checkEntries returns the error that serves would.
func checkEntries(entries []*shelf.Entry) error {
	if err := intents.CheckSkills(skillsOf(entries)...); err != nil {
		return err
	}
	owner := make(map[string]string)
	for _, e := range entries {
		for _, f := range e.Functions {
			if other, ok := owner[f.Name]; ok {
				return fmt.Errorf("two skills have a function that is called %s in the end: %s and %s; rename one", f.Name, other, e.Skill.Name)
			}
			owner[f.Name] = e.Skill.Name
		}
	}
	return nil
}

func skillsOf(entries []*shelf.Entry) []*intents.Skill {
	skills := make([]*intents.Skill, len(entries))
	for i, e := range entries {
		skills[i] = e.Skill
	}
	return skills
}

// specs are the functions of all skills.
func (g *gateway) specs() (all []function.Spec) {
	for _, e := range g.entries {
		all = append(all, e.Functions...)
	}
	return all
}

// names lists the skills.
func (g *gateway) names() string {
	names := make([]string, len(g.entries))
	for i, e := range g.entries {
		names[i] = e.Skill.Name
	}
	return strings.Join(names, ", ")
}

// known reports whether any skill has an application id.
func (g *gateway) known() bool {
	return slices.ContainsFunc(g.entries, func(e *shelf.Entry) bool { return len(e.Skill.IDs) > 0 })
}

// hidden keeps functions from being seen one after the other that change
// together: in between, two might answer the same.
type hidden struct {
	mu      sync.Mutex
	holding bool
	leaving []string // that are there still, and answer nothing any more
}

// hold has nothing seen until release.
func (h *hidden) hold() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.holding = true
}

// release has all be seen from now on, but what is leaving.
func (h *hidden) release(leaving ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.holding, h.leaving = false, leaving
}

// seen are those of some functions that are to be seen; not ok while none is.
func (h *hidden) seen(functions []function.Status) (seen []function.Status, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.holding {
		return nil, false
	}
	return slices.DeleteFunc(slices.Clone(functions), func(f function.Status) bool { return slices.Contains(h.leaving, f.Name) }), true
}
