package conversation

import (
	"fmt"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/device"
)

// maxRequests is how many requests one thing that the person says can lead to: a
// skill may hand a dialog back and forth, but not for ever.
const maxRequests = 10

// Conversation is one between a person, Alexa and a skill. It is for one
// goroutine at a time.
type Conversation struct {
	echo  device.Device
	clock func() time.Time
	skill *intents.Skill // as it is between sessions
	live  *intents.Skill // with the entities of the session

	session *session // nil while none is open
	pending *device.Request
	sent    int // requests since the person last spoke
	heard   intents.Heard
}

// session is an open one.
type session struct {
	device.Session
	listening bool
	reprompt  Speech // for silence; empty where there is none
	silent    bool   // the reprompt was said
	dialog    *dialog
}

// New begins a conversation on a device. Requests are dated by clock; what a
// person means by "tomorrow" goes by the time that each call is told.
func New(skill *intents.Skill, echo device.Device, clock func() time.Time) *Conversation {
	return &Conversation{echo: echo, clock: clock, skill: skill, live: skill}
}

// Open reports whether a session is open.
func (c *Conversation) Open() bool { return c.session != nil }

// Heard is how the last utterance was understood.
func (c *Conversation) Heard() intents.Heard { return c.heard }

// Locale is that of the device.
func (c *Conversation) Locale() string { return c.echo.Locale }

// model is the one that is spoken by, or nil.
func (c *Conversation) model() *intents.Model { return c.live.Models[c.echo.Locale] }

// dialog is the one that waits for the person, or nil.
func (c *Conversation) dialog() *dialog {
	if c.session == nil || c.session.dialog == nil || c.session.dialog.asked.kind == nothing {
		return nil
	}
	return c.session.dialog
}

// Hear takes what the person says, at their local time. What nobody understands
// is an error, and the conversation where it was.
func (c *Conversation) Hear(utterance string, at time.Time) (Step, error) {
	c.sent = 0
	c.heard = intents.Heard{}
	if c.Open() && c.skill.Leaves(c.echo.Locale, utterance) {
		c.heard.How = intents.HowLeave
		return c.Leave()
	}
	if d := c.dialog(); d != nil {
		return c.hearAnswer(d, utterance, at)
	}
	var err error
	if c.heard, err = c.live.Understand(c.echo.Locale, utterance, at); err != nil {
		return Step{}, err
	}
	return c.wants(Step{}, c.heard.Meaning, at)
}

// Ask takes an intent as if the person had said it.
func (c *Conversation) Ask(m intents.Meaning, at time.Time) (Step, error) {
	c.sent = 0
	c.heard = intents.Heard{Meaning: m}
	if d := c.dialog(); d != nil && d.meaning.Intent == m.Intent {
		d.merge(m)
		return c.turn(Step{}, at)
	}
	return c.wants(Step{}, m, at)
}

// wants goes on with something that the person wants, which is not part of the
// dialog that was.
func (c *Conversation) wants(step Step, m intents.Meaning, at time.Time) (Step, error) {
	if m.Launch || !c.Open() {
		c.begin()
	}
	c.session.dialog = nil
	if m.Launch {
		return c.request(step, device.Wants(m))
	}
	d := newDialog(c.model(), m)
	if d == nil {
		return c.request(step, device.Wants(m))
	}
	c.session.dialog = d
	if d.always {
		return c.advance(step, at)
	}
	return c.ask(step, alexa.DialogStarted)
}

// begin opens a session. One that was open is forgotten, as a device does when
// the person opens a skill anew.
func (c *Conversation) begin() {
	c.session, c.live = &session{Session: device.NewSession()}, c.skill
}

// Silence is that the person says nothing where Alexa listens: she says the
// reprompt, then gives up.
func (c *Conversation) Silence() (Step, error) {
	c.sent = 0
	s := c.session
	switch {
	case s == nil:
		return Step{}, nil
	case s.listening && !s.silent && s.reprompt.Text != "":
		s.silent = true
		return Step{Events: []Event{s.reprompt, Listening{}}}, nil
	}
	return c.end(Step{}, EndedBySilence, nil)
}

// Leave ends the session as "exit" does.
func (c *Conversation) Leave() (Step, error) {
	c.sent = 0
	if !c.Open() {
		return Step{}, nil
	}
	return c.end(Step{}, EndedByPerson, nil)
}

// end tells the skill that the session is over, if it knows of it.
func (c *Conversation) end(step Step, reason string, problem *device.SkillError) (Step, error) {
	known := c.session.Begun
	var err error
	if known {
		step, err = c.request(step, device.Request{Type: alexa.SessionEndedRequest, Reason: reason, Error: problem})
	}
	step.add(Ended{reason})
	c.session, c.live = nil, c.skill
	return step, err
}

// request has a step send a request.
func (c *Conversation) request(step Step, r device.Request) (Step, error) {
	if c.sent++; c.sent > maxRequests && r.Type != alexa.SessionEndedRequest {
		gone, err := c.refuse(&broken{"The skill hands the dialog back without end.",
			fmt.Sprintf("the skill has answered %d requests without letting the person speak", maxRequests)})
		gone.Events = append(step.Events, gone.Events...)
		return gone, err
	}
	c.session.listening, c.session.silent, c.session.reprompt = false, false, Speech{}
	var err error
	step.Request, err = c.echo.Envelope(c.session.Session, r, c.clock())
	c.session.Begun, c.pending = true, &r
	return step, err
}
