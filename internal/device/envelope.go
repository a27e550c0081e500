// Package device stands in for an Echo and the cloud behind it: it makes the
// request envelopes that Alexa would send, signs them with a development
// authority and sends them to a gateway over HTTPS. What is said when, package
// conversation knows.
package device

import (
	"encoding/json"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
)

// Session is the conversation that a request belongs to.
type Session struct {
	ID string
	// Begun: the skill has had a request of it.
	Begun bool
	// Attributes are what the skill last answered, a JSON object; nil is none.
	Attributes json.RawMessage
}

// NewSession makes one that the skill knows nothing of.
func NewSession() Session { return Session{ID: "amzn1.echo-api.session." + uuid()} }

// Request is what a person, or Alexa, wants of a skill.
type Request struct {
	Type string
	// Meaning and DialogState are of an IntentRequest; the state is empty where
	// the model has no dialog.
	Meaning     intents.Meaning
	DialogState string
	// Reason and Error are of a SessionEndedRequest.
	Reason string
	Error  *SkillError
}

// SkillError is what Alexa could not do with a response.
type SkillError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// Wants makes the request for a meaning.
func Wants(m intents.Meaning) Request {
	if m.Launch {
		return Request{Type: alexa.LaunchRequest}
	}
	return Request{Type: alexa.IntentRequest, Meaning: m}
}

// Envelope makes the request envelope, dated now.
func (d Device) Envelope(s Session, r Request, now time.Time) (json.RawMessage, error) {
	attributes := s.Attributes
	if len(attributes) == 0 {
		attributes = json.RawMessage("{}")
	}
	return encode(object{
		"version": "1.0",
		"session": object{
			"new":         !s.Begun,
			"sessionId":   s.ID,
			"application": d.application(),
			"attributes":  attributes,
			"user":        d.user(),
		},
		"context": d.context(now),
		"request": d.request(r, now),
	})
}

func (d Device) request(r Request, now time.Time) object {
	request := object{
		"type":      r.Type,
		"requestId": requestID(),
		"timestamp": now.UTC().Format(time.RFC3339),
		"locale":    d.Locale,
	}
	switch r.Type {
	case alexa.LaunchRequest:
		request["shouldLinkResultBeReturned"] = false
	case alexa.IntentRequest:
		request["intent"] = d.intent(r.Meaning)
		if r.DialogState != "" {
			request["dialogState"] = r.DialogState
		}
	case alexa.SessionEndedRequest:
		request["reason"] = r.Reason
		if r.Error != nil {
			request["error"] = r.Error
		}
	}
	return request
}
