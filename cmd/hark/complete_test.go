package main

import (
	"strings"
	"testing"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/conversation"
	"github.com/harkvoice/hark/internal/device"
)

func TestComplete_GoesOnAsFarAsItIsSure(t *testing.T) {
	skill, err := intents.LoadSkill("../../samples/table-booking")
	if err != nil {
		t.Fatal(err)
	}
	sim := &simulator{settings: defaults(), skill: skill, echo: device.Device{Locale: "en-US"}}
	talk := &talker{simulator: sim}
	talk.begin(skill)
	var listed string
	press := talk.complete(func(text string) { listed = text })
	for _, tt := range []struct{ line, want, listed string }{
		{"open", "open corner table", ""},
		{"ask c", "ask corner table to book a table", ""},
		{"CANCEL", "cancel my table", ""}, // whatever the case
		{"cancel my table", "cancel my table", "cancel my table\ncancel my table on"},
		{"juggle", "juggle", ""},
		{"/he", "/help", ""},
		{"/intent Can", "/intent CancelTableIntent", ""},
		{"/intent A", "/intent AMAZON.", ""},
		{"/locale ", "/locale en-US", ""},
		{"/why ", "/why ", ""},
	} {
		listed = ""
		got, pos, ok := press(tt.line, len(tt.line), '\t')
		if !ok || got != tt.want || pos != len(got) || listed != tt.listed {
			t.Errorf("%q: %q at %d, %t; listed %q", tt.line, got, pos, ok, listed)
		}
	}
	if _, _, ok := press("open", 2, '\t'); ok {
		t.Error("it goes on in the middle of a line")
	}
	if _, _, ok := press("open", 4, 'x'); ok {
		t.Error("it takes any key")
	}
	press("", 0, '\t')
	if !strings.HasPrefix(listed, "a table for\n") || strings.Count(listed, "\n") >= maxChoices {
		t.Errorf("listed %q", listed)
	}
}

// While Alexa asks for a slot, its values can be said.
func TestComplete_ValuesOfTheSlotThatIsAskedFor(t *testing.T) {
	model, err := intents.ParseModel("en-US", []byte(`{"languageModel": {"invocationName": "paint shop", "intents": [
		{"name": "Paint", "slots": [{"name": "color", "type": "C", "samples": ["make it {color}", "{color}"]}], "samples": ["paint"]}],
		"types": [{"name": "C", "values": [{"name": {"value": "red"}}, {"name": {"value": "rose"}}]}]},
		"dialog": {"delegationStrategy": "ALWAYS", "intents": [{"name": "Paint", "slots": [{"name": "color", "elicitationRequired": true}]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	skill := &intents.Skill{Models: map[string]*intents.Model{"en-US": model}}
	sim := &simulator{settings: defaults(), skill: skill, echo: device.Device{Locale: "en-US"}}
	talk := &talker{simulator: sim}
	talk.begin(skill)
	step, err := talk.hear("paint")
	if err != nil || step.Request != nil {
		t.Fatalf("%s, %v", step.Request, err)
	}
	if _, ok := step.Events[len(step.Events)-1].(conversation.Listening); !ok {
		t.Fatalf("got %+v", step.Events)
	}
	if got, _, _ := talk.complete(nil)("ro", 2, '\t'); got != "rose" {
		t.Errorf("got %q", got)
	}
	if got, _, _ := talk.complete(nil)("ma", 2, '\t'); got != "make it red" {
		t.Errorf("got %q, want the slot's own sample", got)
	}
}

func TestCommonPrefix_EndsBetweenCharacters(t *testing.T) {
	if got := commonPrefix([]string{"tür", "tü", "tö"}); got != "t" {
		t.Errorf("got %q", got)
	}
	if got := choices("ü", []string{"über", "Über", "u", "é"}); len(got) != 2 {
		t.Errorf("got %q", got)
	}
}
