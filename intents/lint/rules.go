package lint

// Code names a rule.
type Code string

// The codes; docs/lint.md is made from the table Rules.
const (
	NotJSON       Code = "NotJSON"
	NotUTF8       Code = "NotUTF8"
	ByteOrderMark Code = "ByteOrderMark"
	DuplicateKey  Code = "DuplicateKey"
	UnknownKey    Code = "UnknownKey"
	FileTooLarge  Code = "FileTooLarge"
	ModelTooLarge Code = "ModelTooLarge"
	UnknownLocale Code = "UnknownLocale"
	MissingModel  Code = "MissingModel"
	Unloadable    Code = "Unloadable"

	InvalidModelDefinitionSchema Code = "InvalidModelDefinitionSchema"
	InvalidInvocationName        Code = "InvalidInvocationName"
	OneWordInvocationName        Code = "OneWordInvocationName"

	MissingIntentName     Code = "MissingIntentName"
	InvalidIntentName     Code = "InvalidIntentName"
	DuplicateIntent       Code = "DuplicateIntent"
	UnknownBuiltinIntent  Code = "UnknownBuiltinIntent"
	MissingRequiredIntent Code = "MissingRequiredIntent"
	MissingNavigateHome   Code = "MissingNavigateHome"
	MissingFallback       Code = "MissingFallback"
	MissingPlayerIntent   Code = "MissingPlayerIntent"
	IntentWithoutSamples  Code = "IntentWithoutSamples"

	InvalidCharInSamples   Code = "InvalidCharInSamples"
	DigitsInSamples        Code = "DigitsInSamples"
	EmptySample            Code = "EmptySample"
	DuplicateSample        Code = "DuplicateSample"
	SampleInTwoIntents     Code = "SampleInTwoIntents"
	UndeclaredSlot         Code = "UndeclaredSlot"
	SlotSpacing            Code = "SlotSpacing"
	JapaneseSpacing        Code = "JapaneseSpacing"
	SearchQueryAlone       Code = "SearchQueryAlone"
	SearchQueryBesideSlots Code = "SearchQueryBesideSlots"

	InvalidSlotName    Code = "InvalidSlotName"
	DuplicateSlot      Code = "DuplicateSlot"
	OverlappingNames   Code = "OverlappingNames"
	UnusedSlot         Code = "UnusedSlot"
	UnknownSlotType    Code = "UnknownSlotType"
	UnknownBuiltinType Code = "UnknownBuiltinType"

	InvalidSlotTypeName Code = "InvalidSlotTypeName"
	DuplicateSlotType   Code = "DuplicateSlotType"
	UnusedSlotType      Code = "UnusedSlotType"
	MissingSlot         Code = "MissingSlot"
	InvalidValue        Code = "InvalidValue"
	DuplicateValue      Code = "DuplicateValue"
	DuplicateValueID    Code = "DuplicateValueID"
	AmbiguousSynonym    Code = "AmbiguousSynonym"
	RepeatedSynonym     Code = "RepeatedSynonym"

	UnknownDialogIntent           Code = "UnknownDialogIntent"
	UnknownDialogSlot             Code = "UnknownDialogSlot"
	DialogSlotType                Code = "DialogSlotType"
	MissingDialogIntentSlotPrompt Code = "MissingDialogIntentSlotPrompt"
	MissingDialogIntentPrompt     Code = "MissingDialogIntentPrompt"
	InvalidValidation             Code = "InvalidValidation"
	UnknownPrompt                 Code = "UnknownPrompt"
	DuplicatePrompt               Code = "DuplicatePrompt"
	UnusedPrompt                  Code = "UnusedPrompt"
	EmptyPrompt                   Code = "EmptyPrompt"
	InvalidPrompt                 Code = "InvalidPrompt"

	InvalidManifestSchema  Code = "InvalidManifestSchema"
	MissingManifest        Code = "MissingManifest"
	LocaleWithoutModel     Code = "LocaleWithoutModel"
	ModelWithoutLocale     Code = "ModelWithoutLocale"
	MissingEndpoint        Code = "MissingEndpoint"
	InvalidEndpoint        Code = "InvalidEndpoint"
	LambdaEndpoint         Code = "LambdaEndpoint"
	InvalidCertificateType Code = "InvalidCertificateType"
	UnknownInterface       Code = "UnknownInterface"
	DuplicateInterface     Code = "DuplicateInterface"

	AmbiguousFunctions     Code = "AmbiguousFunctions"
	IntentWithoutFunction  Code = "IntentWithoutFunction"
	BuiltinWithoutFunction Code = "BuiltinWithoutFunction"
	FunctionWithoutIntent  Code = "FunctionWithoutIntent"
	UnknownLabel           Code = "UnknownLabel"
	InvalidLabel           Code = "InvalidLabel"
)

