package draft

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// brew is a draft of one intent.
func brew(t *testing.T) *Draft {
	t.Helper()
	d, err := newDraft([]function.Spec{labelled("BrewIntent", function.LabelSamples, "brew {Drink}", function.LabelSlots, "Drink=tea")}, locale{"en-US", true})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMerge_KeepsWhatEndsLinesAndWhatAnEditorPutBefore(t *testing.T) {
	text := bom + strings.ReplaceAll(skeleton, "\n", "\r\n")
	made, _, err := merge("en-US", []byte(text), brew(t))
	if err != nil {
		t.Fatal(err)
	}
	plain, _, err := merge("en-US", []byte(skeleton), brew(t))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(bom+strings.ReplaceAll(string(plain), "\n", "\r\n"), string(made)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestMerge_FaultyModelsAreLeftAlone(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"not JSON", `{"languageModel": `, "not an interaction model"},
		{"another file", `{"manifest": {}}`, `it has no "languageModel"`},
		{"the model twice", `{"languageModel": {"intents": [{"name": "BrewIntent"}]}, "languageModel": {"invocationName": "x"}}`, "a key is there twice"},
		{"a slot without a type", `{"languageModel": {"intents": [{"name": "BrewIntent", "slots": [{"name": "Drink"}]}]}}`, "slot Drink of BrewIntent has no type in the model"},
	} {
		_, _, err := merge("en-US", []byte(tt.text), brew(t))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// FuzzMerge holds the promise: whatever the model and the labels, what was there
// is there afterwards, in its order, and a second time there is nothing to add.
func FuzzMerge(f *testing.F) {
	for _, model := range []string{"", skeleton, strings.ReplaceAll(skeleton, "\n", "\r"), bom + skeleton,
		`{"languageModel":{"intents":[{"name":"BrewIntent","slots":null,"samples":["brew {Drink}"]}],"types":[{"name":"DRINK","values":[{"name":{"value":"tea"}}]}]}}`,
		`{"interactionModel": null, "languageModel": {}}`, `{"languageModel": {"intents": [], "intents": null}}`,
	} {
		f.Add(model, "brew {Drink} | BillIntent: pay", "Drink=TEA:tea|assam,coffee;Count=AMAZON.NUMBER")
	}
	f.Fuzz(func(t *testing.T, text, samples, slots string) {
		if !utf8.ValidString(samples + slots) {
			return // YAML has none
		}
		d, err := newDraft([]function.Spec{labelled("BrewIntent", function.LabelSamples, samples, function.LabelSlots, slots)}, locale{"en-US", true})
		if err != nil {
			return
		}
		d.Invocation = "tea house"
		made, _, err := merge("en-US", []byte(text), d)
		if err != nil {
			return
		}
		if !within(text, string(made)) {
			t.Errorf("what was there is not any more:\n%s\n%s", text, made)
		}
		if _, err := intents.ParseModel("en-US", made); err != nil {
			t.Errorf("%v:\n%s", err, made)
		}
		again, report, err := merge("en-US", made, d)
		if err != nil || string(again) != string(made) {
			t.Errorf("the second time: %v, %q\n%s\n%s", err, report.Added, made, again)
		}
	})
}

// within reports whether a text is what is left of another when parts are taken
// out; null and empty texts and lists may have given way to something.
func within(text, other string) bool {
	text = strings.NewReplacer("null", "", `""`, "", "{}", "", "[", "", "]", "", "\n", "", " ", "", "\t", "", "\r", "").Replace(text)
	i := 0
	for j := 0; i < len(text) && j < len(other); j++ {
		if text[i] == other[j] {
			i++
		}
	}
	return i == len(text)
}
