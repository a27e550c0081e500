// Package replay keeps conversations as files, and tells how one that is held
// again differs. A file is one of the ASK CLI's, whose `ask dialog --replay` reads
// it too:
//
//	{"skillId": "amzn1.ask.skill.…", "locale": "en-US", "type": "text", "userInput": ["open test house", "paint it red"],
//	 "turns": [{"intent": "LaunchRequest", "alexa": ["Welcome."]}, …]}
//
// "turns" is hark's: what came of each input. Without it, a replay is held again,
// and only what goes wrong is told. Inputs that are no utterances are hark's too:
// "/silence", and "/intent NAME SLOT=VALUE".
package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Replay is a conversation.
type Replay struct {
	SkillID string   `json:"skillId"`
	Locale  string   `json:"locale"`
	Type    string   `json:"type"` // text
	Input   []string `json:"userInput"`
	// At is the time that dates went by, in RFC 3339; hark's too.
	At     string `json:"at,omitempty"`
	Device Device `json:"device,omitzero"`
	Turns  []Turn `json:"turns,omitempty"`
}

// Device is what was talked to, as the options of hark say describe it; hark's too.
type Device struct {
	Screen   bool   `json:"screen,omitempty"`
	Person   string `json:"person,omitempty"`
	Location string `json:"location,omitempty"`
	Consent  bool   `json:"consent,omitempty"`
}

// Turn is what came of an input.
type Turn struct {
	// Intent is what it was understood as: an intent, LaunchRequest, or empty
	// where it answered a question of a dialog, or ended the session.
	Intent string `json:"intent,omitempty"`
	// Slots are what was said for them.
	Slots map[string]string `json:"slots,omitempty"`
	// Alexa is what she said, as plain text, one thing after the other.
	Alexa []string `json:"alexa,omitempty"`
	// Ended: the session is over.
	Ended bool `json:"ended,omitempty"`
	// Problem is why there is no proper answer: the input is not understood, the
	// skill failed.
	Problem string `json:"problem,omitempty"`
}

// maxInput bounds a replay.
const maxInput = 1000

// Parse reads a replay.
func Parse(text []byte) (*Replay, error) {
	var r Replay
	if err := json.Unmarshal(text, &r); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("it has a JSON %s at %s", wrong.Value, wrong.Field)
		}
		return nil, err
	}
	switch {
	case len(r.Input) == 0:
		return nil, errors.New(`it is no replay: it has no "userInput", a list of what is said`)
	case len(r.Input) > maxInput:
		return nil, fmt.Errorf("it has %d inputs, at most %d are held", len(r.Input), maxInput)
	case r.Type != "" && r.Type != "text":
		return nil, fmt.Errorf("its type is %q; only text can be held again", r.Type)
	case r.Turns != nil && len(r.Turns) != len(r.Input):
		return nil, fmt.Errorf("it has %d inputs and %d turns", len(r.Input), len(r.Turns))
	}
	if _, err := time.Parse(time.RFC3339, r.At); r.At != "" && err != nil {
		return nil, fmt.Errorf(`its "at" is %q, no time such as 2026-03-04T10:00:00+01:00`, r.At)
	}
	return &r, nil
}

// Text is the replay as a file.
func (r *Replay) Text() ([]byte, error) {
	r.Type = "text"
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(r)
	return []byte(b.String()), err
}

// Add notes an input and what came of it.
func (r *Replay) Add(said string, turn Turn) {
	r.Input, r.Turns = append(r.Input, said), append(r.Turns, turn)
}

// Differs tells how a turn of today differs from what came of an input then, one
// line each: what was, what is. Nil is the same.
func (r *Replay) Differs(input int, now Turn) []string {
	if r.Turns == nil {
		if now.Problem != "" {
			return []string{"+ " + now.Problem}
		}
		return nil
	}
	was, is := r.Turns[input].lines(), now.lines()
	if slices.Equal(was, is) {
		return nil
	}
	var lines []string
	for _, l := range was {
		if !slices.Contains(is, l) {
			lines = append(lines, "- "+l)
		}
	}
	for _, l := range is {
		if !slices.Contains(was, l) {
			lines = append(lines, "+ "+l)
		}
	}
	if lines == nil { // the same in another order
		lines = append(lines, "- "+strings.Join(was, " | "), "+ "+strings.Join(is, " | "))
	}
	return lines
}

// lines are a turn for people.
func (t Turn) lines() (all []string) {
	if t.Intent != "" {
		line := t.Intent
		for _, name := range slices.Sorted(maps.Keys(t.Slots)) {
			line += " " + name + "=" + t.Slots[name]
		}
		all = append(all, line)
	}
	for _, said := range t.Alexa {
		all = append(all, "Alexa: "+said)
	}
	if t.Problem != "" {
		all = append(all, t.Problem)
	}
	if t.Ended {
		all = append(all, "the session is over")
	}
	return all
}
