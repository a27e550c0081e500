package intents

import (
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

// answerBuiltin answers a built-in intent that no function takes.
func (s *Skill) answerBuiltin(req *alexa.Request) (answer alexa.Answer, ok bool) {
	locale, name := req.Locale(), req.Body.Intent.Name
	switch name {
	case alexa.HelpIntent:
		return alexa.Say(req, s.prompt(locale, "", 2)), true
	case alexa.FallbackIntent:
		return alexa.Say(req, s.prompt(locale, alexa.Misheard.Say(locale), 1)), true
	case alexa.StopIntent, alexa.CancelIntent:
		return alexa.Say(req, alexa.Speech{Text: alexa.Goodbye.Say(locale)}), true
	case alexa.NavigateHomeIntent:
		return alexa.Say(req, alexa.Speech{}), true
	}
	if !builtinIntents[name] {
		return alexa.Answer{}, false
	}
	// A person who is in a conversation may go on with it.
	refusal := alexa.Speech{Text: alexa.Unable.Say(locale), Open: !req.Session.New}
	if refusal.Open {
		refusal.Reprompt = alexa.AnyMore.Say(locale)
	}
	return alexa.Say(req, refusal), true
}

// welcome answers a launch that no function takes.
func (s *Skill) welcome(req *alexa.Request) alexa.Answer {
	name := strings.NewReplacer("-", " ", "_", " ").Replace(s.Name)
	if m := s.Model(req.Locale()); m != nil && m.Invocation != "" {
		name = m.Invocation
	}
	return alexa.Say(req, s.prompt(req.Locale(), alexa.Welcome.Say(req.Locale(), name), 1))
}

// prompt says something, then up to so many things that people can say, and
// waits for one of them.
func (s *Skill) prompt(locale, opening string, hints int) alexa.Speech {
	question := alexa.AnyMore.Say(locale)
	text := question
	if m := s.Model(locale); m != nil {
		if hint := m.hint(hints); hint != "" {
			text = hint
		}
	}
	if opening != "" {
		text = opening + " " + text
	}
	return alexa.Speech{Text: text, Reprompt: question, Open: true}
}

// builtinSamples are what people say for the built-in intents that every skill
// has, by language; models list only what they add to it.
var builtinSamples = map[string]map[string][]string{
	"en": {alexa.HelpIntent: {"help", "help me"}, alexa.StopIntent: {"stop"}, alexa.CancelIntent: {"cancel", "never mind"}},
	"de": {alexa.HelpIntent: {"hilfe"}, alexa.StopIntent: {"stopp", "stop"}, alexa.CancelIntent: {"abbrechen"}},
	"fr": {alexa.HelpIntent: {"aide", "aide moi"}, alexa.StopIntent: {"stop", "arrête"}, alexa.CancelIntent: {"annule", "annuler"}},
	"es": {alexa.HelpIntent: {"ayuda"}, alexa.StopIntent: {"para", "detente"}, alexa.CancelIntent: {"cancela", "cancelar"}},
	"it": {alexa.HelpIntent: {"aiuto"}, alexa.StopIntent: {"stop", "fermati"}, alexa.CancelIntent: {"annulla"}},
	"pt": {alexa.HelpIntent: {"ajuda"}, alexa.StopIntent: {"pare", "parar"}, alexa.CancelIntent: {"cancela", "cancelar"}},
	"nl": {alexa.HelpIntent: {"help"}, alexa.StopIntent: {"stop"}, alexa.CancelIntent: {"annuleer", "annuleren"}},
	"ja": {alexa.HelpIntent: {"ヘルプ"}, alexa.StopIntent: {"ストップ", "止めて"}, alexa.CancelIntent: {"キャンセル"}},
	"hi": {alexa.HelpIntent: {"मदद"}, alexa.StopIntent: {"रुको", "बंद करो"}, alexa.CancelIntent: {"रद्द करो"}},
	"ar": {alexa.HelpIntent: {"مساعدة"}, alexa.StopIntent: {"توقف"}, alexa.CancelIntent: {"إلغاء"}},
}
