package intents

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const elicitModel = `{"languageModel": {"invocationName": "tea time", "intents": [
  {"name": "Brew", "slots": [
    {"name": "tea", "type": "TEA", "samples": ["some {tea}", "{tea} for {cups}"]},
    {"name": "cups", "type": "AMAZON.NUMBER"},
    {"name": "wish", "type": "AMAZON.SearchQuery"}], "samples": ["brew", "brew {tea}"]},
  {"name": "Cups", "slots": [{"name": "number", "type": "AMAZON.NUMBER"}], "samples": ["{number}", "set {number} cups"]},
  {"name": "AMAZON.YesIntent", "samples": ["go for it"]},
  {"name": "AMAZON.StopIntent", "samples": []},
  {"name": "Paint", "slots": [{"name": "color", "type": "TEA"}], "samples": ["some {color}", "paint {color}"]}%s],
  "types": [{"name": "TEA", "values": [{"id": "G", "name": {"value": "green tea", "synonyms": ["sencha"]}}, {"name": {"value": "black tea"}}]}]}}`

func elicitSkill(t *testing.T, more string) *Skill {
	t.Helper()
	m, err := ParseModel("en-US", []byte(strings.Replace(elicitModel, "%s", more, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return &Skill{Models: map[string]*Model{"en-US": m}}
}

func TestUnderstandAnswer_AnswersComeFirst(t *testing.T) {
	const fallback = `,{"name": "AMAZON.FallbackIntent", "samples": []}`
	tests := []struct {
		slot     string
		confirms bool
		said     string
		how      How
		want     string
	}{
		{"tea", false, "sencha", HowAnswer, "Brew tea=sencha>green tea cups= wish="},
		{"tea", false, "alexa, some sencha please", HowAnswer, "Brew tea=sencha>green tea cups= wish="},
		{"tea", false, "yak butter tea, thank you", HowAnswer, "Brew tea=yak butter tea cups= wish="},
		{"wish", false, "to say please", HowAnswer, "Brew tea= cups= wish=to say please"},
		{"tea", false, "black tea for three", HowAnswer, "Brew tea=black tea>black tea cups=3 wish="},
		{"tea", false, "some mud", HowAnswer, "Brew tea=mud cups= wish="}, // and not Paint
		{"tea", false, "paint mud", HowOpen, "Paint color=mud"},
		{"TEA", false, "yak butter tea", HowAnswer, "Brew tea=yak butter tea cups= wish="},
		{"cups", false, "four", HowAnswer, "Brew tea= cups=4 wish="}, // and not Cups
		{"cups", false, "set four cups", HowExact, "Cups number=4"},
		{"cups", false, "stop", HowExact, "AMAZON.StopIntent"},
		{"cups", false, "many many", HowFallback, "AMAZON.FallbackIntent"},
		{"wish", false, "stop", HowExact, "AMAZON.StopIntent"},
		{"wish", false, "a spoon of honey", HowAnswer, "Brew tea= cups= wish=a spoon of honey"},
		{"tea", true, "yak butter tea", HowFallback, "AMAZON.FallbackIntent"},
		{"tea", true, "black tea", HowAnswer, "Brew tea=black tea>black tea cups= wish="},
		{"tea", false, "open tea time", HowLaunch, "launch"},
		{"tea", false, "ask tea time to brew black tea", HowExact, "Brew tea=black tea>black tea cups= wish="},
	}
	s := elicitSkill(t, fallback)
	for _, tt := range tests {
		got, err := s.UnderstandAnswer("en-US", Question{"Brew", tt.slot, tt.confirms}, tt.said, now)
		if err != nil || summary(got.Meaning) != tt.want || got.How != tt.how {
			t.Errorf("%s: %q: %s %s, %v; want %s %s", tt.slot, tt.said, got.How, summary(got.Meaning), err, tt.how, tt.want)
		}
	}
	if _, err := elicitSkill(t, "").UnderstandAnswer("en-US", Question{Intent: "Brew", Slot: "cups"}, "many many", now); !errors.Is(err, ErrNoMatch) {
		t.Errorf("got %v", err)
	}
	if _, err := s.UnderstandAnswer("de-DE", Question{}, "vier", now); err == nil {
		t.Error("there is no such locale")
	}
	if _, err := s.UnderstandAnswer("en-US", Question{Intent: "Brew", Slot: "tea"}, "…", now); err == nil {
		t.Error("nothing was said")
	}
}

func TestConsent_InTheLanguageAndTheModelsWords(t *testing.T) {
	s := elicitSkill(t, "")
	for said, want := range map[string]string{
		"Yes.": "yes", "Alexa, no": "no", "yeah": "yes", "no, thanks": "no", "go for it": "yes", "maybe": "", "": "", "yes and no": "",
	} {
		yes, ok := s.Consent("en-US", said)
		got := map[bool]string{true: "yes", false: "no"}[yes]
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
	for language := range addresses {
		words := consents[language]
		for yes, all := range words {
			for _, w := range all {
				if got, ok := s.Consent(language+"-XX", w); !ok || got != yes {
					t.Errorf("%s: %q is %t, %t", language, w, got, ok)
				}
			}
		}
		if len(words[true]) == 0 || len(words[false]) == 0 || len(exits[language]) == 0 {
			t.Errorf("%s has no words for yes, no or exit", language)
		}
	}
}

func TestLeaves_UnlessTheSkillTakesIt(t *testing.T) {
	s := elicitSkill(t, `,{"name": "Quit", "samples": ["quit"]}`)
	for said, want := range map[string]bool{"Exit!": true, "alexa, quit": false, "alexa exit": true, "open tea time": false, "alexa": false, "quit": false, "stop": false, "": false} {
		if got := s.Leaves("en-US", said); got != want {
			t.Errorf("%q: %t", said, got)
		}
	}
	if !s.Leaves("de-DE", "Beenden") {
		t.Error("German is not left")
	}
}

func TestWith_EntitiesOfTheSession(t *testing.T) {
	s := elicitSkill(t, "")
	entity := SlotValue{ID: "M"}
	entity.Name.Value, entity.Name.Synonyms = "matcha", []string{"sencha"}
	city := SlotValue{}
	city.Name.Value = "my town"
	live := s.With("en-US", []SlotType{{Name: "TEA", Values: []SlotValue{entity}}, {Name: "AMAZON.NUMBER", Values: []SlotValue{city}}})

	heard, err := live.Understand("en-US", "brew matcha", now)
	if err != nil || heard.How != HowExact || summary(heard.Meaning) != "Brew tea=matcha>matcha cups= wish=" {
		t.Errorf("%s %s, %v", heard.How, summary(heard.Meaning), err)
	}
	if tea := heard.Slots[0]; !tea.Dynamic || !tea.Custom || len(tea.Values[0].Matches) != 0 {
		t.Errorf("got %+v", tea)
	}
	if cups := heard.Slots[1]; !cups.Dynamic || cups.Custom {
		t.Errorf("a built-in type became the skill's own: %+v", cups)
	}
	// What both know, both resolve; the session's goes first.
	heard, err = live.Understand("en-US", "brew sencha", now)
	if v := heard.Slots[0].Values[0]; err != nil || len(v.Matches) != 1 || len(v.Entities) != 1 || v.Resolved.ID != "M" {
		t.Errorf("got %+v, %v", heard.Slots[0], err)
	}
	if heard, _ := s.Understand("en-US", "brew matcha", now); heard.How == HowExact {
		t.Error("the skill itself has changed")
	}
	if s.With("de-DE", []SlotType{{Name: "TEA"}}) != s || s.With("en-US", nil) != s {
		t.Error("nothing was to be given")
	}
}

func TestListed_AmazonsTypesOnly(t *testing.T) {
	for name, want := range map[string]bool{
		"AMAZON.City": true, "AMAZON.US_CITY": true, "amazon.drink": true, "DRINK": false, "AMAZON.NUMBER": false, "AMAZON.SearchQuery": false, "AMAZON.Unheard": false,
	} {
		if got := listed(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestMeaning_TakesSeveralValues(t *testing.T) {
	m, err := elicitSkill(t, "").Meaning("en-US", "Brew", map[string][]string{"tea": {"sencha", "mud"}, "cups": {""}})
	if err != nil || len(m.Slots[0].Values) != 2 || m.Slots[0].Values[1].Resolved != nil || len(m.Slots[1].Values) != 0 {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestSayings_AreWhatCanBeTyped(t *testing.T) {
	s := elicitSkill(t, `,{"name": "Timer", "slots": [{"name": "d", "type": "AMAZON.DURATION"}], "samples": ["set a timer for {d}", "{d}"]}`)
	want := []string{"open tea time", "ask tea time to brew", "brew", "brew green tea", "set", "go for it", "some green tea", "paint green tea", "set a timer for"}
	if d := cmp.Diff(want, s.Sayings("en-US", true)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := s.Sayings("en-US", false); len(got) != len(want)-2 {
		t.Errorf("got %q", got)
	}
	if d := cmp.Diff([]string{"green tea", "black tea"}, s.Models["en-US"].said("TEA")); d != "" {
		t.Error(d)
	}
}
