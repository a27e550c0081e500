package alexa

import (
	"strings"
	"testing"
)

// texts is how many texts a phrase takes.
var texts = map[Phrase]int{Welcome: 1, Hint: 1, HintTwo: 2}

// locales are all that Alexa speaks, by the language that hark answers in.
var locales = map[string][]string{
	"ar": {"ar-SA"},
	"de": {"de-DE"},
	"en": {"en-AU", "en-CA", "en-GB", "en-IN", "en-US"},
	"es": {"es-ES", "es-MX", "es-US"},
	"fr": {"fr-CA", "fr-FR"},
	"hi": {"hi-IN"},
	"it": {"it-IT"},
	"ja": {"ja-JP"},
	"nl": {"nl-NL"},
	"pt": {"pt-BR"},
}

func TestPhrases_AreWholeInEachLanguage(t *testing.T) {
	t.Parallel()
	for language, row := range phrases {
		for i, text := range row {
			if strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text {
				t.Errorf("%s: phrase %d is %q", language, i, text)
			}
			if got, want := strings.Count(text, "%s"), texts[Phrase(i)]; got != want || strings.Count(text, "%") != want {
				t.Errorf("%s: phrase %d, %q, has %d of %%s, want %d", language, i, text, got, want)
			}
		}
	}
}

func TestPhrases_AreThereForEachLocaleOfAlexa(t *testing.T) {
	t.Parallel()
	if len(phrases) != len(locales) {
		t.Errorf("there are phrases in %d languages, Alexa speaks %d", len(phrases), len(locales))
	}
	for language, of := range locales {
		row, ok := phrases[language]
		if !ok {
			t.Errorf("there are no phrases in %s", language)
		}
		for _, locale := range of {
			for p := range numPhrases {
				if got := p.Say(locale); got != row[p] {
					t.Errorf("phrase %d in %s = %q, want %q", p, locale, got, row[p])
				}
			}
		}
	}
}

func TestPhrase_IsEnglishWhereTheLanguageIsUnknown(t *testing.T) {
	t.Parallel()
	for _, locale := range []string{"", "-", "xx-XX", "english", "en", "EN-us"} {
		if got := Goodbye.Say(locale); got != "Goodbye." {
			t.Errorf("Goodbye in %q = %q", locale, got)
		}
	}
}

func TestPhrase_TakesItsTexts(t *testing.T) {
	t.Parallel()
	tests := []struct{ got, want string }{
		{Welcome.Say("en-GB", "christmas lights"), "Welcome to christmas lights."},
		{HintTwo.Say("de-DE", "rot", "100% blau"), "Du kannst sagen: rot. Oder: 100% blau."},
		{Hint.Say("ja-JP", "赤"), "「赤」と言ってみてください。"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
