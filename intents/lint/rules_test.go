package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

// The files of testdata/pizza, in which nothing is found.
const (
	manifestFile = "skill-package/skill.json"
	english      = "skill-package/interactionModels/custom/en-US.json"
	japanese     = "skill-package/interactionModels/custom/ja-JP.json"
	stackFile    = "stack.yaml"
)

// edit replaces a text of a file by another, once; the whole file if from is
// empty; with "-" for to, the file is removed.
type edit struct{ file, from, to string }

// pizza is a copy of testdata/pizza with changes, and what is found in it, as
// "Code: path".
func pizza(t *testing.T, edits ...edit) []string {
	t.Helper()
	report := check(t, copied(t, edits...))
	var found []string
	for _, f := range report.Findings {
		found = append(found, fmt.Sprintf("%s: %s", f.Code, f.Path))
		if f.Text == "" || f.Mend == "" || f.Severity == "" || f.File == "" {
			t.Errorf("a part is missing: %+v", f)
		}
	}
	return found
}

func copied(t *testing.T, edits ...edit) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pizza")
	if err := os.CopyFS(dir, os.DirFS("testdata/pizza")); err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		path := filepath.Join(dir, filepath.FromSlash(e.file))
		if e.to == "-" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil && e.from != "" {
			t.Fatal(err)
		}
		if e.from != "" && strings.Count(string(text), e.from) == 0 {
			t.Fatalf("%s has no %s", e.file, e.from)
		}
		changed := e.to
		if e.from != "" {
			changed = strings.Replace(string(text), e.from, e.to, 1)
		}
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// check reads stack.yaml as far as these tests need it.
func check(t *testing.T, dir string) *Report {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, stackFile))
	var stack *Stack
	if err == nil {
		stack = &Stack{File: filepath.Join(dir, stackFile)}
		for line := range strings.Lines(string(text)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch n := len(stack.Functions); {
			case strings.HasPrefix(line, "      hark."):
				stack.Functions[n-1].Labels[key] = strings.Trim(value, `"`)
			case strings.HasPrefix(line, "  ") && line[2] != ' ':
				stack.Functions = append(stack.Functions, function.Spec{Name: strings.TrimSuffix(key, ":"), Labels: map[string]string{}})
			}
		}
	}
	report, err := Check(dir, stack)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// whole is a path of the table: those that begin with intents or types are of the
// English languageModel, en. is the English file's.
func whole(path string) string {
	if strings.HasPrefix(path, "intents[") || strings.HasPrefix(path, "types[") {
		return "interactionModel.languageModel." + path
	}
	if rest, ok := strings.CutPrefix(path, "en."); ok {
		return "interactionModel." + rest
	}
	return path
}

func en(from, to string) edit { return edit{english, from, to} }

