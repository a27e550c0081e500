package shelf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

// write makes files of a directory: path, text, path, text, ….
func write(t *testing.T, dir string, files ...string) {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	model = "skill-package/interactionModels/custom/en-US.json"
	named = `{"interactionModel":{"languageModel":{"invocationName":"`
)

var epoch = time.Unix(0, 0)

func modelOf(invocation string) string { return named + invocation + `","intents":[]}}}` }

// loaded is a shelf of a skill "a" that was read.
func loaded(t *testing.T) (string, *Shelf) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "a/stack.yaml", "functions: {X: {fprocess: cat, labels: {l: v}}}", "a/"+model, modelOf("first"))
	s := New(dir, true)
	if _, err := s.Load(); err != nil {
		t.Fatal(err)
	}
	return dir, s
}

// look looks at a shelf, where nothing is to be wrong with itself.
func look(t *testing.T, s *Shelf) []Change {
	t.Helper()
	changes, err := s.Look()
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// told wants a change at the second look and no other before or after.
func told(t *testing.T, s *Shelf) Change {
	t.Helper()
	if early := look(t, s); len(early) > 0 {
		t.Fatalf("told at once, though it may be half written: %+v", early)
	}
	changes := look(t, s)
	if len(changes) != 1 {
		t.Fatalf("%d changes: %+v", len(changes), changes)
	}
	if again := look(t, s); len(again) > 0 {
		t.Errorf("told twice: %+v", again)
	}
	return changes[0]
}

func TestLoad_TiesFunctionsToTheirSkillAndNamesThemAfterIt(t *testing.T) {
	dir := t.TempDir()
	write(t, dir,
		"lights/stack.yaml", "functions: {Paint: {fprocess: cat, labels: {l: v}}, Launch: {fprocess: cat, labels: {hark.skill: lights}}}",
		"v1.2/stack.yml", "functions: {Paint: {fprocess: cat}}",
		".git/config", "", "README.md", "no skill")
	entries, err := New(dir, true).Load()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]map[string]string{}
	for _, e := range entries {
		for _, f := range e.Functions {
			got[f.Name] = f.Labels
		}
	}
	want := map[string]map[string]string{
		"lights_Paint":  {function.LabelSkill: "lights", "l": "v"},
		"lights_Launch": {function.LabelSkill: "lights"},
		"v1-2_Paint":    {function.LabelSkill: "v1.2"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(entries) != 2 || entries[0].Skill.Name != "lights" || entries[0].Skill.Dir != filepath.Join(dir, "lights") {
		t.Errorf("%+v", entries[0].Skill)
	}
}

// What is wrong here is an error at the start; the command's scripts have more.
func TestLoad_RefusesWhatCannotBeRead(t *testing.T) {
	for name, files := range map[string][]string{
		"no stack.yaml":       {"a/" + model, modelOf("a")},
		"en-US.json":          {"a/stack.yaml", "functions: {X: {fprocess: cat}}", "a/" + model, "{"},
		"stack.yaml: yaml:":   {"a/stack.yaml", "functions: ["},
		"label hark.requests": {"a/stack.yaml", "functions: {X: {fprocess: cat, labels: {hark.requests: 'a b'}}}"},
	} {
		dir := t.TempDir()
		write(t, dir, files...)
		if _, err := New(dir, true).Load(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoad_LeavesStackFilesAloneWhereFunctionsAreElsewhere(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/"+model, modelOf("a"), "b/stack.yaml", "functions: [")
	s := New(dir, false)
	entries, err := s.Load()
	if err != nil || len(entries) != 2 || entries[1].Functions != nil {
		t.Fatalf("%+v, %v", entries, err)
	}
	write(t, dir, "b/stack.yaml", "other")
	if changes := append(look(t, s), look(t, s)...); len(changes) > 0 {
		t.Errorf("%+v", changes)
	}
}

func TestLook_TellsOnceWhatHasSettled(t *testing.T) {
	dir, s := loaded(t)
	if changes := append(look(t, s), look(t, s)...); len(changes) > 0 {
		t.Errorf("nothing has changed: %+v", changes)
	}
	write(t, dir, "a/"+model, modelOf("second"))
	if c := told(t, s); c.Name != "a" || c.Err != nil || c.Entry.Skill.Models["en-US"].Invocation != "second" {
		t.Errorf("a model: %+v", c)
	}
	write(t, dir, "b/stack.yaml", "functions: {Y: {fprocess: cat}}")
	if c := told(t, s); c.Name != "b" || c.Entry.Functions[0].Name != "b_Y" {
		t.Errorf("a new one: %+v", c)
	}
	if err := os.RemoveAll(filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	if c := told(t, s); c.Name != "b" || c.Entry != nil || c.Err != nil {
		t.Errorf("one that is gone: %+v", c)
	}
}

func TestLook_WaitsWhileFilesAreWritten(t *testing.T) {
	dir, s := loaded(t)
	for _, text := range []string{"{", `{"interactionModel":`, modelOf("third")} {
		write(t, dir, "a/"+model, text)
		if early := look(t, s); len(early) > 0 {
			t.Fatalf("told at %q", text)
		}
	}
	if changes := look(t, s); len(changes) != 1 || changes[0].Err != nil {
		t.Errorf("%+v", changes)
	}
}

func TestLook_TellsWhatIsWrongAndThenThatItIsMended(t *testing.T) {
	dir, s := loaded(t)
	write(t, dir, "a/"+model, "{")
	if c := told(t, s); c.Err == nil || c.Entry != nil || !strings.Contains(c.Err.Error(), "en-US.json") {
		t.Errorf("%+v", c)
	}
	write(t, dir, "a/"+model, modelOf("mended"))
	if c := told(t, s); c.Err != nil || c.Entry.Skill.Models["en-US"].Invocation != "mended" {
		t.Errorf("%+v", c)
	}
}

// Touching the stack file is a wish to deploy again; a model is none.
func TestLook_TellsStackFilesFromModels(t *testing.T) {
	dir, s := loaded(t)
	write(t, dir, "a/"+model, modelOf("second"))
	before := told(t, s).Entry.Stack
	write(t, dir, "a/stack.yaml", "functions: {X: {fprocess: cat, labels: {l: v}}}")
	if after := told(t, s).Entry.Stack; after == before {
		t.Error("a stack file that was written again is the same")
	}
	write(t, dir, "a/environment.yml", "environment: {A: b}")
	told(t, s)
	write(t, dir, "a/handler.sh", "echo", "a/data/log.yml", "")
	if changes := append(look(t, s), look(t, s)...); len(changes) > 0 {
		t.Errorf("files that do not matter: %+v", changes)
	}
}

// A volume that Kubernetes mounts has links, of which one is moved; times and
// sizes may be the same.
func TestLook_SeesALinkMove(t *testing.T) {
	dir, releases := t.TempDir(), t.TempDir()
	for _, release := range []string{"one", "two"} {
		write(t, releases, release+"/stack.yaml", "functions: {X: {fprocess: cat}}", release+"/"+model, modelOf(release))
		for _, file := range []string{"/stack.yaml", "/" + model} {
			if err := os.Chtimes(filepath.Join(releases, release+file), epoch, epoch); err != nil {
				t.Fatal(err)
			}
		}
	}
	point := func(release string) {
		t.Helper()
		link := filepath.Join(dir, "a")
		if err := os.Symlink(filepath.Join(releases, release), link+".new"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(link+".new", link); err != nil {
			t.Fatal(err)
		}
	}
	point("one")
	s := New(dir, true)
	if entries, err := s.Load(); err != nil || entries[0].Skill.Name != "a" {
		t.Fatalf("%v, %v", entries, err)
	}
	point("two")
	if c := told(t, s); c.Err != nil || c.Entry.Skill.Models["en-US"].Invocation != "two" {
		t.Errorf("%+v", c)
	}
}

// A file system that is gone for a while takes no skill along.
func TestLook_KeepsAllWhileTheDirectoryIsGone(t *testing.T) {
	dir, s := loaded(t)
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if changes, err := s.Look(); err == nil || len(changes) > 0 {
			t.Errorf("%+v, %v", changes, err)
		}
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	if changes := append(look(t, s), look(t, s)...); len(changes) > 0 {
		t.Errorf("back again: %+v", changes)
	}
}

func TestLook_ToldGoneFirst(t *testing.T) {
	dir, s := loaded(t)
	if err := os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "0")); err != nil {
		t.Fatal(err)
	}
	look(t, s)
	changes := look(t, s)
	if len(changes) != 2 || changes[0].Name != "a" || changes[1].Name != "0" {
		t.Errorf("a skill that was renamed: %+v", changes)
	}
}

func TestLook_ForgetsWhatNeverWas(t *testing.T) {
	dir, s := loaded(t)
	write(t, dir, "b/stack.yaml", "")
	look(t, s)
	if err := os.RemoveAll(filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	if changes := append(look(t, s), look(t, s)...); len(changes) > 0 || len(s.seen) != 1 {
		t.Errorf("%+v, %d are remembered", changes, len(s.seen))
	}
}

func BenchmarkLook(b *testing.B) {
	dir := b.TempDir()
	for i := range 100 {
		sub := filepath.Join(dir, "skill"+string(rune('a'+i/26))+string(rune('a'+i%26)))
		if err := os.MkdirAll(filepath.Join(sub, filepath.Dir(model)), 0o755); err != nil {
			b.Fatal(err)
		}
		_ = os.WriteFile(filepath.Join(sub, "stack.yaml"), []byte("functions: {X: {fprocess: cat}}"), 0o644)
		_ = os.WriteFile(filepath.Join(sub, model), []byte(modelOf("x")), 0o644)
	}
	s := New(dir, true)
	if _, err := s.Load(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Look(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestOne_LooksAtASingleSkill(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "My Skill")
	write(t, dir, "stack.yaml", "functions: {X: {fprocess: cat}}", model, modelOf("first"))
	s := One(dir, true, func(e *Entry) error {
		e.Skill.IDs = append(e.Skill.IDs, "mine")
		return nil
	})
	entries, err := s.Load()
	if err != nil || len(entries) != 1 || entries[0].Skill.Name != "My Skill" || entries[0].Functions[0].Name != "X" || entries[0].Skill.IDs[0] != "mine" {
		t.Fatalf("%+v, %v", entries, err)
	}
	write(t, dir, model, "{")
	if c := lookTwice(t, s); len(c) != 1 || c[0].Err == nil || !c[0].One || c[0].Dir != dir {
		t.Errorf("broken: %+v", c)
	}
	write(t, dir, model, modelOf("second one"))
	if c := lookTwice(t, s); len(c) != 1 || c[0].Err != nil || c[0].Entry.Skill.Models["en-US"].Invocation != "second one" || c[0].Entry.Skill.IDs[0] != "mine" {
		t.Errorf("mended: %+v", c)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Look(); err == nil || len(c) != 0 {
		t.Errorf("gone: %+v, %v", c, err)
	}
}

// lookTwice looks until what has changed is told.
func lookTwice(t *testing.T, s *Shelf) []Change {
	t.Helper()
	if c := look(t, s); len(c) > 0 {
		return c
	}
	return look(t, s)
}
