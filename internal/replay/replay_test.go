package replay

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReplay_IsReadAsItWasWritten(t *testing.T) {
	r := &Replay{SkillID: "s", Locale: "en-US", Device: Device{Screen: true, Person: "ada"}}
	r.Add("open test house", Turn{Intent: "LaunchRequest", Alexa: []string{"Welcome. <3"}})
	r.Add("paint it red", Turn{Intent: "Paint", Slots: map[string]string{"Color": "red"}, Alexa: []string{"OK."}, Ended: true})
	text, err := r.Text()
	if err != nil || !strings.Contains(string(text), "Welcome. <3") {
		t.Fatalf("%s, %v", text, err)
	}
	again, err := Parse(text)
	if d := cmp.Diff(r, again); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}

// What the ASK CLI writes has no turns, and there is nothing to differ from.
func TestReplay_OfTheASKCLI(t *testing.T) {
	r, err := Parse([]byte(`{"skillId":"amzn1.ask.skill.x","locale":"en-US","type":"text","userInput":["open x","stop"]}`))
	if err != nil || len(r.Input) != 2 || r.Differs(1, Turn{Intent: "Stop"}) != nil {
		t.Errorf("%+v, %v", r, err)
	}
	if lines := r.Differs(1, Turn{Problem: "not understood"}); !slices.Equal(lines, []string{"+ not understood"}) {
		t.Errorf("what goes wrong is told: %q", lines)
	}
}

func TestParse_NamesWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		``:                                   "unexpected end",
		`[]`:                                 "it has a JSON array",
		`{"userInput":"x"}`:                  "it has a JSON string at userInput",
		`{"userInput":[]}`:                   `no "userInput"`,
		`{"userInput":["x"],"type":"audio"}`: `its type is "audio"`,
		`{"userInput":["x"],"turns":[]}`:     "1 inputs and 0 turns",
		`{"userInput":["x"],"at":"noon"}`:    `its "at" is "noon"`,
		fmt.Sprintf(`{"userInput":[%s"x"]}`, strings.Repeat(`"x",`, maxInput)): "at most 1000 are held",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v", text, err)
		}
	}
}

func TestDiffers_TellsWhatWasAndWhatIs(t *testing.T) {
	r := &Replay{}
	r.Add("paint it red", Turn{Intent: "Paint", Slots: map[string]string{"Color": "red"}, Alexa: []string{"One.", "Two."}})
	for want, now := range map[string]Turn{
		"":                                     r.Turns[0],
		"- Paint Color=red|+ Paint Color=blue": {Intent: "Paint", Slots: map[string]string{"Color": "blue"}, Alexa: []string{"One.", "Two."}},
		"- Alexa: Two.|+ Alexa: Three.|+ the session is over":                                         {Intent: "Paint", Slots: map[string]string{"Color": "red"}, Alexa: []string{"One.", "Three."}, Ended: true},
		"- Paint Color=red | Alexa: One. | Alexa: Two.|+ Paint Color=red | Alexa: Two. | Alexa: One.": {Intent: "Paint", Slots: map[string]string{"Color": "red"}, Alexa: []string{"Two.", "One."}},
	} {
		if got := strings.Join(r.Differs(0, now), "|"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
