package conversation

import (
	"slices"
	"strings"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
)

// dialog is one under way: an intent that is being filled.
//
// Clause: "Delegate the Dialog to Alexa", "Dialog Interface Reference".
type dialog struct {
	meaning intents.Meaning
	spec    *intents.DialogIntent // nil where there is no model
	always  bool                  // Alexa runs it to its end without the skill
	asked   asking
	prompts map[string]int // how often each was said
}

// asking is what the person was asked for.
type asking struct {
	kind   asked
	slot   string
	prompt Speech // how
}

type asked int

const (
	nothing asked = iota
	forSlot
	forConfirmation // of a slot
	forIntent       // for the confirmation of the intent
)

// newDialog is the dialog that the model has about an intent, or nil.
func newDialog(m *intents.Model, meaning intents.Meaning) *dialog {
	if m == nil {
		return nil
	}
	at := slices.IndexFunc(m.Dialog.Intents, func(d intents.DialogIntent) bool { return d.Name == meaning.Intent })
	if at < 0 {
		return nil
	}
	spec := &m.Dialog.Intents[at]
	strategy := spec.Delegation
	if strategy == "" {
		strategy = m.Dialog.Delegation
	}
	return &dialog{meaning: meaning, spec: spec, always: strategy == intents.DelegateAlways, prompts: make(map[string]int)}
}

// slot is the slot of that name, or nil.
func (d *dialog) slot(name string) *intents.Slot {
	for i := range d.meaning.Slots {
		if strings.EqualFold(d.meaning.Slots[i].Name, name) {
			return &d.meaning.Slots[i]
		}
	}
	return nil
}

// merge takes up the slots that the person has just filled. What was confirmed
// of them, and of the whole, no longer is.
func (d *dialog) merge(m intents.Meaning) {
	for _, s := range m.Slots {
		if own := d.slot(s.Name); own != nil && len(s.Values) > 0 {
			s.Confirmation = ""
			*own = s
		}
	}
	d.meaning.Confirmation = ""
	d.asked = asking{}
}

// update takes the intent as the skill would have it. A slot whose value it left
// as it was keeps what is known of it.
func (d *dialog) update(m intents.Meaning) {
	for i, s := range m.Slots {
		if own := d.slot(s.Name); own != nil && sameValues(*own, s) {
			m.Slots[i].Values = own.Values
		}
	}
	d.meaning = m
}

func sameValues(a, b intents.Slot) bool {
	return slices.EqualFunc(a.Values, b.Values, func(a, b intents.Value) bool { return a.Value == b.Value })
}

// next is what the model has to be asked next, and the id of the prompt; ok is
// false where nothing is left.
func (d *dialog) next(at time.Time) (ask asking, prompt string, ok bool) {
	if d.spec == nil {
		return asking{}, "", false
	}
	for _, spec := range d.spec.Slots {
		s := d.slot(spec.Name)
		if s == nil {
			continue // the model is untidy: its lint tells
		}
		if len(s.Values) == 0 && spec.Elicitation || s.Confirmation == intents.Denied {
			return asking{kind: forSlot, slot: s.Name}, spec.Prompts.Elicitation, true
		}
		if len(s.Values) == 0 {
			continue
		}
		for _, v := range spec.Validations {
			if !valid(v, *s, at) {
				return asking{kind: forSlot, slot: s.Name}, v.Prompt, true
			}
		}
		if spec.Confirmation && s.Confirmation == "" {
			return asking{kind: forConfirmation, slot: s.Name}, spec.Prompts.Confirmation, true
		}
	}
	if d.spec.Confirmation && d.meaning.Confirmation == "" {
		return asking{kind: forIntent}, d.spec.Prompts.Confirmation, true
	}
	return asking{}, "", false
}

// advance has Alexa take the next turn of the dialog: she asks, or tells the
// skill that it is complete.
func (c *Conversation) advance(step Step, at time.Time) (Step, error) {
	d := c.session.dialog
	ask, prompt, more := d.next(at)
	d.asked = ask
	if !more {
		return c.ask(step, alexa.DialogCompleted)
	}
	var note string
	d.asked.prompt, note = d.say(c.model(), prompt, ask)
	if note != "" {
		step.add(Note{note})
	}
	step.add(d.asked.prompt, c.listen(d.asked.prompt))
	return step, nil
}

// turn goes on after the person has answered.
func (c *Conversation) turn(step Step, at time.Time) (Step, error) {
	if c.session.dialog.always {
		return c.advance(step, at)
	}
	return c.ask(step, alexa.DialogInProgress)
}

// hearAnswer takes what the person says to a question of a dialog: an answer, or
// something else that they want.
func (c *Conversation) hearAnswer(d *dialog, utterance string, at time.Time) (Step, error) {
	locale := c.echo.Locale
	if d.asked.kind != forSlot {
		if yes, ok := c.live.Consent(locale, utterance); ok {
			c.heard.How = intents.HowConsent
			d.confirm(yes)
			return c.turn(Step{}, at)
		}
	}
	var err error
	if d.asked.slot != "" {
		q := intents.Question{Intent: d.meaning.Intent, Slot: d.asked.slot, Confirms: d.asked.kind == forConfirmation}
		c.heard, err = c.live.UnderstandAnswer(locale, q, utterance, at)
	} else {
		c.heard, err = c.live.Understand(locale, utterance, at)
	}
	switch {
	case err != nil:
		return c.again(d, err), nil
	case c.heard.Intent == d.meaning.Intent:
		d.merge(c.heard.Meaning)
		return c.turn(Step{}, at)
	}
	step := Step{}
	step.add(Note{"the dialog about " + d.meaning.Intent + " is left"})
	return c.wants(step, c.heard.Meaning, at)
}

// again asks the same again, for what nobody understood.
func (c *Conversation) again(d *dialog, why error) Step {
	step := Step{Events: []Event{Note{why.Error()}}}
	if d.asked.prompt.Text != "" {
		step.add(d.asked.prompt)
	}
	step.add(c.listen(c.session.reprompt))
	return step
}

// confirm takes a yes or a no.
func (d *dialog) confirm(yes bool) {
	said := intents.Denied
	if yes {
		said = intents.Confirmed
	}
	if s := d.slot(d.asked.slot); d.asked.kind == forConfirmation && s != nil {
		s.Confirmation = said
	} else {
		d.meaning.Confirmation = said
	}
	d.asked = asking{}
}
