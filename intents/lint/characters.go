package lint

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"
)

// sampleRune reports whether a sample may have a character: letters with their
// marks, space, abbreviation periods, underscores, apostrophes, hyphens, and the
// joiners of Indian and Arabic scripts. Digits have a rule of their own.
func sampleRune(r rune) bool {
	switch r {
	case ' ', '.', '_', '\'', '’', '-', '\u200c', '\u200d', '\u3000':
		return true
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}

// invocationRune reports whether an invocation name may have a character.
func invocationRune(r rune) bool {
	switch r {
	case ' ', '.', '\'', '’', '\u200c', '\u200d':
		return true
	}
	return unicode.IsLetter(r) && !unicode.IsUpper(r) || unicode.IsMark(r)
}

// invalidIn names the first character that is not allowed, empty if all are.
func invalidIn(text string, allowed func(rune) bool) string {
	for _, r := range text {
		if !allowed(r) {
			return character(r)
		}
	}
	return ""
}

// character names one so that it can be seen.
func character(r rune) string {
	switch {
	case r == utf8.RuneError:
		return "a character that is not UTF-8"
	case r == '\u00a0':
		return "a no-break space (U+00A0)"
	case r == '\t':
		return "a tab"
	case r == '\n' || r == '\r':
		return "a line break"
	case unicode.IsDigit(r):
		return fmt.Sprintf("the digit %q", r)
	case unicode.IsUpper(r):
		return fmt.Sprintf("the capital %q", r)
	case unicode.IsGraphic(r):
		return fmt.Sprintf("the character %q", r)
	}
	return fmt.Sprintf("the character U+%04X, which cannot be seen", r)
}

// cjk reports whether a character is of a script that is written without spaces.
func cjk(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー' || r == '々'
}

func contains(words []string, word string) bool { return slices.Contains(words, word) }
