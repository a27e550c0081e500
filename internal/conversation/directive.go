package conversation

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/device"
)

// turning is a directive that says how a dialog goes on, or that gives the
// session entities.
type turning struct {
	Type     string             `json:"type"`
	Elicit   string             `json:"slotToElicit"`
	Confirm  string             `json:"slotToConfirm"`
	Updated  *updated           `json:"updatedIntent"`
	Behavior string             `json:"updateBehavior"`
	Types    []intents.SlotType `json:"types"`
}

// updated is an intent as the skill would have it.
type updated struct {
	Name         string               `json:"name"`
	Confirmation intents.Confirmation `json:"confirmationStatus"`
	Slots        map[string]struct {
		Value        string               `json:"value"`
		Confirmation intents.Confirmation `json:"confirmationStatus"`
		SlotValue    slotValue            `json:"slotValue"`
	} `json:"slots"`
}

type slotValue struct {
	Value  string      `json:"value"`
	Values []slotValue `json:"values"`
}

// texts are the values, of lists too.
func (v slotValue) texts() (all []string) {
	if v.Value != "" {
		return []string{v.Value}
	}
	for _, one := range v.Values {
		all = append(all, one.texts()...)
	}
	return all
}

// dialogTurns are the directives by which a dialog goes on.
var dialogTurns = map[string]bool{
	"Dialog.Delegate": true, "Dialog.ElicitSlot": true, "Dialog.ConfirmSlot": true, "Dialog.ConfirmIntent": true,
}

// directed takes the directives of an answer, and returns the one that says how
// the dialog goes on, or nil.
func (c *Conversation) directed(step *Step, b *body) (turn *turning, err error) {
	for _, raw := range b.Directives {
		var d turning
		if err := json.Unmarshal(raw, &d); err != nil || d.Type == "" {
			return nil, &broken{"A directive in the response is not valid.", fmt.Sprintf("a directive is not one: %.80s", raw)}
		}
		step.add(Directive{d.Type, raw})
		switch {
		case d.Type == "Dialog.UpdateDynamicEntities":
			if err := c.entities(step, &d); err != nil {
				return nil, err
			}
		case dialogTurns[d.Type] && turn != nil:
			return nil, &broken{"The response has more than one Dialog directive.", turn.Type + " and " + d.Type + " cannot both say how the dialog goes on"}
		case dialogTurns[d.Type]:
			turn = &d
		}
	}
	return turn, nil
}

// maxEntities is how many values and synonyms a session is given at most.
const maxEntities = 100

// entities gives the session what Dialog.UpdateDynamicEntities has.
func (c *Conversation) entities(step *Step, d *turning) error {
	const invalid = "The Dialog.UpdateDynamicEntities directive is not valid."
	switch d.Behavior {
	case "CLEAR":
		c.live = c.skill
		return nil
	case "REPLACE":
	default:
		return &broken{invalid, fmt.Sprintf("updateBehavior is %.40q, want REPLACE or CLEAR", d.Behavior)}
	}
	count := 0
	for _, t := range d.Types {
		if m := c.model(); m != nil && !m.Uses(t.Name) {
			step.add(Note{fmt.Sprintf("no slot of the model has the type %.60q: its entities are never heard", t.Name)})
		}
		for _, v := range t.Values {
			count += 1 + len(v.Name.Synonyms)
		}
	}
	if count > maxEntities {
		return &broken{invalid, fmt.Sprintf("it has %d values and synonyms, Alexa takes %d", count, maxEntities)}
	}
	c.live = c.skill.With(c.echo.Locale, d.Types)
	return nil
}

