package conversation

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// span is a stretch of time: from the one to just before the other.
type span struct{ from, to time.Time }

// within reports whether a date or a time of day is between start and end, and
// known whether that can be told. They are dates, times, durations from now such
// as P7D or -P1D, or PRESENT_REF. A missing one leaves that side open.
func within(value, start, end string, at time.Time) (in, known bool) {
	v, ok := spanOf(value, at)
	if !ok {
		return false, false
	}
	in = true
	if start != "" {
		s, ok := limit(start, at, isTime(value))
		if !ok {
			return false, false
		}
		in = in && !v.from.Before(s.from)
	}
	if end != "" {
		e, ok := limit(end, at, isTime(value))
		if !ok {
			return false, false
		}
		in = in && !v.to.After(e.to)
	}
	return in, true
}

// limit is a bound: of a date it is a whole day, of a time an instant.
func limit(text string, at time.Time, ofTime bool) (span, bool) {
	moved, ok := after(text, at)
	if !ok {
		return spanOf(text, at)
	}
	if ofTime {
		return span{moved, moved}, true
	}
	return days(moved, 0, 0, 1), true
}

// days is a stretch that begins with the day of t.
func days(t time.Time, years, months, n int) span {
	from := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	return span{from, from.AddDate(years, months, n)}
}

var clock = regexp.MustCompile(`^(\d{2}):(\d{2})(?::(\d{2}))?$`)

func isTime(value string) bool { return clock.MatchString(value) || partsOfDay[value] != [2]int{} }

// partsOfDay are AMAZON.TIME's words, in hours.
var partsOfDay = map[string][2]int{"MO": {6, 12}, "AF": {12, 17}, "EV": {17, 21}, "NI": {21, 24}}

// seasons begin in a month and last three, as in the north.
var seasons = map[string]time.Month{"SP": time.March, "SU": time.June, "FA": time.September, "WI": time.December}

var dateForm = regexp.MustCompile(`^(\d{4}|\d{3}X)(?:-(?:W(\d{2})(-WE)?|Q([1-4])|(SP|SU|FA|WI)|(\d{2}|XX)(?:-(\d{2}|XX))?))?$`)

// spanOf is the stretch that a value of AMAZON.DATE or AMAZON.TIME means.
func spanOf(value string, at time.Time) (span, bool) {
	day := days(at, 0, 0, 1).from
	if value == "PRESENT_REF" {
		return span{at, at}, true
	}
	if hours, ok := partsOfDay[value]; ok {
		return span{day.Add(time.Duration(hours[0]) * time.Hour), day.Add(time.Duration(hours[1]) * time.Hour)}, true
	}
	if m := clock.FindStringSubmatch(value); m != nil {
		t := time.Date(day.Year(), day.Month(), day.Day(), number(m[1]), number(m[2]), number(m[3]), 0, at.Location())
		return span{t, t}, true
	}
	m := dateForm.FindStringSubmatch(value)
	if m == nil {
		return span{}, false
	}
	return spanOfDate(m, at.Location()), true
}

// spanOfDate is that of the parts of a date: year, week, its end, quarter,
// season, month, day.
func spanOfDate(m []string, where *time.Location) span {
	date := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, where)
	}
	if decade, ok := strings.CutSuffix(m[1], "X"); ok {
		return days(date(10*number(decade), time.January, 1), 10, 0, 0)
	}
	year := number(m[1])
	switch {
	case m[2] != "":
		// The fourth of January is always in the first week.
		fourth := date(year, time.January, 4)
		monday := fourth.AddDate(0, 0, 7*(number(m[2])-1)-(int(fourth.Weekday())+6)%7)
		if m[3] != "" {
			return days(monday.AddDate(0, 0, 5), 0, 0, 2)
		}
		return days(monday, 0, 0, 7)
	case m[4] != "":
		return days(date(year, time.Month(3*number(m[4])-2), 1), 0, 3, 0)
	case m[5] != "":
		return days(date(year, seasons[m[5]], 1), 0, 3, 0)
	case m[6] == "" || m[6] == "XX":
		return days(date(year, time.January, 1), 1, 0, 0)
	case m[7] == "" || m[7] == "XX":
		return days(date(year, time.Month(number(m[6])), 1), 0, 1, 0)
	}
	return days(date(year, time.Month(number(m[6])), number(m[7])), 0, 0, 1)
}

var durationForm = regexp.MustCompile(`^([+-]?)P(-?)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

// after is a moment as long after another as an ISO 8601 duration says, or
// before it, where the duration is negative.
func after(duration string, at time.Time) (time.Time, bool) {
	m := durationForm.FindStringSubmatch(duration)
	if m == nil {
		return at, false
	}
	sign := 1
	if m[1] == "-" || m[2] == "-" {
		sign = -1
	}
	moved := at.AddDate(sign*number(m[3]), sign*number(m[4]), sign*(7*number(m[5])+number(m[6])))
	seconds := 3600*number(m[7]) + 60*number(m[8]) + number(m[9])
	return moved.Add(time.Duration(sign*seconds) * time.Second), true
}

// number is that of a few digits; none is 0, and what no calendar has is cut.
func number(digits string) int {
	const most = 100_000
	n, err := strconv.Atoi(digits)
	if err != nil && digits != "" {
		return most
	}
	return min(n, most)
}

// String shows a span in tests.
func (s span) String() string {
	const form = "2006-01-02T15:04"
	return fmt.Sprintf("%s/%s", s.from.Format(form), s.to.Format(form))
}
