package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/intents"
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

// TestNew_UtterancesMeanWhatTheTableSays reads tests/utterances.tsv as the tables
// of hark test are.
func TestNew_UtterancesMeanWhatTheTableSays(t *testing.T) {
	dir := makeProject(t, "sh")
	text, err := os.ReadFile(filepath.Join(dir, "tests", "utterances.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	table := csv.NewReader(bytes.NewReader(text))
	table.Comma = '\t'
	rows, err := table.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(rows[0], " "), "model utterance intent slots_json kind locale ref_now from_sample"; got != want {
		t.Fatalf("the columns are %s, want %s", got, want)
	}
	skill, err := intents.LoadSkill(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		utterance, intent, locale := row[1], row[2], row[5]
		heard, err := skill.Understand(locale, utterance, time.Unix(0, 0))
		if err != nil {
			t.Errorf("%q: %v", utterance, err)
			continue
		}
		if heard.Launch && intent != "LaunchRequest" || !heard.Launch && heard.Intent != intent {
			t.Errorf("%q is %q, want %q", utterance, heard.Intent, intent)
		}
		var slots map[string]struct{ Value, ID, Type string }
		if err := json.Unmarshal([]byte(row[3]), &slots); err != nil {
			t.Fatal(err)
		}
		for _, s := range heard.Slots {
			want, ok := slots[s.Name]
			if s.Value != want.Value || ok && (s.Resolved == nil || s.Resolved.ID != want.ID || s.Type != want.Type) {
				t.Errorf("%q: slot %s is %+v, want %+v", utterance, s.Name, s, want)
			}
		}
	}
}
