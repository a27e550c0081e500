package draft

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// locale is one that a model is made for.
type locale struct {
	name  string
	plain bool // labels without a locale are in its language
}

// locales are those to make models for: the one that was asked for, or all that
// the labels and the models of the skill name. Labels without a locale are in
// the language of the skill's default locale.
func locales(functions []function.Spec, s *intents.Skill, asked string) ([]locale, error) {
	if asked != "" && !alexa.IsLocale(asked) {
		return nil, fmt.Errorf("%q is not a locale, such as en-US", asked)
	}
	places, err := placesOf(functions)
	if err != nil {
		return nil, err
	}
	if len(places) == 0 {
		return nil, errNothing
	}
	own := s.DefaultLocale()
	if asked != "" && len(s.Models) == 0 && !places[asked] && !places[alexa.Language(asked)] {
		own = asked
	}
	wanted := wantedBy(places, s, own)
	if asked != "" {
		wanted = map[string]bool{asked: true}
	}
	var all []locale
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if wanted[name] {
			all = append(all, locale{name, alexa.Language(name) == alexa.Language(own)})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the labels are for the languages %s; name a locale of one with --locale", strings.Join(slices.Sorted(maps.Keys(places)), ", "))
	}
	return all, nil
}

// wantedBy are the locales that labels for some places are for.
func wantedBy(places map[string]bool, s *intents.Skill, own string) map[string]bool {
	wanted := make(map[string]bool)
	for _, l := range s.Locales() {
		wanted[l] = places[l] || places[alexa.Language(l)] || places[""] && alexa.Language(l) == alexa.Language(own)
	}
	for place := range places {
		if alexa.IsLocale(place) {
			wanted[place] = true
		}
	}
	wanted[own] = wanted[own] || places[""]
	addUsual(wanted, places)
	return wanted
}

// usual are the locales that a language's first model is for.
var usual = map[string]string{"ar": "ar-SA", "de": "de-DE", "en": "en-US", "es": "es-ES", "fr": "fr-FR", "hi": "hi-IN", "it": "it-IT", "ja": "ja-JP", "nl": "nl-NL", "pt": "pt-BR"}

// addUsual adds those of the languages that labels name, and that no locale is
// wanted of.
func addUsual(wanted, places map[string]bool) {
	for place := range places {
		has := false
		for l, yes := range wanted {
			has = has || yes && alexa.Language(l) == place
		}
		if locale, ok := usual[place]; ok && !has {
			wanted[locale] = true
		}
	}
}

// placesOf are the locales and languages that functions have utterances for;
// empty is one of them where a label names none.
func placesOf(functions []function.Spec) (map[string]bool, error) {
	places := make(map[string]bool)
	for _, f := range functions {
		if err := function.CheckLabels(f.Labels); err != nil {
			return nil, fmt.Errorf("function %s: %w", f.Name, err)
		}
		for _, label := range slices.Sorted(maps.Keys(f.Labels)) {
			for _, base := range []string{function.LabelSamples, function.LabelSlots} {
				place, ok, err := intents.LabelPlace(label, base)
				if err != nil {
					return nil, fmt.Errorf("function %s: %w", f.Name, err)
				}
				if ok && base == function.LabelSamples {
					places[place] = true
				}
			}
		}
	}
	return places, nil
}

// labels are those of f under a name that count in the locale, the most
// specific first.
func (l locale) labels(f function.Spec, name string, plain bool) (all []string) {
	if label, ok := f.Labels[name+"."+l.name]; ok {
		all = append(all, label)
	}
	if label, ok := f.Labels[name+"."+alexa.Language(l.name)]; ok {
		all = append(all, label)
	}
	if label, ok := f.Labels[name]; ok && plain {
		all = append(all, label)
	}
	return all
}

// read reads the labels of a function for the locale: the most specific samples,
// and of each slot the most specific. Slots that samples have need not be said
// again in a language, as types of Amazon's are the same in all.
func (l locale) read(f function.Spec) (samples []*utterances, slots []Slot, err error) {
	labels := l.labels(f, function.LabelSamples, l.plain)
	if len(labels) == 0 {
		return nil, nil, nil
	}
	if samples, err = parseSamples(labels[0]); err != nil {
		return nil, nil, fmt.Errorf("function %s: label %s: %w", f.Name, function.LabelSamples, err)
	}
	for i, label := range l.labels(f, function.LabelSlots, true) {
		more, err := parseSlots(label)
		if err != nil {
			return nil, nil, fmt.Errorf("function %s: label %s: %w", f.Name, function.LabelSlots, err)
		}
		for _, s := range more {
			said := slices.ContainsFunc(samples, func(u *utterances) bool { return u.name(s.Name) })
			if find(slots, s.Name) == nil && (i == 0 || said) {
				slots = append(slots, s)
			}
		}
	}
	return samples, slots, nil
}
