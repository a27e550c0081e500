package slottype

import (
	"strconv"
	"strings"
	"unicode"
)

// maxNumber bounds what a number can come to.
const maxNumber = int64(1e15)

// hit is a number that so many words say.
type hit struct {
	words int
	value int64
}

func (r *reading) number(ordinals bool) {
	var buf [16]hit
	for _, h := range r.lang.numbers(r.words, ordinals, buf[:0]) {
		r.propose(h.words, strconv.FormatInt(h.value, 10), 0)
	}
}

// numbers reads a number from the first word on and appends every length that
// is one: "two", "two hundred", "two hundred five". Of ordinals the last word is
// one: "two hundred fifth".
func (l *Language) numbers(words []string, ordinals bool, hits []hit) []hit {
	s := sum{room: maxNumber, biggest: maxNumber}
	for at := 0; at < len(words) && len(hits) < cap(hits); {
		used := s.read(l, words[at:], ordinals)
		if used == 0 {
			break
		}
		at += used
		if s.ordinal == ordinals && !s.open {
			hits = append(hits, hit{at, s.value()})
		}
	}
	return hits
}

// read takes the next word, or an "and" with the word after it, and says how
// many words that was.
func (s *sum) read(l *Language, words []string, ordinals bool) int {
	n, ordinal, joined := l.numeral(words[0], ordinals)
	used, ok := 1, false
	switch {
	case !s.any:
		ok = n.op != 0 && !joined && s.take(n)
	case joined:
		ok = s.join(n, l)
	case n.op != 0:
		ok = (ordinal || !s.ordinal) && s.take(n)
	case len(words) > 1 && l.joins[words[0]]:
		n, ordinal, _ = l.numeral(words[1], ordinals)
		used, ok = 2, n.op == add && s.join(n, l)
	}
	if !ok {
		return 0
	}
	s.ordinal = ordinal
	return used
}

// numeral finds what a word does in a number, and whether it is an ordinal and
// joined to the word before it, as Arabic's "and" is.
func (l *Language) numeral(word string, ordinals bool) (n numeral, ordinal, joined bool) {
	if ordinals {
		if n, ok := l.ordinals[word]; ok {
			return n, true, false
		}
		if value, rest, ok := digits(word); ok && (rest == "" || l.ordinalEndings[rest]) {
			return numeral{value: value, op: add, room: 1}, true, false
		}
	}
	if n, ok := l.cardinals[word]; ok {
		return n, false, false
	}
	if value, rest, ok := l.written(word); ok && rest == "" {
		return numeral{value: value, op: add, room: 1}, false, false
	}
	if after, ok := strings.CutPrefix(word, l.prefix); ok && l.prefix != "" {
		if n, ok := l.ordinals[after]; ok && ordinals {
			return n, true, true
		}
		if n, ok := l.cardinals[after]; ok {
			return n, false, true
		}
	}
	if value, ok := l.inOneWord(word, maxNumber, ordinals); ok {
		return compound(value), ordinals, false
	}
	if value, ok := l.inOneWord(word, maxNumber, false); ok && ordinals {
		return compound(value), false, false
	}
	return numeral{}, false, false
}

// sum adds a number up, word by word.
type sum struct {
	total   int64 // the groups that are closed
	group   int64 // the group under way
	last    int64 // what was said last, which a hundred multiplies
	before  int64 // the room there was before last
	run     int64 // the sum of what was said since a multiplier: the fifteen of fifteen hundred
	ahead   int64 // the room there was before run
	room    int64 // what is added next is less
	from    int64 // and at least this
	biggest int64 // the next thousand or million is less
	any     bool
	open    bool // an article waits for its hundred
	ordinal bool
}

func (s *sum) value() int64 { return s.total + s.group }

// take takes one word more, or refuses.
func (s *sum) take(n numeral) bool {
	switch {
	case s.open && n.op != times && n.op != group:
		return false
	case n.op == article:
		s.open = true
		return !s.any
	case n.after != 0 && s.last == n.after, n.op == times:
		return s.times(n)
	case n.op == group:
		return s.close(n)
	}
	return s.add(n)
}

