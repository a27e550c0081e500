package intents

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
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
	intents   map[string]claim           // by the normal form of an intent or request type
}

// claim says who answers an intent: a function, or none because two would.
type claim struct {
	name string
	err  error
}

// ErrAmbiguous: two functions would answer an intent, so none does. What wraps
// it names both.
var ErrAmbiguous = errors.New("two functions answer it")

// maxIntent is the longest name that is looked up. No function has one nearly
// as long.
const maxIntent = 128

// Update replaces what is known by the functions that exist now. Functions
// tied to another skill by their label are known but answer no intent of skill.
// An intent that two functions would answer is answered by neither; the error
// tells every such intent and joins ErrAmbiguous for each, and tells labels that
// are malformed.
func (c *Catalogue) Update(functions []function.Status, skill string) error {
	t, ambiguous := newTable(slices.Values(functions), skill)
	c.table.Store(t)
	var errs []error
	for _, f := range functions {
		if err := checkProgress(f); err != nil {
			errs = append(errs, err)
		}
	}
	for _, a := range ambiguous {
		errs = append(errs, a)
	}
	return errors.Join(errs...)
}

// Clash returns ErrAmbiguous if f, in place of a function of its name, would
// answer an intent that another function answers, and function.ErrInvalid if one
// of its labels is malformed. It changes nothing.
func (c *Catalogue) Clash(f function.Status, skill string) error {
	if err := checkProgress(f); err != nil {
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

// newTable also returns the intents that several functions would answer, by name.
func newTable(functions iter.Seq[function.Status], skill string) (*table, []*ambiguity) {
	t := &table{functions: make(map[string]function.Status), local: make(map[string]function.Status)}
	named, labelled, short := claims{}, claims{}, map[string][]function.Status{}
	for f := range functions {
		t.functions[f.Name] = f
		if local := localName(f); local != f.Name {
			short[local] = append(short[local], f)
		}
		if only := f.Labels[function.LabelSkill]; only != "" && only != skill {
			continue
		}
		named.add(localName(f), f.Name)
		for intent := range strings.SplitSeq(f.Labels[function.LabelIntents], ",") {
			if intent = strings.TrimSpace(intent); intent != "" {
				labelled.add(intent, f.Name)
			}
		}
	}
	for local, all := range short {
		if len(all) == 1 {
			t.local[local] = all[0]
		}
	}
	maps.Copy(named, labelled) // a label goes before a name
	t.intents = make(map[string]claim, len(named))
	var ambiguous []*ambiguity
	for intent, by := range named {
		if len(by.functions) == 1 {
			t.intents[intent] = claim{name: by.functions[0]}
			continue
		}
		slices.Sort(by.functions)
		t.intents[intent] = claim{err: by}
		ambiguous = append(ambiguous, by)
	}
	slices.SortFunc(ambiguous, func(a, b *ambiguity) int { return strings.Compare(a.intent, b.intent) })
	return t, ambiguous
}

// claims has who would answer an intent, by its normal form.
type claims map[string]*ambiguity

func (c claims) add(intent, name string) {
	key := string(appendNormal(nil, intent))
	if c[key] == nil {
		c[key] = &ambiguity{intent: intent}
	}
	by := c[key]
	by.intent = min(by.intent, intent) // whatever the order
	if !slices.Contains(by.functions, name) {
		by.functions = append(by.functions, name)
	}
}

// ambiguity is an intent and those who would answer it.
type ambiguity struct {
	intent    string
	functions []string
}

func (a *ambiguity) Error() string {
	number := "two"
	if len(a.functions) > 2 {
		number = strconv.Itoa(len(a.functions))
	}
	last := len(a.functions) - 1
	return fmt.Sprintf("%s functions answer %s: %s and %s; rename one or change its label %s",
		number, a.intent, strings.Join(a.functions[:last], ", "), a.functions[last], function.LabelIntents)
}

func (a *ambiguity) Is(target error) bool { return target == ErrAmbiguous }

// localName is the function's name without the prefix of the stack that it
// was deployed in.
func localName(f function.Status) string {
	if stack := f.Labels[function.LabelStack]; stack != "" {
		return strings.TrimPrefix(f.Name, stack+"_")
	}
	return f.Name
}

// appendNormal appends the form in which names of intents and functions are
// compared: lower case, without "AMAZON.".
func appendNormal(to []byte, name string) []byte {
	const vendor = "AMAZON."
	if len(name) > len(vendor) && strings.EqualFold(name[:len(vendor)], vendor) {
		name = name[len(vendor):]
	}
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// Answering returns the name of the function that answers an intent or a
// request type, empty if there is none. The error is ErrAmbiguous.
func (c *Catalogue) Answering(intent string) (name string, err error) {
	t := c.table.Load()
	if t == nil || len(intent) > maxIntent {
		return "", nil
	}
	var key [maxIntent]byte
	by := t.intents[string(appendNormal(key[:0], intent))]
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
