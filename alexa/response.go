package alexa

import (
	"errors"
	"fmt"
	"slices"
)

// response is a full response that is held against the rules for its request
// and changed where it has to be. It is a function's, or hark made it of the
// shorthand.
type response struct {
	*Answer
	req   *Request
	row   requestType
	edits edits

	body       []member // of "response", as far as it stays
	directives []directive
}

// legal makes text an answer to req: it takes out what is not legal for the
// type of req, mends what can be mended, and passes the rest on byte for byte.
// Envelope are the members of text, a JSON object.
func (a Answer) legal(req *Request, text []byte, envelope []member) (Answer, error) {
	r := response{Answer: &a, req: req, row: req.row()}
	if err := r.envelope(r.unique("", envelope)); err != nil {
		return a, err
	}
	text = r.edits.apply(text)
	if len(text) > MaxResponse {
		return a, fmt.Errorf("the response has %d bytes, Alexa accepts %d", len(text), MaxResponse)
	}
	a.JSON = text
	return a, nil
}

var errNoResponse = errors.New(`the answer's "response" is not a JSON object`)

// envelope holds the whole against the rules.
func (r *response) envelope(all []member) error {
	if event, ok := get(all, "event"); ok && r.row.answer == granted {
		r.event(event.value)
		return nil
	}
	body, ok := get(all, "response")
	if !ok { // an event, in answer to a type that nobody knows
		return nil
	}
	r.version(all)
	r.attributes(all)
	var err error
	if r.body, err = r.object("response", body.value); err != nil {
		return errNoResponse
	}
	r.restrict()
	switch r.row.answer {
	case spoken:
		return r.spoken()
	case directed:
		return r.directed()
	case fulfillment:
		r.fulfillment(body.value)
	case called:
		return r.called(body.value)
	}
	return nil
}

// spoken holds what a person hears and sees against the rules.
func (r *response) spoken() error {
	if speech, ok := r.part("outputSpeech"); ok {
		if err := r.speech("response.outputSpeech", speech); err != nil {
			return err
		}
	}
	if reprompt, ok := r.part("reprompt"); ok {
		if err := r.reprompt(reprompt); err != nil {
			return err
		}
	}
	if card, ok := r.part("card"); ok {
		r.card(card)
	}
	if err := r.directed(); err != nil {
		return err
	}
	r.session()
	return nil
}

// called holds the answer to a call of Alexa Conversations against the rules: it
// has an apiResponse, or hands the dialog over to the skill.
//
// Clause: "Handle API Calls for Alexa Conversations".
func (r *response) called(body value) error {
	err := r.directed()
	if !r.sends("Dialog.DelegateRequest") {
		r.add(body, "apiResponse", `{}`)
	}
	return err
}

// part is a member of the body that is there and not null.
func (r *response) part(key string) (value, bool) {
	m, ok := get(r.body, key)
	return m.value, ok && !absent(m.raw)
}

