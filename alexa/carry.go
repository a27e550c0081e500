package alexa

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// carry passes on a full response. It keeps the function's bytes as they are
// unless something in them is not legal for req; then it keeps every key that
// is.
func (a Answer) carry(req *Request, object []byte, keys map[string]json.RawMessage) (Answer, error) {
	if keys["response"] == nil { // an event, which only the carried types may answer with
		return a.verbatim(object)
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(keys["response"], &body); err != nil || body == nil {
		return a, errNoObject
	}
	changed, err := a.restrict(req, body)
	if err != nil {
		return a, err
	}
	if absent(keys["version"]) {
		keys["version"], changed = json.RawMessage(`"1.0"`), true
		a.note(`the response had no "version"; "1.0" was added`)
	}
	if !changed {
		return a.verbatim(object)
	}
	if keys["response"], err = marshal(body); err != nil {
		return a, err
	}
	return a.finish(keys)
}

func (a Answer) verbatim(object []byte) (Answer, error) {
	if len(object) > MaxResponse {
		return a, tooLarge(len(object))
	}
	a.JSON = object
	return a, nil
}

// restrict takes out of a response's body, or mends in it, what is not legal
// for the type of req, and reports whether it changed anything.
func (a *Answer) restrict(req *Request, body map[string]json.RawMessage) (changed bool, err error) {
	switch answers[req.Type()] {
	case carried:
		return false, nil
	case spoken:
		return a.mend(body)
	case playback:
		changed = a.only(req, body, "directives")
		audio, err := a.audioOnly(req, body["directives"])
		if err != nil || bytes.Equal(audio, body["directives"]) {
			return changed, err
		}
		body["directives"] = audio
		return true, nil
	case fulfillment:
		if absent(body["canFulfillIntent"]) {
			a.note(`the response had no "canFulfillIntent"; NO was added`)
			body["canFulfillIntent"], changed = json.RawMessage(`{"canFulfill":"NO"}`), true
		}
		return a.only(req, body, "canFulfillIntent") || changed, nil
	default:
		return a.only(req, body), nil
	}
}

// only drops all keys but those that may stay.
func (a *Answer) only(req *Request, body map[string]json.RawMessage, stay ...string) (changed bool) {
	for _, key := range slices.Sorted(maps.Keys(body)) {
		if !slices.Contains(stay, key) {
			delete(body, key)
			a.noteDropped(req, "response."+key)
			changed = true
		}
	}
	return changed
}

// audioOnly keeps those directives of the audio player that req allows.
func (a *Answer) audioOnly(req *Request, list json.RawMessage) (json.RawMessage, error) {
	if absent(list) {
		return list, nil
	}
	var directives []json.RawMessage
	if err := json.Unmarshal(list, &directives); err != nil {
		return nil, fmt.Errorf("response.directives is not a list: %w", err)
	}
	kept := directives[:0]
	for i, d := range directives {
		var head struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(d, &head) == nil && req.plays(head.Type) {
			kept = append(kept, d)
			continue
		}
		a.noteDropped(req, fmt.Sprintf("directives[%d] (%q)", i, head.Type))
	}
	if len(kept) == len(directives) {
		return list, nil
	}
	return marshal(kept)
}

// mend keeps the limits of the speech and the reprompt of a body.
func (a *Answer) mend(body map[string]json.RawMessage) (changed bool, err error) {
	if changed, err = a.mendSpeech(body, "response"); err != nil || absent(body["reprompt"]) {
		return changed, err
	}
	var reprompt map[string]json.RawMessage
	if err := json.Unmarshal(body["reprompt"], &reprompt); err != nil {
		return false, fmt.Errorf("response.reprompt is not an object: %w", err)
	}
	also, err := a.mendSpeech(reprompt, "response.reprompt")
	if err != nil || !also {
		return changed, err
	}
	body["reprompt"], err = marshal(reprompt)
	return true, err
}

func (a *Answer) mendSpeech(parent map[string]json.RawMessage, path string) (changed bool, err error) {
	if absent(parent["outputSpeech"]) {
		return false, nil
	}
	var speech map[string]json.RawMessage
	var view outputSpeech
	if err := json.Unmarshal(parent["outputSpeech"], &speech); err != nil {
		return false, fmt.Errorf("%s.outputSpeech is not an object: %w", path, err)
	}
	if err := json.Unmarshal(parent["outputSpeech"], &view); err != nil {
		return false, fmt.Errorf("%s.outputSpeech: %w", path, err)
	}
	// Alexa reads the one that the type names; what is in the other is no reason for a change.
	if view.Type == "SSML" {
		view.Text = ""
	} else {
		view.SSML = ""
	}
	mended := &view
	switch {
	case view.Type != "SSML":
		mended = a.plain(view.Text)
		mended.Type = view.Type
	case IsSSML(view.SSML):
		mended = a.ssml(view.SSML)
	default:
		a.note("%s.outputSpeech.ssml lacks <speak> around it, which was added", path)
		mended = a.ssml(speakOpen + view.SSML + speakClose)
	}
	if *mended == view {
		return false, nil
	}
	delete(speech, "text")
	delete(speech, "ssml")
	for key, value := range map[string]string{"type": mended.Type, "text": mended.Text, "ssml": mended.SSML} {
		if value == "" {
			continue
		}
		if speech[key], err = marshal(value); err != nil {
			return false, err
		}
	}
	parent["outputSpeech"], err = marshal(speech)
	return true, err
}

func marshal(v any) (json.RawMessage, error) {
	a, err := Answer{}.finish(v)
	return a.JSON, err
}
