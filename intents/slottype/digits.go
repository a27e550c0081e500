package slottype

import "strings"

// maxDigits bounds a string of digits: the longest telephone number has
// fifteen, and some are dialled with a prefix.
const maxDigits = 20

// fourDigits reads four digits in any grouping: six oh four five, nineteen
// eighty four, twenty twenty; or a number from a thousand on.
func (r *reading) fourDigits() {
	r.chunks(0, "")
	var buf [16]hit
	for _, h := range r.lang.between(1000, 9999, r.words, false, buf[:0]) {
		r.propose(h.words, decimal(h.value), 0)
	}
}

// chunks tries every way of reading the digits that are still to come.
func (r *reading) chunks(at int, so string) {
	if len(so) == 4 {
		r.propose(at, so, 1)
		return
	}
	if at == len(r.words) || len(so) > 4 {
		return
	}
	if n, ok := r.lang.repeated(r.words[at:]); ok {
		r.chunks(at+2, so+n)
		return
	}
	if digit, ok := r.lang.spokenDigit(r.words[at]); ok {
		r.chunks(at+1, so+digit)
		return
	}
	if digits, ok := digitsOnly(r.words[at]); ok {
		r.chunks(at+1, so+digits)
		return
	}
	var buf [16]hit
	hits := r.lang.between(0, 99, r.words[at:], false, buf[:0])
	for i := len(hits) - 1; i >= 0; i-- { // the longest reading of a pair first: twenty one is 21
		r.chunks(at+hits[i].words, so+decimal(hits[i].value))
	}
}

// phone reads a telephone number: digits, pairs, "double five", "eight hundred".
func (r *reading) phone() {
	var so prefixes
	at := 0
	if w := r.words[0]; w == "plus" || w == "+" || w == "più" || w == "más" || w == "mais" {
		at = 1
	}
	for at < len(r.words) {
		words, digits := r.lang.chunk(r.words[at:])
		if words == 0 || so.text.Len()+len(digits) > maxDigits {
			break
		}
		at += words
		so.add(at, digits)
	}
	so.propose(r, 3)
}

// alphaNumeric reads letters and numbers: sixteen a, j l nine oh five. An "o" is
// a zero after a number, else a letter.
func (r *reading) alphaNumeric() {
	var so prefixes
	afterNumber := false
	for at := 0; at < len(r.words); {
		w := r.words[at]
		letter := oneLetter(w)
		words, text := 0, ""
		if !letter || afterNumber || !r.lang.Spaced() {
			words, text = r.lang.chunk(r.words[at:])
		}
		afterNumber = words > 0
		if !afterNumber && (letter || mixed(w)) {
			words, text = 1, w
		}
		if words == 0 || so.text.Len()+len(text) > maxDigits {
			break
		}
		at += words
		so.add(at, text)
	}
	so.propose(r, 1)
}

// prefixes are the values that end where words do.
type prefixes struct {
	text strings.Builder
	ends []hit // so many words, so many bytes
}

func (p *prefixes) add(words int, text string) {
	if p.ends == nil {
		p.ends = make([]hit, 0, 8)
		p.text.Grow(maxDigits)
	}
	p.text.WriteString(text)
	p.ends = append(p.ends, hit{words, int64(p.text.Len())})
}

// propose proposes those that are long enough.
func (p *prefixes) propose(r *reading, least int64) {
	text := p.text.String()
	r.found = make([]candidate, 0, len(p.ends))
	for _, end := range p.ends {
		if end.value >= least {
			r.found = append(r.found, candidate{Span{end.words, text[:end.value]}, 0})
		}
	}
}

// mixed reports a word such as 16a or b52.
func mixed(word string) bool {
	digits := 0
	for i := range len(word) {
		switch c := word[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c < 'a' || c > 'z':
			return false
		}
	}
	return digits > 0
}

// chunk reads the digits that the first words say, as many as are one number.
func (l *Language) chunk(words []string) (n int, text string) {
	if text, ok := l.repeated(words); ok {
		return 2, text
	}
	if text, ok := l.spokenDigit(words[0]); ok {
		return 1, text
	}
	if text, ok := digitsOnly(words[0]); ok {
		return 1, text
	}
	var buf [16]hit
	for _, h := range l.numbers(words, false, buf[:0]) {
		if h.value < 100 || h.value < 1000 && h.value%100 == 0 || l.unspacedHundreds(h) {
			n, text = h.words, decimal(h.value)
		}
	}
	return n, text
}

// unspacedHundreds reports a number below a thousand that is one word, as
// German's are.
func (l *Language) unspacedHundreds(h hit) bool { return h.words == 1 && h.value < 1000 }

// repeated reads "double five".
func (l *Language) repeated(words []string) (string, bool) {
	if len(words) < 2 {
		return "", false
	}
	many, ok := l.repeats[words[0]]
	if !ok {
		return "", false
	}
	digit, ok := l.spokenDigit(words[1])
	if !ok {
		n, known := l.cardinals[words[1]]
		d, _, isDigit := digits(words[1])
		switch {
		case known && n.op == add && n.value < 10:
			digit = decimal(n.value)
		case isDigit && len(words[1]) == 1:
			digit = decimal(d)
		default:
			return "", false
		}
	}
	return strings.Repeat(digit, int(many.value)), true
}

// spokenDigit reads a word that is a digit in strings of digits only, as "oh".
func (l *Language) spokenDigit(word string) (string, bool) {
	n, ok := l.digits[word]
	return decimal(n.value), ok
}
