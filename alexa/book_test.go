package alexa

import (
	"strings"
	"testing"
)

func TestPhrases_TheLocalesOwnGoesFirst(t *testing.T) {
	t.Parallel()
	b := make(Phrases)
	for _, entry := range [][3]string{
		{"de", "slow", "Das dauert."}, {"de", "welcome", "Servus %s, 100 %."}, {"de-AT", "slow", "Des dauert."}, {"sv", "goodbye", "Hej då."}, {"fr", "welcome", "Salut."},
	} {
		if err := b.Add(entry[0], entry[1], entry[2]); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		phrase Phrase
		locale string
		texts  []string
		want   string
	}{
		{Slow, "de-AT", nil, "Des dauert."},
		{Slow, "de-DE", nil, "Das dauert."},
		{Slow, "en-US", nil, "Sorry, that took too long. Please try again."},
		{Busy, "de-AT", nil, "Entschuldige, das ist noch nicht bereit. Bitte versuche es gleich noch einmal."},
		{Welcome, "de-DE", []string{"%s & Söhne"}, "Servus %s & Söhne, 100 %."},
		{Welcome, "fr-FR", []string{"x"}, "Salut."},
		{Welcome, "en-US", []string{"x"}, "Welcome to x."},
		{Goodbye, "sv-SE", nil, "Hej då."}, // a language that hark does not speak
		{Apology, "sv-SE", nil, "Sorry, something went wrong. Please try again in a moment."},
	}
	for _, tt := range tests {
		if got := b.Say(tt.phrase, tt.locale, tt.texts...); got != tt.want {
			t.Errorf("phrase %d in %s = %q, want %q", tt.phrase, tt.locale, got, tt.want)
		}
	}
	if got := Phrases(nil).Say(Goodbye, "de-DE"); got != "Auf Wiedersehen." {
		t.Errorf("without a book: %q", got)
	}
}

func TestPhrases_RefuseWhatCannotBeSaid(t *testing.T) {
	t.Parallel()
	tests := []struct{ place, name, text, want string }{
		{"german", "slow", "x", `"german" is neither a locale`},
		{"DE", "slow", "x", "is neither a locale"},
		{"de-de", "slow", "x", "is neither a locale"},
		{"", "slow", "x", "is neither a locale"},
		{"de", "Slow", "x", `there is no phrase "Slow"; there are apology, welcome, hint, hintTwo, goodbye, misheard, unable, anyMore, slow, busy`},
		{"de", "slow", " ", "it is empty"},
		{"de", "slow", strings.Repeat("x", 601), "it has 601 characters, at most 600"},
		{"de", "slow", "<speak>x</speak>", "it is SSML"},
		{"de", "slow", "%s ist langsam", "it has %s 1 times, where hark puts in 0 texts"},
		{"de", "hintTwo", "Sag %s.", "it has %s 1 times, where hark puts in 2 texts"},
		{"de", "hint", "Sag %d.", "it has %d"},
		{"de", "welcome", "%s %v", "it has %v"},
		{"de", "welcome", "%2s", "it has %2s"},
		{"de", "welcome", "100 % %", ""},
	}
	for _, tt := range tests {
		b := make(Phrases)
		err := b.Add(tt.place, tt.name, tt.text)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%q: %v", tt.text, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s.%s %.20q: %v, want %s", tt.place, tt.name, tt.text, err, tt.want)
		case tt.want != "" && len(b) > 0:
			t.Errorf("%s.%s: it is in the book", tt.place, tt.name)
		}
	}
}
