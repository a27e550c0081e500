package intents

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// now is a Wednesday.
var now = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

// summary writes a meaning as one line: intent slot=value>id …
func summary(m Meaning) string {
	if m.Launch {
		return "launch"
	}
	out := []string{m.Intent}
	for _, s := range m.Slots {
		slot := s.Name + "=" + s.Value
		if s.Resolved != nil {
			slot += ">" + s.Resolved.Name.Value
		}
		out = append(out, slot)
	}
	return strings.Join(out, " ")
}

func TestUnderstand_UtterancesAsAlexaHearsThem(t *testing.T) {
	tests := []struct{ locale, said, want string }{
		{"en-US", "open christmas lights", "launch"},
		{"en-US", "Alexa, open Christmas Lights.", "launch"},
		{"en-US", "ask christmas lights", "launch"},
		{"en-US", "ask christmas lights to turn the tree red", "ChangeColorIntent LedColor=red>red"},
		{"en-US", "Alexa, tell christmas lights to turn the tree red", "ChangeColorIntent LedColor=red>red"},
		{"en-US", "turn the tree red", "ChangeColorIntent LedColor=red>red"}, // in an open session
		{"en-US", "ask christmas lights turn the tree scarlet", "ChangeColorIntent LedColor=scarlet>red"},
		{"en-US", "ask christmas lights to turn the tree deep purple", "ChangeColorIntent LedColor=deep purple"},
		{"en-US", "ask christmas lights to turn blue", "ChangeColorIntent LedColor=blue>blue"},
		{"en-US", "ask christmas lights what's your hostname?", "HostnameIntent"},
		{"en-US", "book ada's table for tomorrow", "BookIntent date=2026-03-05 person=ada>Ada Lovelace"},
		{"en-US", "table ada lovelace next monday", "BookIntent date=2026-03-09 person=ada lovelace>Ada Lovelace"},
		{"en-US", "book tomorrow", "BookIntent date=2026-03-05 person="},
		{"en-US", "what's up", "WhatsUpIntent"},
		{"en-US", "make me a sandwich", "AMAZON.FallbackIntent"},
		{"en-US", "Help!", "AMAZON.HelpIntent"}, // without a sample of its own
		{"en-US", "ask christmas lights for help", "AMAZON.HelpIntent"},
		{"en-US", "never mind", "AMAZON.CancelIntent"},
		{"fr-FR", "Stop", "AMAZON.StopIntent"},
		{"fr-FR", "ouvre lumières de noël", "launch"},
		{"fr-FR", "demande à lumières de noël de mettre le sapin en rouge", "ChangeColorIntent LedColor=rouge>rouge"},
		{"fr-FR", "quel est ton nom d’hôte", "HostnameIntent"},
	}
	s := testSkill(t)
	for _, tt := range tests {
		got, err := s.Understand(tt.locale, tt.said, now)
		if err != nil || summary(got.Meaning) != tt.want {
			t.Errorf("%s %q: %s, %v; want %s", tt.locale, tt.said, summary(got.Meaning), err, tt.want)
		}
	}
}

func TestUnderstand_ExplainsWhatItCannot(t *testing.T) {
	s := testSkill(t)
	for name, tt := range map[string]struct {
		skill        *Skill
		locale, said string
		want         string
	}{
		"nothing":   {s, "en-US", " …", "nothing was said"},
		"locale":    {s, "de-DE", "hallo", "no model for de-DE; it has en-US, fr-FR"},
		"no models": {&Skill{Name: "bare"}, "en-US", "hello", "--intent NAME"},
	} {
		if _, err := tt.skill.Understand(tt.locale, tt.said, now); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bare, err := ParseModel("en-US", []byte(`{"languageModel":{"invocationName":"bare","intents":[]}}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = (&Skill{Models: map[string]*Model{"en-US": bare}}).Understand("en-US", "hello", now)
	if !errors.Is(err, ErrNoMatch) {
		t.Errorf("without a FallbackIntent: %v", err)
	}
}

func TestMeaning_OfANamedIntent(t *testing.T) {
	s := testSkill(t)
	got, err := s.Meaning("en-US", "ChangeColorIntent", map[string][]string{"ledcolor": {"Scarlet"}})
	if err != nil || summary(got) != "ChangeColorIntent LedColor=Scarlet>red" || !got.Slots[0].Custom {
		t.Errorf("%s, %v", summary(got), err)
	}
	if got, err = s.Meaning("en-US", "Unheard/Of", map[string][]string{"x": {"1"}}); err != nil || summary(got) != "Unheard/Of x=1" {
		t.Errorf("an unknown intent is sent as it is: %s, %v", summary(got), err)
	}
	if _, err = s.Meaning("en-US", "ChangeColorIntent", map[string][]string{"colour": {"red"}}); err == nil || !strings.Contains(err.Error(), "it has: LedColor") {
		t.Errorf("a misspelt slot: %v", err)
	}
	if _, err = s.Meaning("xx-XX", "ChangeColorIntent", nil); err == nil {
		t.Error("a locale without a model was taken")
	}
}

func TestAddressed_IsTheSkillThatIsNamed(t *testing.T) {
	s := testSkill(t)
	for utterance, want := range map[string]bool{
		"open christmas lights":                       true,
		"Alexa, ask christmas lights to turn red":     true,
		"turn the tree red":                           false,
		"ask halloween lights to turn the tree green": false,
		"":  false,
		"…": false,
	} {
		if got := s.Addressed("en-US", utterance); got != want {
			t.Errorf("%q: %v", utterance, got)
		}
	}
	if s.Addressed("de-DE", "open christmas lights") {
		t.Error("in a language that it has no model for")
	}
}

func TestAsSent_ReadsWhatTheSlotsTypeReads(t *testing.T) {
	s := elicitSkill(t, `,{"name": "Book", "slots": [{"name": "day", "type": "AMAZON.DATE"}, {"name": "city", "type": "AMAZON.City"}], "samples": ["book"]}`)
	for _, c := range []struct{ intent, slot, text, want string }{
		{"Book", "day", "tomorrow", "2026-03-05"},
		{"Book", "Day", "2026-05-01", "2026-05-01"},
		{"Book", "day", "the day of reckoning", "the day of reckoning"},
		{"Book", "day", "tomorrow or so", "tomorrow or so"},
		{"Book", "city", "four", "four"},
		{"Brew", "cups", "twenty one", "21"},
		{"Brew", "tea", "four", "four"},
		{"Brew", "nothing", "four", "four"},
		{"Nobody", "cups", "four", "four"},
	} {
		if got := s.AsSent("en-US", c.intent, c.slot, c.text, now); got != c.want {
			t.Errorf("%s %s=%s: %q, want %q", c.intent, c.slot, c.text, got, c.want)
		}
	}
	if got := s.AsSent("de-DE", "Brew", "cups", "four", now); got != "four" {
		t.Errorf("no model: %q", got)
	}
}
