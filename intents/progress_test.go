package intents

import (
	"errors"
	"strings"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

func TestCatalogue_TellsProgressLabelsThatCannotBeSaid(t *testing.T) {
	for _, tt := range []struct{ label, text, want string }{
		{"hark.progress", "One moment.", ""},
		{"hark.progress.de", "<speak>Moment.</speak>", ""},
		{"hark.progress.de-AT", "", ""},
		{"com.example.hark.progress", "<", ""}, // somebody else's
		{"hark.progress", "<speak>x", "function A: label hark.progress: it is no progressive response: the SSML leaves <speak> open"},
		{"hark.progress.de-AT", strings.Repeat("x", 700), "label hark.progress.de-AT: it is no progressive response: it has 715 characters as SSML, at most 600"},
		{"hark.progress.german", "x", "label hark.progress.german: it ends neither in a locale such as de-DE nor in a language such as de"},
		{"hark.progress.", "x", "it ends neither in a locale"},
		{"hark.progress.de-de", "x", "it ends neither in a locale"},
	} {
		var c Catalogue
		f := status("A", tt.label, tt.text)
		updated, clash := c.Update([]function.Status{f, status("B")}), c.Clash(f)
		if tt.want == "" {
			if updated != nil || clash != nil {
				t.Errorf("%s %q: %v, %v", tt.label, tt.text, updated, clash)
			}
			continue
		}
		for _, err := range []error{updated, clash} {
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s %.20q: %v, want %s", tt.label, tt.text, err, tt.want)
			}
		}
		if !errors.Is(clash, function.ErrInvalid) {
			t.Errorf("%s: %v is not for who deploys", tt.label, clash)
		}
		if name, _ := c.Answering("lights", "A"); name != "A" { // it answers all the same
			t.Errorf("%s: answered by %q", tt.label, name)
		}
	}
}
