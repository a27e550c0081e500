package main

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxChoices is how many ways to go on are listed.
const maxChoices = 12

// complete goes on with what is typed when Tab is pressed: as far as it is the
// same for all that can be said, else it lists them.
func (t *talker) complete(list func(string)) func(line string, pos int, key rune) (string, int, bool) {
	return func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' || pos != len(line) {
			return "", 0, false
		}
		all := choices(line, t.completions(line))
		switch {
		case len(all) == 0:
			return line, pos, true
		case len(all) == 1:
			return all[0], len(all[0]), true
		}
		if common := commonPrefix(all); len(common) > len(line) {
			return common, len(common), true
		}
		more := ""
		if len(all) > maxChoices {
			all, more = all[:maxChoices], "\n…"
		}
		list(strings.Join(all, "\n") + more)
		return line, pos, true
	}
}

// completions are what can be typed: commands, their arguments, or utterances.
func (t *talker) completions(line string) (all []string) {
	command, _, spaced := strings.Cut(line, " ")
	if !strings.HasPrefix(line, "/") {
		return t.talk.Suggest()
	}
	if !spaced {
		return commandNames()
	}
	switch m := t.skill.Models[t.talk.Locale()]; {
	case command == "/locale":
		for _, locale := range t.skill.Locales() {
			all = append(all, command+" "+locale)
		}
	case command == "/intent" && m != nil:
		for _, in := range m.Intents {
			all = append(all, command+" "+in.Name)
		}
	}
	return all
}

// choices are the texts that begin with a line, whatever the case, in order.
func choices(line string, texts []string) (all []string) {
	for _, text := range texts {
		if len(text) >= len(line) && utf8.ValidString(text[:len(line)]) && strings.EqualFold(text[:len(line)], line) {
			all = append(all, text)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// commonPrefix is how all of the texts begin, in whole characters.
func commonPrefix(texts []string) string {
	prefix := texts[0]
	for _, text := range texts[1:] {
		for !strings.HasPrefix(text, prefix) {
			_, size := utf8.DecodeLastRuneInString(prefix)
			prefix = prefix[:len(prefix)-size]
		}
	}
	return prefix
}