var cases = []struct {
	name  string
	edits []edit
	want  []string // "Code: path", the path shortened
}{
	{"nothing", nil, nil},

	// files
	{"no JSON", []edit{en(`"pizza palace",`, `"pizza palace"`)}, []string{"NotJSON: "}},
	{"an empty file", []edit{{english, "", " "}}, []string{"NotJSON: "}},
	{"two values", []edit{{japanese, "", "{}\n{}"}}, []string{"NotJSON: "}},
	{"too deep", []edit{{japanese, "", strings.Repeat("[", 200)}}, []string{"NotJSON: "}},
	{"UTF-16", []edit{{english, "", "\xff\xfe{\x00}\x00"}}, []string{"NotUTF8: "}},
	{"Latin-1", []edit{en("order a pizza", "order a p\xeezza")}, []string{"NotUTF8: ", "InvalidCharInSamples: intents[5].samples[0]"}},
	{"a byte order mark", []edit{en("{\n", "\xef\xbb\xbf{\n")}, []string{"ByteOrderMark: "}},
	{"a double key", []edit{en(`"version": "3"`, `"version": "3", "version": "3"`)}, []string{"DuplicateKey: "}},
	{"a misspelt key", []edit{en(`"synonyms"`, `"synonym"`)}, []string{"UnknownKey: types[0].values[0].name.synonym"}},
	{"an untidy key", []edit{en(`"type": "AMAZON.DATE"}`, `"type": "AMAZON.DATE", "slotTypeReference": {}}`)}, []string{"UnknownKey: intents[5].slots[1].slotTypeReference"}},
	{"an unknown locale", []edit{{"skill-package/interactionModels/custom/xx-YY.json", "", `{"languageModel": {"invocationName": "x y", "intents": []}}`}},
		[]string{"UnknownLocale: ", "ModelWithoutLocale: ", "MissingRequiredIntent: languageModel.intents", "MissingRequiredIntent: languageModel.intents", "MissingRequiredIntent: languageModel.intents", "MissingNavigateHome: languageModel.intents", "MissingFallback: languageModel.intents"}},
	{"no models", []edit{{english, "", "-"}, {japanese, "", "-"}, {stackFile, "", "-"}}, []string{"MissingModel: ", "LocaleWithoutModel: manifest.publishingInformation.locales.en-US", "LocaleWithoutModel: manifest.publishingInformation.locales.ja-JP"}},

	{"settings that do not load", []edit{{"skill-package/hark.json", "", `{"colour": "red"}`}}, []string{"Unloadable: "}},

	// the model as a whole
	{"a model that is a list", []edit{{english, "", "[]"}}, []string{"InvalidModelDefinitionSchema: "}},
	{"what is in a languageModel", []edit{{japanese, "", `{"invocationName": "x y", "intents": []}`}}, []string{"InvalidModelDefinitionSchema: "}},
	{"no languageModel", []edit{{japanese, "", "{}"}}, []string{"InvalidModelDefinitionSchema: "}},
	{"a wrapper of nothing", []edit{{japanese, "", `{"interactionModel": 1}`}}, []string{"InvalidModelDefinitionSchema: interactionModel"}},
	{"a wrong type", []edit{en(`{"enabled": true}`, `{"enabled": "yes"}`)}, []string{"InvalidModelDefinitionSchema: intents[5].slots[0].multipleValues.enabled"}},
	{"a wrong word", []edit{en(`"LOW"`, `"low"`)}, []string{"InvalidModelDefinitionSchema: interactionModel.languageModel.modelConfiguration.fallbackIntentSensitivity.level"}},
	{"null for nothing", []edit{en(`, "multipleValues": {"enabled": true}`, `, "multipleValues": null`)}, nil},
	{"no invocation name", []edit{en(`"invocationName": "pizza palace",`, "")}, []string{"InvalidModelDefinitionSchema: interactionModel.languageModel"}},
	{"capitals", []edit{en(`"pizza palace"`, `"Pizza palace"`)}, []string{"InvalidInvocationName: interactionModel.languageModel.invocationName"}},
	{"digits", []edit{en(`"pizza palace"`, `"pizza 24"`)}, []string{"InvalidInvocationName: interactionModel.languageModel.invocationName"}},
	{"a wake word", []edit{en(`"pizza palace"`, `"alexa pizza"`)}, []string{"InvalidInvocationName: interactionModel.languageModel.invocationName"}},
	{"a word that opens", []edit{en(`"pizza palace"`, `"ask my pizza"`)}, []string{"InvalidInvocationName: interactionModel.languageModel.invocationName"}},
	{"an empty invocation name", []edit{en(`"pizza palace"`, `" "`)}, []string{"InvalidInvocationName: interactionModel.languageModel.invocationName"}},
	{"one word", []edit{en(`"pizza palace"`, `"pizza"`)}, []string{"OneWordInvocationName: interactionModel.languageModel.invocationName"}},
	{"apostrophes and periods", []edit{en(`"pizza palace"`, `"sam's b. b. q."`)}, nil},

	// intents
	{"a nameless intent", []edit{en(`"name": "SearchIntent",`, "")}, []string{"MissingIntentName: intents[6]", "UnknownLabel: functions.find"}},
	{"a digit in a name", []edit{en(`"name": "SearchIntent"`, `"name": "Search2"`)}, []string{"InvalidIntentName: intents[6].name", "IntentWithoutFunction: intents[6]", "UnknownLabel: functions.find"}},
	{"another case of a built-in intent", []edit{en("AMAZON.HelpIntent", "AMAZON.helpIntent")}, []string{"InvalidIntentName: intents[0].name"}},
	{"an intent twice", []edit{en("SearchIntent", "orderintent")}, []string{"DuplicateIntent: intents[6].name", "UnknownLabel: functions.find"}},
	{"an unheard-of built-in intent", []edit{en("AMAZON.FallbackIntent", "AMAZON.FalbackIntent")}, []string{"MissingFallback: interactionModel.languageModel.intents", "UnknownBuiltinIntent: intents[4].name", "BuiltinWithoutFunction: intents[4]"}},
	{"an intent of the library", []edit{en(`{"name": "AMAZON.HelpIntent", "samples": []},`, `{"name": "AMAZON.HelpIntent"}, {"name": "AMAZON.SearchAction<object@Book[author]>"},`)}, []string{"BuiltinWithoutFunction: intents[1]"}},
	{"no StopIntent", []edit{en(`{"name": "AMAZON.StopIntent", "samples": []},`, "")}, []string{"MissingRequiredIntent: interactionModel.languageModel.intents"}},
	{"no NavigateHomeIntent", []edit{en(`{"name": "AMAZON.NavigateHomeIntent", "samples": []},`, "")}, []string{"MissingNavigateHome: interactionModel.languageModel.intents"}},
	{"no FallbackIntent", []edit{en(`{"name": "AMAZON.FallbackIntent", "samples": []},`, "")}, []string{"MissingFallback: interactionModel.languageModel.intents"}},
	{"a player that cannot pause", []edit{{manifestFile, "ALEXA_PRESENTATION_APL", "AUDIO_PLAYER"}},
		[]string{"MissingPlayerIntent: interactionModel.languageModel.intents", "MissingPlayerIntent: interactionModel.languageModel.intents", "MissingPlayerIntent: languageModel.intents", "MissingPlayerIntent: languageModel.intents"}},
	{"no samples", []edit{en(`"samples": ["look for {Query}"]`, `"samples": []`)}, []string{"IntentWithoutSamples: intents[6]", "UnusedSlot: intents[6].slots[0]"}},

	// samples
	{"a comma", []edit{en("order a pizza", "order, please")}, []string{"InvalidCharInSamples: intents[5].samples[0]"}},
	{"an invisible character", []edit{en("order a pizza", "order\u00a0pizza")}, []string{"InvalidCharInSamples: intents[5].samples[0]"}},
	{"a brace that is not closed", []edit{en("order a pizza", "order {Topping")}, []string{"InvalidCharInSamples: intents[5].samples[0]"}},
	{"a brace that is not opened", []edit{en("order a pizza", "order Topping}")}, []string{"InvalidCharInSamples: intents[5].samples[0]"}},
	{"an empty slot", []edit{en("order a pizza", "order { }")}, []string{"InvalidCharInSamples: intents[5].samples[0]"}},
	{"the older form", []edit{en("order a pizza", "order {ham|Topping}")}, []string{"InvalidCharInSamples: intents[5].samples[0]"}},
	{"digits in a sample", []edit{en("order a pizza", "order 2")}, []string{"DigitsInSamples: intents[5].samples[0]"}},
	{"an empty sample", []edit{en("order a pizza", " ")}, []string{"EmptySample: intents[5].samples[0]"}},
	{"a sample twice", []edit{en(`"order a pizza",`, `"order a pizza", "Order  a pizza",`)}, []string{"DuplicateSample: intents[5].samples[1]"}},
	{"samples that sound the same", []edit{en(`{"name": "Day", "type": "AMAZON.DATE"}`, `{"name": "Day", "type": "AMAZON.DATE"}, {"name": "Other", "type": "TOPPING"}`), en(`"order a pizza",`, `"add {Topping}", "add {Other}",`)}, []string{"DuplicateSample: intents[5].samples[1]"}},
	{"a sample of a slot twice", []edit{en(`"with {Topping}", "{Topping}"`, `"{Topping}", "{topping}"`)}, []string{"DuplicateSample: intents[5].slots[0].samples[1]"}},
	{"a sample in two intents", []edit{en(`"look for {Query}"`, `"look for {Query}", "order a pizza"`)}, []string{"SampleInTwoIntents: intents[6].samples[1]"}},
	{"a slot that is not declared", []edit{en("order a pizza", "order {Size}")}, []string{"UndeclaredSlot: intents[5].samples[0]"}},
	{"a slot of another case", []edit{en("order a pizza", "order {TOPPING}")}, nil},
	{"a letter at a slot", []edit{en("order a pizza", "order {Topping}s")}, []string{"SlotSpacing: intents[5].samples[0]"}},
	{"two slots that touch", []edit{en("order a pizza", "order {Day}{Topping}")}, []string{"SlotSpacing: intents[5].samples[0]"}},
	{"Japanese without a space", []edit{{japanese, "{Topping} の", "{Topping}の"}}, []string{"JapaneseSpacing: languageModel.intents[5].samples[0]"}},
	{"a query alone", []edit{en("look for {Query}", "{Query}")}, []string{"SearchQueryAlone: intents[6].samples[0]"}},
	{"a query in answer to a question", []edit{en(`"type": "AMAZON.SearchQuery"`, `"type": "AMAZON.SearchQuery", "samples": ["{Query}"]`)}, nil},
	{"a query beside a slot", []edit{en(`"type": "AMAZON.SearchQuery"}`, `"type": "AMAZON.SearchQuery"}, {"name": "Day", "type": "AMAZON.DATE"}`), en("look for {Query}", "look for {Query} on {Day}")}, []string{"SearchQueryBesideSlots: intents[6].samples[0]"}},

	// slots
	{"a digit in a slot's name", []edit{en(`"name": "Query"`, `"name": "Query1"`), en("{Query}", "{Query1}")}, []string{"InvalidSlotName: intents[6].slots[0]"}},
	{"a nameless slot", []edit{en(`{"name": "Day", "type": "AMAZON.DATE"}`, `{"name": "Day", "type": "AMAZON.DATE"}, {"type": "AMAZON.DATE"}`)}, []string{"InvalidSlotName: intents[5].slots[2]"}},
	{"a slot twice", []edit{en(`{"name": "Day", "type": "AMAZON.DATE"}`, `{"name": "Day", "type": "AMAZON.DATE"}, {"name": "day", "type": "AMAZON.DATE"}`)}, []string{"DuplicateSlot: intents[5].slots[2]"}},
	{"a slot like an intent", []edit{en(`"name": "Query"`, `"name": "orderIntent"`), en("{Query}", "{orderIntent}")}, []string{"OverlappingNames: intents[6].slots[0]"}},
	{"a slot in no sample", []edit{en(`{"name": "Day", "type": "AMAZON.DATE"}`, `{"name": "Day", "type": "AMAZON.DATE"}, {"name": "Size", "type": "TOPPING"}`)}, []string{"UnusedSlot: intents[5].slots[2]"}},
	{"a slot without a type", []edit{en(`"name": "Query", "type": "AMAZON.SearchQuery"`, `"name": "Query"`)}, []string{"UnknownSlotType: intents[6].slots[0]"}},
	{"a type that is not there", []edit{en(`"type": "AMAZON.SearchQuery"`, `"type": "TOPPINGS"`)}, []string{"UnknownSlotType: intents[6].slots[0].type"}},
	{"an unheard-of built-in type", []edit{en(`"type": "AMAZON.SearchQuery"`, `"type": "AMAZON.Pizza"`)}, []string{"UnknownBuiltinType: intents[6].slots[0].type"}},
	{"another case of a built-in type", []edit{en(`"type": "AMAZON.SearchQuery"`, `"type": "AMAZON.SEARCHQUERY"`)}, []string{"InvalidSlotTypeName: intents[6].slots[0].type"}},

	// types
	{"a nameless type", []edit{en(`"types": [`, `"types": [{"values": [{"name": {"value": "v"}}]},`)}, []string{"InvalidSlotTypeName: types[0]"}},
	{"a hyphen in a type's name", []edit{en(`"types": [`, `"types": [{"name": "a-b", "values": [{"name": {"value": "v"}}]},`)}, []string{"UnusedSlotType: types[0]", "InvalidSlotTypeName: types[0].name"}},
	{"a type twice", []edit{en(`"types": [`, `"types": [{"name": "Topping", "values": [{"name": {"value": "v"}}]},`)}, []string{"UnusedSlotType: types[0]", "DuplicateSlotType: types[1].name"}},
	{"a type that no slot has", []edit{en(`"types": [`, `"types": [{"name": "SIZE", "values": [{"name": {"value": "v"}}]},`)}, []string{"UnusedSlotType: types[0]"}},
	{"a built-in type, extended", []edit{en(`"types": [`, `"types": [{"name": "AMAZON.SearchQuery", "values": []},`)}, nil},
	{"a type without values", []edit{{japanese, `[{"name": {"value": "ハム"}}]`, "[]"}}, []string{"MissingSlot: languageModel.types[0]"}},
	{"a type with a supplier", []edit{{japanese, `"values": [{"name": {"value": "ハム"}}]`, `"valueSupplier": {"type": "CatalogValueSupplier", "valueCatalog": {"catalogId": "c", "version": "1"}}`}}, nil},
	{"an empty value", []edit{en(`{"value": "olives"}`, `{"value": ""}`)}, []string{"InvalidValue: types[0].values[1].name.value"}},
	{"a long synonym", []edit{en(`"bacon"`, `"`+strings.Repeat("x", longestValue+1)+`"`)}, []string{"InvalidValue: types[0].values[0].name.synonyms[1]"}},
	{"a value twice", []edit{en(`{"value": "olives"}`, `{"value": "Ham"}`)}, []string{"DuplicateValue: types[0].values[1].name.value"}},
	{"an id twice", []edit{en(`"id": "olives"`, `"id": "ham"`)}, []string{"DuplicateValueID: types[0].values[1].id"}},
	{"a synonym of two values", []edit{en(`{"value": "olives"}`, `{"value": "olives", "synonyms": ["Bacon"]}`)}, []string{"AmbiguousSynonym: types[0].values[1].name.synonyms[0]"}},
	{"a synonym that is another value", []edit{en(`"bacon"`, `"olives"`)}, []string{"AmbiguousSynonym: types[0].values[0].name.synonyms[1]"}},
	{"a synonym twice", []edit{en(`"bacon"`, `"prosciutto"`)}, []string{"RepeatedSynonym: types[0].values[0].name.synonyms[1]"}},
	{"a value as its own synonym", []edit{en(`"bacon"`, `"ham"`)}, []string{"RepeatedSynonym: types[0].values[0].name.synonyms[1]"}},

	// dialogs and prompts
	{"a dialog about nothing", []edit{en("\"name\": \"OrderIntent\",\n          \"confirm", "\"name\": \"Order\",\n          \"confirm")}, []string{"UnknownDialogIntent: en.dialog.intents[0].name"}},
	{"a dialog twice", []edit{en("\"delegationStrategy\": \"ALWAYS\",\n      \"intents\": [", "\"delegationStrategy\": \"ALWAYS\",\n      \"intents\": [{\"name\": \"OrderIntent\"},")}, []string{"UnknownDialogIntent: en.dialog.intents[1].name"}},
	{"a dialog that fills nothing", []edit{en(`"name": "Day",
              "type"`, `"name": "Date",
              "type"`)}, []string{"UnknownDialogSlot: en.dialog.intents[0].slots[1].name"}},
	{"a dialog of a slot twice", []edit{en(`"name": "Day",
              "type": "AMAZON.DATE",
              "validations"`, `"name": "Topping",
              "type": "AMAZON.DATE",
              "validations"`)}, []string{"UnknownDialogSlot: en.dialog.intents[0].slots[1].name"}},
	{"a dialog of another type", []edit{en("\"type\": \"AMAZON.DATE\",\n", "\"type\": \"AMAZON.TIME\",\n")}, []string{"DialogSlotType: en.dialog.intents[0].slots[1].type"}},
	{"a question without a prompt", []edit{en(`"prompts": {"elicitation": "Elicit.Topping"},`, "")}, []string{"MissingDialogIntentSlotPrompt: en.dialog.intents[0].slots[0].elicitationRequired", "UnusedPrompt: en.prompts[1]"}},
	{"a confirmation without a prompt", []edit{en(`"confirmationRequired": false`, `"confirmationRequired": true`)}, []string{"MissingDialogIntentSlotPrompt: en.dialog.intents[0].slots[0].confirmationRequired"}},
	{"a validation without a prompt", []edit{en(`, "prompt": "Bad.Day"`, "")}, []string{"MissingDialogIntentSlotPrompt: en.dialog.intents[0].slots[1].validations[0]", "UnusedPrompt: en.prompts[3]"}},
	{"an intent that is confirmed without a prompt", []edit{en(`"prompts": {"confirmation": "Confirm.Order"},`, "")}, []string{"MissingDialogIntentPrompt: en.dialog.intents[0].confirmationRequired", "UnusedPrompt: en.prompts[0]"}},
	{"an unheard-of validation", []edit{en("hasEntityResolutionMatch", "hasEntityResolution")}, []string{"InvalidValidation: en.dialog.intents[0].slots[0].validations[0].type"}},
	{"a match of dates", []edit{en("isInDuration", "hasEntityResolutionMatch")}, []string{"InvalidValidation: en.dialog.intents[0].slots[1].validations[0].type"}},
	{"a duration of names", []edit{en(`"hasEntityResolutionMatch"`, `"isInDuration", "start": "PT0S", "end": "PT1S"`)}, []string{"InvalidValidation: en.dialog.intents[0].slots[0].validations[0].type"}},
	{"a set of nothing", []edit{en(`"hasEntityResolutionMatch"`, `"isInSet", "values": []`)}, []string{"InvalidValidation: en.dialog.intents[0].slots[0].validations[0].values"}},
	{"a comparison with nothing", []edit{en(`"hasEntityResolutionMatch"`, `"isLessThan"`)}, []string{"InvalidValidation: en.dialog.intents[0].slots[0].validations[0]"}},
	{"a prompt that is not there", []edit{en(`"Bad.Day", "start"`, `"Bad.Date", "start"`)}, []string{"UnknownPrompt: en.dialog.intents[0].slots[1].validations[0].prompt", "UnusedPrompt: en.prompts[3]"}},
	{"a prompt twice", []edit{en(`"id": "Bad.Day"`, `"id": "Bad.Topping"`), en(`"Bad.Day", "start"`, `"Bad.Topping", "start"`)}, []string{"DuplicatePrompt: en.prompts[3].id"}},
	{"a prompt that nothing names", []edit{en(`"prompts": [`, `"prompts": [{"id": "More", "variations": [{"type": "PlainText", "value": "More?"}]},`)}, []string{"UnusedPrompt: en.prompts[0]"}},
	{"a prompt that says nothing", []edit{en(`"variations": [{"type": "PlainText", "value": "Within a week?"}]`, `"variations": []`)}, []string{"EmptyPrompt: en.prompts[3]"}},
	{"an empty variation", []edit{en("Within a week?", "")}, []string{"EmptyPrompt: en.prompts[3].variations[0].value"}},
	{"a prompt with another slot", []edit{en("Within a week?", "Not on {Date}?")}, []string{"InvalidPrompt: en.prompts[3].variations[0].value"}},
	{"a prompt with a brace", []edit{en("Within a week?", "{Within a week?")}, []string{"InvalidPrompt: en.prompts[3].variations[0].value"}},

	// the manifest
	{"a manifest of another kind", []edit{{manifestFile, "", `{"manifest": []}`}}, []string{"InvalidManifestSchema: "}},
	{"locales in a list", []edit{{manifestFile, "", `{"manifest": {"publishingInformation": {"locales": ["en-US"]}}}`}}, []string{"InvalidManifestSchema: manifest.publishingInformation.locales"}},
	{"a nameless permission", []edit{{manifestFile, `{"name": "alexa::profile:name:read"}`, "{}"}}, []string{"InvalidManifestSchema: manifest.permissions[0]"}},
	{"no manifest", []edit{{manifestFile, "", "-"}}, []string{"MissingManifest: "}},
	{"an unknown locale of the manifest", []edit{{manifestFile, `"ja-JP": `, `"ja-jp": `}}, []string{"UnknownLocale: manifest.publishingInformation.locales.ja-jp", "ModelWithoutLocale: "}},
	{"a locale without a model", []edit{{manifestFile, `"ja-JP": `, `"fr-FR": {}, "ja-JP": `}}, []string{"LocaleWithoutModel: manifest.publishingInformation.locales.fr-FR"}},
	{"no endpoint", []edit{{manifestFile, `"endpoint": {"uri": "https://pizza.example.com/alexa", "sslCertificateType": "Trusted"},`, ""}}, []string{"MissingEndpoint: manifest.apis.custom"}},
	{"an endpoint without an address", []edit{{manifestFile, `"uri": "https://pizza.example.com/alexa",`, ""}}, []string{"InvalidEndpoint: manifest.apis.custom.endpoint"}},
	{"http", []edit{{manifestFile, "https://", "http://"}}, []string{"InvalidEndpoint: manifest.apis.custom.endpoint.uri"}},
	{"another port", []edit{{manifestFile, ".com/", ".com:8443/"}}, []string{"InvalidEndpoint: manifest.apis.custom.endpoint.uri"}},
	{"a private address", []edit{{manifestFile, "pizza.example.com", "192.168.1.2"}}, []string{"InvalidEndpoint: manifest.apis.custom.endpoint.uri"}},
	{"Lambda", []edit{{manifestFile, "https://pizza.example.com/alexa", "arn:aws:lambda:us-east-1:1:function:pizza"}}, []string{"LambdaEndpoint: manifest.apis.custom.endpoint.uri"}},
	{"no certificate type", []edit{{manifestFile, `, "sslCertificateType": "Trusted"`, ""}}, []string{"InvalidCertificateType: manifest.apis.custom.endpoint"}},
	{"another certificate type", []edit{{manifestFile, `"Trusted"`, `"trusted"`}}, []string{"InvalidCertificateType: manifest.apis.custom.endpoint.sslCertificateType"}},
	{"an unknown region", []edit{{manifestFile, `"interfaces"`, `"regions": {"US": {"endpoint": {"uri": "https://a.example.com/", "sslCertificateType": "Wildcard"}}}, "interfaces"`}}, []string{"InvalidEndpoint: manifest.apis.custom.regions.US"}},
	{"an unknown interface", []edit{{manifestFile, "ALEXA_PRESENTATION_APL", "ALEXA_PRESENTATION"}}, []string{"UnknownInterface: manifest.apis.custom.interfaces[0].type"}},
	{"an interface twice", []edit{{manifestFile, `[{"type"`, `[{"type": "VIDEO_APP"}, {"type": "VIDEO_APP"}, {"type"`}}, []string{"DuplicateInterface: manifest.apis.custom.interfaces[1].type"}},

	// functions
	{"two functions for an intent", []edit{{stackFile, "SearchIntent", "SearchIntent,OrderIntent\n  other:\n    labels:\n      hark.intents: OrderIntent"}}, []string{"AmbiguousFunctions: functions.find", "FunctionWithoutIntent: functions.OrderIntent"}},
	{"no function for an intent", []edit{{stackFile, "      hark.intents: SearchIntent\n", ""}}, []string{"IntentWithoutFunction: intents[6]", "FunctionWithoutIntent: functions.find"}},
	{"one function for all", []edit{{stackFile, "      hark.intents: SearchIntent\n", "      hark.requests: \"*\"\n"}}, nil},
	{"no function for a built-in intent", []edit{en(`{"name": "AMAZON.HelpIntent", "samples": []},`, `{"name": "AMAZON.HelpIntent"}, {"name": "AMAZON.YesIntent"},`)}, []string{"BuiltinWithoutFunction: intents[1]"}},
	{"a function for an event", []edit{{stackFile, "functions:\n", "functions:\n  LaunchRequest:\n  PlaybackStarted:\n"}}, nil},
	{"a function for the world", []edit{{stackFile, "functions:\n", "functions:\n  hook:\n    labels:\n      hark.public: \"true\"\n"}}, nil},
	{"a function for another skill", []edit{{stackFile, "functions:\n", "functions:\n  hook:\n    labels:\n      hark.skill: lights\n"}}, nil},
	{"a label for nothing", []edit{{stackFile, "hark.intents: SearchIntent", "hark.intents: SearchIntent,FindIntent"}}, []string{"UnknownLabel: functions.find"}},
	{"a label that is malformed", []edit{{stackFile, "hark.intents: SearchIntent", "hark.intents: SearchIntent\n      hark.delegate: perhaps"}}, []string{"InvalidLabel: functions.find"}},
}

func TestCheck_FindsEachCode(t *testing.T) {
	met := make(map[string]bool)
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			var want []string
			for _, w := range tt.want {
				code, path, _ := strings.Cut(w, ": ")
				want = append(want, code+": "+whole(path))
				met[code] = true
			}
			got := pizza(t, tt.edits...)
			slices.Sort(got)
			slices.Sort(want)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	elsewhere := []string{string(FileTooLarge), string(ModelTooLarge)} // TestCheck_BoundsFiles
	for code := range severities {
		if !met[string(code)] && !slices.Contains(elsewhere, string(code)) {
			t.Errorf("no case finds %s", code)
		}
	}
}
