package intents

import (
	"fmt"
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
	intents   map[string]string          // normal form of an intent or request type → function's name
}

// maxIntent is the longest name that is looked up. No function has one nearly
// as long.
const maxIntent = 128

// Update replaces what is known by the functions that exist now. Functions
// tied to another skill by their label are known but answer no intent of skill.
// Two functions for one intent are an error that names both; the catalogue
// then stays as it was.
func (c *Catalogue) Update(functions []function.Status, skill string) error {
	t := &table{functions: make(map[string]function.Status, len(functions))}
	labelled := make(map[string]string)
	named := make(map[string]string, len(functions))
	for _, f := range functions {
		t.functions[f.Name] = f
		if only := f.Labels[function.LabelSkill]; only != "" && only != skill {
			continue
		}
		if err := claim(named, localName(f), f.Name); err != nil {
			return err
		}
		for intent := range strings.SplitSeq(f.Labels[function.LabelIntents], ",") {
			if intent = strings.TrimSpace(intent); intent == "" {
				continue
			}
			if err := claim(labelled, intent, f.Name); err != nil {
				return err
			}
		}
	}
	t.intents = named
	for intent, f := range labelled { // a label goes before a name
		t.intents[intent] = f
	}
	c.table.Store(t)
	return nil
}

func claim(taken map[string]string, intent, name string) error {
	key := string(appendNormal(nil, intent))
	if other, ok := taken[key]; ok && other != name {
		pair := []string{other, name}
		slices.Sort(pair)
		return fmt.Errorf("two functions answer %s: %s and %s; rename one or change its label %s",
			intent, pair[0], pair[1], function.LabelIntents)
	}
	taken[key] = name
	return nil
}

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
// request type, if there is one.
func (c *Catalogue) Answering(intent string) (name string, ok bool) {
	t := c.table.Load()
	if t == nil || len(intent) > maxIntent {
		return "", false
	}
	var key [maxIntent]byte
	name, ok = t.intents[string(appendNormal(key[:0], intent))]
	return name, ok
}

// Function returns the function of exactly that name.
func (c *Catalogue) Function(name string) (f function.Status, ok bool) {
	if t := c.table.Load(); t != nil {
		f, ok = t.functions[name]
	}
	return f, ok
}
