package slottype

import (
	"fmt"
	"strings"
)

// infix is a multiplier inside of a word.
type infix struct {
	value int64
	text  string
}

func infixes(table string) []infix {
	var all []infix
	var value int64
	for field := range strings.FieldsSeq(table) {
		if n, rest := leadingNumber(field); rest == "" {
			value = n
		} else {
			all = append(all, infix{value, field})
		}
	}
	return all
}

func addCompounds(to map[string]numeral, compounds func() map[string]int64) {
	if compounds == nil {
		return
	}
	for word, value := range compounds() {
		for _, w := range spellings(word) {
			if _, taken := to[w]; !taken {
				to[w] = compound(value)
			}
		}
	}
}

// inOneWord reads hundreds and thousands written in one word, as
// "zweitausendfünfhundert", around the infixes less than limit. Of an ordinal
// the last part is one.
func (l *Language) inOneWord(word string, limit int64, ordinal bool) (int64, bool) {
	for _, infix := range l.infixes {
		left, right, found := strings.Cut(word, infix.text)
		if !found || infix.value >= limit {
			continue
		}
		many, rest, ok := int64(1), int64(0), right != "" || !ordinal
		if left != "" && ok {
			many, ok = l.partOfWord(left, infix.value, false)
		}
		if right != "" && ok && !(ordinal && l.tails[right]) {
			if rest, ok = l.partOfWord(right, infix.value, ordinal); !ok && l.glue != "" {
				rest, ok = l.partOfWord(strings.TrimPrefix(right, l.glue), infix.value, ordinal)
			}
		}
		if ok && many > 0 && many < infix.value && rest < infix.value {
			return many*infix.value + rest, true
		}
	}
	return 0, false
}

func (l *Language) partOfWord(word string, limit int64, ordinal bool) (int64, bool) {
	words := l.cardinals
	if ordinal {
		words = l.ordinals
	}
	if n, ok := words[word]; ok && n.op == add {
		return n.value, true
	}
	return l.inOneWord(word, limit, ordinal)
}

// daysWithParts is a table of weekdays, each alone and in one word with a part of
// the day, as montagabend.
func daysWithParts(days, parts string) string {
	var lines strings.Builder
	for i, day := range strings.Fields(days) {
		fmt.Fprintf(&lines, "%d = %s", i+1, day)
		for part := range strings.FieldsSeq(parts) {
			lines.WriteString(" | " + day + part)
		}
		lines.WriteByte('\n')
	}
	return lines.String()
}
