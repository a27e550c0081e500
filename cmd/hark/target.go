package main

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/device"
	"github.com/harkvoice/hark/internal/near"
)

// target is where to send to.
type target struct {
	url    string
	skill  runningSkill   // to whom
	others []runningSkill // who may be meant as well
}

// target is what is up here, or what --url and --skill say.
func (s *settings) target() (target, error) {
	if _, err := s.authorityDir(); err != nil {
		return target{}, err
	}
	here, err := readRunning(s.State)
	if err != nil && s.URL == "" {
		return target{}, err
	}
	t := target{url: here.URL, skill: runningSkill{ID: device.DevelopmentID}}
	if s.URL != "" {
		u, err := url.Parse(s.URL)
		if err != nil || u.Scheme != "https" || u.Host == "" {
			return target{}, fmt.Errorf("--url %q: want an address such as https://127.0.0.1:8443/alexa", s.URL)
		}
		t.url = s.URL
	}
	if s.Skill != "" {
		return s.named(t, here.Skills)
	}
	if len(here.Skills) > 0 {
		t.skill = here.Skills[0]
	}
	if s.URL == "" {
		t.others = here.Skills[min(1, len(here.Skills)):]
	}
	return t, nil
}

// named is a target with the skill that --skill says, at an address of its own.
func (s *settings) named(t target, skills []runningSkill) (target, error) {
	if err := intents.CheckSkillName(s.Skill); err != nil {
		return t, err
	}
	at := slices.IndexFunc(skills, func(r runningSkill) bool { return r.Name == s.Skill })
	switch {
	case at >= 0:
		t.skill = skills[at]
	case s.URL == "":
		names := make([]string, len(skills))
		for i, r := range skills {
			names[i] = r.Name
		}
		return t, hinted{fmt.Errorf("no skill %s is up here", s.Skill), near.Hint(s.Skill, names, "There are: "+cmp.Or(strings.Join(names, ", "), "none"))}
	}
	return t, t.narrow(s.Skill)
}

// narrow goes to the address of one skill alone.
func (t *target) narrow(name string) (err error) {
	if u, err := url.Parse(t.url); err == nil && strings.Trim(u.Path, "/") == "" {
		name = "alexa/" + name
	}
	t.url, err = url.JoinPath(t.url, name)
	return err
}

// choose finds the skill that is spoken to: the one that the utterance names, of
// several that are up, else the default; and reads it. Without one that is known,
// it is one that has no models.
func (s *settings) choose(t *target, args []string) (*intents.Skill, error) {
	if len(t.others) == 0 {
		return s.read(t.skill)
	}
	for _, r := range append([]runningSkill{t.skill}, t.others...) {
		skill, err := s.read(r) // one that is broken now is not named
		if s.Intent == "" && err == nil && skill.Addressed(cmp.Or(s.Locale, skill.DefaultLocale()), strings.Join(args, " ")) {
			t.skill = r
			break
		}
	}
	skill, err := s.read(t.skill)
	if err != nil {
		return nil, err
	}
	return skill, t.narrow(t.skill.Name)
}

func (s *settings) read(r runningSkill) (*intents.Skill, error) {
	dir := cmp.Or(s.Dir, r.Dir)
	if dir == "" {
		return &intents.Skill{}, nil
	}
	return intents.LoadSkill(dir)
}
