package intents

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/harkvoice/hark/alexa"
)

// Skill is a skill as its package describes it. It does not change after it
// is loaded.
type Skill struct {
	// Name is the name of the skill's directory; functions labelled
	// hark.skill name it.
	Name string
	// Dir is that directory.
	Dir string
	// IDs are the application ids that Amazon knows the skill by.
	IDs []string
	// Models are the interaction models by locale.
	Models map[string]*Model
	// Settings are of skill-package/hark.json.
	Settings Settings
}

// MaxModel is the largest model file that is read. Amazon's own bound is
// 1.5 MB.
const MaxModel = 16 << 20

// LoadSkill reads the skill package in dir: skill-package/interactionModels/custom
// or the older models/ for the models, .ask/ask-states.json or the older
// .ask/config for the ids, skill-package/hark.json for the settings. A directory
// without any of them is a skill without models: functions alone.
func LoadSkill(dir string) (*Skill, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no directory %s; a skill package is in one", dir)
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is not a directory; a skill package is in one", dir)
	}
	s := &Skill{Name: filepath.Base(abs), Dir: abs, Models: make(map[string]*Model)}
	for _, models := range []string{filepath.Join("skill-package", "interactionModels", "custom"), "models"} {
		if err := s.loadModels(filepath.Join(dir, models)); err != nil {
			return nil, err
		}
		if len(s.Models) > 0 {
			break
		}
	}
	if s.IDs, err = loadIDs(dir); err != nil {
		return nil, err
	}
	if err := s.loadSettings(dir); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Skill) loadModels(dir string) error {
	files, err := ModelFiles(dir)
	if err != nil {
		return err
	}
	for _, file := range files {
		locale := strings.TrimSuffix(filepath.Base(file), ".json")
		if !alexa.IsLocale(locale) {
			return fmt.Errorf("%s: an interaction model is named after its locale, such as en-US.json", file)
		}
		text, err := ReadModel(file)
		if err != nil {
			return err
		}
		if s.Models[locale], err = ParseModel(locale, text); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// ModelFiles are the paths of the models in dir, in order; none if there is no such
// directory. Hidden files are left out: some systems leave notes of their own there.
func ModelFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".json") && !strings.HasPrefix(name, ".") {
			files = append(files, filepath.Join(dir, name))
		}
	}
	return files, nil
}

// ReadModel reads the file of a model, which has to be one: what is larger, or
// is no file at all, is not waited for.
func ReadModel(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", file)
	}
	if info.Size() > MaxModel {
		return nil, fmt.Errorf("%s: %w", file, tooLarge(info.Size()))
	}
	return os.ReadFile(file)
}

func tooLarge(size int64) error {
	return fmt.Errorf("it has %d MB; a model has at most %d", size>>20, MaxModel>>20)
}

// loadIDs reads the skill ids that the ASK CLI noted, of every profile.
func loadIDs(dir string) (ids []string, err error) {
	var states struct {
		Profiles map[string]struct {
			SkillID string `json:"skillId"`
		} `json:"profiles"`
	}
	if err := readJSON(filepath.Join(dir, ".ask", "ask-states.json"), &states); err != nil {
		return nil, err
	}
	for _, p := range states.Profiles {
		ids = append(ids, p.SkillID)
	}
	var config struct {
		Deploy map[string]struct {
			SkillID string `json:"skill_id"`
		} `json:"deploy_settings"`
	}
	if err := readJSON(filepath.Join(dir, ".ask", "config"), &config); err != nil {
		return nil, err
	}
	for _, p := range config.Deploy {
		ids = append(ids, p.SkillID)
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// readJSON leaves v as it is when there is no such file.
func readJSON(file string, v any) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			return fmt.Errorf("%s: it is not as the ASK CLI writes it: there is %s at %s", file, withArticle(wrong.Value), cmp.Or(wrong.Field, "the top"))
		}
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// withArticle is a kind of JSON value as encoding/json names it, in a sentence.
func withArticle(kind string) string {
	if kind == "array" || kind == "object" {
		return "an " + kind
	}
	return "a " + kind
}

// Model returns the model for a locale: its own, or the first by name in the
// same language, or nil.
func (s *Skill) Model(locale string) *Model {
	if m := s.Models[locale]; m != nil {
		return m
	}
	var found *Model
	for _, m := range s.Models {
		if alexa.Language(m.Locale) == alexa.Language(locale) && (found == nil || m.Locale < found.Locale) {
			found = m
		}
	}
	return found
}

// Locales lists the locales of the models in order.
func (s *Skill) Locales() []string {
	return slices.Sorted(maps.Keys(s.Models))
}

// DefaultLocale is en-US if the skill speaks it or has no models, else the
// first of its locales.
func (s *Skill) DefaultLocale() string {
	const usual = "en-US"
	if locales := s.Locales(); len(locales) > 0 && s.Models[usual] == nil {
		return locales[0]
	}
	return usual
}

// Example is something to say to the skill in a locale that it will
// understand, or empty. It is for showing to a person.
func (s *Skill) Example(locale string) string {
	m := s.Models[locale]
	if m == nil || m.Invocation == "" {
		return ""
	}
	if alexa.Language(locale) == "en" && len(m.hints) > 0 {
		return "ask " + m.Invocation + " to " + m.hints[0]
	}
	return m.opening()
}

// opening is what opens the skill and means nothing else; empty where hark does
// not know how people do.
func (m *Model) opening() string {
	if a, ok := addresses[alexa.Language(m.Locale)]; ok && m.Invocation != "" {
		return strings.Replace(a.open[0], "NAME", m.Invocation, 1)
	}
	return ""
}
