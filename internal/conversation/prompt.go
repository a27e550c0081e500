package conversation

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
)

// say is a prompt of the model's, with the values of slots in it. Of several
// variations they come in turn. Where the model has no such prompt, one is made,
// and the note says so.
func (d *dialog) say(m *intents.Model, id string, ask asking) (said Speech, note string) {
	variations := m.Prompts[id].Variations
	if len(variations) == 0 {
		return Speech{Text: d.makeshift(ask), Prompt: id}, fmt.Sprintf("the model has no prompt %q for this", id)
	}
	v := variations[d.prompts[id]%len(variations)]
	d.prompts[id]++
	said = Speech{Text: v.Value, SSML: strings.EqualFold(v.Type, "SSML"), Prompt: id}
	said.Text = reference.ReplaceAllStringFunc(said.Text, func(ref string) string { return d.refer(ref, said.SSML) })
	return said, ""
}

// makeshift stands for a prompt that is not there.
func (d *dialog) makeshift(ask asking) string {
	switch s := d.slot(ask.slot); ask.kind {
	case forSlot:
		return ask.slot + "?"
	case forConfirmation:
		return fmt.Sprintf("%s: %s?", ask.slot, texts(*s))
	}
	return d.meaning.Intent + "?"
}

// reference is a slot in a prompt.
var reference = regexp.MustCompile(`\{\s*[\p{L}\p{N}_.]+\s*\}`)

// refer is what stands for a slot. That of no slot, or an empty one, says nothing.
func (d *dialog) refer(ref string, ssml bool) string {
	s := d.slot(strings.TrimSpace(strings.Trim(ref, "{}")))
	if s == nil {
		return ""
	}
	if ssml {
		return alexa.EscapeSSML(texts(*s))
	}
	return texts(*s)
}

// texts are the values of a slot, as a person would read them out.
func texts(s intents.Slot) string {
	all := make([]string, len(s.Values))
	for i, v := range s.Values {
		all[i] = v.Value
	}
	return strings.Join(all, ", ")
}
