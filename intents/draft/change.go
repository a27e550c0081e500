package draft

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// Change is what becomes of the model of one locale.
type Change struct {
	File   string
	Locale string
	// Old and New are the texts of the file: Old is empty for a new one, and the
	// same as New if there is nothing to add.
	Old, New []byte
	Report
}

// New tells what the labels of functions change in the models of the skill in
// dir: of one locale, or, if that is empty, of all that the labels are for. It
// writes nothing.
func New(dir string, functions []function.Spec, locale string) ([]Change, error) {
	skill, err := intents.LoadSkill(dir)
	if err != nil {
		return nil, err
	}
	functions = slices.DeleteFunc(slices.Clone(functions), func(f function.Spec) bool {
		tied := f.Labels[function.LabelSkill]
		return tied != "" && tied != skill.Name
	})
	wanted, err := locales(functions, skill, locale)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, l := range wanted {
		c, err := change(dir, functions, skill, l)
		if err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return changes, nil
}

func change(dir string, functions []function.Spec, skill *intents.Skill, l locale) (c Change, err error) {
	c = Change{Locale: l.name, File: filepath.Join(dir, modelsIn(dir), l.name+".json")}
	d, err := newDraft(functions, l)
	if err != nil {
		return c, err
	}
	if len(d.Intents) == 0 {
		return c, fmt.Errorf("no function has utterances for %s; write them into the label %s.%[1]s", l.name, function.LabelSamples)
	}
	d.Invocation = Invocation(skill.Name)
	if skill.Models[l.name] != nil {
		if c.Old, err = intents.ReadModel(c.File); err != nil {
			return c, err
		}
	}
	c.New, c.Report, err = merge(l.name, c.Old, d)
	if err != nil && c.Old != nil {
		return c, fmt.Errorf("%s: %w", c.File, err)
	}
	return c, err
}

// modelsIn is where a skill package has its models: the older place if it has
// some there only.
func modelsIn(dir string) string {
	custom, older := filepath.Join("skill-package", "interactionModels", "custom"), "models"
	for _, place := range []string{custom, older} {
		if files, _ := intents.ModelFiles(filepath.Join(dir, place)); len(files) > 0 {
			return place
		}
	}
	return custom
}

// Changed reports whether there is anything to write.
func (c Change) Changed() bool { return !bytes.Equal(c.Old, c.New) }

// Write puts the new text into the file, whole or not at all. It fails if the
// file is no longer as it was read.
func (c Change) Write() error {
	if err := os.MkdirAll(filepath.Dir(c.File), 0o755); err != nil {
		return err
	}
	file, mode := c.File, fs.FileMode(0o644)
	if c.Old != nil {
		var err error
		if file, err = filepath.EvalSymlinks(c.File); err != nil {
			return err
		}
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		mode = info.Mode().Perm()
	}
	if now, err := os.ReadFile(file); err != nil && !errors.Is(err, fs.ErrNotExist) || !bytes.Equal(now, c.Old) {
		return fmt.Errorf("%s has changed in between; try again", c.File)
	}
	return replace(file, c.New, mode)
}

// replace has a file be there in one step.
func replace(file string, text []byte, mode fs.FileMode) error {
	fresh, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.new") // no .json, which would be a model
	if err != nil {
		return err
	}
	defer os.Remove(fresh.Name())
	_, err = fresh.Write(text)
	if err = errors.Join(err, fresh.Chmod(mode), fresh.Close()); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), file)
}