func (s *sum) add(n numeral) bool {
	if n.teen && s.last > 0 && s.last < 10 && s.room == 1 && s.before > 10 { // ستة عشر
		s.room = s.before
	}
	if n.value >= s.room || n.value < s.from || s.any && n.value == 0 {
		return false
	}
	if s.run == 0 {
		s.ahead = s.room
	}
	s.group += n.value
	if s.run += n.value; n.value >= 100 { // which no hundred multiplies: tweeduizend honderd
		s.run = 0
	}
	s.last, s.before = n.value, s.room
	s.room, s.from, s.any = n.room, n.from, true
	if n.value == 0 {
		s.room = 0
	}
	return true
}

// join adds what follows an "and": what is smaller, or in languages that say
// the units first the tens.
func (s *sum) join(n numeral, l *Language) bool {
	if l.unitsFirst && s.last > 0 && s.last < 10 && n.value >= 20 && n.value < 100 && n.value%10 == 0 && n.value < s.before {
		s.group += n.value
		s.last, s.run, s.room = 0, 0, 1
		return true
	}
	return s.room >= l.joinRoom && n.value > 0 && s.take(n)
}

func (s *sum) times(n numeral) bool {
	by, room := s.run, s.ahead
	if n.value < 100 { // only what was said last: cent quatre-vingts
		by, room = s.last, s.before
	}
	most := int64(9)
	if n.value == 100 { // fifteen hundred
		most = 99
	}
	switch {
	case s.any && s.room == 0:
		return false
	case by == 0: // a hundred, cent
		if n.value >= s.room {
			return false
		}
		s.group += n.value
	case by > most || by*n.value >= room:
		return false
	default:
		s.group += by*n.value - by
	}
	s.last, s.run, s.room, s.from = 0, 0, n.value, 0
	s.any, s.open = true, false
	return true
}

func (s *sum) close(n numeral) bool {
	switch {
	case s.any && s.room == 0, s.total > maxNumber/n.value:
		return false
	case n.value < s.biggest:
		if s.group > maxNumber/n.value {
			return false
		}
		s.total += max(s.group, 1) * n.value
	case s.total < n.value && s.total > 0: // mil millones
		if s.value() > maxNumber/n.value {
			return false
		}
		s.total = s.value() * n.value
	default:
		return false
	}
	s.group, s.last, s.run, s.open, s.any = 0, 0, 0, false, true
	s.room, s.from, s.biggest, s.before = n.value, 0, n.value, n.value
	return true
}

// digits reads a word that starts with digits of any script, and what follows
// them.
func digits(word string) (value int64, rest string, ok bool) {
	for i, r := range word {
		d, isDigit := digit(r)
		if !isDigit {
			return value, word[i:], i > 0
		}
		if value = value*10 + d; value > maxNumber {
			return 0, "", false
		}
	}
	return value, "", word != ""
}

// written is digits with the language's sign between thousands: 12,500.
func (l *Language) written(word string) (value int64, rest string, ok bool) {
	value, rest, ok = digits(word)
	sign := l.grammar.thousands
	if !ok || rest == "" || sign == "" || value > 999 {
		return value, rest, ok
	}
	for sum := value; ; {
		after, more := strings.CutPrefix(rest, sign)
		if !more || len(after) < 3 {
			return value, rest, true
		}
		three, _, isNumber := digits(after[:3])
		if !isNumber || sum > maxNumber/1000 {
			return value, rest, true
		}
		sum, rest = sum*1000+three, after[3:]
		if rest == "" {
			return sum, "", true
		}
	}
}

// digit reads a digit of any script: their ranges start at a zero.
func digit(r rune) (int64, bool) {
	if r < 0x80 {
		return int64(r - '0'), r >= '0' && r <= '9'
	}
	for _, zero := range [...]rune{'٠', '۰', '०', '０'} {
		if r >= zero && r <= zero+9 {
			return int64(r - zero), true
		}
	}
	return 0, false
}

// digitsOnly writes a word of digits in ASCII, leading zeros kept.
func digitsOnly(word string) (string, bool) {
	var out [20]byte
	n := 0
	for _, r := range word {
		d, ok := digit(r)
		if !ok || n == len(out) {
			return "", false
		}
		out[n] = byte('0' + d)
		n++
	}
	return string(out[:n]), n > 0
}

func oneLetter(word string) bool {
	n := 0
	for _, r := range word {
		if n++; n > 1 || !unicode.IsLetter(r) {
			return false
		}
	}
	return n == 1
}
