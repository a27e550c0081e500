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
	// Voice is the environment of the call.
	Voice map[string]string
	// Answer is hark's own.
	Answer alexa.Answer
}

// Route finds the function of catalogue that answers req: the one labelled
// with the intent, else the one named like it. Built-in intents, launches and
// events without a function are answered by hark. The error is
// function.ErrNotFound when a custom intent has no function.
func (s *Skill) Route(catalogue *Catalogue, req *alexa.Request) (Route, error) {
	if req.Type() == alexa.SessionEndedRequest {
		return Route{Answer: alexa.Acknowledge(req)}, nil
	}
	if name, ok := catalogue.Answering(subject(req)); ok {
		return Route{Function: name, Voice: input(req)}, nil
	}
	switch req.Type() {
	case alexa.LaunchRequest:
		return Route{Answer: s.welcome(req)}, nil
	case alexa.IntentRequest:
		if answer, ok := s.answerBuiltin(req); ok {
			return Route{Answer: answer}, nil
		}
		return Route{}, fmt.Errorf("intent %.64q: %w", req.Body.Intent.Name, function.ErrNotFound)
	}
	return Route{Answer: alexa.Acknowledge(req)}, nil
}

// subject is what a function is looked up by: the intent, or the last part of
// the request's type.
func subject(req *alexa.Request) string {
	if req.Type() == alexa.IntentRequest {
		return req.Body.Intent.Name
	}
	return req.LastPart()
}

// Intent names the intent of a request for records: the name as the skill's
// models or functions know it, or "unknown". Names from outside that nobody
// declared are not repeated.
func (s *Skill) Intent(catalogue *Catalogue, req *alexa.Request) string {
	name := req.Body.Intent.Name
	if req.Type() != alexa.IntentRequest {
		return ""
	}
	if _, ok := catalogue.Answering(name); ok || builtinIntents[name] {
		return name
	}
	if m := s.Model(req.Locale()); m != nil && m.Intent(name) != nil {
		return name
	}
	return "unknown"
}
