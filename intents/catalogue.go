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

// Catalogue knows the deployed functions and which of them answers a request
// for a skill. Lookups take constant time and do not wait for Update; all methods
// are safe for concurrent use. The zero value is an empty catalogue.
type Catalogue struct {
	table atomic.Pointer[table]
}

type table struct {
	functions map[string]function.Status // by name
	local     map[string]function.Status // by the name without the stack's or skill's, those that have such a one alone
	skills    map[string]answers         // of the skills that functions are labelled with
	shared    answers                    // of all others
}

// of are the answers for a skill.
func (t *table) of(skill string) answers {
	if a, ok := t.skills[skill]; ok {
		return a
	}
	return t.shared
}

// ErrAmbiguous: two functions would answer an intent or a type, so none does.
// What wraps it names both.
var ErrAmbiguous = errors.New("two functions answer it")

// Update replaces what is known by the functions that exist now. One that is
// tied to a skill by its label answers requests for that skill alone, the others
// those for any. What two functions would answer is answered by neither, and a
// label that is malformed counts for nothing; the error tells each of them, and
// joins ErrAmbiguous for the former.
func (c *Catalogue) Update(functions []function.Status) error {
	var errs []error
	for _, f := range functions {
		if err := checkLabels(f); err != nil {
			errs = append(errs, err)
		}
	}
	t, ambiguous := newTable(slices.Values(functions))
	c.table.Store(t)
	for _, a := range ambiguous {
		errs = append(errs, a)
	}
	return errors.Join(errs...)
}

// Clash returns ErrAmbiguous if f, in place of a function of its name, would
// answer what another function answers, and function.ErrInvalid if one of its
// labels is malformed. It changes nothing.
func (c *Catalogue) Clash(f function.Status) error {
	if err := checkLabels(f); err != nil {
		return function.Invalid(err)
	}
	all := map[string]function.Status{}
	if t := c.table.Load(); t != nil {
		maps.Copy(all, t.functions)
	}
	all[f.Name] = f
	_, ambiguous := newTable(maps.Values(all))
	for _, a := range ambiguous {
		if slices.Contains(a.functions, f.Name) {
			return a
		}
	}
	return nil
}

// newTable also returns what several functions would answer, by name.
func newTable(functions iter.Seq[function.Status]) (*table, []*ambiguity) {
	t := &table{functions: make(map[string]function.Status), local: make(map[string]function.Status), skills: make(map[string]answers)}
	short, of := map[string][]function.Status{}, map[string][]function.Status{}
	for f := range functions {
		t.functions[f.Name] = f
		if local := LocalName(f); local != f.Name {
			short[local] = append(short[local], f)
		}
		skill := f.Labels[function.LabelSkill]
		of[skill] = append(of[skill], f)
	}
	for local, all := range short {
		if len(all) == 1 {
			t.local[local] = all[0]
		}
	}
	var ambiguous []*ambiguity
	t.shared, ambiguous = newClaimants(of[""]).settle("")
	for skill, own := range of {
		if skill == "" {
			continue
		}
		answers, more := newClaimants(of[""], own).settle(skill)
		t.skills[skill] = answers
		ambiguous = append(ambiguous, slices.DeleteFunc(more, func(a *ambiguity) bool { return !a.concerns(own) })...)
	}
	slices.SortFunc(ambiguous, (*ambiguity).compare)
	return t, ambiguous
}

// LocalName is the function's name without the prefix of the stack that it
// was deployed in, and without that of the skill that it is tied to.
func LocalName(f function.Status) string {
	name := f.Name
	if stack := f.Labels[function.LabelStack]; stack != "" {
		name = strings.TrimPrefix(name, stack+"_")
	}
	if skill := f.Labels[function.LabelSkill]; skill != "" {
		name = strings.TrimPrefix(name, FunctionPrefix(skill))
	}
	return name
}

// Answering returns the name of the function that answers an intent of a skill,
// or a request type by its last part; empty if there is none. The error is
// ErrAmbiguous.
func (c *Catalogue) Answering(skill, intent string) (name string, err error) {
	t := c.table.Load()
	if t == nil {
		return "", nil
	}
	by := t.of(skill).intent(intent)
	return by.name, by.err
}

// AnsweringType returns the name of the function that answers a request type of
// a skill as a whole; empty if there is none. The error is ErrAmbiguous.
func (c *Catalogue) AnsweringType(skill, requestType string) (name string, err error) {
	t := c.table.Load()
	if t == nil {
		return "", nil
	}
	by := t.of(skill).request(requestType)
	return by.name, by.err
}

// Function returns the function of exactly that name, or the only one that has it
// after the prefix of its stack or skill.
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
