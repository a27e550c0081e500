package slottype

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// forms are what a value of each type looks like.
var forms = map[kind]*regexp.Regexp{
	number:       regexp.MustCompile(`^\d{1,16}$`),
	ordinal:      regexp.MustCompile(`^\d{1,16}$`),
	fourDigits:   regexp.MustCompile(`^\d{4}$`),
	phone:        regexp.MustCompile(`^\d{3,20}$`),
	alphaNumeric: regexp.MustCompile(`^[\p{L}\d]{1,20}$`),
	date: regexp.MustCompile(`^(PRESENT_REF|\d{4}-\d\d-\d\d|\d{4}-W\d\d(-WE)?|\d{4}-\d\d|\d{4}(-XX-XX)?|\d{3}X|` +
		`\d{4}-(WI|SP|SU|FA)|\d{4}-Q[1-4])$`),
	clockTime: regexp.MustCompile(`^(MO|AF|EV|NI|([01]\d|2[0-3]):[0-5]\d)$`),
	duration:  regexp.MustCompile(`^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$`),
	list:      regexp.MustCompile(`(?s)^.+$`),
	closed:    regexp.MustCompile(`(?s)^.+$`),
}

func FuzzSpans(f *testing.F) {
	for _, said := range []string{
		"the third of march twenty twenty six", "quatre vingt dix sept", "zweitausendfünfhundert", "an hour and a half",
		"午後三時半", "double oh seven", "خمسة وعشرون", "mil millones de años", "in 99999999999999 days", "9999 years ago",
		"half past \xff", "a a a a and and", "1:2:3h4", "oh oh oh oh oh", "31 february 2999", "'s avonds",
	} {
		f.Add(said, int64(1772618400))
	}
	all := Names()
	f.Fuzz(func(t *testing.T, said string, at int64) {
		ref := time.Unix(at%(1<<37), 0).UTC()
		words := strings.Fields(strings.ToLower(said))
		for name := range languages {
			l := For(name)
			for _, typeName := range all {
				typ := lookup(t, typeName)
				check(t, typ, typ.SpansIn(l, said, ref), len(said))
				for i := range min(len(words), 4) {
					check(t, typ, typ.Spans(l, words, i, ref), len(words)-i)
				}
			}
		}
	})
}

// check holds spans to their order, their bounds and the form of their type.
func check(t *testing.T, typ Type, spans []Span, longest int) {
	for _, s := range spans {
		if s.Len < 1 || s.Len > longest {
			t.Fatalf("%s: a span of %d, of 1 to %d", typ.Name(), s.Len, longest)
		}
		longest = s.Len - 1
		if form := forms[typ.kind]; form == nil || !form.MatchString(s.Value) {
			t.Fatalf("%s: value %q", typ.Name(), s.Value)
		}
	}
}

// TestSpans_TimeIsBoundedByTheValueNotTheUtterance reads utterances that no one
// says, at each of their words.
func TestSpans_TimeIsBoundedByTheValueNotTheUtterance(t *testing.T) {
	for _, word := range []string{"one", "twenty", "a", "and", "hundred", "1", "oh", "double", "the", "minutes", "may", "second"} {
		words := strings.Fields(strings.Repeat(word+" ", 10_000))
		for _, name := range []string{"NUMBER", "Ordinal", "DATE", "TIME", "DURATION", "FOUR_DIGIT_NUMBER", "PhoneNumber", "AlphaNumeric", "City"} {
			typ, l := lookup(t, name), For("en")
			start := time.Now()
			for at := range words {
				typ.Spans(l, words, at, now)
			}
			if took := time.Since(start); took > 2*time.Second { // the race detector's slowness included
				t.Errorf("%s of 10,000 times %q took %v", name, word, took)
			}
		}
	}
}
