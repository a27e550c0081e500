package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/shelf"
)

// differences tell a person what has changed in a skill: "+ PaintIntent in en-US".
func differences(old, new *shelf.Entry) (all []string) {
	models := func(e *shelf.Entry) map[string]*intents.Model {
		if e.Skill == nil {
			return nil
		}
		return e.Skill.Models
	}
	before, after := models(old), models(new)
	all = compare(before, after, "the model %s", func(locale string) []string {
		return modelDifferences(locale, before[locale], after[locale])
	})
	specs := func(e *shelf.Entry) map[string]function.Spec {
		named := make(map[string]function.Spec, len(e.Functions))
		for _, f := range e.Functions {
			named[f.Name] = f
		}
		return named
	}
	f, g := specs(old), specs(new)
	all = append(all, compare(f, g, "function %s", func(name string) []string { return changed(f[name], g[name], "function "+name) })...)
	if old.Skill != nil && new.Skill != nil {
		all = append(all, changed(old.Skill.IDs, new.Skill.IDs, "the ids")...)
		all = append(all, changed(old.Skill.Settings, new.Skill.Settings, "hark.json")...)
	}
	return all
}

func modelDifferences(locale string, old, new *intents.Model) []string {
	byName := func(m *intents.Model) map[string]intents.Intent {
		named := make(map[string]intents.Intent, len(m.Intents))
		for _, i := range m.Intents {
			named[i.Name] = i
		}
		return named
	}
	f, g := byName(old), byName(new)
	all := compare(f, g, "%s in "+locale, func(name string) []string { return changed(f[name], g[name], name+" in "+locale) })
	all = append(all, changed(old.Invocation, new.Invocation, "the invocation name in "+locale)...)
	all = append(all, compare(old.Types, new.Types, "type %s in "+locale, func(name string) []string {
		return changed(old.Types[name].Values, new.Types[name].Values, "type "+name+" in "+locale)
	})...)
	all = append(all, changed(old.Dialog, new.Dialog, "the dialog in "+locale)...)
	return append(all, changed(old.Prompts, new.Prompts, "the prompts in "+locale)...)
}

// compare tells what is new, what is gone, and what the two have of each other.
func compare[V any](old, new map[string]V, what string, inside func(key string) []string) (all []string) {
	keys := slices.Sorted(maps.Keys(new))
	for _, key := range keys {
		if _, ok := old[key]; ok {
			all = append(all, inside(key)...)
		} else {
			all = append(all, "+ "+fmt.Sprintf(what, key))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(old)) {
		if _, ok := new[key]; !ok {
			all = append(all, "- "+fmt.Sprintf(what, key))
		}
	}
	return all
}

func changed(old, new any, what string) []string {
	if reflect.DeepEqual(old, new) {
		return nil
	}
	return []string{"~ " + what}
}
