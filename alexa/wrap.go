package alexa

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
	// Notes tell the function's author what was left out or changed on the
	// way from STDOUT to JSON, and why.
	Notes []string
}

// note keeps the first notes, each to a length that fits a header: a function
// may print anything.
func (a *Answer) note(format string, args ...any) {
	const most, longest = 20, 400
	if len(a.Notes) < most {
		a.Notes = append(a.Notes, cutText(fmt.Sprintf(format, args...), longest))
	}
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

// response is a response of hark's making. What a function emits as a full
// response is never put into this form; see carry.
type response struct {
	Version    string          `json:"version"`
	Attributes json.RawMessage `json:"sessionAttributes,omitempty"`
	Body       struct {
		OutputSpeech *outputSpeech   `json:"outputSpeech,omitempty"`
		Card         *card           `json:"card,omitempty"`
		Reprompt     *reprompt       `json:"reprompt,omitempty"`
		Directives   json.RawMessage `json:"directives,omitempty"`
		EndSession   *bool           `json:"shouldEndSession,omitempty"`
	} `json:"response"`
}

type outputSpeech struct {
	Type string `json:"type"`
	Text string `json:"text,omitempty"`
	SSML string `json:"ssml,omitempty"`
}

type reprompt struct {
	OutputSpeech *outputSpeech `json:"outputSpeech"`
}

type card struct {
	Type    string `json:"type"`
	Title   string `json:"title,omitempty"`
	Content string `json:"content,omitempty"`
}

// shorthand is the third of the output forms; the fourth is one of speech alone.
type shorthand struct {
	Speech     string          `json:"speech"`
	Reprompt   string          `json:"reprompt"`
	Card       *shortCard      `json:"card"`
	Attributes json.RawMessage `json:"attributes"`
	End        *bool           `json:"end"`
	Directives json.RawMessage `json:"directives"`
}

// ends reports whether the session ends: unless a reprompt waits for an answer,
// if nothing else was said.
func (s shorthand) ends() bool {
	if s.End != nil {
		return *s.End
	}
	return s.Reprompt == ""
}

// attributes are the session's when the function did not set them and the
// session goes on.
func (s shorthand) attributes(req *Request) json.RawMessage {
	switch {
	case !absent(s.Attributes):
		return s.Attributes
	case !s.ends() && !absent(req.Session.Attributes):
		return req.Session.Attributes
	}
	return nil
}

var shorthandKeys = []string{"speech", "reprompt", "card", "attributes", "end", "directives"}

type shortCard struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Wrap makes a response to req out of what a function printed:
//
//  1. <speak>…</speak> is SSML speech;
//  2. a JSON object with "response" is a full response and carried raw;
//  3. a JSON object with "speech" is the shorthand;
//  4. anything else is plain text, and nothing is no speech.
//
// What Alexa does not accept for the type of req is left out with a note. An
// error wraps ErrAnswer and means that no legal response can be made: the
// function has failed.
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
	if !utf8.Valid(stdout) {
		stdout = bytes.ToValidUTF8(stdout, []byte("\uFFFD"))
		a.note("the output is not UTF-8; what is not was replaced")
	}
	text := strings.TrimRight(string(stdout), " \t\r\n")
	if object := bytes.TrimSpace(stdout); len(object) > 0 && object[0] == '{' {
		var keys map[string]json.RawMessage
		err := json.Unmarshal(object, &keys)
		switch {
		case err != nil:
			a.note("the output looks like JSON but is not, and is spoken as text: %v", err)
		case keys["response"] != nil, keys["event"] != nil && answers[req.Type()] == carried:
			return a.carry(req, object, keys)
		case keys["speech"] != nil:
			return a.expand(req, object, keys)
		default:
			a.note(`the output is a JSON object without "response" or "speech", and is spoken as text`)
		}
	}
	return a.say(req, shorthand{Speech: text})
}

// Say makes a response to req in which hark itself speaks. Where the type of
// req allows no speech, nothing is said.
func Say(req *Request, s Speech) Answer {
	var a Answer
	if !req.Spoken() {
		return Acknowledge(req)
	}
	end := !s.Open
	a, err := a.say(req, shorthand{Speech: s.Text, Reprompt: s.Reprompt, End: &end})
	if err != nil { // its parts are bounded by hark
		return Acknowledge(req)
	}
	return a
}

// Acknowledge makes the least response that is legal for req. It is the empty
// envelope, but for CanFulfillIntentRequest, which wants a no.
func Acknowledge(req *Request) Answer {
	if answers[req.Type()] == fulfillment {
		return Answer{JSON: []byte(`{"version":"1.0","response":{"canFulfillIntent":{"canFulfill":"NO"}}}`)}
	}
	return Answer{JSON: []byte(`{"version":"1.0","response":{}}`)}
}

