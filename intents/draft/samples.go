package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// utterances are what people say for one intent.
type utterances struct {
	intent  string // empty: the one that the function stands for
	samples []string
	seen    map[string]bool // their keys
}

// intentPrefix begins an utterance of another intent. A colon is in none.
var intentPrefix = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_.<>@,\[\]]*):`)

// parseSamples reads the label hark.samples: utterances with | or line breaks
// between them. "NAME:" before one says which intent it, and those after it, are
// for.
func parseSamples(label string) (all []*utterances, err error) {
	of := &utterances{seen: make(map[string]bool)}
	for line := range strings.FieldsFuncSeq(label, func(r rune) bool { return r == '|' || r == '\n' || r == '\r' }) {
		line = tidy(line)
		if name := intentPrefix.FindStringSubmatch(line); name != nil {
			line = tidy(line[len(name[0]):])
			of = named(&all, name[1])
		}
		if line == "" {
			continue
		}
		if _, err := slotNames(line); err != nil {
			return nil, err
		}
		if of.intent == "" && len(of.samples) == 0 {
			all = append(all, of)
		}
		if !of.seen[key(line)] {
			of.seen[key(line)] = true
			of.samples = append(of.samples, line)
		}
	}
	return all, nil
}

// named are the utterances of an intent, whatever the case of its name.
func named(all *[]*utterances, intent string) *utterances {
	for _, u := range *all {
		if strings.EqualFold(u.intent, intent) {
			return u
		}
	}
	*all = append(*all, &utterances{intent: intent, seen: make(map[string]bool)})
	return (*all)[len(*all)-1]
}

var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z_]*$`)

// slotNames lists the slots of a sample.
func slotNames(sample string) (names []string, err error) {
	for rest := sample; ; {
		before, after, opened := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return nil, fmt.Errorf("utterance %.100q: a } closes nothing", sample)
		}
		if !opened {
			return names, nil
		}
		name, after, closed := strings.Cut(after, "}")
		if !closed {
			return nil, fmt.Errorf("utterance %.100q: a { is not closed", sample)
		}
		if !nameForm.MatchString(name) {
			return nil, fmt.Errorf("utterance %.100q: no slot can be called %.40q; use letters, and _ between them", sample, name)
		}
		names, rest = append(names, name), after
	}
}

// name reports whether a sample has the slot.
func (u *utterances) name(slot string) bool {
	return slices.ContainsFunc(u.samples, func(s string) bool {
		return strings.Contains(strings.ToLower(s), "{"+strings.ToLower(slot)+"}")
	})
}

// tidy is a text with single spaces.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// key is the same for texts that differ only in case and spaces.
func key(s string) string { return strings.ToLower(tidy(s)) }
