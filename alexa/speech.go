package alexa

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// speech holds an outputSpeech against the rules, and mends it. A text that is
// none is an error: there is nothing to say in its place.
func (r *response) speech(path string, v value) error {
	parts, err := r.object(path, v)
	if err != nil {
		return err
	}
	kind, _ := get(parts, "type")
	name, _ := kind.text()
	key := "text"
	if name == "SSML" {
		key = "ssml"
	}
	r.word(path, parts, "type", RuleForm, true, "PlainText", "SSML")
	r.word(path, parts, "playBehavior", RuleForm, false, "ENQUEUE", "REPLACE_ALL", "REPLACE_ENQUEUED")
	m, ok := get(parts, key)
	if !ok || absent(m.raw) { // Alexa takes no speech without a text
		r.find(path, RuleRequired, "it became null", "it has no %s", key)
		r.edits.replace(v.span, []byte("null"))
		return nil
	}
	text, ok := m.text()
	if !ok {
		return fmt.Errorf("%s.%s is %s, not a string", path, key, kindOf(m.raw))
	}
	if key == "text" {
		cut := r.plain(join(path, key), text)
		if cut != text {
			r.edits.replace(m.span, quote(cut))
		}
		if mentionsSSML(cut) {
			r.find(join(path, key), RuleSSML, "", "<speak> is in plain text, so that its tags are read out: SSML begins with <speak>, and is of type SSML in a full response")
		}
		return nil
	}
	switch mended, still := r.ssml(join(path, key), text); {
	case !still:
		r.unmark(parts, kind, m, mended)
	case mended != text:
		r.edits.replace(m.span, quote(mended))
	}
	return nil
}

// mentionsSSML reports whether a text that is not taken for SSML has a speak tag
// in it, whatever its case.
func mentionsSSML(text string) bool {
	return strings.IndexByte(text, '<') >= 0 && strings.Contains(strings.ToLower(text), "<speak>")
}

// unmark makes plain text of SSML that is none.
func (r *response) unmark(parts []member, kind, ssml member, text string) {
	r.edits.replace(kind.span, []byte(`"PlainText"`))
	if other, ok := get(parts, "text"); ok {
		r.edits.replace(other.span, quote(text))
		r.edits.replace(ssml.span, []byte(`null`))
		return
	}
	r.edits.replace(ssml.whole, append([]byte(`"text":`), quote(text)...))
}

// reprompt holds what is said when the listener does not answer against the
// rules.
func (r *response) reprompt(v value) error {
	parts, err := r.object("response.reprompt", v)
	if err != nil {
		return err
	}
	speech, ok := get(parts, "outputSpeech")
	if ok && !absent(speech.raw) {
		return r.speech("response.reprompt.outputSpeech", speech.value)
	}
	if list, ok := get(parts, "directives"); !ok || absent(list.raw) { // an APLA document can speak in its place
		r.find("response.reprompt.outputSpeech", RuleRequired, "", "it is missing, so the reprompt says nothing")
	}
	return nil
}

// plain cuts text to what Alexa speaks.
func (a *Answer) plain(path, text string) string { return a.cut(path, text, cutText(text, MaxSpeech)) }

func (a *Answer) cut(path, long, short string) string {
	if short != long {
		a.find(path, RuleSpeechSize, wasCut, "the speech has %d characters, Alexa speaks %d", utf8.RuneCountInString(long), MaxSpeech)
	}
	return short
}

// mostUnmarked is how much of SSML that is none is read for its text.
const mostUnmarked = 8 * MaxSpeech

// ssml mends SSML. That which is not well formed is spoken as the text between
// its tags, better heard plainly than not at all: then still is false.
func (a *Answer) ssml(path, ssml string) (mended string, still bool) {
	if !IsSSML(ssml) {
		a.find(path, RuleSSML, "it was added", "it lacks <speak> around it")
		ssml = speakOpen + ssml + speakClose
	}
	short, err := cutSSML(ssml, MaxSpeech)
	if err == nil {
		err = a.lint(path, short)
	}
	if err == nil {
		return a.cut(path, ssml, short), true
	}
	text := SpokenText(strings.ToValidUTF8(ssml[:min(len(ssml), mostUnmarked)], ""))
	if text == "" {
		a.find(path, RuleSSML, leftOut, "%v", err)
		return speakOpen + speakClose, true
	}
	a.find(path, RuleSSML, "its text is spoken without the tags", "%v (in SSML, write & as &amp; and < as &lt;)", err)
	return a.plain(path, text), false
}

// list is words in a sentence: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
