package intents

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/harkvoice/hark/internal/function"
)

// claimants are the functions that would answer, by what they go by.
type claimants struct {
	named    claims // by their names
	labelled claims // by hark.intents
	types    claims // by hark.requests
	prefixes claims // by hark.requests too; see requestPattern
}

func newClaimants(functions ...[]function.Status) *claimants {
	c := &claimants{named: claims{}, labelled: claims{}, types: claims{}, prefixes: claims{}}
	for _, some := range functions {
		for _, f := range some {
			c.add(f)
		}
	}
	return c
}

func (c *claimants) add(f function.Status) {
	name := LocalName(f)
	c.named.add(normal(name), name, function.LabelIntents, f.Name)
	for intent := range strings.SplitSeq(f.Labels[function.LabelIntents], ",") {
		if intent = strings.TrimSpace(intent); intent != "" {
			c.labelled.add(normal(intent), intent, function.LabelIntents, f.Name)
		}
	}
	patterns, err := requestPatterns(f)
	if err != nil {
		return // told by checkLabels
	}
	for _, p := range patterns {
		to := c.types
		if p.prefix {
			to = c.prefixes
		}
		to.add(p.key, p.text, function.LabelRequests, f.Name)
	}
}

// settle decides between the claimants. It also returns what several of them
// would answer for the skill.
func (c *claimants) settle(skill string) (answers, []*ambiguity) {
	for key, by := range c.types { // hark.intents may list types too
		for _, name := range c.labelled[key].names() {
			by.add(name)
		}
	}
	intents := c.named
	for key, by := range c.labelled {
		intents[key] = by // a label goes before a name
	}
	var ambiguous []*ambiguity
	decide := func(all claims) map[string]claim {
		decided := make(map[string]claim, len(all))
		for key, by := range all {
			if len(by.functions) == 1 {
				decided[key] = claim{name: by.functions[0]}
				continue
			}
			slices.Sort(by.functions)
			by.skill = skill
			decided[key] = claim{err: by}
			ambiguous = append(ambiguous, by)
		}
		return decided
	}
	a := answers{intents: decide(intents), types: decide(c.types), prefixes: decide(c.prefixes)}
	return a, ambiguous
}

// claims has who would answer an intent, a type or a prefix, by its key.
type claims map[string]*ambiguity

func (c claims) add(key, subject, label, name string) {
	if c[key] == nil {
		c[key] = &ambiguity{subject: subject, label: label}
	}
	c[key].subject = min(c[key].subject, subject) // whatever the order
	c[key].add(name)
}

// ambiguity is what several functions would answer, and they; of one function,
// it is none.
type ambiguity struct {
	subject   string // as it was written
	label     string // that it comes from
	skill     string // for which they would; empty for any
	functions []string
}

func (a *ambiguity) add(name string) {
	if !slices.Contains(a.functions, name) {
		a.functions = append(a.functions, name)
	}
}

// concerns reports whether one of some functions is among them.
func (a *ambiguity) concerns(some []function.Status) bool {
	return slices.ContainsFunc(some, func(f function.Status) bool { return slices.Contains(a.functions, f.Name) })
}

func (a *ambiguity) compare(b *ambiguity) int {
	return cmp.Or(strings.Compare(a.skill, b.skill), strings.Compare(a.subject, b.subject), strings.Compare(a.label, b.label))
}

func (a *ambiguity) names() []string {
	if a == nil {
		return nil
	}
	return a.functions
}

func (a *ambiguity) Error() string {
	number, mend := "two", "rename one or change its label "+a.label
	if len(a.functions) > 2 {
		number = strconv.Itoa(len(a.functions))
	}
	if a.label == function.LabelRequests { // their names have no part in it
		mend = "change the label " + a.label + " of one"
	}
	subject := a.subject
	if a.skill != "" {
		subject += " of the skill " + a.skill
	}
	last := len(a.functions) - 1
	return fmt.Sprintf("%s functions answer %s: %s and %s; %s",
		number, subject, strings.Join(a.functions[:last], ", "), a.functions[last], mend)
}

func (a *ambiguity) Is(target error) bool { return target == ErrAmbiguous }
