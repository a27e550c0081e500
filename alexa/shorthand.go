package alexa

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// shorthand is the third of the output forms; the fourth is one of speech
// alone.
type shorthand struct {
	Speech     string         `json:"speech"`
	Reprompt   string         `json:"reprompt"`
	Card       *shortCard     `json:"card"`
	Attributes jsontext.Value `json:"attributes"`
	End        *bool          `json:"end"`
	Directives jsontext.Value `json:"directives"`

	// How a dialog goes on; one of them.
	Elicit   string         `json:"elicit"`  // the slot to ask for
	Confirm  jsontext.Value `json:"confirm"` // the slot to confirm, or true: the intent
	Delegate bool           `json:"delegate"`

	turn string // the directive that says so
}

type shortCard struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

var (
	shorthandKeys = []string{"speech", "reprompt", "card", "attributes", "end", "directives", "elicit", "confirm", "delegate"}
	cardKeys      = []string{"title", "text"}
)

// isShorthand reports whether an object is one: it has speech, or nothing that
// the shorthand does not have.
func isShorthand(keys []member) bool {
	if _, speech := get(keys, "speech"); speech || len(keys) == 0 {
		return speech
	}
	return !slices.ContainsFunc(keys, func(m member) bool { return !slices.Contains(shorthandKeys, m.key) })
}

// read reads the shorthand; keys are as they are spelled, and others ignored.
func (s *shorthand) read(object []byte) error {
	if err := json.Unmarshal(object, s, lenient...); err != nil {
		return explain("the shorthand answer", err)
	}
	return nil
}

// dialog makes the directive of elicit, confirm or delegate, of which one
// counts. It is the last of the directives, so that those keep their numbers.
func (a *Answer) dialog(s *shorthand) error {
	type turn struct{ key, directive string }
	var turns []turn
	if s.Elicit != "" {
		turns = append(turns, turn{"elicit", fmt.Sprintf(`{"type":"Dialog.ElicitSlot","slotToElicit":%s}`, quote(s.Elicit))})
	}
	switch c := s.Confirm; {
	case absent(c) || string(c) == "false" || string(c) == `""`:
	case string(c) == "true":
		turns = append(turns, turn{"confirm", `{"type":"Dialog.ConfirmIntent"}`})
	case c[0] == '"':
		turns = append(turns, turn{"confirm", fmt.Sprintf(`{"type":"Dialog.ConfirmSlot","slotToConfirm":%s}`, c)})
	default:
		return errors.New(`the shorthand answer: "confirm" is neither true nor the name of a slot`)
	}
	if s.Delegate {
		turns = append(turns, turn{"delegate", delegate})
	}
	a.as = asShorthand
	if len(turns) == 0 {
		return nil
	}
	for _, t := range turns[1:] {
		a.find(t.key, RuleShorthand, leftOut, "a dialog goes on in one way, and %q says how", turns[0].key)
	}
	s.turn = turns[0].directive
	given, _ := elements(value{s.Directives, span{0, len(s.Directives)}})
	own := form{{of: fmt.Sprintf("response.directives[%d]", len(given)), as: turns[0].key, whole: true}}
	a.as = append(own, asShorthand...)
	return nil
}

const delegate = `{"type":"Dialog.Delegate"}`

// ends reports whether the session ends: unless a dialog goes on, or a reprompt
// waits for an answer, if nothing else was said.
func (s shorthand) ends() bool {
	if s.End != nil {
		return *s.End
	}
	return s.Reprompt == "" && s.turn == ""
}

// goesOn reports whether the session does, where there is one: it does not end
// with a call of Alexa Conversations, whose dialog is Alexa's.
func (s shorthand) goesOn(kind answer) bool {
	return kind == spoken && !s.ends() || kind == called && (s.End == nil || !*s.End)
}

// attributes are the session's when the function did not set them and the
// session goes on.
func (s shorthand) attributes(req *Request) jsontext.Value {
	switch {
	case !absent(s.Attributes):
		return s.Attributes
	case s.goesOn(req.row().answer) && !absent(req.Session.Attributes):
		return req.Session.Attributes
	}
	return nil
}

// build makes the full response that the shorthand stands for.
func (s shorthand) build(req *Request) []byte {
	b := []byte(`{"version":"1.0",`)
	if attributes := s.attributes(req); attributes != nil {
		b = append(append(append(b, `"sessionAttributes":`...), attributes...), ',')
	}
	b = append(b, `"response":{`...)
	if speech := speechOf(s.Speech); speech != nil {
		b = append(append(append(b, `"outputSpeech":`...), speech...), ',')
	}
	if c := s.Card; c != nil {
		b = append(b, `"card":{"type":"Simple"`...)
		if c.Title != "" {
			b = fmt.Appendf(b, `,"title":%s`, quote(c.Title))
		}
		if c.Text != "" {
			b = fmt.Appendf(b, `,"content":%s`, quote(c.Text))
		}
		b = append(b, "},"...)
	}
	if again := speechOf(s.Reprompt); again != nil {
		b = fmt.Appendf(b, `"reprompt":{"outputSpeech":%s},`, again)
	}
	if list := s.list(); list != nil {
		b = append(append(append(b, `"directives":`...), list...), ',')
	}
	if req.Spoken() || s.End != nil {
		b = fmt.Appendf(b, `"shouldEndSession":%t,`, s.ends())
	}
	return append(bytes.TrimSuffix(b, []byte(",")), "}}"...)
}

// list are the directives, that of the dialog last.
func (s shorthand) list() []byte {
	given := bytes.TrimSpace(s.Directives)
	switch {
	case s.turn == "" && absent(given):
		return nil
	case s.turn == "":
		return given
	case absent(given):
		return []byte("[" + s.turn + "]")
	}
	inner := bytes.TrimSpace(given[1 : len(given)-1])
	list := append([]byte{'['}, inner...)
	if len(inner) > 0 {
		list = append(list, ',')
	}
	return append(append(list, s.turn...), ']')
}

// speechOf makes the speech of plain text or SSML, and nil of white space:
// Alexa takes no speech without text.
func speechOf(text string) []byte {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil
	case IsSSML(text):
		return fmt.Appendf(nil, `{"type":"SSML","ssml":%s}`, quote(text))
	}
	return fmt.Appendf(nil, `{"type":"PlainText","text":%s}`, quote(text))
}
