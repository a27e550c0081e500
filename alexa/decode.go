package alexa

import (
	"errors"
	"fmt"
	"io"
	"strings"

	alexago "github.com/arienmalec/alexa-go"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The request types that hark treats by name.
const (
	LaunchRequest       = "LaunchRequest"
	IntentRequest       = "IntentRequest"
	SessionEndedRequest = "SessionEndedRequest"
	CanFulfillRequest   = "CanFulfillIntentRequest"
)

// The built-in intents that hark answers itself when no function does.
const (
	HelpIntent         = alexago.HelpIntent
	StopIntent         = alexago.StopIntent
	CancelIntent       = alexago.CancelIntent
	FallbackIntent     = "AMAZON.FallbackIntent"
	NavigateHomeIntent = "AMAZON.NavigateHomeIntent"
)

// Request is a decoded request envelope: what hark itself needs to see of it,
// beside the bytes that were verified. A part that the envelope lacks is zero.
type Request struct {
	// Raw is the envelope as it was received and verified, byte for byte.
	Raw []byte `json:"-"`

	Version string  `json:"version"`
	Session Session `json:"session"`
	Context Context `json:"context"`
	Body    Body    `json:"request"`
}

// Session is alexa-go's, with the attributes left as they were received, and
// with what it lacks of the user.
type Session struct {
	alexago.Session
	Attributes jsontext.Value `json:"attributes"`
	User       User           `json:"user"`
}

// Body is alexa-go's view of the "request" object, with the timestamp left as
// it was received, a string or a number of milliseconds, and with what it lacks
// of the intent.
type Body struct {
	alexago.ReqBody
	Timestamp timestamp `json:"timestamp"`
	Intent    Intent    `json:"intent"`
}

// Intent is alexa-go's, with whether the listener has confirmed it and with all
// of its slots.
type Intent struct {
	alexago.Intent
	Confirmation string `json:"confirmationStatus"`
	Slots        Slots  `json:"slots"`
}

// Type is the request's type, such as "IntentRequest"; never empty.
func (r *Request) Type() string { return r.Body.Type }

// Locale is the listener's, such as "en-US"; empty in requests without one.
func (r *Request) Locale() string { return r.Body.Locale }

// Decode reads a request envelope. Unknown types and fields are fine, and so
// are a missing context or session; anything else yields a *Refusal.
// The Request keeps raw, which must not be changed afterwards.
func Decode(raw []byte) (*Request, error) {
	r := &Request{Raw: raw}
	if err := json.Unmarshal(raw, r, lenient...); err != nil {
		return nil, &Refusal{Reason: ReasonMalformed, Err: explain("the request envelope", err)}
	}
	if r.Body.Type == "" {
		return nil, Refuse(ReasonMalformed, "the request envelope has no request type at request.type")
	}
	return r, nil
}

// explain puts an error of decoding what into the words of somebody who wrote
// JSON.
func explain(what string, err error) error {
	var wrong *json.SemanticError
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &wrong) && wrong.JSONPointer == "":
		return fmt.Errorf("%s is %s, not an object", what, kindNames[wrong.JSONKind])
	case errors.As(err, &wrong):
		return fmt.Errorf("%s has %s at %s", what, kindNames[wrong.JSONKind], dotted(wrong.JSONPointer))
	case errors.As(err, &syntax) && errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s is not JSON: it ends too early (at byte %d)", what, syntax.ByteOffset)
	case errors.As(err, &syntax):
		return fmt.Errorf("%s is not JSON: %w (at byte %d)", what, syntax.Err, syntax.ByteOffset)
	}
	return fmt.Errorf("%s is not JSON: %w", what, err)
}

// dotted is a path as findings have it.
func dotted(at jsontext.Pointer) string {
	path := strings.ReplaceAll(strings.TrimPrefix(string(at), "/"), "/", ".")
	return cutText(strings.NewReplacer("~1", "/", "~0", "~").Replace(path), longestPath)
}

// ApplicationID is that of the skill which the request is for; empty if it names
// none.
func (r *Request) ApplicationID() (string, error) {
	id, session := r.Context.System.Application.ApplicationID, r.Session.Application.ApplicationID
	if id == "" {
		id = session
	}
	if session != "" && session != id {
		return "", Refuse(ReasonSkill, "the envelope names two application ids, in context and in session")
	}
	return id, nil
}
