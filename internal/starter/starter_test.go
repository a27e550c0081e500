package starter

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckName_TakesWhatASkillAndAnImageCanBeCalled(t *testing.T) {
	for _, name := range []string{"tea", "tea-house", "TeaHouse", "tea_house2", strings.Repeat("a", 64)} {
		if err := CheckName(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "2tea", "-tea", "tea-", "tea--house", "tea house", "tea.house", "..", ".", "/", "tée", strings.Repeat("a", 65)} {
		if err := CheckName(name); err == nil {
			t.Errorf("%q passes", name)
		}
	}
}

func TestWrite_MakesTheSameInEveryLanguage(t *testing.T) {
	common := []string{".gitignore", "Makefile", "README.md", "brew/Dockerfile", "skill-package/skill.json", "stack.yaml", "tests/say.sh", "tests/utterances.tsv"}
	own := map[string][]string{
		"sh":     {"brew/brew.sh"},
		"go":     {"brew/.dockerignore", "brew/go.mod", "brew/main.go"},
		"python": {"brew/.dockerignore", "brew/brew.py"},
		"node":   {"brew/.dockerignore", "brew/brew.js"},
	}
	for _, language := range Languages() {
		dir := filepath.Join(t.TempDir(), "below", "Tea-House")
		files, err := Project{"Tea-House", language, "tea house"}.Write(dir)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Sorted(slices.Values(append(own[language], common...)))
		if d := cmp.Diff(want, files); d != "" {
			t.Errorf("%s (-want +got)\n%s", language, d)
		}
		for _, f := range files {
			text, err := os.ReadFile(filepath.Join(dir, f))
			if err != nil || len(text) == 0 || bytes.Contains(text, []byte("{{")) || text[len(text)-1] != '\n' {
				t.Errorf("%s: %s: %v\n%s", language, f, err, text)
			}
		}
		manifest, _ := os.ReadFile(filepath.Join(dir, "skill-package/skill.json"))
		if !json.Valid(manifest) || !bytes.Contains(manifest, []byte(`"Tea House"`)) {
			t.Errorf("%s: the manifest is\n%s", language, manifest)
		}
		if stack, _ := os.ReadFile(filepath.Join(dir, "stack.yaml")); !bytes.Contains(stack, []byte("image: you/tea-house-brew:latest")) {
			t.Errorf("%s: the stack file is\n%s", language, stack)
		}
	}
}

func TestWrite_WritesNothingOver(t *testing.T) {
	p := Project{"tea", "sh", "my tea"}
	full := t.TempDir()
	mine := filepath.Join(full, "notes")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{full: "is there already, with notes in it", mine: "is there already, and no directory"} {
		if _, err := p.Write(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", dir, err, want)
		}
	}
	if left, _ := os.ReadDir(full); len(left) != 1 {
		t.Errorf("it wrote %v", left)
	}
	if _, err := p.Write(t.TempDir()); err != nil {
		t.Errorf("an empty directory: %v", err)
	}
	if _, err := (Project{"tea", "cobol", "my tea"}).Write(t.TempDir()); err == nil || !strings.Contains(err.Error(), "sh, go, python, node") {
		t.Errorf("another language: %v", err)
	}
}
