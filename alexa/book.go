package alexa

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Phrases is a book of what hark says for one skill, by locale ("pt-BR") or
// language ("pt"); what it does not have is hark's own. Nil is hark's own
// altogether. It does not change once it is in use.
type Phrases map[string]map[Phrase]string

// Say is the phrase as the book has it for the locale, or for its language, or
// else as hark says it. There must be as many texts as hark's own has %s.
func (b Phrases) Say(p Phrase, locale string, texts ...string) string {
	if text, ok := b[locale][p]; ok {
		return fill(text, texts)
	}
	if text, ok := b[Language(locale)][p]; ok {
		return fill(text, texts)
	}
	return p.Say(locale, texts...)
}

// maxPhrase is far more than anybody listens to.
const maxPhrase = 600

// Add puts a text for the phrase of that name into the book, for a locale or a
// language. The error says what is wrong with which of them.
func (b Phrases) Add(place, name, text string) error {
	if !IsPlace(place) {
		return fmt.Errorf("%.20q is neither a locale such as de-DE nor a language such as de", place)
	}
	i := slices.Index(phraseNames[:], name)
	if i < 0 {
		return fmt.Errorf("there is no phrase %.40q; there are %s", name, strings.Join(phraseNames[:], ", "))
	}
	if err := checkPhrase(Phrase(i), text); err != nil {
		return err
	}
	if b[place] == nil {
		b[place] = make(map[Phrase]string)
	}
	b[place][Phrase(i)] = text
	return nil
}

var placeholder = regexp.MustCompile(`%[0-9.#+-]*[A-Za-z]`)

// checkPhrase takes a phrase with all the places for texts that hark's own has,
// or with none of them.
func checkPhrase(p Phrase, text string) error {
	want, have := strings.Count(phrases["en"][p], "%s"), 0
	for _, found := range placeholder.FindAllString(text, -1) {
		if found != "%s" {
			return fmt.Errorf("it has %s; what hark puts in is marked %%s", found)
		}
		have++
	}
	switch {
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("it is empty; leave it out to have hark's own")
	case utf8.RuneCountInString(text) > maxPhrase:
		return fmt.Errorf("it has %d characters, at most %d are taken", utf8.RuneCountInString(text), maxPhrase)
	case IsSSML(text):
		return fmt.Errorf("it is SSML; phrases are plain text, since hark joins them")
	case have != 0 && have != want:
		return fmt.Errorf("it has %%s %d times, where hark puts in %d texts", have, want)
	}
	return nil
}
