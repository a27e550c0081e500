package grammar

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Word is one of an utterance's. In scripts without spaces each character is
// one.
type Word struct {
	Said    string // in lower case
	typed   string // the same as it was typed
	key     string // as it is compared: without accents, full width and the like
	before  string // a bracket that opens with it
	after   string // what stands between it and the next
	letters bool   // it is a name that is spelled out
	symbol  bool   // it is a sign such as +, which may go unsaid
}

// Words splits what was said, or a sample without its slots.
//
// An apostrophe begins or ends a word, so that "{name}'s" and "d'ouvrir" come
// apart. Letters with periods, "b. b. c.", are one word, and so is each sign.
func Words(text string) []Word {
	s := splitter{source: strings.ToLower(norm.NFC.String(text))}
	s.text = []rune(s.source)
	s.at = make([]int, 0, len(s.text)+1)
	for i := range s.source {
		s.at = append(s.at, i)
	}
	s.at = append(s.at, len(s.source))
	s.split()
	return s.words
}

// Key is the word as it is compared: without accents, full width and the like.
func (w Word) Key() string { return w.key }

// splitter cuts a text into words, which are parts of it wherever they can be.
type splitter struct {
	source string
	text   []rune
	at     []int // of each rune in source, and its end
	words  []Word
	begin  int // of the word that is read
	end    int // of it; not above begin, there is none
	done   int // where the last word ended
}

func (s *splitter) split() {
	for i := 0; i < len(s.text); i++ {
		r := s.text[i]
		switch {
		case unspaced(r):
			s.flush()
			s.add(i, i+1)
		case apostrophe(r):
			s.apostrophe(i)
		case r == '.' && s.end-s.begin == 1 && unicode.IsLetter(s.text[s.begin]):
			i = s.spelled(i)
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r):
			s.take(i)
		case (r == ':' || r == '.' || r == ',') && s.digit(i-1) && s.digit(i+1):
			s.take(i)
		default:
			s.flush()
			if sign(r) {
				s.add(i, i+1).symbol = true
			}
		}
	}
	s.flush()
	s.gap(len(s.text))
}

// sign reports a symbol that tells values apart: c from c++.
func sign(r rune) bool {
	return strings.ContainsRune("&+#%°@=*＆＋＃％＠", r) || unicode.Is(unicode.Sc, r)
}

func (s *splitter) digit(i int) bool {
	return i >= 0 && i < len(s.text) && unicode.IsDigit(s.text[i])
}

func (s *splitter) letter(i int) bool {
	return i >= 0 && i < len(s.text) && unicode.IsLetter(s.text[i])
}

func (s *splitter) period(i int) bool { return i < len(s.text) && s.text[i] == '.' }

func apostrophe(r rune) bool { return r == '\'' || r == '’' }

// take makes a rune part of the word that is read.
func (s *splitter) take(i int) {
	if s.end <= s.begin {
		s.begin = i
	}
	s.end = i + 1
}

// apostrophe begins a word of one letter ('s), or ends one (d').
func (s *splitter) apostrophe(i int) {
	if s.letter(i+1) && !s.letter(i+2) {
		s.flush()
		s.take(i)
		return
	}
	if s.end > s.begin {
		s.take(i)
		s.flush()
	}
}

// spelled reads the letters of a name that is spelled out from the first period
// at i on, and returns where they end.
func (s *splitter) spelled(i int) int {
	letters := []rune{s.text[s.begin]}
	end := i
	for at := i + 1; ; {
		for at < len(s.text) && s.text[at] == ' ' {
			at++
		}
		if last := s.text[at-1] == '.' && s.letter(at) && !s.letter(at+1) && !s.digit(at+1); last && !s.period(at+1) {
			letters, end = append(letters, s.text[at]), at // a.m
			break
		}
		if !s.letter(at) || !s.period(at+1) {
			break
		}
		letters = append(letters, s.text[at])
		end = at + 1
		at += 2
	}
	if len(letters) == 1 {
		s.flush()
		return end
	}
	var said strings.Builder
	for _, l := range letters {
		said.WriteRune(l)
		said.WriteString(". ")
	}
	w := s.add(s.begin, end+1)
	w.Said, w.key, w.letters = strings.TrimSuffix(said.String(), " "), fold(string(letters)), true
	w.typed = "" // Alexa writes it so, however it was typed
	return end
}

