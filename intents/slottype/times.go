package slottype

import "strconv"

// The halves of the day that a time is said to be in.
const (
	beforeNoon = iota + 1 // in the morning
	afterNoon             // in the afternoon, in the evening
	atNight               // eleven at night, three at night
)

// codes are what the tables of words stand for where it is no number.
var codes = map[string]int64{
	"am": beforeNoon, "pm": afterNoon, "night": atNight,
	"WI": 0, "SP": 1, "SU": 2, "FA": 3,
	"Y": years, "M": months, "W": weeks, "D": days, "H": hours, "N": minutes, "S": seconds,
}

// time is the value of a TIME rule: "clock" the hour and minute that were said,
// with so many minutes added or taken away; "at" minutes after midnight; else a
// time of day, MO AF EV NI.
func (r *reading) time(rule *rule, got *parts) (string, bool) {
	switch rule.verb {
	case "MO", "AF", "EV", "NI":
		return rule.verb, true
	case "at":
		return clock(rule.by + rule.n*got[partMinute]), true
	}
	hour, by := got[partHour]+got[partNth], rule.by // Arabic counts hours by ordinals
	if rule.n > 0 {
		by += got[partMinute]
	} else if rule.n < 0 {
		by -= got[partMinute]
	} else {
		by += got[partMinute]
	}
	if hour > 24 || hour == 24 && by > 0 {
		return "", false
	}
	switch half := got[partPart]; {
	case half == beforeNoon && hour == 12:
		hour = 0
	case half == afterNoon && hour < 12, half == atNight && hour >= 6 && hour < 12:
		hour += 12
	case half == atNight && hour == 12:
		hour = 0
	case half == 0 && hour == 1 && by < 0: // a quarter to one is at noon
		hour = 13
	}
	return clock(hour*60 + by), true
}

// clock writes minutes after midnight.
func clock(minutes int64) string {
	minutes = (minutes + 24*60) % (24 * 60)
	return text(two(minutes/60), ":", two(minutes%60))
}

// clockWord reads a time in one word: 10:30, 10h30, 10.30, 4pm.
func (l *Language) clockWord(word string, hits []hit) []hit {
	hour, rest, ok := digits(word)
	if !ok || rest == "" || hour > 24 {
		return hits
	}
	var minute, half int64
	if rest[0] == ':' || rest[0] == '.' || rest[0] == 'h' {
		if rest = rest[1:]; rest != "" {
			if len(rest) < 2 {
				return hits
			}
			if minute, rest, ok = digits(rest); !ok || minute > 59 {
				return hits
			}
		}
	}
	if rest != "" {
		n := l.words[partPart]
		if n = n.words[rest]; n == nil || n.done == nil {
			return hits
		}
		half = n.done.code
	}
	return append(hits, hit{1, half*10000 + hour*100 + minute})
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func two(n int64) string {
	if n < 10 {
		return "0" + decimal(n)
	}
	return decimal(n)
}

// year4 writes a year in four digits at least.
func year4(n int64) string {
	s := decimal(n)
	for len(s) < 4 {
		s = "0" + s
	}
	return s
}

// text puts a value together.
func text(parts ...string) string {
	var out [32]byte
	buf := out[:0]
	for _, p := range parts {
		buf = append(buf, p...)
	}
	return string(buf)
}
