package lint

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var typeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// longestValue is how many characters a value may have.
const longestValue = 140

// declareTypes notes the types that the model has, and tells of their names.
func (m *model) declareTypes(lm *node) {
	lower := make(map[string]*node)
	for _, n := range lm.get("types").list() {
		name := n.get("name").str()
		switch first := lower[strings.ToLower(name)]; {
		case name == "":
			m.find(n, InvalidSlotTypeName, `add "name"`, "the slot type has no name")
			continue
		case first != nil:
			m.find(n.get("name"), DuplicateSlotType, "put their values together", "the slot type %s is there already in line %d", quote(name), m.line(first.at))
		case isBuiltin(name):
			m.checkBuiltinType(n.get("name"), name)
		case !typeForm.MatchString(name):
			m.find(n.get("name"), InvalidSlotTypeName, "rename it", "the name %s has other characters than letters, digits and underscores, or does not begin with a letter", quote(name))
		}
		lower[strings.ToLower(name)] = n
		m.types[name] = n
	}
}

// checkSlotType holds the type that a slot names against those that there are.
func (m *model) checkSlotType(s *slot) {
	at := s.node.get("type")
	switch {
	case s.kind == "":
		m.find(s.node, UnknownSlotType, `add "type"`, "the slot %s has no type", quote(s.name))
	case m.types[s.kind] != nil:
	case isBuiltin(s.kind):
		m.checkBuiltinType(at, s.kind)
	default:
		m.find(at, UnknownSlotType, m.hint(s.kind, m.typeNames, `add it to the "types" of the model`), "there is no slot type %s", quote(s.kind))
	}
}

func (m *model) typeNames() []string {
	names := make([]string, 0, len(m.types))
	for name := range m.types {
		names = append(names, name)
	}
	return names
}

func (m *model) checkBuiltinType(n *node, name string) {
	known, ok := builtinTypes[strings.ToLower(name)]
	switch {
	case !ok:
		m.find(n, UnknownBuiltinType, m.hint(name, builtinTypeNames, "check the spelling, and that the locale has it"), "hark knows no slot type %s of Amazon's", quote(name))
	case known != name:
		m.find(n, InvalidSlotTypeName, "write "+known, "Amazon has no slot type %s", quote(name))
	}
}

// checkTypes holds the values of the types against the rules.
func (m *model) checkTypes(lm *node) {
	for _, n := range lm.get("types").list() {
		name, values := n.get("name").str(), n.get("values").list()
		if len(values) == 0 && n.get("valueSupplier") == nil && !isBuiltin(name) {
			m.find(n, MissingSlot, `add "values"`, "the slot type %s has no values", quote(name))
		}
		m.checkValues(name, values)
	}
}

// checkValues holds the values of one type against each other.
func (m *model) checkValues(of string, values []*node) {
	names, ids := make(map[string]*node), make(map[string]*node)
	for _, v := range values {
		at := v.get("name").get("value")
		if at == nil || at.kind != '"' || !m.checkValue(at, "value") {
			continue
		}
		if first := names[fold(at.text)]; first != nil {
			m.find(at, DuplicateValue, "leave it out", "the value %s of %s is there already in line %d", quote(at.text), quote(of), m.line(first.at))
		} else {
			names[fold(at.text)] = at
		}
		id := v.get("id").str()
		if first := ids[id]; first != nil && id != "" {
			m.find(v.get("id"), DuplicateValueID, "give each value an id of its own", "the id %s is that of the value in line %d already", quote(id), m.line(first.at))
		}
		ids[id] = v
	}
	m.checkSynonyms(values, names)
}

func (m *model) checkSynonyms(values []*node, names map[string]*node) {
	belongs := make(map[string]*node) // a synonym to the text of its value
	for _, v := range values {
		value := v.get("name").get("value")
		own := make(map[string]bool)
		for _, n := range v.get("name").get("synonyms").list() {
			if n.kind != '"' || !m.checkValue(n, "synonym") {
				continue
			}
			key := fold(n.text)
			other := names[key]
			if other == nil {
				other = belongs[key]
			}
			switch {
			case key == fold(value.str()):
				m.find(n, RepeatedSynonym, "leave it out", "the synonym %s is the value itself", quote(n.text))
			case own[key]:
				m.find(n, RepeatedSynonym, "leave it out", "the value %s has the synonym %s already", quote(value.str()), quote(n.text))
			case other != nil:
				m.find(n, AmbiguousSynonym, "leave it with one of them", "%s is a synonym of %s, and stands for %s too, in line %d", quote(n.text), quote(value.str()), quote(other.str()), m.line(other.at))
			default:
				belongs[key] = value
			}
			own[key] = true
		}
	}
}

// checkValue holds the text of a value or a synonym against the rules.
func (m *model) checkValue(n *node, what string) bool {
	length := utf8.RuneCountInString(n.text)
	switch {
	case strings.TrimSpace(n.text) == "":
		m.find(n, InvalidValue, "leave it out", "the %s is empty", what)
		return false
	case length > longestValue:
		m.find(n, InvalidValue, "shorten it", "the %s has %d characters; at most %d are taken", what, length, longestValue)
	}
	return true
}

// fold is what of a value counts when it is compared.
func fold(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// checkUnused tells of types and slots that nothing leads to.
func (m *model) checkUnused() {
	used := make(map[string]bool)
	for _, in := range m.ordered() {
		for _, s := range in.ordered() {
			used[s.kind] = true
			if !s.used && s.name != "" && !strings.Contains(in.name, "<") { // the library's intents have samples of Amazon's
				m.find(s.node, UnusedSlot, "add a sample with {"+s.name+"}, or leave it out", "no sample of %s has the slot %s, and no dialog", quote(in.name), quote(s.name))
			}
		}
	}
	for _, n := range m.parts.get("languageModel").get("types").list() {
		if name := n.get("name").str(); name != "" && !used[name] {
			m.find(n, UnusedSlotType, "leave it out", "no slot has the type %s", quote(name))
		}
	}
}
