package conversation

import "encoding/json"

// Step is what comes of something: Events in their order, then Request, an
// envelope for the skill; without one it is the person's turn.
type Step struct {
	Events  []Event
	Request json.RawMessage
}

func (s *Step) add(events ...Event) { s.Events = append(s.Events, events...) }

// Event is something that the person, or the developer, notices: a Speech, Card,
// Directive, Listening, Ended or Note.
type Event interface{ event() }

// Speech is what Alexa says.
type Speech struct {
	Text string
	SSML bool // Text is markup
	// Prompt is the id of the model's prompt that Alexa says of her own accord.
	Prompt string
}

// Card is shown in the Alexa app.
type Card struct {
	Type, Title, Text, Image string
	Permissions              []string
}

// Directive is what a device, or Alexa, is told to do.
type Directive struct {
	Type string
	JSON json.RawMessage
}

// Listening: the microphone is open. Reprompt is what Alexa will say if she hears
// nothing.
type Listening struct{ Reprompt Speech }

// Ended: the session is over. Reason is of the SessionEndedRequest that tells the
// skill, empty where the skill ended it.
type Ended struct{ Reason string }

// The reasons.
//
// Clause: "Request Types Reference", SessionEndedRequest.
const (
	EndedByPerson  = "USER_INITIATED"
	EndedBySilence = "EXCEEDED_MAX_REPROMPTS"
	EndedByError   = "ERROR"
)

// Note is for the developer: what Alexa did without saying, and why.
type Note struct{ Text string }

func (Speech) event()    {}
func (Card) event()      {}
func (Directive) event() {}
func (Listening) event() {}
func (Ended) event()     {}
func (Note) event()      {}
