package alexa

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a response. Clause: "Request and Response JSON Reference".
const (
	MaxSpeech   = 8000    // characters of speech, SSML tags counted
	MaxCard     = 8000    // characters of a card's title and content together
	MaxResponse = 120_000 // bytes of the whole response
)

// Answer is a response that is legal for the request it was made for.
type Answer struct {
	// JSON is the whole response, never empty.
	JSON []byte
	// Findings tell the function's author what is not as Alexa has it, and what
	// was left out or changed on the way from STDOUT to JSON.
	Findings []Finding

	as form // the words for paths
}

// Speech is something to say.
type Speech struct {
	// Text is plain text or SSML; empty says nothing.
	Text string
	// Reprompt is said when the listener does not answer; empty is none.
	Reprompt string
	// Open keeps the session open: the listener is expected to answer.
	Open bool
}

// Wrap makes a response to req out of what a function printed:
//
//  1. <speak>…</speak> is SSML speech;
//  2. a JSON object with "response" is a full response and carried raw;
//  3. a JSON object with "speech", or with nothing but the shorthand's keys, is
//     the shorthand;
//  4. anything else is plain text, and nothing is no speech.
//
// What Alexa does not accept for the type of req is left out, and what else is
// not as Alexa has it is told of: the response's Findings. An error wraps
// ErrAnswer and means that no legal response can be made: the function has
// failed. stdout is not changed, but the answer may share its bytes.
func Wrap(req *Request, stdout []byte) (Answer, error) {
	a, err := wrap(req, stdout)
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return a, nil
}

// ErrAnswer says that what a function printed cannot be made a response.
var ErrAnswer = errors.New("the function's answer is not a legal response")

func wrap(req *Request, stdout []byte) (Answer, error) {
	var a Answer
	stdout = bytes.TrimPrefix(stdout, byteOrderMark)
	if !utf8.Valid(stdout) {
		stdout = bytes.ToValidUTF8(stdout, []byte("\uFFFD"))
		a.find("", RuleOutput, "what is not was replaced", "the output is not UTF-8")
	}
	if object := bytes.TrimSpace(stdout); len(object) > 0 && object[0] == '{' {
		keys, err := members(value{object, span{0, len(object)}})
		_, response := get(keys, "response")
		_, event := get(keys, "event")
		switch {
		case err != nil:
			a.find("", RuleOutput, "it is spoken as text", "the output looks like JSON but is not: %s", strings.TrimPrefix(err.Error(), "jsontext: "))
		case response || event && kinds[req.row().answer].event:
			return a.carry(req, object, keys)
		case isShorthand(keys):
			return a.expand(req, object, keys)
		default:
			a.find("", RuleOutput, "it is spoken as text", `the output is a JSON object without "response" or "speech"`)
		}
	}
	if string(bytes.TrimSpace(stdout)) == "null" { // of a handler that returns nothing
		a.find("", RuleOutput, "it is spoken as text", "the output is null, which is no answer")
	}
	a.as = asText
	return a.say(req, shorthand{Speech: strings.TrimRight(string(stdout), " \t\r\n")})
}

// byteOrderMark is what some programs on Windows begin UTF-8 with.
var byteOrderMark = []byte("\uFEFF")

// carry passes on a full response.
func (a Answer) carry(req *Request, object []byte, keys []member) (Answer, error) {
	if _, event := get(keys, "event"); req.row().answer == granted && !event {
		a.find("response", RuleEvent, "AcceptGrant.Response was answered", "a response is not legal in answer to %s", req.Type())
		a.JSON = acceptGrant(req)
		return a, nil
	}
	return a.legal(req, object, keys)
}

// Say makes a response to req in which hark itself speaks. Where the type of
// req allows no speech, nothing is said.
func Say(req *Request, s Speech) Answer {
	if !req.Spoken() {
		return Acknowledge(req)
	}
	end := !s.Open
	a, err := Answer{as: asText}.say(req, shorthand{Speech: s.Text, Reprompt: s.Reprompt, End: &end})
	if err != nil { // its parts are bounded by hark
		return Acknowledge(req)
	}
	return a
}

// Acknowledge makes the least response that is legal for req, when no function
// has answered it.
func Acknowledge(req *Request) Answer {
	switch req.row().answer {
	case fulfillment:
		return Answer{JSON: []byte(`{"version":"1.0","response":{"canFulfillIntent":{"canFulfill":"NO"}}}`)}
	case called:
		return Answer{JSON: []byte(`{"version":"1.0","response":{"apiResponse":{}}}`)}
	case granted:
		return Answer{JSON: refuseGrant(req)}
	}
	return Answer{JSON: []byte(`{"version":"1.0","response":{}}`)}
}

// say builds a response of what is to be said.
func (a Answer) say(req *Request, s shorthand) (Answer, error) {
	if req.row().answer == granted {
		if s.Speech != "" {
			a.find("response.outputSpeech", RuleNotHere, leftOut, "nothing can be said in answer to %s", req.Type())
		}
		a.JSON = acceptGrant(req)
		return a, nil
	}
	text := s.build(req)
	keys, err := members(value{text, span{0, len(text)}})
	if err != nil {
		return a, err
	}
	return a.legal(req, text, keys)
}

// expand reads the shorthand. What it does not know is left out with a word, so
// that a person still hears what was to be said.
func (a Answer) expand(req *Request, object []byte, keys []member) (Answer, error) {
	a.known("", "shorthand", keys, shorthandKeys)
	if card, ok := get(keys, "card"); ok {
		in, _ := members(card.value) // read tells of a card that is none
		a.known("card", "shorthand's card", in, cardKeys)
	}
	var s shorthand
	if err := s.read(object); err != nil {
		return a, err
	}
	if !absent(s.Attributes) && s.Attributes[0] != '{' {
		return a, errors.New(`the shorthand answer: "attributes" is not an object`)
	}
	if !absent(s.Directives) && s.Directives[0] != '[' {
		return a, errors.New(`the shorthand answer: "directives" is not a list`)
	}
	if err := a.dialog(&s); err != nil {
		return a, err
	}
	a.card(s.Card)
	return a.say(req, s)
}

// known tells of keys that the shorthand or a part of it does not have, and of
// those that are there more than once.
func (a *Answer) known(path, what string, keys []member, known []string) {
	for i, m := range keys {
		switch {
		case !slices.Contains(known, m.key):
			a.find(join(path, m.key), RuleShorthand, leftOut, "the %s knows %s", what, list(known))
		case slices.ContainsFunc(keys[i+1:], func(later member) bool { return later.key == m.key }):
			a.find(join(path, m.key), RuleDuplicate, "the last one counts", "the key is there more than once")
		}
	}
}

// card cuts a card to its size.
func (a *Answer) card(c *shortCard) {
	if c == nil {
		return
	}
	title := cutText(c.Title, MaxCard)
	content := cutText(c.Text, MaxCard-utf8.RuneCountInString(title))
	if title != c.Title || content != c.Text {
		a.find("card", RuleCardSize, wasCut, "title and text have more than %d characters", MaxCard)
	}
	c.Title, c.Text = title, content
}
