package slottype

// part is what stands in braces in a rule.
type part uint8

const (
	_           part = iota
	partN            // any number
	partDay          // 1 to 31, ordinal or not
	partNth          // 1 to 31, ordinal
	partMonthNo      // 1 to 12
	partMonthTh      // 1 to 12, ordinal: German's dritter zehnter
	partYear         // 1000 to 2999
	partQuarter      // 1 to 4, ordinal
	partHour         // 0 to 24
	partMinute       // 0 to 59
	partMM           // two digits: 05, oh five, 10 to 59
	partSpan         // one word: 30min, 2h, 1h30
	partClock        // one word: 10:30, 10h30, 4pm
	partDotted       // one word: 24.12.2026, 24.12
	partMonth        // the tables of words from here on
	partWeekday
	partSeason
	partDecade
	partPart
	partUnit
	partCount
)

var partNames = map[string]part{
	"n": partN, "day": partDay, "nth": partNth, "month no": partMonthNo, "month th": partMonthTh, "year": partYear, "quarter": partQuarter,
	"hour": partHour, "minute": partMinute, "mm": partMM, "clock": partClock, "span": partSpan, "dotted": partDotted,
	"month": partMonth, "weekday": partWeekday, "season": partSeason, "decade": partDecade, "part": partPart, "unit": partUnit,
}

// ruleKind says what to make of a rule that fits.
type ruleKind uint8

const (
	ruleDate ruleKind = iota
	ruleTime
	ruleList
	ruleOrdinal
	ruleTerm
)

// parts are the values that a rule's parts read.
type parts [partCount]int64

// rules proposes what the rules of a tree make of the words.
func (r *reading) rules(tree *node, k ruleKind) {
	if tree != nil && tree.starts(r) {
		r.walk(tree, k, 0, parts{})
	}
}

// starts is the quick refusal of most words.
func (n *node) starts(r *reading) bool {
	return len(r.words) > 0 && (n.words[r.words[0]] != nil || len(n.parts) > 0)
}

// walk follows the rules from a node on. Rules have no loops, so it ends after
// as many words as the longest rule has.
func (r *reading) walk(n *node, k ruleKind, at int, got parts) {
	if n.done != nil && at > 0 {
		if value, ok := r.make(n.done, k, at, &got); ok {
			r.propose(at, value, n.done.rank)
		}
	}
	if at == len(r.words) {
		return
	}
	if next := n.words[r.words[at]]; next != nil {
		r.walk(next, k, at+1, got)
	}
	for _, e := range n.parts {
		var buf [16]hit
		for _, h := range r.lang.part(e.part, r.words[at:], buf[:0]) {
			with := got
			with.set(e.part, h.value)
			r.walk(e.to, k, at+h.words, with)
		}
	}
}

func (p *parts) set(of part, value int64) {
	switch of {
	case partClock:
		p[partHour], p[partMinute] = value/100%100, value%100
		if half := value / 10000; half != 0 {
			p[partPart] = half
		}
	case partMM:
		p[partMinute] = value
	case partDotted:
		p[partYear], p[partMonthNo], p[partDay] = value/10000, value/100%100, value%100
	case partSpan:
		p[partUnit], p[partN], p[partMinute] = value/spanUnit, value%spanUnit/100, value%100
	default:
		p[of] = value
	}
}

// part lists what a part can be from the first word on.
func (l *Language) part(p part, words []string, hits []hit) []hit {
	if p >= partMonth {
		return l.table(l.words[p], words, 0, hits)
	}
	switch p {
	case partN:
		return l.between(0, maxNumber, words, false, hits)
	case partDay:
		if hits = l.between(1, 31, words, true, hits); len(hits) > 0 {
			return hits
		}
		return l.between(1, 31, words, false, hits)
	case partNth:
		return l.between(1, 31, words, true, hits)
	case partQuarter:
		return l.between(1, 4, words, true, hits)
	case partMonthNo:
		return l.between(1, 12, words, false, hits)
	case partMonthTh:
		return l.between(1, 12, words, true, hits)
	case partYear:
		return l.year(words, hits)
	case partHour:
		return l.between(0, 24, words, false, hits)
	case partMinute:
		return l.between(0, 59, words, false, hits)
	case partMM:
		return l.twoDigits(59, words, hits)
	case partClock:
		return l.clockWord(words[0], hits)
	case partSpan:
		return l.spanWord(words[0], hits)
	case partDotted:
		return l.dottedWord(words[0], hits)
	}
	return hits
}