// goOn has the dialog go on as the skill says.
func (c *Conversation) goOn(step Step, t *turning, b *body, at time.Time) (Step, error) {
	if err := c.update(t); err != nil {
		return c.refuse(err)
	}
	d := c.session.dialog
	if t.Type == "Dialog.Delegate" {
		return c.advance(step, at)
	}
	asked := asking{kind: forIntent}
	switch t.Type {
	case "Dialog.ElicitSlot":
		asked = asking{kind: forSlot, slot: t.Elicit}
	case "Dialog.ConfirmSlot":
		asked = asking{kind: forConfirmation, slot: t.Confirm}
	}
	if asked.kind != forIntent && d.slot(asked.slot) == nil {
		return c.refuse(&broken{"The slot of the " + t.Type + " directive is not one of the intent.",
			fmt.Sprintf("the intent %s has no slot %.40q", d.meaning.Intent, asked.slot)})
	}
	asked.prompt = b.Speech.said()
	d.asked = asked
	step.add(c.listen(b.Reprompt.Speech.said()))
	return step, nil
}

// update gives the dialog the intent of a directive; there has to be one.
func (c *Conversation) update(t *turning) error {
	d := c.session.dialog
	name := c.heard.Intent
	switch {
	case t.Updated != nil && c.model() != nil && c.model().Intent(t.Updated.Name) == nil:
		return &broken{"The updatedIntent is not valid.", fmt.Sprintf("the model has no intent %.40q", t.Updated.Name)}
	case t.Updated != nil && (d == nil || t.Updated.Name != d.meaning.Intent):
		name = t.Updated.Name
		d = c.dialogOf(intents.Meaning{Intent: name})
	case d == nil && c.heard.Intent == "":
		return &broken{"The " + t.Type + " directive has no updatedIntent.", "there is no intent to go on with"}
	case d == nil:
		d = c.dialogOf(c.heard.Meaning)
	}
	if d == nil {
		return unsupported(t, name)
	}
	c.session.dialog = d
	if t.Updated == nil {
		return nil
	}
	meaning, err := c.updated(t.Updated)
	if err != nil {
		return err
	}
	d.update(meaning)
	return nil
}

// dialogOf is the dialog that the skill may begin about an intent, or nil. A
// skill without a model may about any.
func (c *Conversation) dialogOf(m intents.Meaning) *dialog {
	if c.model() == nil {
		return &dialog{meaning: m}
	}
	return newDialog(c.model(), m)
}

// unsupported is how Alexa refuses dialogs of intents that have none.
func unsupported(t *turning, intent string) error {
	return &broken{"The following directives are not supported: " + strings.TrimPrefix(t.Type, "Dialog.") + "Directive",
		fmt.Sprintf(`the intent %s has no dialog: name it in the model, under "dialog": {"intents": [{"name": %[1]q, "slots": […]}]}`, intent)}
}

// updated is the intent of a directive with its slots, as the model has them.
func (c *Conversation) updated(u *updated) (intents.Meaning, error) {
	filled := make(map[string][]string, len(u.Slots))
	for name, s := range u.Slots {
		if s.Value != "" {
			filled[name] = []string{s.Value}
		} else if texts := s.SlotValue.texts(); len(texts) > 0 {
			filled[name] = texts
		}
	}
	m, err := c.live.Meaning(c.echo.Locale, u.Name, filled)
	if err != nil {
		return m, &broken{"The updatedIntent is not valid.", err.Error()}
	}
	m.Confirmation = given(u.Confirmation)
	for name, s := range u.Slots {
		for i := range m.Slots {
			if strings.EqualFold(m.Slots[i].Name, name) {
				m.Slots[i].Confirmation = given(s.Confirmation)
			}
		}
	}
	return m, nil
}

// given is a confirmation that a skill has set; it writes none as NONE.
func given(c intents.Confirmation) intents.Confirmation {
	if c == intents.Confirmed || c == intents.Denied {
		return c
	}
	return ""
}

// ask sends the dialog's intent to the skill in a state of the dialog.
func (c *Conversation) ask(step Step, state string) (Step, error) {
	r := device.Wants(c.session.dialog.meaning)
	r.DialogState = state
	return c.request(step, r)
}
