package alexa

import (
	"fmt"
	"strings"
)

// Finding is something in a function's output that is not as Alexa has it.
type Finding struct {
	// Path is where, as "response.directives[1].type"; empty for the output as
	// a whole. In the shorthand it is the shorthand's own.
	Path string `json:"path"`
	// Rule is which rule it breaks.
	Rule Rule `json:"rule"`
	// Text says what is wrong, and how to mend it where that is not plain.
	Text string `json:"text"`
	// Done says what hark did about it; empty where it was passed on as it is.
	Done string `json:"done,omitempty"`
}

// String is one line for the author of the function.
func (f Finding) String() string {
	var b strings.Builder
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Text)
	if f.Done != "" {
		b.WriteString("; " + f.Done)
	}
	fmt.Fprintf(&b, " [%s]", f.Rule)
	return b.String()
}

// What hark does about a finding.
const (
	leftOut = "it was left out"
	wasCut  = "it was cut"
)

// Rule names something that a response is held against.
type Rule string

// The rules; docs/responses.md is made from the table Rules.
const (
	RuleOutput      Rule = "output"
	RuleShorthand   Rule = "shorthand"
	RuleEnvelope    Rule = "envelope"
	RuleDuplicate   Rule = "duplicate-key"
	RuleNotHere     Rule = "not-here"
	RuleRequired    Rule = "required"
	RuleForm        Rule = "form"
	RuleSpeechSize  Rule = "speech-size"
	RuleSSML        Rule = "ssml"
	RuleSSMLTag     Rule = "ssml-tag"
	RuleSSMLAttr    Rule = "ssml-attribute"
	RuleSSMLNesting Rule = "ssml-nesting"
	RuleAudio       Rule = "audio"
	RuleCard        Rule = "card"
	RuleCardSize    Rule = "card-size"
	RuleDirective   Rule = "directive"
	RuleInterface   Rule = "interface"
	RuleExclusive   Rule = "exclusive"
	RuleDialog      Rule = "dialog"
	RuleEndSession  Rule = "end-session"
	RuleAttributes  Rule = "attributes-size"
	RuleFulfillment Rule = "can-fulfill"
	RuleEvent       Rule = "event"
	maxFindings          = 20  // more are not told of one response
	longestFinding       = 400 // characters of a text: it has to fit a header
	longestPath          = 200
)

// Rules says what each rule asks, and what hark does where it is broken.
var Rules = []struct {
	Rule Rule
	Asks string
	Does string
}{
	{RuleOutput, "what is printed is UTF-8, and what looks like JSON is JSON with `response` or `speech`", "replaces what is not UTF-8; speaks the rest as text"},
	{RuleShorthand, "the shorthand has its own keys only, in their types, and one of `elicit`, `confirm`, `delegate`", "leaves out what it does not know; a wrong type is a failure of the function"},
	{RuleEnvelope, "the envelope has `version` and the object `response`; the whole has at most 120,000 bytes", "adds the version; without a response, or with more bytes, the function has failed"},
	{RuleDuplicate, "no key is there twice in an object that these rules look into", "keeps the last, as JSON readers do"},
	{RuleNotHere, "what is there is legal for the request's type (see request-types.md)", "leaves out what is not"},
	{RuleRequired, "what Alexa cannot do without is there", "adds it where there is only one thing to add"},
	{RuleForm, "what is there has its type, and is one of the words that Alexa knows", "passes it on"},
	{RuleSpeechSize, "speech has at most 8,000 characters, tags counted", "cuts it at a word's end and closes the tags"},
	{RuleSSML, "SSML is one well formed `<speak>`, and plain text has none in it", "adds the `<speak>`, or speaks the text without the tags"},
	{RuleSSMLTag, "tags are those that Alexa knows", "passes it on"},
	{RuleSSMLAttr, "tags have the attributes that they need, with values that Alexa knows", "passes it on"},
	{RuleSSMLNesting, "tags stand where they may", "passes it on"},
	{RuleAudio, "audio comes over https or is of Alexa's sound library, five at most in one speech", "passes it on"},
	{RuleCard, "a card is Simple, Standard, LinkAccount or AskForPermissionsConsent, with the parts of its type; images come over https", "passes it on"},
	{RuleCardSize, "a card's title and text have at most 8,000 characters together, the address of an image 2,000", "cuts the shorthand's card"},
	{RuleDirective, "directives are a list of objects that have a type and the keys that the type needs", "passes it on"},
	{RuleInterface, "the device has the interface that a directive needs", "passes it on"},
	{RuleExclusive, "directives that exclude each other are not sent together", "passes it on"},
	{RuleDialog, "dialog directives answer an intent, name a slot that it has, and leave the session open; Dialog.Delegate has no speech beside it", "passes it on"},
	{RuleEndSession, "`shouldEndSession` is true, false, null or absent; a reprompt needs an open session, AudioPlayer.Play one that ends; VideoApp.Launch goes without it", "passes it on"},
	{RuleAttributes, "the session's attributes are an object of at most 24,000 bytes", "passes it on"},
	{RuleFulfillment, "`canFulfill` is YES, NO or MAYBE; of a slot, `canUnderstand` is too, and `canFulfill` YES or NO", "adds NO where there is nothing"},
	{RuleEvent, "Alexa.Authorization.Grant is answered with the event AcceptGrant.Response or ErrorResponse", "AcceptGrant.Response in place of anything else"},
}

// find keeps the first findings, each to a length that fits a header: a
// function may print anything.
func (a *Answer) find(path string, rule Rule, done, format string, args ...any) {
	if len(a.Findings) >= maxFindings {
		return
	}
	a.Findings = append(a.Findings, Finding{
		Path: cutText(a.as.path(path), longestPath),
		Rule: rule,
		Text: cutText(fmt.Sprintf(format, args...), longestFinding),
		Done: done,
	})
}

// form is how a function printed its answer: where its own words for parts of a
// response differ. None are those of a full response.
type form []struct {
	of, as string // beginnings of paths
	whole  bool   // there are no parts of it
}

var (
	// asShorthand are the shorthand's words, asText those of text: none.
	asShorthand = form{
		{"response.outputSpeech", "speech", true},
		{"response.reprompt", "reprompt", true},
		{"response.card", "card", false},
		{"response.directives", "directives", false},
		{"response.shouldEndSession", "end", true},
		{"sessionAttributes", "attributes", false},
	}
	asText = form{{"", "", true}}
)

// path is that of a part of the response, in the function's own words.
func (f form) path(of string) string {
	for _, p := range f {
		if rest, ok := strings.CutPrefix(of, p.of); ok {
			if p.whole {
				return p.as
			}
			return p.as + rest
		}
	}
	return of
}
