package intents

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/harkvoice/hark/internal/function"
)

// Catalogue knows the deployed functions and which of them answers an intent.
// Lookups take constant time and do not wait for Update; all methods are safe
// for concurrent use. The zero value is an empty catalogue.
type Catalogue struct {
	table atomic.Pointer[table]
}

type table struct {
	functions map[string]function.Status // by name
	local     map[string]function.Status // by the name without the stack's, those that have such a one alone
	answers   answers
}

// ErrAmbiguous: two functions would answer an intent or a type, so none does.
// What wraps it names both.
var ErrAmbiguous = errors.New("two functions answer it")

// Update replaces what is known by the functions that exist now. Functions
// tied to another skill by their label are known but answer no request of skill.
// What two functions would answer is answered by neither, and a label that is
// malformed counts for nothing; the error tells each of them, and joins
// ErrAmbiguous for the former.
func (c *Catalogue) Update(functions []function.Status, skill string) error {
	var errs []error
	for _, f := range functions {
		if err := checkLabels(f); err != nil {
			errs = append(errs, err)
		}
	}
	t, ambiguous := newTable(slices.Values(functions), skill)
	c.table.Store(t)
	for _, a := range ambiguous {
		errs = append(errs, a)
	}
	return errors.Join(errs...)
}

// Clash returns ErrAmbiguous if f, in place of a function of its name, would
// answer what another function answers, and function.ErrInvalid if one of its
// labels is malformed. It changes nothing.
func (c *Catalogue) Clash(f function.Status, skill string) error {
	if err := checkLabels(f); err != nil {
		return function.Invalid(err)
	}
	all := map[string]function.Status{}
	if t := c.table.Load(); t != nil {
		maps.Copy(all, t.functions)
	}
	all[f.Name] = f
	_, ambiguous := newTable(maps.Values(all), skill)
	for _, a := range ambiguous {
		if slices.Contains(a.functions, f.Name) {
			return a
		}
	}
	return nil
}

// newTable also returns what several functions would answer, by name.
func newTable(functions iter.Seq[function.Status], skill string) (*table, []*ambiguity) {
	t := &table{functions: make(map[string]function.Status), local: make(map[string]function.Status)}
	all, short := newClaimants(), map[string][]function.Status{}
	for f := range functions {
		t.functions[f.Name] = f
		if local := localName(f); local != f.Name {
			short[local] = append(short[local], f)
		}
		if only := f.Labels[function.LabelSkill]; only == "" || only == skill {
			all.add(f)
		}
	}
	for local, all := range short {
		if len(all) == 1 {
			t.local[local] = all[0]
		}
	}
	var ambiguous []*ambiguity
	t.answers, ambiguous = all.settle()
	return t, ambiguous
}

// localName is the function's name without the prefix of the stack that it
// was deployed in.
func localName(f function.Status) string {
	if stack := f.Labels[function.LabelStack]; stack != "" {
		return strings.TrimPrefix(f.Name, stack+"_")
	}
	return f.Name
}

// Answering returns the name of the function that answers an intent, or a
// request type by its last part; empty if there is none. The error is
// ErrAmbiguous.
func (c *Catalogue) Answering(intent string) (name string, err error) {
	t := c.table.Load()
	if t == nil {
		return "", nil
	}
	by := t.answers.intent(intent)
	return by.name, by.err
}

// AnsweringType returns the name of the function that answers a request type as
// a whole; empty if there is none. The error is ErrAmbiguous.
func (c *Catalogue) AnsweringType(requestType string) (name string, err error) {
	t := c.table.Load()
	if t == nil {
		return "", nil
	}
	by := t.answers.request(requestType)
	return by.name, by.err
}

// Function returns the function of exactly that name, or the only one that has it
// after the prefix of its stack.
func (c *Catalogue) Function(name string) (f function.Status, ok bool) {
	t := c.table.Load()
	if t == nil {
		return f, false
	}
	if f, ok = t.functions[name]; !ok {
		f, ok = t.local[name]
	}
	return f, ok
}
