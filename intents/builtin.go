package intents

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/harkvoice/hark/alexa"
)

// builtinIntents are Amazon's standard intents. Those of the built-in library,
// such as AMAZON.SearchAction<object@Book>, are not among them.
var builtinIntents = make(map[string]bool)

func init() {
	for name := range strings.FieldsSeq(`Cancel Help Stop NavigateHome Fallback Yes No Repeat Select StartOver
		Next Previous Pause Resume LoopOn LoopOff ShuffleOn ShuffleOff More NavigateSettings
		PageDown PageUp ScrollDown ScrollUp ScrollLeft ScrollRight`) {
		builtinIntents["AMAZON."+name+"Intent"] = true
	}
}

// canonical has those names by their lower case.
var canonical = make(map[string]string)

func init() {
	for name := range builtinIntents {
		canonical[strings.ToLower(name)] = name
	}
}

// CanonicalIntent is the name of an intent with one of Amazon's standard intents
// spelt as Amazon does, whatever its case.
func CanonicalIntent(name string) string {
	if !builtin(name) {
		return name
	}
	if known, ok := canonical[strings.ToLower(name)]; ok {
		return known
	}
	return name
}

// StandardIntents lists Amazon's standard intents in order.
func StandardIntents() []string { return slices.Sorted(maps.Keys(builtinIntents)) }

// builtin reports whether an intent is one of Amazon's.
func builtin(name string) bool { return strings.HasPrefix(strings.ToUpper(name), "AMAZON.") }

// answerBuiltin answers a built-in intent that no function takes.
func (s *Skill) answerBuiltin(req *alexa.Request) (answer alexa.Answer, ok bool) {
	locale, name := req.Locale(), req.Body.Intent.Name
	switch name {
	case alexa.HelpIntent:
		return alexa.Say(req, s.prompt(locale, "", 2)), true
	case alexa.FallbackIntent:
		return alexa.Say(req, s.prompt(locale, s.say(alexa.Misheard, locale), 1)), true
	case alexa.StopIntent, alexa.CancelIntent:
		return alexa.Say(req, alexa.Speech{Text: s.say(alexa.Goodbye, locale)}), true
	case alexa.NavigateHomeIntent:
		return alexa.Say(req, alexa.Speech{}), true
	}
	if !builtinIntents[name] {
		return alexa.Answer{}, false
	}
	// A person who is in a conversation may go on with it.
	refusal := alexa.Speech{Text: s.say(alexa.Unable, locale), Open: !req.Session.New}
	if refusal.Open {
		refusal.Reprompt = s.say(alexa.AnyMore, locale)
	}
	return alexa.Say(req, refusal), true
}

// welcome answers a launch that no function takes.
func (s *Skill) welcome(req *alexa.Request) alexa.Answer {
	name := strings.NewReplacer("-", " ", "_", " ").Replace(s.Name)
	if m := s.Model(req.Locale()); m != nil && m.Invocation != "" {
		name = m.Invocation
	}
	return alexa.Say(req, s.prompt(req.Locale(), s.say(alexa.Welcome, req.Locale(), name), 1))
}

// say is a phrase as the skill has it.
func (s *Skill) say(p alexa.Phrase, locale string, texts ...string) string {
	return s.Settings.Phrases.Say(p, locale, texts...)
}

// prompt says something, then up to so many things that people can say, and
// waits for one of them.
func (s *Skill) prompt(locale, opening string, hints int) alexa.Speech {
	question := s.say(alexa.AnyMore, locale)
	text := cmp.Or(s.hint(locale, hints), question)
	if opening != "" {
		text = opening + " " + text
	}
	return alexa.Speech{Text: text, Reprompt: question, Open: true}
}

// hint is a sentence that tells up to two things to say to the skill, empty if
// its model has none.
func (s *Skill) hint(locale string, most int) string {
	m := s.Model(locale)
	if m == nil {
		return ""
	}
	switch hints := m.hints[:min(most, len(m.hints))]; len(hints) {
	case 0:
		return ""
	case 1:
		return s.say(alexa.Hint, locale, hints...)
	default:
		return s.say(alexa.HintTwo, locale, hints...)
	}
}
