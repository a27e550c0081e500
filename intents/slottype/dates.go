package slottype

import "time"

// seasons as Alexa writes them, by the code of the table of words.
var seasonNames = [...]string{"WI", "SP", "SU", "FA"}

// make makes the value of a rule from what its parts read; not every day that
// can be said is one.
func (r *reading) make(rule *rule, k ruleKind, words int, got *parts) (string, bool) {
	switch k {
	case ruleDate:
		return r.date(rule, got)
	case ruleTime:
		return r.time(rule, got)
	case ruleOrdinal:
		return decimal(got[partN]), true
	}
	return said(r.words[:words]), true
}

// date is the value of a DATE rule. What does not say its year or month is
// today or later.
func (r *reading) date(rule *rule, got *parts) (string, bool) {
	by := rule.by + rule.n*got[partN]
	if by > 9999*366 || by < -9999*366 {
		return "", false
	}
	switch rule.verb {
	case "now":
		return "PRESENT_REF", true
	case "day":
		return onDay(r.today(0, 0, by))
	case "addmonth":
		return onDay(addMonths(r.today(0, 0, 0), by))
	case "weekday":
		return onDay(r.weekday(got[partWeekday], by))
	case "weekdayin": // so many weeks after the next one
		return onDay(r.weekday(got[partWeekday], 0).AddDate(0, 0, 7*int(by)))
	case "nextweekday":
		return onDay(r.today(0, 0, 7-r.isoDay()+got[partWeekday]))
	case "week":
		return onWeek(r.today(0, 0, 7*by), "")
	case "weekend":
		return onWeek(r.today(0, 0, 7*by), "-WE")
	case "dayofmonth":
		return onDay(r.dayOfMonth(got[partDay]+got[partNth], by))
	case "date":
		return onDay(r.dayOfYear(got, by))
	}
	return r.period(rule.verb, by, got)
}

// period is a date longer than a week.
func (r *reading) period(verb string, by int64, got *parts) (string, bool) {
	year, month := int64(r.ref.Year()), int64(r.ref.Month())
	if got[partYear] != 0 {
		year = got[partYear]
	}
	switch verb {
	case "month":
		t := r.today(0, by, 1-int64(r.ref.Day()))
		return text(year4(int64(t.Year())), "-", two(int64(t.Month()))), t.Year() > 0
	case "monthof":
		of := got[partMonth] + got[partMonthNo]
		if got[partYear] == 0 {
			year += nearest(by, of < month, of > month, of == month)
		}
		return text(year4(year), "-", two(of)), true
	case "year":
		year += by
		if r.lang.name == "en" || r.lang.name == "" {
			return year4(year), year > 0 && year < 10000
		}
		return text(year4(year), "-XX-XX"), year > 0 && year < 10000
	case "decade":
		return text(year4(year + 10*by)[:3], "X"), year+10*by > 0
	case "decadeof":
		return decade(got[partDecade]+got[partN], by)
	case "season":
		return r.season(year, by, got), true
	case "quarter", "quarterof":
		return r.quarter(verb, year, by, got), true
	}
	return "", false
}

// today is the day that is some years, months and days from today.
func (r *reading) today(years, months, days int64) time.Time {
	y, m, d := r.ref.Date()
	return time.Date(y+int(years), m+time.Month(months), d+int(days), 0, 0, 0, 0, time.UTC)
}

