package lint

import (
	"slices"
	"strings"
)

// prompts are those of a model, and who names them.
type prompts struct {
	byID map[string]*node
	uses map[string][]*intent
}

// maxUses is of how many intents the slots of a prompt are checked.
const maxUses = 20

// checkDialog holds the dialogs and the prompts against the intents.
func (m *model) checkDialog() {
	p := m.declarePrompts()
	seen := make(map[*intent]bool)
	for _, n := range m.parts.get("dialog").get("intents").list() {
		name := n.get("name")
		in := m.intents[strings.ToLower(name.str())]
		switch {
		case name.str() == "":
			continue // its shape was told of
		case in == nil:
			m.find(name, UnknownDialogIntent, m.hint(name.text, m.intentNames, "leave it out of the dialog"), "the model has no intent %s", quote(name.text))
			in = &intent{node: n, name: name.text} // so that the rest is checked
		case seen[in]:
			m.find(name, UnknownDialogIntent, "put the two together", "the dialog has the intent %s already", quote(name.text))
		}
		seen[in] = true
		m.checkAsked(p, in, n, "confirmationRequired", "confirmation", MissingDialogIntentPrompt, "the intent "+quote(in.name))
		m.checkDialogSlots(p, in, n)
	}
	m.checkPrompts(p)
}

func (m *model) intentNames() []string {
	var names []string
	for _, in := range m.ordered() {
		names = append(names, in.name)
	}
	return names
}

func (m *model) checkDialogSlots(p *prompts, in *intent, dialog *node) {
	seen := make(map[string]bool)
	for _, n := range dialog.get("slots").list() {
		name := n.get("name").str()
		s := in.slots[strings.ToLower(name)]
		switch {
		case name == "":
			continue
		case s == nil && in.slots != nil:
			m.find(n.get("name"), UnknownDialogSlot, m.hint(name, in.slotNames, "add it to the intent, or leave it out of the dialog"), "the intent %s has no slot %s", quote(in.name), quote(name))
		case seen[strings.ToLower(name)]:
			m.find(n.get("name"), UnknownDialogSlot, "put the two together", "the dialog of %s has the slot %s already", quote(in.name), quote(name))
		case s != nil && n.get("type").str() != "" && n.get("type").str() != s.kind:
			m.find(n.get("type"), DialogSlotType, "write "+cut(s.kind, longestName), "the slot %s has the type %s here, and %s in the intent", quote(name), quote(n.get("type").str()), quote(s.kind))
		}
		seen[strings.ToLower(name)] = true
		if s != nil { // the skill may ask for it where the dialog does not
			s.used = true
		}
		what := "the slot " + quote(name)
		m.checkAsked(p, in, n, "elicitationRequired", "elicitation", MissingDialogIntentSlotPrompt, what)
		m.checkAsked(p, in, n, "confirmationRequired", "confirmation", MissingDialogIntentSlotPrompt, what)
		for _, v := range n.get("validations").list() {
			m.checkValidation(p, in, n, v)
		}
	}
}

// checkAsked tells where something is asked for without a prompt.
func (m *model) checkAsked(p *prompts, in *intent, n *node, required, kind string, code Code, what string) {
	id := n.get("prompts").get(kind)
	if id.str() == "" {
		if n.get(required).isTrue() {
			m.find(n.get(required), code, `add "prompts": {"`+kind+`": …} with the id of a prompt`, "%s needs %s and has no prompt for it", what, strings.Replace(kind, "con", "a con", 1))
		}
		return
	}
	m.usePrompt(p, in, id)
}

func (m *model) usePrompt(p *prompts, in *intent, id *node) {
	if p.byID[id.text] == nil {
		m.find(id, UnknownPrompt, m.hint(id.text, p.ids, `add it to the "prompts" of the model`), "there is no prompt %s", quote(id.text))
		return
	}
	if uses := p.uses[id.text]; len(uses) < maxUses && !slices.Contains(uses, in) {
		p.uses[id.text] = append(uses, in)
	}
}

func (p *prompts) ids() []string {
	ids := make([]string, 0, len(p.byID))
	for id := range p.byID {
		ids = append(ids, id)
	}
	return ids
}

func (m *model) declarePrompts() *prompts {
	p := &prompts{byID: make(map[string]*node), uses: make(map[string][]*intent)}
	for _, n := range m.parts.get("prompts").list() {
		id := n.get("id")
		if id.str() == "" {
			continue
		}
		if first := p.byID[id.text]; first != nil {
			m.find(id, DuplicatePrompt, "leave one of them out, or rename it", "the prompt %s is there already in line %d", quote(id.text), m.line(first.at))
			continue
		}
		p.byID[id.text] = n
	}
	return p
}

func (m *model) checkPrompts(p *prompts) {
	for _, n := range m.parts.get("prompts").list() {
		id := n.get("id").str()
		if p.byID[id] == n && len(p.uses[id]) == 0 {
			m.find(n, UnusedPrompt, "leave it out", "nothing in the dialog names the prompt %s", quote(id))
		}
		variations := n.get("variations").list()
		if len(variations) == 0 {
			m.find(n, EmptyPrompt, `add "variations": [{"type": "PlainText", "value": …}]`, "the prompt %s has nothing to say", quote(id))
		}
		for _, v := range variations {
			m.checkVariation(p.uses[id], v.get("value"))
		}
	}
}

func (m *model) checkVariation(uses []*intent, n *node) {
	if n == nil || n.kind != '"' {
		return
	}
	if strings.TrimSpace(n.text) == "" {
		m.find(n, EmptyPrompt, "write what Alexa is to say", "the prompt is empty")
		return
	}
	pieces, wrong := split(n.text)
	if wrong != "" {
		m.find(n, InvalidPrompt, "write slots as {Name}", "the prompt %s has %s", quote(n.text), wrong)
	}
	for _, p := range pieces {
		for _, in := range uses {
			if p.isOne && in.slots != nil && in.slots[strings.ToLower(p.slot)] == nil {
				m.find(n, InvalidPrompt, "name one of its slots", "the prompt %s has a slot %s, which the intent %s has not", quote(n.text), quote(p.slot), quote(in.name))
				return
			}
		}
	}
}
