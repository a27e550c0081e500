package lint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// Stack is the functions of a skill, and the file that declares them.
type Stack struct {
	File      string // its path
	Functions []function.Spec
}

// Check holds the skill package in dir against the rules, and against the
// functions of stack if there is one. The error tells what could not be read at
// all; what is wrong with what was read is in the report.
func Check(dir string, stack *Stack) (*Report, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory; a skill package is in one", dir)
	}
	p := &skillPackage{dir: dir, report: &Report{Findings: []Finding{}, Files: []string{}}}
	if err := p.read(); err != nil {
		return nil, err
	}
	if p.manifest != nil {
		p.manifest.holdModels(p.models)
	} else if len(p.models) > 0 {
		p.note(MissingManifest, "skill-package/skill.json", "add it before the skill goes to Amazon", "there is no manifest")
	}
	if stack != nil {
		if err := p.holdFunctions(stack); err != nil {
			return nil, err
		}
	}
	report := p.told()
	if report.Count(Error) == 0 {
		p.load()
	}
	return report, nil
}

// load tells what keeps hark from serving the skill though its models are right.
func (p *skillPackage) load() {
	_, err := intents.LoadSkill(p.dir)
	if err == nil {
		return
	}
	file, what := ".", err.Error()
	if path, reason, ok := strings.Cut(what, ": "); ok {
		if rel, err := filepath.Rel(p.dir, path); err == nil && filepath.IsLocal(rel) {
			file, what = filepath.ToSlash(rel), reason
		}
	}
	p.note(Unloadable, file, "mend the file, or remove it", "hark cannot load the skill: %s", what)
}

// skillPackage is what is being checked.
type skillPackage struct {
	dir      string
	report   *Report
	manifest *manifest // nil if there is none
	models   []*model
	stack    *document         // nil if there is none
	declared map[string]string // what the stack file calls a function, by its name
}

// read reads the files of a package: those of today's layout, or the older one's.
func (p *skillPackage) read() error {
	for _, layout := range []struct{ manifest, models string }{
		{"skill-package/skill.json", "skill-package/interactionModels/custom"},
		{"skill.json", "models"},
	} {
		if err := p.readManifest(layout.manifest); err != nil {
			return err
		}
		if err := p.readModels(layout.models); err != nil {
			return err
		}
		if len(p.models) > 0 || p.manifest != nil {
			break
		}
	}
	if len(p.models) == 0 {
		p.note(MissingModel, "skill-package/interactionModels/custom", "add a model there, such as en-US.json", "there is no interaction model")
	}
	return nil
}

func (p *skillPackage) readManifest(file string) error {
	text, err := p.text(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case text != nil:
		p.manifest = checkManifest(file, text)
	}
	return nil
}

func (p *skillPackage) readModels(dir string) error {
	files, err := intents.ModelFiles(filepath.Join(p.dir, filepath.FromSlash(dir)))
	if err != nil {
		return err
	}
	for _, path := range files {
		file := dir + "/" + filepath.Base(path)
		locale := strings.TrimSuffix(filepath.Base(path), ".json")
		text, err := p.text(file)
		if err != nil {
			return err
		}
		if text == nil {
			continue
		}
		m := checkModel(file, locale, text)
		if !slices.Contains(locales, locale) {
			m.findAt(0, UnknownLocale, m.hint(locale, knownLocales, "name the file after its locale, such as en-US.json"), "Alexa has no locale %s", quote(locale))
		}
		p.models = append(p.models, m)
	}
	return nil
}

// text reads a file; it is nil, and told of, if that is too large.
func (p *skillPackage) text(file string) ([]byte, error) {
	path := filepath.Join(p.dir, filepath.FromSlash(file))
	if info, err := os.Stat(path); err == nil && info.Size() > intents.MaxModel {
		p.report.Files = append(p.report.Files, file)
		p.note(FileTooLarge, file, "give long lists of values to a catalog of Amazon's", "the file has %d MB; at most %d are read", info.Size()>>20, intents.MaxModel>>20)
		return nil, nil
	}
	text, err := intents.ReadModel(path)
	if err == nil {
		p.report.Files = append(p.report.Files, file)
	}
	return text, err
}

// note tells of a file as a whole, which may not be there.
func (p *skillPackage) note(code Code, file, mend, format string, args ...any) {
	d := document{file: file}
	d.note(code, mend, format, args...)
	p.report.Findings = append(p.report.Findings, d.findings...)
}

// told is the report, in the order of the files.
func (p *skillPackage) told() *Report {
	r := p.report
	add := func(d *document) {
		r.Findings = append(r.Findings, d.sorted()...)
		r.Left += d.left
	}
	if p.manifest != nil {
		add(p.manifest.document)
	}
	for _, m := range p.models {
		add(m.document)
	}
	if p.stack != nil {
		add(p.stack)
	}
	return r
}
