package intents

import (
	"fmt"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
)

// Route says who answers a request.
type Route struct {
	// Function is the name of the function to call; empty when hark answers
	// itself, with Answer.
	Function string
	// Observe: nobody waits for the function, which observes; Answer is given
	// beside it.
	Observe bool
	// Voice is the environment of the call; nil for a function that it cannot
	// reach, since it runs already.
	Voice map[string]string
	// Progress is what to say if the function is slow; empty is nothing.
	Progress string
	// Answer is hark's own.
	Answer alexa.Answer
	// Intent names the intent for records, empty for other requests; names
	// that nobody declared are "unknown". It is there with an error too.
	Intent string
}

// Route finds the function of catalogue that answers req. For an intent that is
// the one labelled with it, else the one named like it; then, as for every other
// request, the one labelled with the type, else the one named like the type's
// last part, else the one with the longest prefix of the type. What needs no
// answer is observed by that function, and a dialog that it delegates is hark's.
// Built-in intents, launches and events without a function are answered by hark.
// The error is function.ErrNotFound when a custom intent has no function,
// ErrAmbiguous when it has two.
func (s *Skill) Route(catalogue *Catalogue, req *alexa.Request) (Route, error) {
	name, declared, err := s.answering(catalogue, req)
	route := Route{Intent: s.known(req, declared)}
	if err != nil {
		return route, err
	}
	if name == "" {
		return route, s.answer(&route, req)
	}
	f, _ := catalogue.Function(name)
	if delegates(f, req) {
		route.Answer = alexa.Delegate(req)
		return route, nil
	}
	route.Function = name
	if f.PerRequest() {
		route.Voice = input(req)
	}
	if req.Progresses() {
		route.Progress = f.Progress(req.Locale())
	}
	if route.Observe = req.Acknowledged(); route.Observe {
		route.Answer = alexa.Acknowledge(req)
	}
	return route, nil
}

// answer is hark's own to what no function answers.
func (s *Skill) answer(route *Route, req *alexa.Request) error {
	switch req.Type() {
	case alexa.LaunchRequest:
		route.Answer = s.welcome(req)
	case alexa.IntentRequest:
		answer, ok := s.answerBuiltin(req)
		if !ok {
			return fmt.Errorf("intent %.64q: %w", req.Body.Intent.Name, function.ErrNotFound)
		}
		route.Answer = answer
	default:
		route.Answer = alexa.Acknowledge(req)
	}
	return nil
}

// answering names the function that answers req, and says whether one declares
// the intent itself.
func (s *Skill) answering(catalogue *Catalogue, req *alexa.Request) (name string, declared bool, err error) {
	if req.Type() == alexa.IntentRequest {
		if name, err = catalogue.Answering(s.Name, req.Body.Intent.Name); name != "" || err != nil {
			return name, true, err
		}
	}
	name, err = catalogue.AnsweringType(s.Name, req.Type())
	return name, false, err
}

// known names the intent of a request for records: as a function declares it,
// as the skill's models have it, or "unknown". Names from outside that nobody
// declared are not repeated.
func (s *Skill) known(req *alexa.Request, declared bool) string {
	if req.Type() != alexa.IntentRequest {
		return ""
	}
	name := req.Body.Intent.Name
	if declared || builtinIntents[name] {
		return name
	}
	if m := s.Model(req.Locale()); m != nil && m.Intent(name) != nil {
		return name
	}
	return "unknown"
}
