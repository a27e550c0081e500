package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
)

var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z_]*$`)

const vendor = "AMAZON."

func isBuiltin(name string) bool {
	return len(name) >= len(vendor) && strings.EqualFold(name[:len(vendor)], vendor)
}

// declareIntents notes the intents and their slots, and tells of their names.
func (m *model) declareIntents(lm *node) {
	for _, n := range lm.get("intents").list() {
		name := n.get("name").str()
		in := &intent{node: n, name: name, slots: make(map[string]*slot)}
		key := strings.ToLower(name)
		switch first := m.intents[key]; {
		case name == "":
			m.find(n, MissingIntentName, `add "name"`, "the intent has no name")
			key = n.path() // nothing else has that
		case first != nil:
			m.find(n.get("name"), DuplicateIntent, "put their samples together", "the intent %s is there already in line %d", quote(name), m.line(first.node.at))
			key = n.path()
		default:
			m.checkIntentName(n.get("name"), name)
		}
		m.intents[key] = in
		m.declareSlots(in)
	}
}

func (m *model) checkIntentName(n *node, name string) {
	canonical := intents.CanonicalIntent(name)
	switch {
	case !isBuiltin(name) && !nameForm.MatchString(name):
		m.find(n, InvalidIntentName, "rename it", "the name %s has other characters than letters and underscores, or does not begin with a letter", quote(name))
	case canonical != name:
		m.find(n, InvalidIntentName, "write "+canonical, "Amazon has no intent %s", quote(name))
	case isBuiltin(name) && !libraryIntent(name):
		m.find(n, UnknownBuiltinIntent, m.hint(name, intents.StandardIntents, "rename it, if it is one of your own"), "hark knows no intent %s of Amazon's", quote(name))
	}
}

// libraryIntent reports whether a name is one of the standard intents, or of the
// form that those of the built-in library have: AMAZON.SearchAction<object@Book>.
func libraryIntent(name string) bool {
	return slices.Contains(intents.StandardIntents(), name) || libraryForm.MatchString(name)
}

var libraryForm = regexp.MustCompile(`^AMAZON\.[A-Za-z]+Action<[A-Za-z@.\[\],]+>$`)

func (m *model) declareSlots(in *intent) {
	for _, n := range in.node.get("slots").list() {
		s := &slot{node: n, name: n.get("name").str(), kind: n.get("type").str()}
		key := strings.ToLower(s.name)
		switch {
		case !nameForm.MatchString(s.name):
			m.find(n, InvalidSlotName, "name it with letters and underscores", "the slot's name %s has other characters than letters and underscores, or does not begin with a letter", quote(s.name))
		case in.slots[key] != nil:
			m.find(n, DuplicateSlot, "leave one out", "the intent %s has the slot %s already", quote(in.name), quote(s.name))
			continue
		}
		in.slots[key] = s
	}
}

// checkIntents holds samples and slots against the rules, in the order of the
// file, and tells which intents are missing.
func (m *model) checkIntents() {
	for _, in := range m.ordered() {
		for _, s := range in.ordered() {
			if other := m.intents[strings.ToLower(s.name)]; other != nil && s.name != "" {
				m.find(s.node, OverlappingNames, "rename one of them", "the slot %s is named like the intent in line %d", quote(s.name), m.line(other.node.at))
			}
			m.checkSlotType(s)
		}
		m.checkSamples(in)
		if len(in.node.get("samples").list()) == 0 && in.name != "" && !isBuiltin(in.name) {
			m.find(in.node, IntentWithoutSamples, "add what people say", "nothing that people say is the intent %s", quote(in.name))
		}
	}
	at := m.parts.get("languageModel").get("intents")
	if at == nil || at.kind != '[' {
		return
	}
	for _, name := range []string{alexa.HelpIntent, alexa.StopIntent, alexa.CancelIntent} {
		m.require(at, name, MissingRequiredIntent, "every skill needs it")
	}
	m.require(at, alexa.NavigateHomeIntent, MissingNavigateHome, "people say it to leave on devices with a screen")
	if m.language != "ar" { // which has none
		m.require(at, alexa.FallbackIntent, MissingFallback, "without it, whatever is said becomes one of the other intents")
	}
}

func (m *model) require(at *node, name string, code Code, why string) {
	if m.intents[strings.ToLower(name)] == nil {
		m.find(at, code, `add {"name": "`+name+`", "samples": []}`, "there is no %s: %s", name, why)
	}
}

// ordered are the intents as the file has them.
func (m *model) ordered() []*intent {
	all := make([]*intent, 0, len(m.intents))
	for _, in := range m.intents {
		all = append(all, in)
	}
	slices.SortFunc(all, func(a, b *intent) int { return a.node.at - b.node.at })
	return all
}

func (in *intent) ordered() []*slot {
	all := make([]*slot, 0, len(in.slots))
	for _, s := range in.slots {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *slot) int { return a.node.at - b.node.at })
	return all
}

func (in *intent) slotNames() (names []string) {
	for _, s := range in.ordered() {
		names = append(names, s.name)
	}
	return names
}
