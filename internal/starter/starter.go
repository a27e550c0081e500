// Package starter has the projects that `hark new` makes: a skill of one
// function in one of several languages, with a test. The files are templates in
// this package's directory; the interaction model is not among them, as it is
// made from the labels of the stack file (see intents/draft).
package starter

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// Project is a project to make.
type Project struct {
	Name       string // see CheckName
	Language   string // one of Languages
	Invocation string // by which people call the skill
}

// language is how the function of a project is built and run.
type language struct{ Process, Build string }

var languages = map[string]language{
	"sh":     {Process: "sh ./brew.sh"},
	"go":     {Process: "./bin/brew", Build: "go build -o bin/brew ."},
	"python": {Process: "python3 brew.py"},
	"node":   {Process: "node brew.js"},
}

// Languages are those that there are projects in, the simplest first.
func Languages() []string { return []string{"sh", "go", "python", "node"} }

// Function is the name of the function that every project has.
const Function = "BrewIntent"

// Example is what people can ask of the skill.
const Example = "brew a coffee"

var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$`)

// maxName leaves room in the names of images.
const maxName = 64

// CheckName returns an error unless a project can be called so: the name becomes
// that of a directory, a skill and an image.
func CheckName(name string) error {
	if len(name) > maxName {
		return fmt.Errorf("the name %.20q… has %d characters; at most %d are allowed", name, len(name), maxName)
	}
	if !nameForm.MatchString(name) {
		return fmt.Errorf("no project can be called %q: begin with a letter, and use letters and digits, with - or _ between them, such as tea-house", name)
	}
	return nil
}

// file is one of a project's.
type file struct {
	path string // below its directory, with slashes
	text []byte
}

// Write makes the project in a directory, which is made too, or empty, and lists
// its files. No file that is there is ever written over.
func (p Project) Write(dir string) (files []string, err error) {
	made, err := p.files()
	if err != nil {
		return nil, err
	}
	if err := empty(dir); err != nil {
		return nil, err
	}
	for _, f := range made {
		target := filepath.Join(dir, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return nil, err
		}
		if err := create(target, f.text); err != nil {
			return nil, err
		}
		files = append(files, f.path)
	}
	return files, nil
}

// empty returns an error unless dir can be made, or is there with nothing in it.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		if info, e := os.Stat(dir); e == nil && !info.IsDir() {
			return fmt.Errorf("%s is there already, and no directory; name another", dir)
		}
		return err
	case len(entries) > 0:
		return fmt.Errorf("%s is there already, with %s in it; name another, or move it away: nothing is written over", dir, entries[0].Name())
	}
	return nil
}

func create(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// files are those of the project by their paths: those that all languages have,
// and the language's.
func (p Project) files() ([]file, error) {
	by, ok := languages[p.Language]
	if !ok {
		return nil, fmt.Errorf("there is no project in %q; there are %s", p.Language, strings.Join(Languages(), ", "))
	}
	if err := CheckName(p.Name); err != nil {
		return nil, err
	}
	data := struct {
		Project
		language
		Image, Title string
	}{p, by, strings.ToLower(p.Name), title(p.Invocation)}
	all := make(map[string][]byte)
	for _, set := range []string{"all", p.Language} {
		if err := render(path.Join("templates", set), data, all); err != nil {
			return nil, err
		}
	}
	var files []file
	for _, name := range slices.Sorted(maps.Keys(all)) {
		files = append(files, file{name, all[name]})
	}
	return files, nil
}

// render fills in the templates below root. Their names end in .tmpl where Go or
// git would take them for their own, or where there is something to fill in;
// "dot." stands for a leading dot.
func render(root string, data any, into map[string][]byte) error {
	return fs.WalkDir(templates, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := templates.ReadFile(name)
		if err != nil {
			return err
		}
		target, filled := strings.CutSuffix(strings.TrimPrefix(name, root+"/"), ".tmpl")
		if base, dotted := strings.CutPrefix(path.Base(target), "dot."); dotted {
			target = path.Join(path.Dir(target), "."+base)
		}
		if !filled {
			into[target] = text
			return nil
		}
		t, err := template.New(name).Option("missingkey=error").Parse(string(text))
		if err != nil {
			return err
		}
		var out bytes.Buffer
		err = t.Execute(&out, data)
		into[target] = out.Bytes()
		return err
	})
}

// title is a name as a manifest has it: Tea House.
func title(invocation string) string {
	words := strings.Fields(invocation)
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}
