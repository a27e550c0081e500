package conversation

import (
	"testing"
	"time"

	"github.com/harkvoice/hark/intents"
)

// wednesday is the time of the tests.
var wednesday = time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC)

func TestValid_KeepsToEachRule(t *testing.T) {
	match := &intents.SlotValue{}
	match.Name.Value = "Red"
	rule := func(kind, value string, more ...string) intents.Validation {
		return intents.Validation{Type: kind, Value: value, Values: more}
	}
	during := func(kind, start, end string) intents.Validation {
		return intents.Validation{Type: kind, Start: start, End: end}
	}
	tests := []struct {
		rule  intents.Validation
		value intents.Value
		want  bool
	}{
		{rule("isGreaterThan", "3"), intents.Value{Value: "4"}, true},
		{rule("isGreaterThan", "3"), intents.Value{Value: "3"}, false},
		{rule("isGreaterThan", "3"), intents.Value{Value: "?"}, false}, // what no number was heard for
		{rule("isGreaterThan", "three"), intents.Value{Value: "1"}, true},
		{rule("isGreaterThanOrEqualTo", "3"), intents.Value{Value: "3"}, true},
		{rule("isLessThan", " 3 "), intents.Value{Value: "2.5"}, true},
		{rule("isLessThan", "3"), intents.Value{Value: "12"}, false}, // not as texts
		{rule("isLessThanOrEqualTo", "-1"), intents.Value{Value: "-1"}, true},
		{rule("isInSet", "", "red", "blue"), intents.Value{Value: "RED"}, true},
		{rule("isInSet", "", "red", "blue"), intents.Value{Value: "crimson", Matches: []*intents.SlotValue{match}}, true},
		{rule("isInSet", "", "red", "blue"), intents.Value{Value: "crimson"}, false},
		{rule("isNotInSet", "", "red"), intents.Value{Value: "crimson", Entities: []*intents.SlotValue{match}}, false},
		{rule("isNotInSet", "", "red"), intents.Value{Value: "blue"}, true},
		{rule("hasEntityResolutionMatch", ""), intents.Value{Value: "x"}, false},
		{rule("hasEntityResolutionMatch", ""), intents.Value{Value: "x", Matches: []*intents.SlotValue{match}}, true},
		{rule("isOfTomorrow", ""), intents.Value{Value: "x"}, true}, // a rule that nobody knows
		{during("isInDuration", "PRESENT_REF", "P7D"), intents.Value{Value: "2026-03-11"}, true},
		{during("isInDuration", "PRESENT_REF", "P7D"), intents.Value{Value: "2026-03-12"}, false},
		{during("isNotInDuration", "PRESENT_REF", "P7D"), intents.Value{Value: "2026-03-12"}, true},
		{during("isNotInDuration", "soon", "P7D"), intents.Value{Value: "2026-03-05"}, true}, // a limit that is none
		{during("isInDuration", "soon", "P7D"), intents.Value{Value: "2027"}, true},
	}
	for _, tt := range tests {
		slot := intents.Slot{Values: []intents.Value{tt.value}}
		if got := valid(tt.rule, slot, wednesday); got != tt.want {
			t.Errorf("%+v of %q: %t", tt.rule, tt.value.Value, got)
		}
	}
	several := intents.Slot{Values: []intents.Value{{Value: "1"}, {Value: "9"}}}
	if valid(rule("isLessThan", "5"), several, wednesday) {
		t.Error("one of several values may break a rule")
	}
}

func TestWithin_DatesAndTimes(t *testing.T) {
	tests := []struct {
		value, start, end string
		in, known         bool
	}{
		{"2026-03-04", "PRESENT_REF", "", false, true}, // the day began before now …
		{"2026-03-04", "P0D", "", true, true},          // … but is not before today
		{"2026-03-05", "PRESENT_REF", "P30D", true, true},
		{"2026-03-03", "P0D", "P30D", false, true},
		{"2026-03-01", "P-7D", "P0D", true, true},
		{"2026-03-01", "-P1W", "P0D", true, true},
		{"2026-W11", "P0D", "P1M", true, true},
		{"2026-W14", "P0D", "P1M", false, true}, // its end is later
		{"2026", "2026-01-01", "2026-12-31", true, true},
		{"2026-04", "2026", "2026", true, true},
		{"2027-XX-XX", "", "P6M", false, true},
		{"14:00", "09:00", "18:00", true, true},
		{"18:30", "09:00", "18:00", false, true},
		{"11:00", "PT1H", "", false, true},
		{"12:00", "PT1H", "PT8H", true, true},
		{"EV", "17:00", "22:00", true, true},
		{"NI", "17:00", "22:00", false, true},
		{"tomorrow", "P0D", "P1D", false, false},
		{"2026-03-05", "later", "", false, false},
	}
	for _, tt := range tests {
		if in, known := within(tt.value, tt.start, tt.end, wednesday); in != tt.in || known != tt.known {
			t.Errorf("%s in %s…%s: %t, %t", tt.value, tt.start, tt.end, in, known)
		}
	}
}

func TestSpanOf_ReadsEveryForm(t *testing.T) {
	for value, want := range map[string]string{
		"2026-03-04":    "2026-03-04T00:00/2026-03-05T00:00",
		"2026-W01":      "2025-12-29T00:00/2026-01-05T00:00",
		"2027-W01":      "2027-01-04T00:00/2027-01-11T00:00",
		"2026-W10-WE":   "2026-03-07T00:00/2026-03-09T00:00",
		"2026-02":       "2026-02-01T00:00/2026-03-01T00:00",
		"2026-02-XX":    "2026-02-01T00:00/2026-03-01T00:00",
		"2026":          "2026-01-01T00:00/2027-01-01T00:00",
		"2026-XX-XX":    "2026-01-01T00:00/2027-01-01T00:00",
		"201X":          "2010-01-01T00:00/2020-01-01T00:00",
		"2026-WI":       "2026-12-01T00:00/2027-03-01T00:00",
		"2026-SU":       "2026-06-01T00:00/2026-09-01T00:00",
		"2026-Q3":       "2026-07-01T00:00/2026-10-01T00:00",
		"PRESENT_REF":   "2026-03-04T10:30/2026-03-04T10:30",
		"MO":            "2026-03-04T06:00/2026-03-04T12:00",
		"23:15:30":      "2026-03-04T23:15/2026-03-04T23:15",
		"26-3-4":        "",
		"2026-03-04T10": "",
		"":              "",
	} {
		got, ok := spanOf(value, wednesday)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q: %s, %t; want %s", value, got, ok, want)
		}
	}
}

func TestAfter_ReadsDurations(t *testing.T) {
	for text, want := range map[string]string{
		"P1Y2M": "2027-05-04T10:30", "P2W": "2026-03-18T10:30", "-PT90M": "2026-03-04T09:00", "P-1DT1H": "2026-03-03T09:30",
		"P999999999999999999999D": "2299-12-18T10:30", // cut, not broken
		"1D":                      "", "P1X": "", "": "",
	} {
		got, ok := after(text, wednesday)
		if ok != (want != "") || ok && got.Format("2006-01-02T15:04") != want {
			t.Errorf("%q: %s, %t; want %s", text, got, ok, want)
		}
	}
}

// FuzzWithin: no value of a slot, and no limit of a model, breaks it.
func FuzzWithin(f *testing.F) {
	f.Add("2026-W10-WE", "P-7D", "PRESENT_REF")
	f.Add("99999-99-99", "P9999999Y", "24:61")
	f.Fuzz(func(_ *testing.T, value, start, end string) { within(value, start, end, wednesday) })
}
