package draft

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/stack"
)

var update = flag.Bool("update", false, "write what is wanted anew")

// unpack writes the files of an archive whose names do not begin with "want".
func unpack(t *testing.T, archive *txtar.Archive) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "tea-house")
	for _, f := range archive.Files {
		if strings.HasPrefix(f.Name, "want") {
			continue
		}
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestNew makes models as the archives in testdata say: want/NAME is what becomes
// of a model, want/report what is told.
func TestNew(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := unpack(t, archive)
			made := generate(t, dir)
			for _, c := range made {
				if err := c.Write(); err != nil {
					t.Fatal(err)
				}
			}
			compare(t, path, archive, made)
			for _, c := range generate(t, dir) {
				if c.Changed() || len(c.Added) > 0 {
					t.Errorf("the second time there is still to add: %q", c.Added)
				}
			}
		})
	}
}

func generate(t *testing.T, dir string) []Change {
	t.Helper()
	functions, err := stack.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	made, err := New(dir, functions, "")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// compare holds what was made against what the archive wants.
func compare(t *testing.T, path string, archive *txtar.Archive, made []Change) {
	t.Helper()
	got := make(map[string]string)
	var report strings.Builder
	for _, c := range made {
		got["want/"+filepath.Base(c.File)] = string(c.New)
		fmt.Fprintf(&report, "%s\n", c.Locale)
		for _, line := range c.Added {
			fmt.Fprintf(&report, "+ %s\n", line)
		}
		for _, line := range c.Kept {
			fmt.Fprintf(&report, "= %s\n", line)
		}
	}
	got["want/report"] = report.String()
	want := make(map[string]string)
	for i, f := range archive.Files {
		if strings.HasPrefix(f.Name, "want/") {
			want[f.Name] = string(f.Data)
			archive.Files[i].Data = []byte(got[f.Name])
		}
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// labelled is a function with labels.
func labelled(name string, labels ...string) function.Spec {
	f := function.Spec{Name: name, Labels: make(map[string]string)}
	for i := 0; i < len(labels); i += 2 {
		f.Labels[labels[i]] = labels[i+1]
	}
	return f
}

func TestNew_FaultsNameTheFunctionAndTheLabel(t *testing.T) {
	const samples, slots, answers = function.LabelSamples, function.LabelSlots, function.LabelIntents
	for _, tt := range []struct {
		name      string
		functions []function.Spec
		want      string
	}{
		{"no labels", []function.Spec{labelled("A")}, "no function has the label hark.samples"},
		{"a label that is misspelt", []function.Spec{labelled("A", "hark.sample", "x")}, "function A: label hark.sample: there is no such label"},
		{"only of another skill", []function.Spec{labelled("A", samples, "x", function.LabelSkill, "other")}, "no function has the label hark.samples"},
		{"a faulty utterance", []function.Spec{labelled("A", samples, "x {")}, "function A: label hark.samples: utterance"},
		{"a faulty slot", []function.Spec{labelled("A", samples, "x", slots, "B")}, "function A: label hark.slots: slot B has neither"},
		{"an undeclared slot", []function.Spec{labelled("A", samples, "x {B}")}, `function A: the utterance "x {B}" has a slot B that is not in the label hark.slots`},
		{"a type without values", []function.Spec{labelled("A", samples, "x {B}", slots, "B:TYPE")}, "slot B of A is of type TYPE, of which there are no values"},
		{"a name that Amazon refuses", []function.Spec{labelled("a-2", samples, "x")}, `function a-2: no intent can be called "a-2"`},
		{"a request type", []function.Spec{labelled("LaunchRequest", samples, "x")}, "LaunchRequest is a request type"},
		{"several intents", []function.Spec{labelled("A", samples, "x", answers, "B, C,AMAZON.HelpIntent, LaunchRequest")}, `several intents, B, C; begin their utterances with the name, such as "B: …"`},
		{"two for one intent", []function.Spec{labelled("A", samples, "x"), labelled("B", samples, "y", answers, "a")}, "functions A and B both have utterances for a"},
		{"values that differ", []function.Spec{labelled("A", samples, "x {C}", slots, "C=red"), labelled("B", samples, "y {C}", slots, "C=blue")}, "the slots C of A and C of B are both of type C"},
		{"no locale", []function.Spec{labelled("A", samples+".German", "x")}, "function A: label hark.samples.German: it ends neither in a locale"},
		{"a language without a usual locale", []function.Spec{labelled("A", samples+".xx", "x")}, "the labels are for the languages xx; name a locale of one"},
	} {
		if _, err := New(t.TempDir(), tt.functions, ""); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestNew_MakesTheLocalesThatLabelsAreFor(t *testing.T) {
	const samples = function.LabelSamples
	for _, tt := range []struct {
		name   string
		models []string
		labels []string // whose utterances are their own names
		asked  string
		want   map[string]string // which label each locale has
	}{
		{"nothing there yet", nil, []string{samples}, "", map[string]string{"en-US": samples}},
		{"nothing there yet, asked for", nil, []string{samples}, "fr-FR", map[string]string{"fr-FR": samples}},
		{"all models of the language", []string{"en-GB", "en-US", "de-DE"}, []string{samples}, "", map[string]string{"en-GB": samples, "en-US": samples}},
		{"a skill that speaks German", []string{"de-DE"}, []string{samples}, "", map[string]string{"de-DE": samples}},
		{"a language and a locale", []string{"en-US"}, []string{samples, samples + ".de", samples + ".de-AT"}, "",
			map[string]string{"en-US": samples, "de-AT": samples + ".de-AT"}},
		{"the usual locale of a language", nil, []string{samples + ".pt"}, "", map[string]string{"pt-BR": samples + ".pt"}},
		{"one of them", []string{"en-US", "de-DE"}, []string{samples, samples + ".de"}, "de-DE", map[string]string{"de-DE": samples + ".de"}},
		{"one of them, the other being plain", nil, []string{samples, samples + ".de"}, "de-DE", map[string]string{"de-DE": samples + ".de"}},
		{"one that there are no labels for", []string{"en-US"}, []string{samples}, "de-DE", nil},
		{"none", nil, []string{samples}, "german", nil},
	} {
		dir := t.TempDir()
		for _, m := range tt.models {
			file := filepath.Join(dir, "models", m+".json")
			_ = os.MkdirAll(filepath.Dir(file), 0o755)
			_ = os.WriteFile(file, []byte(skeleton), 0o644)
		}
		f := labelled("A")
		for _, l := range tt.labels {
			f.Labels[l] = strings.ReplaceAll(l, "-", "_")
		}
		made, err := New(dir, []function.Spec{f}, tt.asked)
		var got map[string]string
		for _, c := range made {
			if got == nil {
				got = make(map[string]string)
			}
			for _, l := range tt.labels {
				if strings.Contains(string(c.New), `"`+strings.ReplaceAll(l, "-", "_")+`"`) {
					got[c.Locale] = l
				}
			}
		}
		if d := cmp.Diff(tt.want, got); d != "" || (err != nil) != (tt.want == nil) {
			t.Errorf("%s: %v (-want +got)\n%s", tt.name, err, d)
		}
	}
}

func TestNew_PutsModelsWhereTheOthersAre(t *testing.T) {
	dir := t.TempDir()
	older := filepath.Join(dir, "models", "en-US.json")
	if err := os.MkdirAll(filepath.Dir(older), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(older, []byte(skeleton), 0o600); err != nil {
		t.Fatal(err)
	}
	made, err := New(dir, []function.Spec{labelled("A", function.LabelSamples, "x", function.LabelSamples+".fr-FR", "y")}, "")
	if err != nil || len(made) != 2 || made[0].File != older || made[1].File != filepath.Join(dir, "models", "fr-FR.json") {
		t.Fatalf("%v, %v", made, err)
	}
	if err := made[0].Write(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(older); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if rest, _ := filepath.Glob(filepath.Join(dir, "models", "*.new")); len(rest) > 0 {
		t.Errorf("left behind: %v", rest)
	}
}

func TestChange_DoesNotWriteOverWhatCameInBetween(t *testing.T) {
	functions := []function.Spec{labelled("A", function.LabelSamples, "x")}
	for _, name := range []string{"a new model", "a model that was there"} {
		dir := t.TempDir()
		file := filepath.Join(dir, "models", "en-US.json")
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if name != "a new model" {
			if err := os.WriteFile(file, []byte(skeleton), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		made, err := New(dir, functions, "")
		if err != nil {
			t.Fatal(err)
		}
		const edited = "edited meanwhile"
		if err := os.MkdirAll(filepath.Dir(made[0].File), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(made[0].File, []byte(edited), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := made[0].Write(); err == nil || !strings.Contains(err.Error(), "has changed in between") {
			t.Errorf("%s: %v", name, err)
		}
		if now, err := os.ReadFile(made[0].File); err != nil || string(now) != edited {
			t.Errorf("%s: it is %q now, %v", name, now, err)
		}
	}
}
