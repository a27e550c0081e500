package intents

import (
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"

	"github.com/harkvoice/hark/alexa"
)

// Skills is the set of skills that a gateway serves. It is replaced as a whole;
// lookups take constant time and do not wait; all methods are safe for
// concurrent use. The zero value is an empty set.
type Skills struct {
	set atomic.Pointer[skillSet]
}

type skillSet struct {
	all     []*Skill
	byName  map[string]*Skill
	byID    map[string]*Skill
	without []*Skill // those that have no application id
}

// nobody is the set before the first.
var nobody = &skillSet{}

func (s *Skills) load() *skillSet {
	if set := s.set.Load(); set != nil {
		return set
	}
	return nobody
}

// Replace serves these skills instead of those before, the first of them being
// the default. Two of one name or one application id are an error that names
// both, and change nothing.
func (s *Skills) Replace(skills ...*Skill) error {
	set, err := newSkillSet(skills)
	if err != nil {
		return err
	}
	s.set.Store(set)
	return nil
}

// CheckSkills returns the error that Replace would.
func CheckSkills(skills ...*Skill) error {
	_, err := newSkillSet(skills)
	return err
}

func newSkillSet(skills []*Skill) (*skillSet, error) {
	set := &skillSet{all: skills, byName: make(map[string]*Skill, len(skills)), byID: make(map[string]*Skill, len(skills))}
	for _, skill := range skills {
		if other := set.byName[skill.Name]; other != nil {
			return nil, fmt.Errorf("two skills are called %s: %s and %s; rename one's directory", skill.Name, other.Dir, skill.Dir)
		}
		set.byName[skill.Name] = skill
		for _, id := range skill.IDs {
			if other := set.byID[id]; other != nil && other != skill {
				return nil, fmt.Errorf("two skills have the application id %s: %s and %s", id, other.Name, skill.Name)
			}
			set.byID[id] = skill
		}
		if len(skill.IDs) == 0 {
			set.without = append(set.without, skill)
		}
	}
	return set, nil
}

// All are the skills in the order that they were given in. They are not to be
// changed.
func (s *Skills) All() []*Skill { return s.load().all }

// Named returns the skill of that name, or nil.
func (s *Skills) Named(name string) *Skill { return s.load().byName[name] }

// For finds the skill that a request is for by its application id, and refuses
// what is for none that is served here: Amazon signs everybody's skills. Where
// only is not nil, no other skill will do. The development authority's requests
// with the id of no skill are for only, or for the one skill, if that has no id.
//
// Clause: "Verify that the request is intended for your skill".
func (s *Skills) For(req *alexa.Request, only *Skill, signer alexa.Signer) (*Skill, error) {
	set := s.load()
	id, err := req.ApplicationID()
	var skill *Skill
	if err == nil && id != "" {
		skill = set.byID[id]
	}
	if skill == nil && signer == alexa.Development {
		skill, err = set.developed(only, err)
	}
	switch {
	case err != nil:
		return nil, err
	case skill == nil:
		return nil, set.unserved(id, only, signer)
	case only != nil && skill.Name != only.Name:
		return nil, alexa.Refuse(alexa.ReasonSkill, "the application id %.100q is not that of the skill %s, and this address is for no other", id, only.Name)
	}
	return skill, nil
}

// developed is the skill without an id that a request of the development
// authority is for, or nil with the error as it is.
func (set *skillSet) developed(only *Skill, err error) (*Skill, error) {
	switch {
	case only != nil && len(only.IDs) == 0:
		return only, nil
	case only == nil && len(set.without) == 1:
		return set.without[0], nil
	}
	return nil, err
}

func (set *skillSet) unserved(id string, only *Skill, signer alexa.Signer) error {
	hint := "name it with --skill-id or as one of skillIds in skill-package/hark.json"
	if only == nil && signer == alexa.Development && len(set.without) > 1 {
		hint = "several skills have none, and /alexa/NAME chooses one"
	}
	return alexa.Refuse(alexa.ReasonSkill, "the application id %.100q is not served here; %s", id, hint)
}

var skillNameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// CheckSkillName returns an error unless a skill of that name can have an
// address of its own, /alexa/NAME.
func CheckSkillName(name string) error {
	if !skillNameForm.MatchString(name) {
		return fmt.Errorf("the skill %.64q has an address of its own, /alexa/NAME: its directory's name starts with a letter or digit, and has letters, digits, - _ . only", name)
	}
	return nil
}

// FunctionPrefix is what the names of a skill's functions may start with, so
// that two skills can have functions of one name. A dot is in no such name.
func FunctionPrefix(skill string) string { return strings.ReplaceAll(skill, ".", "-") + "_" }
