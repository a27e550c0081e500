package voice

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fake puts a program in the place of espeak-ng that notes what it is given.
func fake(t *testing.T, script string) (noted func() string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "noted")
	text := "#!/bin/sh\n" + strings.ReplaceAll(script, "NOTED", file) + "\n"
	if err := os.WriteFile(filepath.Join(dir, program), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return func() string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

func TestSay_SpeaksInTheLanguageOfTheLocale(t *testing.T) {
	noted := fake(t, `{ echo "$@"; cat; echo; } >>NOTED`)
	v, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	for _, say := range []struct {
		text, locale string
		ssml         bool
	}{{"Tom & Jerry", "en-GB", false}, {"<speak>Hallo<break/></speak>", "de-DE", true}, {"-x", "pt-BR", false}} {
		if err := v.Say(t.Context(), say.text, say.ssml, say.locale); err != nil {
			t.Error(err)
		}
	}
	want := "-m -v en-gb --stdin\n<speak>Tom &amp; Jerry</speak>\n-m -v de --stdin\n<speak>Hallo<break/></speak>\n-m -v pt-br --stdin\n<speak>-x</speak>\n"
	if got := noted(); got != want {
		t.Errorf("got %q", got)
	}
}

func TestSay_TellsWhatWentWrong(t *testing.T) {
	fake(t, `echo no sound card; exit 1`)
	v, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Say(t.Context(), "x", false, "en-US"); err == nil || !strings.Contains(err.Error(), "no sound card") {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Find(); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
}
