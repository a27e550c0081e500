package main

import (
	"strings"
	"testing"

	"github.com/harkvoice/hark/intents"
)

func TestExplain_TellsSamplesOnceThatAreNear(t *testing.T) {
	near := func(sample string, likeness float64) intents.Reading {
		return intents.Reading{Meaning: intents.Meaning{Intent: "Paint", Sample: sample}, Likeness: likeness}
	}
	var out strings.Builder
	explain(&out, intents.Heard{Near: []intents.Reading{near("paint it", 0.6), near("paint it", 0.5), near("paint the house", 0.07)}})
	want := "understood  nothing\nnear        Paint  \"paint it\"  60% alike\n"
	if out.String() != want {
		t.Errorf("it tells\n%s, want\n%s", out.String(), want)
	}
}

func TestExplain_DoubtsNoValueOfAmazonsLists(t *testing.T) {
	value := intents.Value{Heard: "marie curie", Value: "marie curie"}
	for _, tt := range []struct {
		slot intents.Slot
		want string
	}{
		{intents.Slot{Name: "Dog", Type: "AMAZON.Person", Custom: true, Listed: true}, "AMAZON.Person"},
		{intents.Slot{Name: "Dog", Type: "DOG", Custom: true}, "DOG, which does not know it"},
	} {
		if got := slotText(tt.slot, value)[2]; got != tt.want {
			t.Errorf("a value of %s: %q, want %q", tt.slot.Type, got, tt.want)
		}
	}
}