// addMonths stays in the month that it reaches: a month after the 31st of
// January is the last of February.
func addMonths(t time.Time, months int64) time.Time {
	y, m, d := t.Date()
	if months > 9999*12 || months < -9999*12 {
		months = 0
	}
	last := time.Date(y, m+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
	return last.AddDate(0, 0, min(d, last.Day())-last.Day())
}

func (r *reading) isoDay() int64 { return (int64(r.ref.Weekday())+6)%7 + 1 }

// weekday is the first such day from today on, for +1 after today, for -1 the
// last before today.
func (r *reading) weekday(day, by int64) time.Time {
	days := (day - r.isoDay() + 7) % 7
	switch {
	case by > 0 && days == 0:
		days = 7
	case by < 0:
		days -= 7
	}
	return r.today(0, 0, days)
}

// dayOfMonth is the next such day of any month, or that of the month by.
func (r *reading) dayOfMonth(day, by int64) time.Time {
	if by != 0 {
		return valid(r.today(0, by, day-int64(r.ref.Day())), day)
	}
	for months := range int64(3) {
		t := valid(r.today(0, months, day-int64(r.ref.Day())), day)
		if !t.IsZero() && !t.Before(r.today(0, 0, 0)) {
			return t
		}
	}
	return time.Time{}
}

// dayOfYear is the day of a year that is given, or the next such day. The 29th
// of February waits eight years at most.
func (r *reading) dayOfYear(got *parts, by int64) time.Time {
	month, day := got[partMonth]+got[partMonthNo]+got[partMonthTh], got[partDay]+got[partNth]
	on := func(year int64) time.Time {
		return valid(time.Date(int(year), time.Month(month), int(day), 0, 0, 0, 0, time.UTC), day)
	}
	if got[partYear] != 0 {
		return on(got[partYear])
	}
	if by != 0 {
		return on(int64(r.ref.Year()) + by)
	}
	for years := range int64(9) {
		if t := on(int64(r.ref.Year()) + years); !t.IsZero() && !t.Before(r.today(0, 0, 0)) {
			return t
		}
	}
	return time.Time{}
}

// valid refuses what the calendar moved, such as the 30th of February.
func valid(t time.Time, day int64) time.Time {
	if int64(t.Day()) != day {
		return time.Time{}
	}
	return t
}

// nearest is in which year what has a name in each year is: it comes, for +1 it
// comes after the present one, for -1 it went.
func nearest(by int64, past, future, present bool) int64 {
	switch {
	case by > 0 && (past || present), by == 0 && past:
		return 1
	case by < 0 && (future || present):
		return -1
	}
	return 0
}

// decade is "the nineties" or, of the century by, "the eighteen nineties". Those
// from the thirties on were in the last century.
func decade(tens, century int64) (string, bool) {
	if tens < 10 || tens > 90 || tens%10 != 0 {
		return "", false
	}
	if century == 0 {
		century = 19
		if tens < 30 {
			century = 20
		}
	}
	return text(year4(century*100 + tens)[:3], "X"), true
}

// season is that of a year, or the one that is or comes. A winter belongs to
// the year in which it starts.
func (r *reading) season(year, by int64, got *parts) string {
	if got[partYear] == 0 {
		last := got[partSeason] * 3 // spring ends in May, 5; summer in 8; autumn in 11
		switch month := int64(r.ref.Month()); {
		case last == 0 && month <= 2:
			year--
		case last != 0 && month > last+2:
			year++
		}
		year += by
	}
	return text(year4(year), "-", seasonNames[got[partSeason]])
}

func (r *reading) quarter(verb string, year, by int64, got *parts) string {
	q := (int64(r.ref.Month()) + 2) / 3
	if verb == "quarter" {
		q += by - 1 + year*4
		return text(year4(q/4), "-Q", decimal(q%4+1))
	}
	of := got[partQuarter]
	if got[partYear] == 0 {
		year += by
		if by == 0 && of < q {
			year++
		}
	}
	return text(year4(year), "-Q", decimal(of))
}

// dottedWord reads a date in one word, day first: 24.12.2026, 24.12. English has
// none.
func (l *Language) dottedWord(word string, hits []hit) []hit {
	day, rest, ok := digits(word)
	if !ok || l.name == "en" || day < 1 || day > 31 || rest == "" || rest[0] != '.' {
		return hits
	}
	month, rest, ok := digits(rest[1:])
	if !ok || month < 1 || month > 12 {
		return hits
	}
	year := int64(0)
	if rest != "" {
		if year, rest, ok = digits(rest[1:]); !ok || rest != "" || year < 1000 || year > 2999 {
			return hits
		}
	}
	return append(hits, hit{1, year*10000 + month*100 + day})
}

func onDay(t time.Time) (string, bool) {
	if t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return "", false
	}
	return t.Format(time.DateOnly), true
}

func onWeek(t time.Time, suffix string) (string, bool) {
	year, week := t.ISOWeek()
	return text(year4(int64(year)), "-W", two(int64(week)), suffix), year > 0 && year < 10000
}
