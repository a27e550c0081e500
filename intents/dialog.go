package intents

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Who runs a dialog.
const (
	DelegateAlways    = "ALWAYS"         // Alexa does, to its end
	DelegateResponses = "SKILL_RESPONSE" // the skill is asked at each turn
)

// Dialog is what a model says of conversations of several turns.
type Dialog struct {
	// Delegation is for the intents that have none of their own; empty is
	// DelegateResponses.
	Delegation string         `json:"delegationStrategy"`
	Intents    []DialogIntent `json:"intents"`
}

// DialogIntent is an intent that a dialog is about.
type DialogIntent struct {
	Name         string       `json:"name"`
	Delegation   string       `json:"delegationStrategy"` // empty is the dialog's
	Confirmation bool         `json:"confirmationRequired"`
	Prompts      PromptIDs    `json:"prompts"`
	Slots        []DialogSlot `json:"slots"`
}

// DialogSlot is a slot that a dialog fills.
type DialogSlot struct {
	Name         string       `json:"name"`
	Type         string       `json:"type"`
	Elicitation  bool         `json:"elicitationRequired"`
	Confirmation bool         `json:"confirmationRequired"`
	Prompts      PromptIDs    `json:"prompts"`
	Validations  []Validation `json:"validations"`
}

// PromptIDs name the prompts that ask for a slot, and for a confirmation.
type PromptIDs struct {
	Elicitation  string `json:"elicitation"`
	Confirmation string `json:"confirmation"`
}

// Validation is a rule for the value of a slot, and the id of the prompt that
// asks again where it is broken. Numbers are held as text.
type Validation struct {
	Type   string
	Prompt string
	Value  string   // of isGreaterThan and its like
	Values []string // of isInSet, isNotInSet
	Start  string   // of isInDuration, isNotInDuration
	End    string
}

// UnmarshalJSONFrom reads a validation, whose values models write as text or as
// numbers.
func (v *Validation) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var f struct {
		Type   string           `json:"type"`
		Prompt string           `json:"prompt"`
		Value  jsontext.Value   `json:"value"`
		Values []jsontext.Value `json:"values"`
		Start  jsontext.Value   `json:"start"`
		End    jsontext.Value   `json:"end"`
	}
	if err := json.UnmarshalDecode(d, &f); err != nil {
		return err
	}
	*v = Validation{Type: f.Type, Prompt: f.Prompt, Value: plain(f.Value), Start: plain(f.Start), End: plain(f.End)}
	for _, value := range f.Values {
		v.Values = append(v.Values, plain(value))
	}
	return nil
}

// plain is the text of a JSON string, or what stands there.
func plain(v jsontext.Value) string {
	if v.Kind() != '"' {
		return string(v)
	}
	text, _ := jsontext.AppendUnquote(nil, v) // what is not UTF-8 is replaced
	return string(text)
}

// Prompt is something that Alexa asks, in one of several ways.
type Prompt struct {
	ID         string      `json:"id"`
	Variations []Variation `json:"variations"`
}

// Variation is one way to ask.
type Variation struct {
	Type  string `json:"type"` // PlainText or SSML
	Value string `json:"value"`
}