// expand reads the shorthand. What it does not know is left out with a note,
// so that a person still hears what was to be said.
func (a Answer) expand(req *Request, object []byte, keys map[string]json.RawMessage) (Answer, error) {
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !slices.Contains(shorthandKeys, key) {
			a.note("the shorthand answer has the unknown key %q; it knows %s", key, strings.Join(shorthandKeys, ", "))
		}
	}
	var s shorthand
	if err := json.Unmarshal(object, &s); err != nil {
		return a, explain("the shorthand answer", err)
	}
	if !absent(s.Attributes) && s.Attributes[0] != '{' {
		return a, errors.New(`the shorthand answer: "attributes" is not an object`)
	}
	if !absent(s.Directives) && s.Directives[0] != '[' {
		return a, errors.New(`the shorthand answer: "directives" is not a list`)
	}
	return a.say(req, s)
}

// say builds a response of what is to be said.
func (a Answer) say(req *Request, s shorthand) (Answer, error) {
	r := response{Version: "1.0"}
	if !absent(s.Directives) {
		r.Body.Directives = s.Directives
	}
	switch answers[req.Type()] {
	case spoken:
		end := s.ends()
		r.Body.EndSession = &end
		r.Body.OutputSpeech = a.speech(s.Speech)
		if again := a.speech(s.Reprompt); again != nil {
			r.Body.Reprompt = &reprompt{OutputSpeech: again}
		}
		if s.Card != nil {
			r.Body.Card = a.card(s.Card)
		}
		r.Attributes = s.attributes(req)
	case playback:
		a.drop(req, s)
		directives, err := a.audioOnly(req, r.Body.Directives)
		if err != nil {
			return a, err
		}
		r.Body.Directives = directives
	default:
		a.drop(req, s)
		if r.Body.Directives != nil {
			a.noteDropped(req, `"directives"`)
		}
		a.JSON = Acknowledge(req).JSON
		return a, nil
	}
	return a.finish(r)
}

// drop notes what is left out where nothing can be said.
func (a *Answer) drop(req *Request, s shorthand) {
	if s.Speech != "" || s.Reprompt != "" {
		a.note("nothing can be said in answer to %s; the speech was left out", req.Type())
	}
	if s.Card != nil {
		a.noteDropped(req, `"card"`)
	}
	if !absent(s.Attributes) {
		a.noteDropped(req, `"attributes"`)
	}
}

func (a *Answer) noteDropped(req *Request, key string) {
	a.note("%s is not allowed in answer to %s and was left out", key, req.Type())
}

func absent(v json.RawMessage) bool { return len(v) == 0 || string(v) == "null" }

func (a *Answer) card(c *shortCard) *card {
	title := cutText(c.Title, MaxCard)
	content := cutText(c.Text, MaxCard-utf8.RuneCountInString(title))
	if title != c.Title || content != c.Text {
		a.note("the card was cut to %d characters", MaxCard)
	}
	return &card{Type: "Simple", Title: title, Content: content}
}

// speech makes speech of plain text or SSML, and nil of white space: Alexa
// takes no speech without text.
func (a *Answer) speech(text string) *outputSpeech {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil
	case IsSSML(text):
		return a.ssml(text)
	}
	return a.plain(text)
}

func (a *Answer) plain(text string) *outputSpeech {
	return &outputSpeech{Type: "PlainText", Text: a.cut(text, cutText)}
}

// ssml speaks ill-formed SSML as the text between its tags: better heard
// plainly than not at all.
func (a *Answer) ssml(ssml string) *outputSpeech {
	if err := CheckSSML(ssml); err != nil {
		a.note("%v; its text is spoken without the tags (in SSML, write & as &amp; and < as &lt;)", err)
		if text := SpokenText(ssml); text != "" {
			return a.plain(text)
		}
		ssml = speakOpen + speakClose
	}
	return &outputSpeech{Type: "SSML", SSML: a.cut(ssml, cutSSML)}
}

func (a *Answer) cut(text string, cutter func(string, int) string) string {
	short := cutter(text, MaxSpeech)
	if short != text {
		a.note("the speech was cut from %d to %d characters", utf8.RuneCountInString(text), utf8.RuneCountInString(short))
	}
	return short
}

func (a Answer) finish(r any) (Answer, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // SSML is full of < and each would be six bytes
	if err := e.Encode(r); err != nil {
		return a, err
	}
	if out.Len() > MaxResponse {
		return a, tooLarge(out.Len())
	}
	a.JSON = bytes.TrimRight(out.Bytes(), "\n")
	return a, nil
}

func tooLarge(size int) error {
	return fmt.Errorf("the response has %d bytes, Alexa accepts %d", size, MaxResponse)
}

var errNoObject = errors.New("the answer's \"response\" is not a JSON object")
