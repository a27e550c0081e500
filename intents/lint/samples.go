package lint

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sample is an utterance of an intent.
type sample struct {
	node *node
	in   *intent
}

// piece is a part of a sample: words, or a slot.
type piece struct {
	words string
	slot  string
	isOne bool // a slot
}

// split takes a sample apart. What is wrong with its braces is told, and there
// are no pieces then.
func split(text string) (pieces []piece, wrong string) {
	for text != "" {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			return append(pieces, piece{words: text}), ""
		}
		if text[i] == '}' {
			return nil, "a } without a {"
		}
		if i > 0 {
			pieces = append(pieces, piece{words: text[:i]})
		}
		text = text[i+1:]
		end := strings.IndexAny(text, "{}")
		if end < 0 || text[end] == '{' {
			return nil, "a { that is not closed"
		}
		name := strings.TrimSpace(text[:end])
		if name == "" {
			return nil, "{} without the name of a slot"
		}
		pieces = append(pieces, piece{slot: name, isOne: true})
		text = text[end+1:]
	}
	return pieces, ""
}

// checkSamples holds the samples of an intent, and those of its slots, against
// the rules.
func (m *model) checkSamples(in *intent) {
	for _, n := range in.node.get("samples").list() {
		pieces := m.checkSample(in, n)
		m.checkSearchQuery(in, n, pieces)
		if key := in.same(pieces); key != "" {
			m.checkTwice(key, &sample{n, in})
		}
	}
	for _, s := range in.ordered() {
		seen := make(map[string]*node)
		for _, n := range s.node.get("samples").list() {
			key := in.same(m.checkSample(in, n))
			if first := seen[key]; first != nil && key != "" {
				m.find(n, DuplicateSample, "leave it out", "the sample %s of the slot %s is there already in line %d", quote(n.text), quote(s.name), m.line(first.at))
			}
			seen[key] = n
		}
	}
}

// checkSample holds one sample against the rules and returns its pieces.
func (m *model) checkSample(in *intent, n *node) []piece {
	if n.kind != '"' {
		return nil
	}
	pieces, wrong := split(n.text)
	switch {
	case wrong != "":
		m.find(n, InvalidCharInSamples, "write slots as {Name}", "the sample %s has %s", quote(n.text), wrong)
		return nil
	case strings.TrimSpace(n.text) == "":
		m.find(n, EmptySample, "leave it out", "the sample is empty")
		return nil
	}
	digits := false
	for i, p := range pieces {
		if !p.isOne {
			if bad := invalidIn(p.words, sampleRune); bad != "" {
				m.find(n, InvalidCharInSamples, "leave it out, or write it as it is spoken", "the sample %s has %s", quote(n.text), bad)
			}
			digits = digits || strings.ContainsFunc(p.words, unicode.IsDigit)
			continue
		}
		m.useSlot(in, n, p.slot)
		m.checkSpacing(n, pieces, i)
	}
	if digits {
		m.find(n, DigitsInSamples, "write the number as it is spoken, or make it a slot", "the sample %s has digits", quote(n.text))
	}
	return pieces
}

func (m *model) useSlot(in *intent, n *node, name string) {
	if s := in.slots[strings.ToLower(name)]; s != nil {
		s.used = true
		return
	}
	if value, real, old := strings.Cut(name, "|"); old {
		m.find(n, InvalidCharInSamples, fmt.Sprintf("write {%s}, and give %s to its type", cut(strings.TrimSpace(real), longestName), quote(value)), "the sample %s is of a form that Amazon no longer takes", quote(n.text))
		return
	}
	m.find(n, UndeclaredSlot, m.hint(name, in.slotNames, "add it to the slots of the intent"), "the sample %s has a slot %s, which the intent %s has not", quote(n.text), quote(name), quote(in.name))
}

// checkSpacing tells where something touches slot i that may not.
func (m *model) checkSpacing(n *node, pieces []piece, i int) {
	touching := ""
	if i > 0 {
		r, _ := utf8.DecodeLastRuneInString(pieces[i-1].words)
		touching = touches(r, pieces[i-1].isOne)
	}
	if i+1 < len(pieces) && touching == "" && !pieces[i+1].isOne { // two slots are told of once
		r, _ := utf8.DecodeRuneInString(pieces[i+1].words)
		touching = touches(r, false)
	}
	if touching == "" {
		return
	}
	code := SlotSpacing
	if m.language == "ja" {
		code = JapaneseSpacing
	}
	m.find(n, code, "put a space between them", "in the sample %s, %s touches {%s}", quote(n.text), touching, cut(pieces[i].slot, longestName))
}

// touches names what stands beside a slot if it may not.
func touches(r rune, slot bool) string {
	switch {
	case slot:
		return "another slot"
	case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || cjk(r):
		return string(r)
	}
	return ""
}

const searchQuery = "AMAZON.SearchQuery"

// checkSearchQuery holds a sample of an intent against what Amazon asks of slots
// that take whatever is said. In answer to a question they may stand alone.
func (m *model) checkSearchQuery(in *intent, n *node, pieces []piece) {
	queries, slots, carrier := 0, 0, false
	for _, p := range pieces {
		if !p.isOne {
			carrier = carrier || strings.ContainsFunc(p.words, unicode.IsLetter)
			continue
		}
		slots++
		if s := in.slots[strings.ToLower(p.slot)]; s != nil && strings.EqualFold(s.kind, searchQuery) {
			queries++
		}
	}
	switch {
	case queries == 0:
	case slots > 1:
		m.find(n, SearchQueryBesideSlots, "ask for the other slot in a dialog, or give one of them another type", "the sample %s has another slot beside one of %s", quote(n.text), searchQuery)
	case !carrier:
		m.find(n, SearchQueryAlone, "add words that come before or after it, such as: search for {Query}", "the sample %s is nothing but a slot of %s", quote(n.text), searchQuery)
	}
}

// same is what two samples have in common that Alexa cannot tell apart: the
// words in lower case, and the types of the slots. It is empty for none.
func (in *intent) same(pieces []piece) string {
	var key strings.Builder
	for _, p := range pieces {
		if !p.isOne {
			key.WriteString(" " + strings.ToLower(strings.Join(strings.Fields(p.words), " ")) + " ")
			continue
		}
		kind := "?" + strings.ToLower(p.slot)
		if s := in.slots[strings.ToLower(p.slot)]; s != nil && s.kind != "" {
			kind = s.kind
		}
		key.WriteString(" {" + kind + "} ")
	}
	return strings.Join(strings.Fields(key.String()), " ")
}

// checkTwice tells of a sample that was there before.
func (m *model) checkTwice(key string, s *sample) {
	first := m.samples[key]
	if first == nil {
		m.samples[key] = s
		return
	}
	line := m.line(first.node.at)
	switch {
	case first.in != s.in:
		m.find(s.node, SampleInTwoIntents, "leave it in one of them", "the sample %s is as good as the one of %s in line %d", quote(s.node.text), quote(first.in.name), line)
	case strings.EqualFold(first.node.text, s.node.text):
		m.find(s.node, DuplicateSample, "leave it out", "the sample %s is there already in line %d", quote(s.node.text), line)
	default:
		m.find(s.node, DuplicateSample, "leave one out, or put other words around the slots", "Alexa cannot tell the sample %s from the one in line %d", quote(s.node.text), line)
	}
}
