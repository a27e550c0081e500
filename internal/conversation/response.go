package conversation

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/device"
)

// response is what is read of a skill's answer.
type response struct {
	Attributes json.RawMessage `json:"sessionAttributes"`
	Body       *body           `json:"response"`
}

type body struct {
	Speech   *speech `json:"outputSpeech"`
	Reprompt struct {
		Speech *speech `json:"outputSpeech"`
	} `json:"reprompt"`
	Card       *card             `json:"card"`
	Directives []json.RawMessage `json:"directives"`
	// End is absent, null, true or false, which are three things.
	End json.RawMessage `json:"shouldEndSession"`
}

type speech struct {
	Text string `json:"text"`
	SSML string `json:"ssml"`
}

func (s *speech) said() Speech {
	switch {
	case s == nil:
		return Speech{}
	case s.SSML != "":
		return Speech{Text: s.SSML, SSML: true}
	}
	return Speech{Text: s.Text}
}

type card struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Content string `json:"content"` // of a Simple one
	Text    string `json:"text"`    // of a Standard one
	Image   struct {
		Small string `json:"smallImageUrl"`
		Large string `json:"largeImageUrl"`
	} `json:"image"`
	Permissions []string `json:"permissions"`
}

// broken says which hard rule an answer breaks: one for which Alexa ends the
// session.
type broken struct{ message, why string }

func (b *broken) Error() string { return b.message + ": " + b.why }

// read reads an answer.
func read(status int, text []byte) (*response, error) {
	const dispatching = "An exception occurred while dispatching the request to the skill."
	if status != http.StatusOK {
		return nil, &broken{dispatching, fmt.Sprintf("the answer is HTTP %d", status)}
	}
	if len(text) > alexa.MaxResponse {
		return nil, &broken{dispatching, fmt.Sprintf("the answer has %d bytes, Alexa takes %d", len(text), alexa.MaxResponse)}
	}
	var r response
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, &broken{dispatching, fmt.Sprintf("the answer is no response: %v", err)}
	}
	if string(r.Attributes) == "null" {
		r.Attributes = nil
	}
	if len(r.Attributes) > 0 && r.Attributes[0] != '{' {
		return nil, &broken{dispatching, "sessionAttributes is not an object"}
	}
	if r.Body == nil {
		r.Body = &body{}
	}
	if end := string(r.Body.End); end != "" && end != "null" && end != "true" && end != "false" {
		return nil, &broken{dispatching, "shouldEndSession is neither true nor false"}
	}
	return &r, nil
}

// Answered takes what the skill answered to the request of the last step.
func (c *Conversation) Answered(status int, text []byte, at time.Time) (Step, error) {
	asked := c.pending
	c.pending = nil
	switch {
	case asked == nil:
		return Step{}, errors.New("nothing was asked of the skill")
	case asked.Type == alexa.SessionEndedRequest: // to which nothing can be said
		return Step{}, nil
	}
	r, err := read(status, text)
	if err != nil {
		return c.refuse(err)
	}
	step := Step{Events: r.Body.events()}
	c.session.Attributes = r.Attributes
	turn, err := c.directed(&step, r.Body)
	if err != nil {
		return c.refuse(err)
	}
	ends := string(r.Body.End) == "true"
	if turn != nil && !ends {
		return c.goOn(step, turn, r.Body, at)
	}
	if turn != nil {
		step.add(Note{turn.Type + " has no effect: shouldEndSession is true"})
	}
	c.session.dialog = nil
	return c.hold(step, r.Body, ends), nil
}

// events are what the person notices of an answer.
func (b *body) events() (events []Event) {
	if said := b.Speech.said(); said.Text != "" {
		events = append(events, said)
	}
	if k := b.Card; k != nil {
		shown := Card{Type: k.Type, Title: k.Title, Text: k.Content, Image: k.Image.Large, Permissions: k.Permissions}
		if shown.Text == "" {
			shown.Text = k.Text
		}
		if shown.Image == "" {
			shown.Image = k.Image.Small
		}
		events = append(events, shown)
	}
	return events
}

// hold ends the session or keeps it, as the answer says.
//
// Clause: "Request and Response JSON Reference", shouldEndSession: left out, the
// session of a device with a screen stays open for a while, and the microphone
// closed.
func (c *Conversation) hold(step Step, b *body, ends bool) Step {
	absent := len(b.End) == 0
	switch {
	case ends, absent && !c.echo.Screen:
		c.session, c.live = nil, c.skill
		step.add(Ended{})
	case absent:
		step.add(Note{"the session stays open, the microphone closed: shouldEndSession is left out"})
	default:
		step.add(c.listen(b.Reprompt.Speech.said()))
	}
	return step
}

// listen opens the microphone.
func (c *Conversation) listen(reprompt Speech) Event {
	c.session.listening, c.session.silent, c.session.reprompt = true, false, reprompt
	return Listening{reprompt}
}

// problem is what Alexa says where a skill does not answer as it must.
var problem = Speech{Text: "There was a problem with the requested skill's response."}

// refuse ends the session for an answer that breaks a hard rule.
func (c *Conversation) refuse(err error) (Step, error) {
	var b *broken
	if !errors.As(err, &b) {
		return Step{}, err
	}
	step := Step{Events: []Event{problem, Note{b.why}}}
	return c.end(step, EndedByError, &device.SkillError{Type: "INVALID_RESPONSE", Message: b.message})
}
