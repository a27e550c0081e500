package grammar

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Word is one of an utterance's. In scripts without spaces each character is
// one.
type Word struct {
	Said    string // in lower case, as it is written in a value
	key     string // as it is compared: without accents, full width and the like
	letters bool   // it is a name that is spelled out
}

// Words splits what was said, or a sample without its slots.
//
// An apostrophe begins or ends a word, so that "{name}'s" and "d'ouvrir" come
// apart. Letters with periods, "b. b. c.", are one word.
func Words(text string) []Word {
	s := splitter{text: []rune(strings.ToLower(norm.NFC.String(text)))}
	s.split()
	return s.words
}

// Key is the word as it is compared: without accents, full width and the like.
func (w Word) Key() string { return w.key }

type splitter struct {
	text  []rune
	words []Word
	word  []rune
}

func (s *splitter) split() {
	for i := 0; i < len(s.text); i++ {
		r := s.text[i]
		switch {
		case unspaced(r):
			s.flush()
			s.add(string(r))
		case r == '\'' || r == '’':
			s.apostrophe(i)
		case r == '.' && len(s.word) == 1 && unicode.IsLetter(s.word[0]):
			i = s.spelled(i)
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			s.word = append(s.word, r)
		case (r == ':' || r == '.' || r == ',') && s.digit(i-1) && s.digit(i+1):
			s.word = append(s.word, r)
		default:
			s.flush()
		}
	}
	s.flush()
}

func (s *splitter) digit(i int) bool {
	return i >= 0 && i < len(s.text) && unicode.IsDigit(s.text[i])
}

func (s *splitter) letter(i int) bool {
	return i >= 0 && i < len(s.text) && unicode.IsLetter(s.text[i])
}

// apostrophe begins a word of one letter ('s), or ends one (d').
func (s *splitter) apostrophe(i int) {
	if s.letter(i+1) && !s.letter(i+2) {
		s.flush()
		s.word = append(s.word, '\'')
		return
	}
	if len(s.word) > 0 {
		s.word = append(s.word, '\'')
		s.flush()
	}
}

// spelled reads the letters of a name that is spelled out from the first period
// at i on, and returns where they end.
func (s *splitter) spelled(i int) int {
	letters := []rune{s.word[0]}
	end := i
	for at := i + 1; ; {
		for at < len(s.text) && s.text[at] == ' ' {
			at++
		}
		if !s.letter(at) || at+1 >= len(s.text) || s.text[at+1] != '.' {
			break
		}
		letters = append(letters, s.text[at])
		end = at + 1
		at += 2
	}
	s.word = s.word[:0]
	if len(letters) == 1 {
		s.add(string(letters))
		return end
	}
	said := ""
	for _, l := range letters {
		said += string(l) + ". "
	}
	s.words = append(s.words, Word{Said: strings.TrimSuffix(said, " "), key: fold(string(letters)), letters: true})
	return end
}

func (s *splitter) flush() {
	if len(s.word) > 0 && !(len(s.word) == 1 && s.word[0] == '\'') {
		s.add(string(s.word))
	}
	s.word = s.word[:0]
}

func (s *splitter) add(said string) { s.words = append(s.words, Word{Said: said, key: fold(said)}) }

// unspaced reports whether r is of a script that does not separate words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー' || r == '々'
}

// fold writes a word as it is compared.
func fold(word string) string {
	ascii := true
	for i := range len(word) {
		ascii = ascii && word[i] < 0x80
	}
	if ascii {
		return word
	}
	plain := strings.Map(func(r rune) rune {
		switch {
		case 0x300 <= r && r <= 0x36f: // accents of Latin letters
			return -1
		case 0x64b <= r && r <= 0x655, r == 0x640, r == 0x670: // Arabic vowels, hamza, and the long line
			return -1
		case r == 0x93c: // the dot of Hindi's borrowed sounds
			return -1
		case r == 'ى':
			return 'ي'
		case r == 'ة':
			return 'ه'
		}
		return r
	}, norm.NFKD.String(word))
	return norm.NFC.String(without.Replace(plain))
}

// without are the letters that have no accent to take off, written without.
var without = strings.NewReplacer("ß", "ss", "œ", "oe", "æ", "ae", "ø", "o", "ł", "l", "đ", "d", "ı", "i")

// Join writes words as they would be written.
func Join(words []Word) string {
	var out strings.Builder
	for i, w := range words {
		if i > 0 && spaced(words[i-1].Said, w.Said) {
			out.WriteByte(' ')
		}
		out.WriteString(w.Said)
	}
	return out.String()
}

// spaced reports whether there is a space between two words.
func spaced(before, after string) bool {
	if strings.HasPrefix(after, "'") || strings.HasSuffix(before, "'") {
		return false
	}
	last, first := []rune(before), []rune(after)
	return !unspaced(last[len(last)-1]) && !unspaced(first[0])
}

// spellings are the ways to say words that have spelled out names in them:
// those as one word, and letter by letter.
func spellings(words []Word) [][]Word {
	var apart []Word
	spelled := false
	for _, w := range words {
		if !w.letters {
			apart = append(apart, w)
			continue
		}
		spelled = true
		for _, letter := range w.key {
			apart = append(apart, Word{Said: string(letter), key: string(letter)})
		}
	}
	if !spelled {
		return [][]Word{words}
	}
	return [][]Word{words, apart}
}
