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

// Route finds the function of catalogue that answers req: the one labelled
// with the intent, else the one named like it. Built-in intents, launches and
// events without a function are answered by hark. The error is
// function.ErrNotFound when a custom intent has no function, ErrAmbiguous when
// it has two.
func (s *Skill) Route(catalogue *Catalogue, req *alexa.Request) (Route, error) {
	if req.Type() == alexa.SessionEndedRequest {
		return Route{Answer: alexa.Acknowledge(req)}, nil
	}
	name, err := catalogue.Answering(subject(req))
	route := Route{Intent: s.known(req, name != "" || err != nil)}
	if err != nil {
		return route, err
	}
	if name != "" {
		route.Function = name
		f, _ := catalogue.Function(name)
		if f.PerRequest() {
			route.Voice = input(req)
		}
		if req.Progresses() {
			route.Progress = f.Progress(req.Locale())
		}
		return route, nil
	}
	switch req.Type() {
	case alexa.LaunchRequest:
		route.Answer = s.welcome(req)
	case alexa.IntentRequest:
		answer, ok := s.answerBuiltin(req)
		if !ok {
			return route, fmt.Errorf("intent %.64q: %w", req.Body.Intent.Name, function.ErrNotFound)
		}
		route.Answer = answer
	default:
		route.Answer = alexa.Acknowledge(req)
	}
	return route, nil
}

// subject is what a function is looked up by: the intent, or the last part of
// the request's type.
func subject(req *alexa.Request) string {
	if req.Type() == alexa.IntentRequest {
		return req.Body.Intent.Name
	}
	return req.LastPart()
}

// known names the intent of a request for records: as a function answers it,
// as the skill's models have it, or "unknown". Names from outside that nobody
// declared are not repeated.
func (s *Skill) known(req *alexa.Request, answered bool) string {
	if req.Type() != alexa.IntentRequest {
		return ""
	}
	name := req.Body.Intent.Name
	if answered || builtinIntents[name] {
		return name
	}
	if m := s.Model(req.Locale()); m != nil && m.Intent(name) != nil {
		return name
	}
	return "unknown"
}