func (s *splitter) flush() {
	if s.end > s.begin && !(s.end-s.begin == 1 && apostrophe(s.text[s.begin])) {
		s.add(s.begin, s.end)
	}
	s.begin, s.end = 0, 0
}

func (s *splitter) add(begin, end int) *Word {
	typed := s.source[s.at[begin]:s.at[end]]
	said := typed
	if end > begin+1 && (apostrophe(s.text[begin]) || apostrophe(s.text[end-1])) {
		said = strings.ReplaceAll(typed, "’", "'")
	}
	s.words = append(s.words, Word{Said: said, typed: typed, key: cmp.Or(fold(said), said), before: s.gap(begin)})
	s.begin, s.end, s.done = 0, 0, end
	return &s.words[len(s.words)-1]
}

const opening, closing = "([{「『（", ")]}」』）"

// gap gives what stands between words to the one before it, and returns the
// bracket that opens with the next.
func (s *splitter) gap(end int) string {
	gap := s.source[s.at[s.done]:s.at[end]]
	if n := len(s.words); n > 0 {
		s.words[n-1].after = gap
	}
	return gap[len(strings.TrimRight(gap, opening)):]
}

// unspaced reports whether r is of a script that does not separate words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー' || r == '々'
}

// fold writes a word as it is compared.
func fold(word string) string {
	if !strings.ContainsFunc(word, folds) {
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

// folds reports whether a letter may be compared as another: not so those of
// plain Latin, kana and kanji.
func folds(r rune) bool {
	return r >= 0x80 && !(0x3041 <= r && r <= 0x3096) && !(0x30a1 <= r && r <= 0x30fc) && !(0x4e00 <= r && r <= 0x9fff)
}

// without are the letters that have no accent to take off, written without.
var without = strings.NewReplacer("ß", "ss", "œ", "oe", "æ", "ae", "ø", "o", "ł", "l", "đ", "d", "ı", "i")

// Join writes words as they were said, without what stands around them: a value
// is sent as it was heard.
func Join(words []Word) string {
	var out strings.Builder
	for i, w := range words {
		if i == 0 {
			out.WriteString(w.before)
		}
		out.WriteString(cmp.Or(w.typed, w.Said))
		if i+1 < len(words) {
			out.WriteString(oneSpace(w.after))
			continue
		}
		end := w.after[:len(w.after)-len(strings.TrimLeft(w.after, closing))]
		if len(w.after) > 0 && w.after[0] == '.' && w.single() {
			end = "."
		}
		out.WriteString(end)
	}
	return out.String()
}

// oneSpace is a gap with one space where there are several.
func oneSpace(gap string) string {
	if len(gap) < 2 {
		return gap
	}
	var out strings.Builder
	space := false
	for _, r := range gap {
		switch {
		case !unicode.IsSpace(r):
			out.WriteRune(r)
		case !space:
			out.WriteByte(' ')
		}
		space = unicode.IsSpace(r)
	}
	return out.String()
}

// single reports a letter for itself: Alexa writes "a." for it.
func (w Word) single() bool {
	return utf8.RuneCountInString(w.Said) == 1 && !w.symbol
}

// spellings are the ways to say words that have names in them that are spelled
// out: those as one word, and letter by letter.
func spellings(words []Word) [][]Word {
	all := [][]Word{words}
	if slices.ContainsFunc(words, func(w Word) bool { return w.letters }) {
		var apart []Word
		for _, w := range words {
			if !w.letters {
				apart = append(apart, w)
				continue
			}
			for _, letter := range w.key {
				apart = append(apart, Word{Said: string(letter), key: string(letter)})
			}
		}
		all = append(all, apart)
	}
	for i, w := range words {
		if i > 0 && w.latinLetter() && words[i-1].latinLetter() {
			return append(all, spelledTogether(words))
		}
	}
	return all
}

// spelledTogether makes one word of letters that stand one after another.
func spelledTogether(words []Word) (all []Word) {
	for _, w := range words {
		if last := len(all) - 1; last >= 0 && w.latinLetter() && (all[last].letters && len(all[last].key) > 1 || all[last].latinLetter()) {
			all[last].key += w.key
			all[last].letters = true
			continue
		}
		all = append(all, w)
	}
	return all
}

func (w Word) latinLetter() bool { return len(w.key) == 1 && 'a' <= w.key[0] && w.key[0] <= 'z' }