// table reads a table of words.
func (l *Language) table(n *node, words []string, at int, hits []hit) []hit {
	if n == nil {
		return hits
	}
	if n.done != nil && at > 0 && len(hits) < cap(hits) {
		hits = append(hits, hit{at, n.done.code})
	}
	if at < len(words) {
		return l.table(n.words[words[at]], words, at+1, hits)
	}
	return hits
}

// between reads a number of a range.
func (l *Language) between(least, most int64, words []string, ordinals bool, hits []hit) []hit {
	all := l.numbers(words, ordinals, hits)
	kept := all[:0]
	for _, h := range all {
		if h.value >= least && h.value <= most {
			kept = append(kept, h)
		}
	}
	return kept
}

// twoDigits reads minutes as a clock shows them, and the end of a year.
func (l *Language) twoDigits(most int64, words []string, hits []hit) []hit {
	if zero, ok := l.digits[words[0]]; ok && zero.value == 0 && len(words) > 1 {
		var buf [16]hit
		for _, h := range l.between(1, 9, words[1:], false, buf[:0]) {
			return append(hits, hit{h.words + 1, h.value})
		}
	}
	for _, h := range l.between(0, most, words, false, hits) {
		if h.value >= 10 || h.words == 1 && len(words[0]) == 2 && words[0][0] == '0' {
			hits = append(hits, h)
		}
	}
	return hits
}

// year reads a year as a number, or in pairs: nineteen eighty four, twenty oh
// six, ten sixty six; but ten thirty is a time.
func (l *Language) year(words []string, hits []hit) []hit {
	hits = l.between(1000, 2999, words, false, hits)
	if !l.Spaced() {
		return l.yearInDigits(words, hits)
	}
	if !l.grammar.pairs {
		return hits
	}
	if year, ok := l.pairInOneWord(words[0]); ok && len(hits) < cap(hits) {
		hits = append(hits, hit{1, year})
	}
	var first, second [16]hit
	for _, c := range l.between(10, 29, words, false, first[:0]) {
		if c.words == len(words) {
			continue
		}
		for _, y := range l.twoDigits(99, words[c.words:], second[:0]) {
			if time := c.value <= 12 && y.value < 60; !time && len(hits) < cap(hits) {
				hits = append(hits, hit{c.words + y.words, c.value*100 + y.value})
			}
		}
	}
	return hits
}

// pairInOneWord reads a year such as the Dutch negentienvierentachtig.
func (l *Language) pairInOneWord(word string) (int64, bool) {
	for at := 3; at < len(word)-2 && len(l.infixes) > 0; at++ {
		century, ok := l.cardinals[word[:at]]
		if !ok || century.op != add || century.value < 11 || century.value > 29 || century.value == 20 {
			continue
		}
		if rest, ok := l.cardinals[word[at:]]; ok && rest.op == add && rest.value >= 10 && rest.value < 100 {
			return century.value*100 + rest.value, true
		}
	}
	return 0, false
}

// yearInDigits reads 二〇二六.
func (l *Language) yearInDigits(words []string, hits []hit) []hit {
	if len(words) < 4 || len(hits) == cap(hits) {
		return hits
	}
	year := int64(0)
	for _, w := range words[:4] {
		n, ok := l.cardinals[w]
		if !ok || n.op != add || n.value > 9 {
			return hits
		}
		year = year*10 + n.value
	}
	if year < 1000 || year > 2999 {
		return hits
	}
	return append(hits, hit{4, year})
}
