package intents

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustParse(t *testing.T, text string) *Model {
	t.Helper()
	m, err := ParseModel("en-US", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseModel_ReadsTheWholeSchema(t *testing.T) {
	text, err := os.ReadFile("testdata/whole.json")
	if err != nil {
		t.Fatal(err)
	}
	m := mustParse(t, string(text))
	if m.Fallback != "LOW" {
		t.Errorf("fallback sensitivity %q", m.Fallback)
	}
	slot := m.Intent("OrderIntent").Slot("topping")
	if slot == nil || !slot.MultipleValues.Enabled || len(slot.Samples) != 2 {
		t.Errorf("slot %+v", slot)
	}
	supplier := m.Types["TOPPING"].ValueSupplier
	if supplier.Type != "CatalogValueSupplier" || supplier.ValueCatalog.CatalogID != "amzn1.ask-catalog.cat.1" || supplier.ValueCatalog.Version != "2" {
		t.Errorf("supplier %+v", supplier)
	}
	want := Dialog{Delegation: DelegateAlways, Intents: []DialogIntent{{
		Name: "OrderIntent", Delegation: DelegateResponses, Confirmation: true, Prompts: PromptIDs{Confirmation: "Confirm.Order"},
		Slots: []DialogSlot{
			{Name: "Topping", Type: "TOPPING", Elicitation: true, Confirmation: true, Prompts: PromptIDs{"Elicit.Topping", "Confirm.Topping"},
				Validations: []Validation{{Type: "hasEntityResolutionMatch", Prompt: "Bad.Topping"}, {Type: "isInSet", Prompt: "Bad.Topping", Values: []string{"ham", "1"}}}},
			{Name: "Count", Type: "AMAZON.NUMBER", Validations: []Validation{{Type: "isLessThan", Prompt: "Bad.Count", Value: "10"}, {Type: "isGreaterThan", Prompt: "Bad.Count", Value: "0"}}},
			{Name: "Day", Type: "AMAZON.DATE", Validations: []Validation{{Type: "isInDuration", Prompt: "Bad.Day", Start: "PRESENT_REF", End: "P7D"}}},
		},
	}}}
	if d := cmp.Diff(want, m.Dialog); d != "" {
		t.Errorf("dialog (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]Variation{{"PlainText", "Which topping?"}, {"SSML", "<speak>Which one?</speak>"}}, m.Prompts["Elicit.Topping"].Variations); d != "" {
		t.Errorf("prompt (-want +got):\n%s", d)
	}
}

func TestParseModel_LoadsWhatIsUntidy(t *testing.T) {
	for name, text := range map[string]string{
		"a byte order mark": "\xef\xbb\xbf" + `{"languageModel":{"invocationName":"x"}}`,
		"a wrapper":         `{"interactionModel":{"languageModel":{"invocationName":"x"}}, "version": "1"}`,
		"slotTypeReference": `{"languageModel":{"intents":[{"name":"A","slots":[{"name":"s","slotTypeReference":{"type":"T"}}]}]}}`,
		"a nameless type":   `{"languageModel":{"types":[{"values":[{"name":{"value":"v"}}]}]}}`,
		"no synonyms":       `{"languageModel":{"types":[{"name":"T","values":[{"name":{"value":"v","synonyms":null}}]}]}}`,
		"a double key":      `{"languageModel":{"invocationName":"x","invocationName":"y"}}`,
		"broken UTF-8":      "{\"languageModel\":{\"invocationName\":\"\xff\"}}",
		"unknown parts":     `{"languageModel":{"invocationName":"x","notes":[[{}]]},"dialog":null,"prompts":null}`,
	} {
		m, err := ParseModel("en-US", []byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, there := m.Types[""]; there {
			t.Errorf("%s: a type without a name", name)
		}
	}
	m := mustParse(t, `{"languageModel":{"intents":[{"name":"amazon.HELPINTENT"},{"name":"AMAZON.Unheard"}]}}`)
	if m.Intent("AMAZON.HelpIntent") == nil || m.Intent("AMAZON.Unheard") == nil {
		t.Errorf("intents %+v", m.Intents)
	}
}

func TestParseModel_SaysWhatIsWrongAndWhere(t *testing.T) {
	for text, want := range map[string]string{
		``:                                     "unexpected EOF",
		"{\n\n]":                               "(line 3)",
		`{"languageModel":{}} x`:               "after top-level value",
		`{"dialog":{}}`:                        `no "languageModel"`,
		"{\"languageModel\":\n{\"types\":{}}}": "a JSON object at languageModel.types (line 2)",
		"\xff\xfe{\x00}\x00":                   "save it as UTF-8",
		strings.Repeat(`{"dialog":`, 20_000):   "depth",
		strings.Repeat(" ", MaxModel+1):        "it has 16 MB; a model has at most 16",
		`{"languageModel":{},"dialog":{"intents":[{"slots":[{"validations":[1]}]}]}}`: "a JSON number at dialog.intents.0.slots.0.validations.0",
	} {
		_, err := ParseModel("en-US", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: error %v; want %q", text, err, want)
		}
	}
}

func TestParseModel_TakesTenThousandIntents(t *testing.T) {
	m := mustParse(t, manyIntents(10_000))
	if len(m.Intents) != 10_000 || m.Intent("Intent9999") == nil {
		t.Errorf("%d intents", len(m.Intents))
	}
}

func manyIntents(n int) string {
	var b strings.Builder
	b.WriteString(`{"interactionModel":{"languageModel":{"invocationName":"many things","intents":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"name":"Intent%d","slots":[{"name":"Thing","type":"THING"}],"samples":["do thing number %d with {Thing}","and {Thing} %d"]}`, i, i, i)
	}
	b.WriteString(`],"types":[{"name":"THING","values":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%d","name":{"value":"thing %d","synonyms":["object %d"]}}`, i, i, i)
	}
	b.WriteString(`]}]}}}`)
	return b.String()
}

func TestLoadSkill_WaitsForNoDevice(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "models", "en-US.json", "x"), "")
	if _, err := LoadSkill(dir); err == nil || !strings.Contains(err.Error(), "en-US.json is not a file") {
		t.Errorf("error %v", err)
	}
	dir = t.TempDir()
	writeFile(t, filepath.Join(dir, "models", "x"), "")
	if err := os.Symlink("en-US.json", filepath.Join(dir, "models", "en-US.json")); err != nil { // a cycle
		t.Fatal(err)
	}
	if _, err := LoadSkill(dir); err == nil {
		t.Error("a link to itself was read")
	}
}

func BenchmarkParseModel(b *testing.B) {
	text := []byte(manyIntents(10_000))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseModel("en-US", text); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParseModel(f *testing.F) {
	f.Add([]byte(`{"interactionModel":{"languageModel":{"invocationName":"x","intents":[{"name":"A","slots":[{"name":"s","type":"T"}],"samples":["{s} and {s}","{","}","{}"]}],"types":[{"name":"T","values":[{"name":{"value":"v"}}]}]}}}`), "a b")
	whole, err := os.ReadFile("testdata/whole.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, "order ham")
	f.Fuzz(func(t *testing.T, model []byte, utterance string) {
		m, err := ParseModel("en-US", model)
		if err != nil {
			if len(err.Error()) > 1000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		s := &Skill{Name: "x", Models: map[string]*Model{"en-US": m}}
		_, _ = s.Understand("en-US", utterance, now)
		_ = s.Example("en-US")
	})
}
