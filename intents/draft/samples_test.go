package draft

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSamples_AreReadByIntent(t *testing.T) {
	type said = map[string][]string
	for _, tt := range []struct {
		name, label string
		want        said
	}{
		{"bars", "brew a {Drink} | make me a {Drink}", said{"": {"brew a {Drink}", "make me a {Drink}"}}},
		{"lines, as a block of YAML has them", "brew a {Drink}\n  make me   tea\r\n\n", said{"": {"brew a {Drink}", "make me tea"}}},
		{"the same twice, in another case", "Brew Tea|brew  tea", said{"": {"Brew Tea"}}},
		{"another intent, until the next", "brew tea | BillIntent: what do I owe | the bill | Brew_Intent:\nbrew", said{"": {"brew tea"}, "BillIntent": {"what do I owe", "the bill"}, "Brew_Intent": {"brew"}}},
		{"an intent twice", "A: one | B: two | a: three", said{"A": {"one", "three"}, "B": {"two"}}},
		{"one of Amazon's", "AMAZON.HelpIntent: what now", said{"AMAZON.HelpIntent": {"what now"}}},
		{"adjacent slots", "{Count} {Drink}", said{"": {"{Count} {Drink}"}}},
		{"nothing", " | \n", said{}},
	} {
		got := make(said)
		all, err := parseSamples(tt.label)
		for _, u := range all {
			got[u.intent] = u.samples
		}
		if d := cmp.Diff(tt.want, got); d != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", tt.name, err, d)
		}
	}
}

func TestSamples_FaultsAreNamed(t *testing.T) {
	for _, tt := range []struct{ label, want string }{
		{"brew a {Drink", "a { is not closed"},
		{"brew a Drink}", "a } closes nothing"},
		{"brew a {the Drink}", `no slot can be called "the Drink"`},
		{"brew a {}", `no slot can be called ""`},
		{"brew a {{Drink}}", `no slot can be called "{Drink"`},
		{"brew a {Drink2}", "use letters"},
		{"brew a {Drink|the}", "a { is not closed"},
	} {
		if _, err := parseSamples(tt.label); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.label, err, tt.want)
		}
	}
}