// object reads an object at path.
func (r *response) object(path string, v value) ([]member, error) {
	all, err := members(v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r.unique(path, all), nil
}

// unique takes out the members whose key comes again: the last one counts, as
// with other readers of JSON.
func (r *response) unique(path string, all []member) []member {
	last := make(map[string]int, len(all))
	for i, m := range all {
		last[m.key] = i
	}
	if len(last) == len(all) {
		return all
	}
	again := func(i int) bool { return last[all[i].key] != i }
	kept := make([]member, 0, len(last))
	for i, m := range all {
		if again(i) {
			r.find(join(path, m.key), RuleDuplicate, "the last one counts", "the key is there more than once")
			continue
		}
		kept = append(kept, m)
	}
	r.edits.prune(wholes(all), again)
	return kept
}

func wholes(of []member) []span {
	spans := make([]span, len(of))
	for i, m := range of {
		spans[i] = m.whole
	}
	return spans
}

// join is the path of a key in an object.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// version is "1.0" where there is none.
func (r *response) version(all []member) {
	m, ok := get(all, "version")
	if ok && !absent(m.raw) {
		if _, text := m.text(); !text {
			r.find("version", RuleForm, "", `it is %s, not a string such as "1.0"`, kindOf(m.raw))
		}
		return
	}
	r.find("version", RuleEnvelope, `"1.0" was added`, `the response has no version`)
	if ok {
		r.edits.replace(m.span, []byte(`"1.0"`))
		return
	}
	at := all[0].whole.from // of an object that has "response"
	r.edits.replace(span{at, at}, []byte(`"version":"1.0",`))
}

// MaxAttributes is how many bytes of session attributes are told of as too
// many. Amazon gives no figure of its own; they also count to MaxResponse.
const MaxAttributes = 24_000

// attributes are the session's, and only where there is one.
func (r *response) attributes(all []member) {
	m, ok := get(all, "sessionAttributes")
	if !ok || absent(m.raw) {
		return
	}
	in, err := members(m.value)
	switch {
	case err == nil && len(in) == 0:
	case !kinds[r.row.answer].session:
		r.notHere("sessionAttributes")
		r.edits.prune(wholes(all), func(i int) bool { return all[i].key == m.key })
	case err != nil:
		r.find("sessionAttributes", RuleAttributes, "", "%v", err)
	case len(m.raw) > MaxAttributes:
		r.find("sessionAttributes", RuleAttributes, "", "they have %d bytes, which go both ways with each turn; keep them below %d", len(m.raw), MaxAttributes)
	}
}

// restrict takes out of the body what is not legal in answer to the request. To
// a type that nobody knows, that is all which the function did not word itself.
func (r *response) restrict() {
	gone := func(m member) bool { return !r.row.answer.keeps(m.key) || r.row.answer == carried && r.as != nil }
	if !slices.ContainsFunc(r.body, gone) {
		return
	}
	for _, m := range r.body {
		if gone(m) && !absent(m.raw) {
			r.notHere("response." + m.key)
		}
	}
	all := r.body
	r.edits.prune(wholes(all), func(i int) bool { return gone(all[i]) })
	r.body = slices.DeleteFunc(slices.Clone(all), gone)
}

// notHere tells of something that is not legal in answer to the request.
func (r *response) notHere(path string) {
	what := "it is not legal"
	if path == "response.outputSpeech" || path == "response.reprompt" {
		what = "nothing can be said"
	}
	r.find(path, RuleNotHere, leftOut, "%s in answer to %s", what, r.req.Type())
}

// add puts a key into an object of the body where it is not there, or null.
func (r *response) add(body value, key, raw string) {
	m, ok := get(r.body, key)
	switch {
	case ok && !absent(m.raw):
		return
	case ok:
		r.edits.replace(m.span, []byte(raw))
	default:
		added := `"` + key + `":` + raw
		if len(r.body) > 0 {
			added += ","
		}
		at := body.from + 1
		r.edits.replace(span{at, at}, []byte(added))
	}
	if r.as == nil {
		r.find("response."+key, RuleRequired, raw+" was added", "it is missing, and is the answer to %s", r.req.Type())
	}
}

// session holds shouldEndSession against what else there is.
func (r *response) session() {
	const path = "response.shouldEndSession"
	m, ok := get(r.body, "shouldEndSession")
	if !ok {
		return
	}
	switch string(m.raw) {
	case "true":
		if _, asks := r.part("reprompt"); asks {
			r.find(path, RuleEndSession, "", "it is true, so nobody will hear the reprompt")
		}
	case "false", "null":
		if r.sends("AudioPlayer.Play") {
			r.find(path, RuleEndSession, "", "it is %s, so the stream waits until the conversation is over", m.raw)
		}
	default:
		r.find(path, RuleForm, "", "it is %s, not true, false or null", kindOf(m.raw))
	}
	if r.sends("VideoApp.Launch") {
		r.find(path, RuleEndSession, "", "VideoApp.Launch decides about the session itself: leave shouldEndSession out")
	}
	if d := r.dialog(); d != nil && string(m.raw) == "true" {
		r.find(path, RuleDialog, "", "it is true, so the dialog that %s goes on with would end", d.name)
	}
}

// word holds a string against the words that Alexa knows for it.
func (r *response) word(path string, of []member, key string, rule Rule, needed bool, words ...string) {
	m, ok := get(of, key)
	if !ok || absent(m.raw) {
		if needed {
			r.find(join(path, key), rule, "", "it is missing; Alexa knows %s", list(words))
		}
		return
	}
	if got, ok := m.text(); !ok {
		r.find(join(path, key), rule, "", "it is %s; Alexa knows %s", kindOf(m.raw), list(words))
	} else if !slices.Contains(words, got) {
		r.find(join(path, key), rule, "", "it is %.40q; Alexa knows %s", got, list(words))
	}
}
