package table

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/intents"
)

func TestRead_ReadsColumnsByName(t *testing.T) {
	rows, err := Read(strings.NewReader("\ufeffintent\tutterance\tslots_json\tref_now\tnote\tlocale\tmodel\n" +
		"Paint\tpaint it red\t{\"Color\": {\"value\": \"red\", \"id\": \"r\"}}\t2026-01-02T03:04Z\tfree\ten-US\thouse\n" +
		"Help\thelp\n" +
		"Quoted\tsay \"hi\"\t\"{\"\"A\"\": {\"\"value\"\": \"\"b\"\"}}\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Row{
		{Line: 2, Model: "house", Utterance: "paint it red", Intent: "Paint", Slots: map[string]Slot{"Color": {Value: "red", ID: "r"}}, Locale: "en-US", At: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)},
		{Line: 3, Utterance: "help", Intent: "Help", At: DefaultTime},
		{Line: 4, Utterance: `say "hi"`, Intent: "Quoted", Slots: map[string]Slot{"A": {Value: "b"}}, At: DefaultTime},
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
}

func TestRead_NamesWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "the table is empty",
		"a\tb\n":                 `no column "utterance"`,
		"utterance\n":            `no column "intent"`,
		"utterance\tintent\nx\n": "line 2: the utterance or the intent is empty",
		"utterance\tintent\tslots_json\nx\tY\t{\n":                         "line 2: slots_json: ",
		"utterance\tintent\tslots_json\nx\tY\t{\"A\":\"b\"}\n":             `line 2: slots_json has a JSON string out of place; write {"Color": `,
		"utterance\tintent\tslots_json\nx\tY\t{\"A\":{\"valeu\":\"b\"}}\n": `line 2: slots_json: a slot has no "valeu"; it has value, `,
		"utterance\tintent\tslots_json\nx\tY\t{} {}\n":                     "line 2: slots_json goes on behind",
		"utterance\tintent\tref_now\nx\tY\ttomorrow\n":                     `line 2: ref_now: "tomorrow" is not a time`,
		"utterance\tintent\na\tb\n\nc\td\n\te\n":                           "line 5: the utterance or the intent is empty",
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func heard(intent string, slots ...intents.Slot) intents.Heard {
	return intents.Heard{Meaning: intents.Meaning{Intent: intent, Slots: slots}}
}

func TestDiffers_TellsWhatWasExpectedAndWhatCame(t *testing.T) {
	red := &intents.SlotValue{ID: "r"}
	red.Name.Value = "red"
	color := intents.Slot{Name: "Color", Type: "COLOR", Value: "scarlet", Resolved: red}
	row := func(intent, slots string) Row {
		rows, err := Read(strings.NewReader("utterance\tintent\tslots_json\nx\t" + intent + "\t" + slots))
		if err != nil {
			t.Fatal(err)
		}
		return rows[0]
	}
	for _, c := range []struct {
		name string
		row  Row
		h    intents.Heard
		err  error
		want string
	}{
		{"right", row("Paint", `{"Color":{"value":"scarlet","resolved":"red","id":"r"}}`), heard("Paint", color), nil, ""},
		{"right by its value alone", row("paint", `{"Color":{"value":"Scarlet"}}`), heard("Paint", color), nil, ""},
		{"right by another answer", row("Paint", `{"Color":{"resolved":"blue","id":"b","also_resolves":[{"resolved":"red","id":"r"}]}}`), heard("Paint", color), nil, ""},
		{"an empty slot", row("Paint", ""), heard("Paint", intents.Slot{Name: "Color"}), nil, ""},
		{"another intent", row("Paint", ""), heard("Help"), nil, "- Paint|+ Help"},
		{"launch", row("LaunchRequest", ""), intents.Heard{Meaning: intents.Meaning{Launch: true}}, nil, ""},
		{"nothing", row("Paint", ""), intents.Heard{}, errors.New("no"), "- Paint|+ nothing: no"},
		{"another value", row("Paint", `{"Color":{"value":"blue","resolved":"blue"}}`), heard("Paint", color), nil, "- Color=blue → blue|+ Color=scarlet → red (r)"},
		{"another id", row("Paint", `{"Color":{"value":"scarlet","resolved":"red","id":"x"}}`), heard("Paint", color), nil, "- Color=scarlet → red (x)|+ Color=scarlet → red (r)"},
		{"unresolved", row("Paint", `{"Color":{"value":"mauve","resolved":"red"}}`), heard("Paint", intents.Slot{Name: "Color", Value: "mauve"}), nil, "- Color=mauve → red|+ Color=mauve"},
		{"another type", row("Paint", `{"Color":{"value":"scarlet","type":"HUE"}}`), heard("Paint", color), nil, "- Color of type HUE|+ Color of type COLOR"},
		{"a slot too many", row("Paint", ""), heard("Paint", color), nil, "+ Color=scarlet → red (r)"},
		{"a slot too few", row("Paint", `{"Color":{"value":"red"}}`), heard("Paint", intents.Slot{Name: "Color"}), nil, "- Color=red"},
		{"a slot that is not there", row("Paint", `{"Size":{"value":"big"}}`), heard("Paint"), nil, "- Size=big"},
	} {
		if got := strings.Join(c.row.Differs(c.h, c.err), "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
