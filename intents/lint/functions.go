package lint

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// reach is which functions the skill's requests come to.
type reach struct {
	skill     string
	catalogue intents.Catalogue
	intents   map[string]bool // those of all models, in their normal form
	names     []string        // the same, as they are written
	functions map[string]bool // by name
}

// holdFunctions holds the models against the functions.
func (p *skillPackage) holdFunctions(stack *Stack) error {
	dir, err := filepath.Abs(p.dir)
	if err != nil {
		return err
	}
	p.stack = p.openStack(stack)
	r := &reach{skill: filepath.Base(dir), intents: make(map[string]bool), functions: make(map[string]bool)}
	all := make([]function.Status, len(stack.Functions))
	p.declared = make(map[string]string, len(all))
	for i, f := range stack.Functions {
		all[i] = function.Status{Spec: f}
		p.declared[f.Name] = intents.LocalName(all[i])
	}
	for _, err := range each(r.catalogue.Update(all)) {
		p.tellCatalogue(r, err, stack.Functions)
	}
	for _, m := range p.models {
		m.holdIntents(r)
	}
	for _, kind := range alexa.RequestTypes() {
		if name, err := r.catalogue.AnsweringType(r.skill, kind); err == nil && (kind != alexa.IntentRequest || len(p.models) > 0) {
			r.functions[name] = true
		}
	}
	if slices.ContainsFunc(p.models, (*model).partial) {
		return nil // who knows what the rest of it says
	}
	for _, f := range all {
		p.holdFunction(r, f)
	}
	return nil
}

// openStack is the document that findings about functions are of. Its text is
// looked through for lines only.
func (p *skillPackage) openStack(stack *Stack) *document {
	file := stack.File
	if rel, err := filepath.Rel(p.dir, file); err == nil {
		file = filepath.ToSlash(rel)
	}
	p.report.Files = append(p.report.Files, file)
	text, _ := os.ReadFile(stack.File) // it was read before
	return &document{file: file, text: text}
}

// each takes joined errors apart.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return nil
}

// tellCatalogue tells what the catalogue refuses to decide. Its errors say how to
// mend it behind a semicolon, and name functions behind or before a colon.
func (p *skillPackage) tellCatalogue(r *reach, err error, functions []function.Spec) {
	what, mend, _ := strings.Cut(err.Error(), "; ")
	before, names, _ := strings.Cut(what, ": ")
	code := AmbiguousFunctions
	if !errors.Is(err, intents.ErrAmbiguous) {
		code, names = InvalidLabel, before
		mend = cmp.Or(mend, "correct the label, or leave it out")
	}
	words := strings.FieldsFunc(names, func(r rune) bool { return r == ' ' || r == ',' })
	at := ""
	for _, f := range functions {
		if contains(words, f.Name) {
			at = cmp.Or(at, f.Name)
			r.functions[f.Name] = true // as far as it goes
		}
	}
	p.find(at, code, mend, "%s", what)
}

// find tells of a function, in the line where it is declared.
func (p *skillPackage) find(name string, code Code, mend, format string, args ...any) {
	f := p.stack.note(code, mend, format, args...)
	if f == nil {
		return
	}
	name = p.declared[name]
	f.Path = "functions." + name
	line := regexp.MustCompile(`(?m)^[ \t]+["']?` + regexp.QuoteMeta(name) + `["']?[ \t]*:`)
	if at := line.FindIndex(p.stack.text); at != nil {
		indent := len(p.stack.text[at[0]:at[1]]) - len(strings.TrimLeft(string(p.stack.text[at[0]:at[1]]), " \t"))
		f.Line, f.Column = p.stack.position(at[0] + indent)
	}
}

// partial reports whether the intents of a model could not be read.
func (m *model) partial() bool {
	n := m.parts.get("languageModel").get("intents")
	return n == nil || n.kind != '['
}

// holdIntents tells which intents no function answers, each once for all models.
func (m *model) holdIntents(r *reach) {
	for _, in := range m.ordered() {
		key := normal(in.name)
		if in.name == "" || r.intents[key] {
			continue
		}
		r.intents[key] = true
		r.names = append(r.names, in.name)
		name, err := r.catalogue.Answering(r.skill, in.name)
		if name == "" && err == nil {
			name, err = r.catalogue.AnsweringType(r.skill, alexa.IntentRequest)
		}
		r.functions[name] = true
		switch {
		case name != "" || err != nil: // two were told of
		case !isBuiltin(in.name):
			m.find(in.node, IntentWithoutFunction, "add one of that name to stack.yaml, or name the intent in the label "+function.LabelIntents+" of one", "no function answers %s", quote(in.name))
		case !contains(answered, intents.CanonicalIntent(in.name)):
			m.find(in.node, BuiltinWithoutFunction, "add a function "+strings.TrimPrefix(in.name, vendor)+" to stack.yaml, or leave the intent out", "no function answers %s", quote(in.name))
		}
	}
}

// answered are the built-in intents that hark answers well.
var answered = []string{alexa.HelpIntent, alexa.StopIntent, alexa.CancelIntent, alexa.FallbackIntent, alexa.NavigateHomeIntent}

// holdFunction tells where nothing leads to a function, or to what its label says.
func (p *skillPackage) holdFunction(r *reach, f function.Status) {
	if only := f.Labels[function.LabelSkill]; only != "" && only != r.skill {
		return
	}
	for intent := range strings.SplitSeq(f.Labels[function.LabelIntents], ",") {
		intent = strings.TrimSpace(intent)
		if intent != "" && !r.intents[normal(intent)] && !isRequestType(intent) {
			r.functions[f.Name] = true // so as to tell it once
			p.find(f.Name, UnknownLabel, p.stack.hint(intent, r.known, "add it to the models, or leave it out"), "the label %s of %s names %s, which no model has", function.LabelIntents, f.Name, quote(intent))
		}
	}
	if !r.functions[f.Name] && !f.Public() && len(p.models) > 0 {
		p.find(f.Name, FunctionWithoutIntent, p.stack.hint(intents.LocalName(f), r.known, "name it after an intent, or give it a label "+function.LabelIntents+", if the skill is to call it"), "no request of the skill comes to the function %s", f.Name)
	}
}

func (r *reach) known() []string { return r.names }

// isRequestType reports whether a name is a request type, or the last part of
// one.
func isRequestType(name string) bool {
	return slices.ContainsFunc(alexa.RequestTypes(), func(kind string) bool {
		return strings.EqualFold(kind, name) || strings.EqualFold(kind[strings.LastIndexByte(kind, '.')+1:], name)
	})
}

// normal is the form in which names of intents are compared.
func normal(name string) string {
	if isBuiltin(name) && len(name) > len(vendor) {
		name = name[len(vendor):]
	}
	return strings.ToLower(name)
}