// Rule is what a code stands for.
type Rule struct {
	Code     Code
	Severity Severity
	// Amazon: the code is Amazon's own; hark has named the others.
	Amazon bool
	// Asks is what the rule asks.
	Asks string
}

// Part is the rules for a part of a package.
type Part struct {
	Title string
	Rules []Rule
}

// Rules says what is asked of each part.
var Rules = []Part{
	{"Files", []Rule{
		{NotJSON, Error, false, "a file is one JSON value, nested at most 100 deep"},
		{NotUTF8, Error, false, "a file is UTF-8"},
		{ByteOrderMark, Advice, false, "a file begins with its text"},
		{DuplicateKey, Error, false, "no key is there twice in an object"},
		{UnknownKey, Warning, false, "keys are those that Amazon knows: others are without effect, and mostly misspelt"},
		{FileTooLarge, Error, false, "a file has at most 16 MB: hark reads no more"},
		{ModelTooLarge, Warning, false, "a model has at most 1.5 MB: Amazon builds no more"},
		{UnknownLocale, Error, false, "a model's file is named after one of Alexa's locales, such as `en-US.json`"},
		{MissingModel, Warning, false, "a package has a model"},
		{Unloadable, Error, false, "the ids and the settings of the skill can be read (see skills.md); told where nothing else is an error"},
	}},
	{"The model as a whole", []Rule{
		{InvalidModelDefinitionSchema, Error, true, "what has to be there is there, and what is there has its type"},
		{InvalidInvocationName, Error, false, "the invocation name has lower-case words, apostrophes, and periods for abbreviations, and no wake word, nor a word that opens skills"},
		{OneWordInvocationName, Warning, false, "the invocation name has two words or more; one is for brands"},
	}},
	{"Intents", []Rule{
		{MissingIntentName, Error, true, "an intent has a name"},
		{InvalidIntentName, Error, true, "an intent's name has letters and underscores and begins with a letter; built-in ones are spelt as Amazon does"},
		{DuplicateIntent, Error, false, "no name is there twice, whatever its case"},
		{UnknownBuiltinIntent, Warning, false, "what begins with `AMAZON.` is one of Amazon's intents"},
		{MissingRequiredIntent, Error, false, "there are AMAZON.HelpIntent, AMAZON.StopIntent and AMAZON.CancelIntent"},
		{MissingNavigateHome, Warning, false, "there is AMAZON.NavigateHomeIntent"},
		{MissingFallback, Advice, false, "there is AMAZON.FallbackIntent, where the language has it: without it, anything that is said becomes one of the skill's intents"},
		{MissingPlayerIntent, Error, false, "a skill with the interface AUDIO_PLAYER has AMAZON.PauseIntent and AMAZON.ResumeIntent"},
		{IntentWithoutSamples, Warning, false, "an intent of the skill's own has samples"},
	}},
	{"Samples", []Rule{
		{InvalidCharInSamples, Error, true, "a sample has letters, spaces, periods, underscores, apostrophes, hyphens, and slots in braces that are closed"},
		{DigitsInSamples, Warning, false, "numbers are written as they are spoken"},
		{EmptySample, Error, false, "a sample has words or a slot"},
		{DuplicateSample, Warning, false, "an intent has a sample once, whatever its case and its slots' names"},
		{SampleInTwoIntents, Warning, false, "a sample belongs to one intent: of two, Alexa picks one"},
		{UndeclaredSlot, Error, false, "a slot of a sample is one of the intent's"},
		{SlotSpacing, Warning, false, "a slot stands between spaces; an apostrophe or a hyphen may touch it"},
		{JapaneseSpacing, Error, false, "in Japanese too, a slot stands between spaces"},
		{SearchQueryAlone, Error, false, "AMAZON.SearchQuery has words around it; in answer to a question it may stand alone"},
		{SearchQueryBesideSlots, Error, false, "AMAZON.SearchQuery shares no sample with another slot"},
	}},
	{"Slots", []Rule{
		{InvalidSlotName, Error, false, "a slot has a name of letters and underscores, which begins with a letter"},
		{DuplicateSlot, Error, false, "an intent has no two slots of a name, whatever its case"},
		{OverlappingNames, Error, false, "no slot is named like an intent"},
		{UnusedSlot, Warning, false, "a slot is in a sample or in a dialog"},
		{UnknownSlotType, Error, false, "a slot has a type, one of the model's or of Amazon's"},
		{UnknownBuiltinType, Warning, false, "a type that begins with `AMAZON.` is one of those that hark knows"},
	}},
	{"Slot types", []Rule{
		{InvalidSlotTypeName, Error, true, "a type has a name of letters, digits and underscores, which begins with a letter; built-in ones are spelt as Amazon does"},
		{DuplicateSlotType, Error, false, "no name is there twice, whatever its case"},
		{UnusedSlotType, Warning, false, "a type has slots"},
		{MissingSlot, Error, true, "a type has values, or a supplier of them"},
		{InvalidValue, Error, false, "a value and a synonym has text, at most 140 characters"},
		{DuplicateValue, Warning, false, "a type has a value once, whatever its case"},
		{DuplicateValueID, Warning, false, "values have ids of their own"},
		{AmbiguousSynonym, Warning, false, "a synonym belongs to one value, and is no value itself: else entity resolution gives several"},
		{RepeatedSynonym, Advice, false, "a value has a synonym once, and not itself for one"},
	}},
	{"Dialogs and prompts", []Rule{
		{UnknownDialogIntent, Error, false, "a dialog is about an intent of the model, once"},
		{UnknownDialogSlot, Error, false, "a dialog fills slots of its intent, each once"},
		{DialogSlotType, Error, false, "a slot has the same type in the dialog"},
		{MissingDialogIntentSlotPrompt, Error, true, "a slot that is asked for or confirmed, and a validation, has a prompt"},
		{MissingDialogIntentPrompt, Error, false, "an intent that is confirmed has a prompt"},
		{InvalidValidation, Error, false, "a validation has a type that Amazon knows, what the type needs, and a slot that it fits"},
		{UnknownPrompt, Error, false, "a prompt that is named is there"},
		{DuplicatePrompt, Warning, false, "prompts have ids of their own"},
		{UnusedPrompt, Warning, false, "a prompt is named in the dialog"},
		{EmptyPrompt, Error, false, "a prompt has variations, and a variation has text"},
		{InvalidPrompt, Error, false, "a slot of a prompt is one of the intent's that is asked about"},
	}},
	{"The manifest, skill.json", []Rule{
		{InvalidManifestSchema, Error, false, "what has to be there is there, and what is there has its type"},
		{MissingManifest, Advice, false, "a package has a manifest: Amazon needs it, hark does not"},
		{LocaleWithoutModel, Warning, false, "a locale of the manifest has a model"},
		{ModelWithoutLocale, Warning, false, "a model's locale is in the manifest"},
		{MissingEndpoint, Advice, false, "there is an endpoint that Amazon calls"},
		{InvalidEndpoint, Error, false, "an endpoint is an https address on port 443 that the internet can reach, or a Lambda function"},
		{LambdaEndpoint, Advice, false, "the endpoint is hark's: a Lambda function is called in its place"},
		{InvalidCertificateType, Error, false, "an https endpoint says which certificate it has: `SelfSigned`, `Wildcard` or `Trusted`"},
		{UnknownInterface, Warning, false, "an interface is one that Amazon knows"},
		{DuplicateInterface, Warning, false, "an interface is there once"},
	}},
	{"Functions, which only hark knows", []Rule{
		{AmbiguousFunctions, Error, false, "one function answers an intent: of two, neither does"},
		{IntentWithoutFunction, Warning, false, "an intent of the skill's own has a function: without it, people hear an apology"},
		{BuiltinWithoutFunction, Advice, false, "a built-in intent that hark does not answer itself has a function: without it, people hear a polite refusal"},
		{FunctionWithoutIntent, Advice, false, "a function answers an intent or a request type; others are reached by `/function/NAME` only"},
		{InvalidLabel, Error, false, "labels that hark reads are well formed (see functions.md)"},
		{UnknownLabel, Warning, false, "what the label `hark.intents` names is an intent of a model, or a request type"},
	}},
}

var severities = func() map[Code]Severity {
	all := make(map[Code]Severity)
	for _, part := range Rules {
		for _, r := range part.Rules {
			all[r.Code] = r.Severity
		}
	}
	return all
}()
