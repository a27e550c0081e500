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

// Draft is what the labels of functions say of a model.
type Draft struct {
	Invocation string // for a model that has none
	Intents    []Intent
}

// Intent is an intent that a function answers.
type Intent struct {
	Name     string
	Slots    []Slot
	Samples  []string
	function string
}

// newDraft reads the labels of functions for a locale.
func newDraft(functions []function.Spec, l locale) (*Draft, error) {
	d := &Draft{}
	for _, f := range functions {
		samples, slots, err := l.read(f)
		if err != nil {
			return nil, err
		}
		for _, u := range samples {
			if err := d.add(f, u, slots, len(samples) == 1); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// add takes what a function has for one intent. Of several, each has the slots
// that its samples name; an only one has them all, as a dialog may ask for them.
func (d *Draft) add(f function.Spec, u *utterances, slots []Slot, only bool) error {
	name, err := intentOf(f, u.intent)
	if err != nil {
		return fmt.Errorf("function %s: %w", f.Name, err)
	}
	for _, other := range d.Intents {
		if strings.EqualFold(other.Name, name) {
			return fmt.Errorf("functions %s and %s both have utterances for %s; take the label %s off one", other.function, f.Name, name, function.LabelSamples)
		}
	}
	in := Intent{Name: name, Samples: u.samples, function: f.Name}
	in.Slots = slices.DeleteFunc(slices.Clone(slots), func(s Slot) bool { return !only && !u.name(s.Name) })
	d.Intents = append(d.Intents, in)
	return nil
}

// intentOf is the name of the intent that utterances of a function are for: the
// one that they name, the only one of the skill's own in hark.intents, or the
// one that the function is named like.
func intentOf(f function.Spec, name string) (string, error) {
	if name == "" {
		name = intents.LocalName(function.Status{Spec: f})
		var own []string
		for intent := range strings.SplitSeq(f.Labels[function.LabelIntents], ",") {
			intent = strings.TrimSpace(intent)
			if intent != "" && !isAmazons(intent) && !slices.Contains(alexa.RequestTypes(), intent) {
				own = append(own, intent)
			}
		}
		if len(own) > 1 {
			return "", fmt.Errorf("label %s: it has several intents, %s; begin their utterances with the name, such as %q",
				function.LabelSamples, strings.Join(own, ", "), own[0]+": …")
		}
		if len(own) == 1 {
			name = own[0]
		}
	}
	if standard := intents.CanonicalIntent(amazons + name); slices.Contains(intents.StandardIntents(), standard) {
		return standard, nil // a function HelpIntent answers AMAZON.HelpIntent
	}
	switch {
	case slices.Contains(alexa.RequestTypes(), name):
		return "", fmt.Errorf("label %s: %s is a request type, which nobody says; only intents have utterances", function.LabelSamples, name)
	case isAmazons(name):
		return intents.CanonicalIntent(name), nil
	case !nameForm.MatchString(name):
		return "", fmt.Errorf("no intent can be called %q: Amazon takes letters and _ only; name its intent in the label %s", name, function.LabelIntents)
	}
	return name, nil
}

func isAmazons(name string) bool {
	return len(name) > len(amazons) && strings.EqualFold(name[:len(amazons)], amazons)
}

// errNothing says that no function has labels to make a model from.
var errNothing = errors.New("no function has the label " + function.LabelSamples + ", from which a model is made")
