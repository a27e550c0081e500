package lint

import (
	"slices"
	"strings"
)

// validations are the types that Amazon knows, with what each needs.
var validations = map[string][]string{
	"isGreaterThan":            {"value"},
	"isGreaterThanOrEqualTo":   {"value"},
	"isLessThan":               {"value"},
	"isLessThanOrEqualTo":      {"value"},
	"isInSet":                  {"values"},
	"isNotInSet":               {"values"},
	"isInDuration":             {"start", "end"},
	"isNotInDuration":          {"start", "end"},
	"hasEntityResolutionMatch": nil,
}

// Slot types whose values are no names, and those that are times.
var (
	unnamedTypes = []string{"AMAZON.NUMBER", "AMAZON.FOUR_DIGIT_NUMBER", "AMAZON.Ordinal", "AMAZON.DATE", "AMAZON.TIME", "AMAZON.DURATION", "AMAZON.PhoneNumber", searchQuery}
	timeTypes    = []string{"AMAZON.DATE", "AMAZON.TIME"}
)

// checkValidation holds a validation of a slot of a dialog against the rules.
func (m *model) checkValidation(p *prompts, in *intent, slot, v *node) {
	at := v.get("type")
	needs, known := validations[at.str()]
	switch kind := slot.get("type").str(); {
	case at.str() == "":
		return // its shape was told of
	case !known:
		m.find(at, InvalidValidation, m.hint(at.text, validationNames, "leave it out"), "there is no validation %s", quote(at.text))
	case at.text == "hasEntityResolutionMatch" && slices.Contains(unnamedTypes, kind):
		m.find(at, InvalidValidation, "leave it out, or give the slot a type with values", "%s has no values to match", kind)
	case strings.HasSuffix(at.text, "InDuration") && !slices.Contains(timeTypes, kind):
		m.find(at, InvalidValidation, "leave it out, or give the slot the type "+strings.Join(timeTypes, " or "), "%s is for dates and times, and the slot has the type %s", at.text, quote(kind))
	}
	for _, key := range needs {
		switch n := v.get(key); {
		case n == nil:
			m.find(v, InvalidValidation, `add "`+key+`"`, "%s needs %q", at.text, key)
		case n.kind == '"' && strings.TrimSpace(n.text) == "", n.kind == 'n', n.kind == '[' && len(n.of) == 0:
			m.find(n, InvalidValidation, "say what the slot is compared with", "%q of %s is empty", key, at.text)
		}
	}
	if id := v.get("prompt"); id.str() != "" {
		m.usePrompt(p, in, id)
	} else {
		m.find(v, MissingDialogIntentSlotPrompt, `add "prompt" with the id of a prompt`, "the validation of the slot %s has no prompt", quote(slot.get("name").str()))
	}
}

func validationNames() []string {
	names := make([]string, 0, len(validations))
	for name := range validations {
		names = append(names, name)
	}
	return names
}
