package slottype

import (
	"fmt"
	"strconv"
	"strings"
)

// numeral is what a word does in a number.
type numeral struct {
	value int64
	op    operation
	room  int64 // what may follow is less: 10 after twenty, 100 after two hundred
	from  int64 // and at least this: seven after the French dix
	teen  bool  // it makes a teen of a unit before it
	after int64 // it multiplies what is before it only when that is this: the vingt of quatre-vingts
}

type operation uint8

const (
	add     operation = iota + 1
	times             // hundred: multiplies what was just said
	group             // thousand, million: multiplies all since the group before
	article           // "a", one only before a hundred or a thousand
)

// numerals reads a table "1 one 2 two 100* hundred 1000^ thousand": values, each
// with its words. After a value: * multiplies, ^ closes a group, ? an article;
// + a teen after a unit; /20 the room, >6 the least that follows, =4 multiplies only a four.
func numerals(table string) map[string]numeral {
	all := make(map[string]numeral)
	var n numeral
	for field := range strings.FieldsSeq(table) {
		if field[0] >= '0' && field[0] <= '9' {
			n = parseNumeral(field)
			continue
		}
		for _, w := range spellings(field) {
			if _, taken := all[w]; !taken || w == field {
				all[w] = n
			}
		}
	}
	return all
}

func parseNumeral(field string) numeral {
	n := numeral{op: add}
	n.value, field = leadingNumber(field)
	n.room = roomAfter(n.value)
	for field != "" {
		mark := field[0]
		var amount int64
		amount, field = leadingNumber(field[1:])
		switch mark {
		case '*':
			n.op, n.room = times, n.value
		case '^':
			n.op, n.room = group, n.value
		case '+':
			n.teen = true
		case '?':
			n.op, n.room = article, 1
		case '/':
			n.room = amount
		case '>':
			n.from = amount + 1
		case '=':
			n.after = amount
		default:
			panic(fmt.Sprintf("slottype: numeral mark %q", mark))
		}
	}
	return n
}

func leadingNumber(s string) (int64, string) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, _ := strconv.ParseInt(s[:end], 10, 64) // empty is zero
	return n, s[end:]
}

// roomAfter is what a word leaves open: the tens after a hundred, the units
// after twenty, nothing after a teen.
func roomAfter(value int64) int64 {
	switch {
	case value >= 1000 && value%1000 == 0:
		return 1000
	case value >= 100 && value%100 == 0:
		return 100
	case value >= 20 && value < 100 && value%10 == 0:
		return 10
	}
	return 1
}

// compound is a numeral written as one word with others, as German does: what
// follows it can only be what a new word starts.
func compound(value int64) numeral {
	n := numeral{value: value, op: add, room: 1}
	if value%100 == 0 {
		n.room = roomAfter(value)
	}
	return n
}
