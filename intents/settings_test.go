package intents

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa"
)

// withSettings is the directory of a skill with this skill-package/hark.json.
func withSettings(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"skill-package/hark.json":                           text,
		".ask/ask-states.json":                              `{"profiles":{"default":{"skillId":"amzn1.ask.skill.b"}}}`,
		"skill-package/interactionModels/custom/en-US.json": `{"languageModel":{"invocationName":"x","intents":[{"name":"A","samples":["go on"]},{"name":"B","samples":["go off"]}]}}`,
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSettings_AreRead(t *testing.T) {
	s, err := LoadSkill(withSettings(t, "\xef\xbb\xbf"+`{"skillIds": ["amzn1.ask.skill.c", "amzn1.ask.skill.a", "amzn1.ask.skill.b"], "voiceTimeout": "6s", "progressAfter": "1.5s",
		"phrases": {"en": {"slow": "Slow."}, "de-DE": {"welcome": "Servus %s."}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"amzn1.ask.skill.a", "amzn1.ask.skill.b", "amzn1.ask.skill.c"}, s.IDs); d != "" {
		t.Errorf("ids (-want +got):\n%s", d)
	}
	want := Settings{VoiceTimeout: 6 * time.Second, ProgressAfter: 1500 * time.Millisecond,
		Phrases: alexa.Phrases{"en": {alexa.Slow: "Slow."}, "de-DE": {alexa.Welcome: "Servus %s."}}}
	if d := cmp.Diff(want, s.Settings); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, text := range []string{`{}`, `{"phrases":{}}`, `{"phrases":{"en":{}},"skillIds":[]}`} {
		if s, err := LoadSkill(withSettings(t, text)); err != nil || s.Settings.VoiceTimeout != 0 || len(s.IDs) != 1 {
			t.Errorf("%s: %+v, %v", text, s, err)
		}
	}
	if s := testSkill(t); s.Settings.Phrases != nil {
		t.Errorf("without the file: %+v", s.Settings)
	}
}

func TestSettings_RefuseWhatHasNoEffect(t *testing.T) {
	tests := []struct{ text, want string }{
		{`{`, "unexpected end of JSON input"},
		{`[]`, "it is not a JSON object"},
		{`null`, "it is not a JSON object"},
		{`{} {}`, "after top-level value"},
		{`{"voicetimeout":"6s"}`, `there is no setting "voicetimeout"; there are phrases, progressAfter, skillIds, voiceTimeout`},
		{`{"voiceTimeout":6}`, `voiceTimeout: it is not a duration in quotes`},
		{`{"voiceTimeout":"6"}`, `voiceTimeout: "6" is not a duration, such as 1.5s`},
		{`{"voiceTimeout":"0s"}`, `voiceTimeout: 0s is not between 100ms and 1m0s`},
		{`{"progressAfter":"-1s"}`, `progressAfter: -1s is not between`},
		{`{"skillIds":"amzn1"}`, `skillIds: it is not a list`},
		{`{"skillIds":["a b"]}`, `skillIds: "a b" is not an application id`},
		{`{"skillIds":[""]}`, `skillIds: "" is not an application id`},
		{`{"skillIds":["` + strings.Repeat("a", 201) + `"]}`, `aaa" is not an application id`},
		{`{"phrases":[]}`, `phrases: it is not an object of locales`},
		{`{"phrases":{"en":"x"}}`, `phrases: it is not an object of locales`},
		{`{"phrases":{"en":{"slow":7}}}`, `phrases: it is not an object of locales`},
		{`{"phrases":{"english":{"slow":"x"}}}`, `phrases: english.slow: "english" is neither a locale`},
		{`{"phrases":{"en-GB":{"slwo":"x"}}}`, `phrases: en-GB.slwo: there is no phrase "slwo"`},
		{`{"phrases":{"en":{"welcome":"%s of %s"}}}`, `phrases: en.welcome: it has %s 2 times, where hark puts in 1 texts`},
		{`{"x":"` + strings.Repeat("x", maxSettings) + `"}`, "at most 1048576 are read"},
	}
	for _, tt := range tests {
		_, err := LoadSkill(withSettings(t, tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), settingsFile) {
			t.Errorf("%.60s: %v, want %s", tt.text, err, tt.want)
		}
	}
}

func TestSettings_PhrasesAreInHarksOwnAnswers(t *testing.T) {
	s, err := LoadSkill(withSettings(t, `{"phrases": {
		"en": {"welcome": "Hi, this is %s.", "hint": "Say %s.", "hintTwo": "Say %s, or %s.", "goodbye": "Bye.", "misheard": "What?", "unable": "No.", "anyMore": "Well?"},
		"en-GB": {"goodbye": "Cheerio."}, "de": {"anyMore": "Und?"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ locale, intent, want string }{
		{"en-US", "", "Hi, this is x. Say go on."},
		{"en-US", "AMAZON.HelpIntent", "Say go on, or go off."},
		{"en-US", "AMAZON.FallbackIntent", "What? Say go on."},
		{"en-US", "AMAZON.StopIntent", "Bye."},
		{"en-GB", "AMAZON.StopIntent", "Cheerio."},
		{"en-US", "AMAZON.NextIntent", "No."},
		{"de-DE", "AMAZON.HelpIntent", "Und?"},
		{"de-DE", "AMAZON.StopIntent", "Auf Wiedersehen."},
	} {
		req := intentRequest(t, tt.locale, tt.intent)
		if tt.intent == "" {
			req = request(t, `{"request":{"type":"LaunchRequest","locale":"`+tt.locale+`"}}`)
		}
		route, err := s.Route(&Catalogue{}, req)
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := speech(t, route.Answer); text != tt.want {
			t.Errorf("%s %s: said %q, want %q", tt.locale, tt.intent, text, tt.want)
		}
	}
}
