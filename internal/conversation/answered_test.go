package conversation

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/device"
)

// opened is a conversation that awaits the answer to an intent with a dialog.
func opened(t testing.TB, said string) *Conversation {
	t.Helper()
	text, err := os.ReadFile("testdata/en-US.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := intents.ParseModel("en-US", text)
	if err != nil {
		t.Fatal(err)
	}
	skill := &intents.Skill{Models: map[string]*intents.Model{"en-US": m}}
	c := New(skill, device.Device{Locale: "en-US"}, func() time.Time { return wednesday })
	if step, err := c.Hear(said, wednesday); err != nil || step.Request == nil {
		t.Fatal(err)
	}
	return c
}

func TestAnswered_RefusesWhatAlexaDoes(t *testing.T) {
	for answer, want := range map[string]string{
		`[]`:                         "no response",
		`{"response":{"card":"no"}}`: "no response",
		`{"sessionAttributes":3}`:    "not an object",
		`{"response":{"shouldEndSession":"true"}}`: "neither true nor false",
		strings.Repeat(" ", 130_000):               "130000 bytes",
		`{"response":{"directives":[{"type":1}]}}`: "a directive is not one",
		`{"response":{"directives":[{}]}}`:         "a directive is not one",
		`{"response":{"directives":[{"type":"Dialog.Delegate"},{"type":"Dialog.ConfirmIntent"}]}}`:                                "cannot both say",
		`{"response":{"directives":[{"type":"Dialog.ConfirmSlot","slotToConfirm":"x"}]}}`:                                         "no slot \"x\"",
		`{"response":{"directives":[{"type":"Dialog.ConfirmSlot"}]}}`:                                                             "no slot \"\"",
		`{"response":{"directives":[{"type":"Dialog.Delegate","updatedIntent":{"name":"Nobody"}}]}}`:                              "the model has no intent \"Nobody\"",
		`{"response":{"directives":[{"type":"Dialog.Delegate","updatedIntent":{"name":"HoursIntent"}}]}}`:                         "the intent HoursIntent has no dialog",
		`{"response":{"directives":[{"type":"Dialog.UpdateDynamicEntities"}]}}`:                                                   "want REPLACE or CLEAR",
		`{"response":{"directives":[{"type":"Dialog.UpdateDynamicEntities","updateBehavior":"REPLACE","types":[` + many + `]}]}}`: "Alexa takes 100",
	} {
		c := opened(t, "book a table")
		step, err := c.Answered(200, []byte(answer), wednesday)
		if err != nil || c.Open() || !strings.Contains(string(step.Request), `"INVALID_RESPONSE"`) {
			t.Errorf("%.80s: %s, %v", answer, step.Request, err)
			continue
		}
		note, ok := step.Events[1].(Note)
		if !ok || !strings.Contains(note.Text, want) {
			t.Errorf("%.80s: %+v, want %q", answer, step.Events, want)
		}
	}
}

var many = `{"name":"DISH","values":[` + strings.TrimSuffix(strings.Repeat(`{"name":{"value":"x","synonyms":["y"]}},`, 51), ",") + `]}`

func TestAnswered_WithoutAQuestion(t *testing.T) {
	c := opened(t, "book a table")
	if _, err := c.Answered(200, []byte(`{"response":{"shouldEndSession":true}}`), wednesday); err != nil || c.Open() {
		t.Error(err)
	}
	if _, err := c.Answered(200, nil, wednesday); err == nil {
		t.Error("nothing was asked")
	}
	for _, does := range []func() (Step, error){c.Silence, c.Leave} {
		if step, err := does(); err != nil || step.Request != nil || len(step.Events) > 0 {
			t.Errorf("no session is open: %+v, %v", step, err)
		}
	}
}

// A skill without models can still be asked by intents' names, and may elicit.
func TestAnswered_OfASkillWithoutModels(t *testing.T) {
	c := New(&intents.Skill{Name: "bare"}, device.Device{Locale: "en-US"}, time.Now)
	m := intents.Meaning{Intent: "Paint", Slots: []intents.Slot{{Name: "color"}}}
	if step, err := c.Ask(m, wednesday); err != nil || strings.Contains(string(step.Request), "dialogState") {
		t.Fatalf("%s, %v", step.Request, err)
	}
	if _, err := c.Answered(200, []byte(`{"response":{"directives":[{"type":"Dialog.ElicitSlot","slotToElicit":"color"}]}}`), wednesday); err != nil || !c.Open() {
		t.Fatal(err)
	}
	// There is nothing to understand an utterance by: it is asked again.
	if step, err := c.Hear("red", wednesday); err != nil || step.Request != nil {
		t.Errorf("%s, %v", step.Request, err)
	}
	m.Slots[0].Values = []intents.Value{{Heard: "red", Value: "red"}}
	step, err := c.Ask(m, wednesday)
	if err != nil || !strings.Contains(string(step.Request), `"dialogState":"IN_PROGRESS"`) || !strings.Contains(string(step.Request), `"value":"red"`) {
		t.Errorf("%s, %v", step.Request, err)
	}
}

// FuzzAnswered: whatever a skill answers, the conversation goes on or ends.
func FuzzAnswered(f *testing.F) {
	for _, seed := range []string{
		`{"response":{"directives":[{"type":"Dialog.Delegate","updatedIntent":{"name":"OrderIntent","slots":{"dish":{"slotValue":{"type":"List","values":[{"value":"soup"}]}}}}}],"shouldEndSession":false}}`,
		`{"response":{"directives":[{"type":"Dialog.ElicitSlot","slotToElicit":"DATE"}],"shouldEndSession":null}}`,
		`{"sessionAttributes":{"a":[]},"response":{"outputSpeech":{"ssml":"<speak>"},"reprompt":{"outputSpeech":null},"card":{}}}`,
		many, "null", "HTTP",
	} {
		f.Add([]byte(seed), "tomorrow")
	}
	f.Fuzz(func(t *testing.T, answer []byte, said string) {
		c := opened(t, "book a table for two")
		step, err := c.Answered(200, answer, wednesday)
		for range maxRequests {
			if err != nil {
				return
			}
			if step.Request != nil {
				step, err = c.Answered(200, answer, wednesday)
				continue
			}
			if step, err = c.Hear(said, wednesday); errors.Is(err, intents.ErrNoMatch) {
				return
			}
		}
	})
}
