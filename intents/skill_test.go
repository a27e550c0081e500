package intents

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoadSkill_ReadsAnASKPackage(t *testing.T) {
	s := testSkill(t)
	if s.Name != "lights" {
		t.Errorf("name %q", s.Name)
	}
	if d := cmp.Diff([]string{"amzn1.ask.skill.a", "amzn1.ask.skill.b"}, s.IDs); d != "" {
		t.Errorf("ids: %s", d)
	}
	if d := cmp.Diff([]string{"en-US", "fr-FR"}, s.Locales()); d != "" {
		t.Errorf("locales: %s", d)
	}
	if m := s.Model("fr-CA"); m == nil || m.Locale != "fr-FR" {
		t.Errorf("fr-CA is spoken by %v", m)
	}
	if s.Model("de-DE") != nil {
		t.Error("there is no German model")
	}
	if got := s.Example("fr-FR"); got != "ouvre lumières de noël" {
		t.Errorf("example %q", got)
	}
	if got := s.DefaultLocale(); got != "en-US" {
		t.Errorf("default locale %q", got)
	}
	delete(s.Models, "en-US")
	if got := s.DefaultLocale(); got != "fr-FR" || s.Example("en-US") != "" {
		t.Errorf("default locale %q without an English model", got)
	}
	s = testSkill(t)
	if got := s.Example("en-US"); got != "ask christmas lights to turn the tree red" {
		t.Errorf("example %q", got)
	}
}

func TestLoadSkill_ReadsTheOlderLayout(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "models", "en-US.json"), `{"languageModel":{"invocationName":"old one","intents":[]}}`)
	writeFile(t, filepath.Join(dir, ".ask", "config"), `{"deploy_settings":{"default":{"skill_id":"amzn1.ask.skill.old"}}}`)
	s, err := LoadSkill(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s.Models["en-US"].Invocation != "old one" || len(s.IDs) != 1 || s.IDs[0] != "amzn1.ask.skill.old" {
		t.Errorf("got %+v", s)
	}
}

func TestLoadSkill_TakesNoNameForAPatternAndNoHiddenFileForAModel(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lights[1]")
	models := filepath.Join(dir, "skill-package", "interactionModels", "custom")
	writeFile(t, filepath.Join(models, "en-US.json"), `{"languageModel":{"invocationName":"old one","intents":[]}}`)
	writeFile(t, filepath.Join(models, "._en-US.json"), "Mac OS X")
	s, err := LoadSkill(dir)
	if err != nil || s.Models["en-US"] == nil {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestLoadSkill_AcceptsFunctionsAlone(t *testing.T) {
	s, err := LoadSkill(t.TempDir())
	if err != nil || len(s.Models) != 0 || len(s.IDs) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestLoadSkill_NamesTheFileThatIsWrong(t *testing.T) {
	models := filepath.Join("skill-package", "interactionModels", "custom")
	for file, text := range map[string]string{
		filepath.Join(models, "en-US.json"):      `{"interactionModel": [`,
		filepath.Join(models, "fr-FR.json"):      `{"manifest": {}}`,
		filepath.Join(models, "de-DE.json"):      `[]`,
		filepath.Join(models, "english.json"):    `{}`,
		filepath.Join(".ask", "ask-states.json"): `{"profiles": 1}`,
		filepath.Join(".ask", "config"):          `no json`,
		filepath.Join("models", "en-US.json"):    `{"languageModel": {"intents": {}}}`,
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, file), text)
		if _, err := LoadSkill(dir); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: error %v does not name it", file, err)
		}
	}
}

func TestLoadSkill_SaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	states := filepath.Join(".ask", "ask-states.json")
	for text, want := range map[string]string{
		`[]`: "ask-states.json: it is not as the ASK CLI writes it: there is an array at the top",
		`{"profiles": {"default": {"skillId": 5}}}`: "there is a number at profiles.skillId",
	} {
		writeFile(t, filepath.Join(dir, states), text)
		if _, err := LoadSkill(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", text, err)
		}
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "nowhere"): "there is no directory " + filepath.Join(dir, "nowhere"),
		filepath.Join(dir, states):    "is not a directory",
	} {
		if _, err := LoadSkill(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", path, err)
		}
	}
}

func TestLoadSkill_RefusesAHugeModel(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "models", "en-US.json")
	writeFile(t, file, "{")
	if err := os.Truncate(file, MaxModel+1<<20); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadSkill(dir); err == nil || !strings.Contains(err.Error(), "MB") {
		t.Errorf("error %v", err)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
