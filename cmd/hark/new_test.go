package main

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/harkvoice/hark/intents/draft"
	"github.com/harkvoice/hark/internal/stack"
	"github.com/harkvoice/hark/internal/starter"
)

// makeProject is `hark new tea-house --lang LANGUAGE`.
func makeProject(t *testing.T, language string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "tea-house")
	if err := (&project{language}).run(dir, io.Discard); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestNew_AnswersInEveryLanguage(t *testing.T) {
	programs := map[string]string{"sh": "sh", "go": "go", "python": "python3", "node": "node"}
	for _, language := range starter.Languages() {
		t.Run(language, func(t *testing.T) {
			need(t, programs[language])
			s, _ := upIn(t, makeProject(t, language))
			for said, want := range map[string]string{
				"ask tea house to brew a coffee": "One coffee, coming up.",
				"make me a hot chocolate":        "One hot chocolate, coming up.",
				"brew a storm":                   "I can brew tea, coffee and cocoa.",
				"what can you brew":              "I can brew tea, coffee and cocoa.",
			} {
				if got := saying(t, s, "en-US", said); got != want {
					t.Errorf("%q: %q, want %q", said, got, want)
				}
			}
		})
	}
}

func TestNew_HasNothingToGenerate(t *testing.T) {
	dir := makeProject(t, "sh")
	functions, err := stack.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := draft.New(dir, functions, "")
	if err != nil || len(changes) != 1 || changes[0].Changed() || len(changes[0].Kept) > 0 {
		t.Errorf("%+v, %v", changes, err)
	}
}
