package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/harkvoice/hark/intents"
)

// maxWhy is how many other readings are told, leastNear how alike a sample is
// that is worth it.
const (
	maxWhy    = 5
	leastNear = 0.25
)

// ways are the ways to understand, in words.
var ways = map[intents.How]string{
	intents.HowLaunch:   "it opens the skill",
	intents.HowExact:    "as the sample has it",
	intents.HowOpen:     "with a value that the slot's type does not know",
	intents.HowNear:     "nearly as the sample has it",
	intents.HowAnswer:   "as the answer to the question",
	intents.HowConsent:  "as yes or no to Alexa's question",
	intents.HowLeave:    "as the wish to leave the skill",
	intents.HowFallback: "no sample fits",
	"":                  "by its name",
}

// explain prints what was understood, and what else it could have been.
func explain(out io.Writer, h intents.Heard) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer table.Flush()
	name := h.Intent
	if h.Launch {
		name = "LaunchRequest"
	}
	switch {
	case name != "":
		fmt.Fprintf(table, "understood\t%s\t%s\t%s\n", name, sampleText(h.Meaning), ways[h.How])
	case h.How != "":
		fmt.Fprintln(table, "understood "+ways[h.How])
	default:
		fmt.Fprintln(table, "understood\tnothing")
	}
	for _, s := range h.Slots {
		for _, v := range s.Values {
			fmt.Fprintf(table, "\t%s\n", strings.Join(slotText(s, v), "\t"))
		}
	}
	for _, o := range h.Others[:min(len(h.Others), maxWhy)] {
		fmt.Fprintf(table, "or\t%s\t%s\t%s\n", o.Intent, sampleText(o.Meaning), filledText(o.Meaning))
	}
	near := worthTelling(h)
	for _, n := range near[:min(len(near), maxWhy)] {
		fmt.Fprintf(table, "near\t%s\t%s\t%.0f%% alike\n", n.Intent, sampleText(n.Meaning), 100*n.Likeness)
	}
}

// worthTelling are the samples that nearly fit, each once: an utterance that can be
// divided in several ways is near to a sample in as many.
func worthTelling(h intents.Heard) []intents.Reading {
	type sample struct{ intent, text string }
	told := map[sample]bool{{h.Intent, h.Sample}: true}
	return slices.DeleteFunc(slices.Clone(h.Near), func(n intents.Reading) bool {
		s := sample{n.Intent, n.Sample}
		again := told[s]
		told[s] = true
		return again || n.Likeness < leastNear
	})
}

func sampleText(m intents.Meaning) string {
	if m.Sample == "" {
		return "-"
	}
	return fmt.Sprintf("%q", m.Sample)
}

// slotText is a slot's name, what was said, and what that is taken for.
func slotText(s intents.Slot, v intents.Value) []string {
	meant := s.Type
	switch {
	case v.Resolved != nil && v.Resolved.ID != "":
		meant = fmt.Sprintf("%s %q (id %s)", s.Type, v.Resolved.Name.Value, v.Resolved.ID)
	case v.Resolved != nil:
		meant = fmt.Sprintf("%s %q", s.Type, v.Resolved.Name.Value)
	case v.Value != v.Heard:
		meant = fmt.Sprintf("%s %s", s.Type, v.Value)
	case s.Custom && !s.Listed: // a list of Amazon's knows more than the model tells
		meant += ", which does not know it"
	}
	return []string{s.Name, fmt.Sprintf("%q", v.Heard), meant}
}

func filledText(m intents.Meaning) string {
	var all []string
	for _, s := range m.Slots {
		if s.Value != "" {
			all = append(all, s.Name+"="+s.Value)
		}
	}
	return strings.Join(all, " ")
}
