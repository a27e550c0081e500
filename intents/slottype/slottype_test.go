package slottype

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// now is a Wednesday.
var now = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

// split splits a phrase as the matcher does.
func split(phrase string) []string {
	var words []string
	for w := range strings.FieldsFuncSeq(strings.ToLower(phrase), func(r rune) bool { return unicode.IsSpace(r) || r == '-' }) {
		before, after, ok := strings.Cut(w, "'")
		if ok && before != "" && after != "" {
			words = append(words, before+"'", after)
		} else {
			words = append(words, w)
		}
	}
	return words
}

func lookup(t testing.TB, name string) Type {
	t.Helper()
	found, ok := Lookup(name)
	if !ok {
		t.Fatalf("no type %s", name)
	}
	return found
}

// value is what the whole phrase is, or "".
func value(of Type, l *Language, phrase string) string {
	if !l.Spaced() {
		for _, s := range of.SpansIn(l, phrase, now) {
			if s.Len == len(phrase) {
				return s.Value
			}
		}
		return ""
	}
	words := split(phrase)
	for _, s := range of.Spans(l, words, 0, now) {
		if s.Len == len(words) {
			return s.Value
		}
	}
	return ""
}

// TestSpans_ValuesAsAlexaSendsThem reads testdata/<language>.tsv: the type, what
// is said, and the value; "-" where the words are none.
func TestSpans_ValuesAsAlexaSendsThem(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.tsv")
	if len(files) < len(languages)-1 {
		t.Fatalf("tables of %d languages, want %d", len(files), len(languages)-1)
	}
	for _, path := range files {
		lang := strings.TrimSuffix(filepath.Base(path), ".tsv")
		t.Run(lang, func(t *testing.T) {
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			for rows := bufio.NewScanner(file); rows.Scan(); {
				row := strings.Split(rows.Text(), "\t")
				if len(row) != 3 {
					t.Fatalf("row %q has %d columns, want 3", rows.Text(), len(row))
				}
				want := strings.TrimPrefix(row[2], "-")
				if strings.HasPrefix(row[2], "-") && row[2] != "-" {
					want = row[2]
				}
				if got := value(lookup(t, row[0]), For(lang), row[1]); got != want {
					t.Errorf("%s %q = %q, want %q", row[0], row[1], got, want)
				}
			}
		})
	}
}

func TestSpans_LongestFirst(t *testing.T) {
	words := split("please two hundred and five lamps")
	got := lookup(t, "AMAZON.NUMBER").Spans(For("en-US"), words, 1, now)
	want := []Span{{4, "205"}, {2, "200"}, {1, "2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSpans_NothingWhereThereIsNothing(t *testing.T) {
	for _, name := range append(Names(), "AMAZON.DE_CITY") {
		typ := lookup(t, name)
		for _, at := range []int{-1, 1, 7} {
			if got := typ.Spans(For("en-US"), []string{"xyzzy"}, at, now); got != nil {
				t.Errorf("%s at %d: %v", name, at, got)
			}
		}
		if got := typ.Spans(For("en-US"), []string{"xyzzy", "plugh"}, 0, now); got != nil {
			t.Errorf("%s of unknown words: %v", name, got)
		}
	}
}

func TestSpans_TellDatesFromTheReference(t *testing.T) {
	for _, test := range []struct {
		ref, said, want string
	}{
		{"2017-11-24", "next week", "2017-W48"},
		{"2017-11-24", "next winter", "2018-WI"},
		{"2017-11-24", "this decade", "201X"},
		{"2025-12-29", "this week", "2026-W01"}, // the ISO year
		{"2026-01-31", "in a month", "2026-02-28"},
		{"2026-12-31", "tomorrow", "2027-01-01"},
		{"2026-12-31", "next month", "2027-01"},
		{"2026-11-30", "next quarter", "2027-Q1"},
		{"2026-02-01", "last quarter", "2025-Q4"},
		{"2026-01-15", "this winter", "2025-WI"}, // the one that is
		{"2026-10-01", "summer", "2027-SU"},
		{"2026-10-01", "fall", "2026-FA"},
		{"2026-03-05", "february twenty ninth", "2028-02-29"},
		{"2026-04-30", "the thirty first", "2026-05-31"},
		{"2026-03-31", "the fifteenth", "2026-04-15"},
		{"2026-03-31", "march thirty first", "2026-03-31"},
		{"2026-03-31", "march thirtieth", "2027-03-30"},
		{"2026-03-08", "sunday", "2026-03-08"}, // today
		{"2026-03-08", "next monday", "2026-03-09"},
		{"2026-03-08", "this weekend", "2026-W10-WE"},
	} {
		ref, err := time.Parse(time.DateOnly, test.ref)
		if err != nil {
			t.Fatal(err)
		}
		spans := lookup(t, "AMAZON.DATE").Spans(For("en"), split(test.said), 0, ref)
		if len(spans) == 0 || spans[0].Value != test.want {
			t.Errorf("on %s %q is %v, want %s", test.ref, test.said, spans, test.want)
		}
	}
}

func TestSpans_DayIsThatOfTheReferencesZone(t *testing.T) {
	late := time.Date(2026, 3, 4, 23, 30, 0, 0, time.FixedZone("", -8*3600)) // the 5th in UTC
	got := lookup(t, "AMAZON.DATE").Spans(For("en"), []string{"today"}, 0, late)
	if diff := cmp.Diff([]Span{{1, "2026-03-04"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSpans_OfJapaneseWordsEndWithAWord(t *testing.T) {
	got := lookup(t, "AMAZON.DATE").Spans(For("ja-JP"), []string{"三月", "五日", "に"}, 0, now)
	if diff := cmp.Diff([]Span{{2, "2026-03-05"}, {1, "2026-03"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSpansIn_CountsBytes(t *testing.T) {
	got := lookup(t, "AMAZON.TIME").SpansIn(For("ja-JP"), "午後三時半に起こして", now)
	want := []Span{{len("午後三時半"), "15:30"}, {len("午後三時"), "15:00"}, {len("午後"), "AF"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = lookup(t, "AMAZON.NUMBER").SpansIn(For("en"), "  twenty five lamps", now)
	if diff := cmp.Diff([]Span{{13, "25"}, {8, "20"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSpans_AcceptMissingAccentsAndApostrophes(t *testing.T) {
	for _, test := range []struct{ lang, name, words, want string }{
		{"fr", "AMAZON.DATE", "aujourdhui", "2026-03-04"},
		{"fr", "AMAZON.DATE", "aujourd hui", "2026-03-04"},
		{"fr", "AMAZON.DATE", "le 3 fevrier", "2027-02-03"},
		{"de", "AMAZON.NUMBER", "fuenfunddreissig", "35"},
		{"de", "AMAZON.NUMBER", "funf", "5"},
		{"es", "AMAZON.NUMBER", "veintidos", "22"},
		{"pt", "AMAZON.DATE", "amanha", "2026-03-05"},
		{"en", "AMAZON.TIME", "three oclock", "03:00"},
		{"en", "AMAZON.TIME", "three o clock", "03:00"},
	} {
		if got := value(lookup(t, test.name), For(test.lang), test.words); got != test.want {
			t.Errorf("%s %q = %q, want %q", test.lang, test.words, got, test.want)
		}
	}
}

func TestSpans_CountElidedWordsAsTheyCome(t *testing.T) {
	for _, test := range []struct {
		lang, words string
		want        []Span
	}{
		{"fr", "aujourd'hui même", []Span{{1, "2026-03-04"}}},
		{"fr", "le mois d'octobre 2027", []Span{{4, "2027-10"}, {3, "2026-10"}}},
		{"it", "l'anno prossimo", []Span{{2, "2027-XX-XX"}}},
		{"it", "l'otto marzo dell'anno", []Span{{2, "2026-03-08"}, {1, "2026-03-08"}}},
		{"en", "o'clock", nil},
	} {
		got := lookup(t, "AMAZON.DATE").Spans(For(test.lang), strings.Fields(test.words), 0, now)
		if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s %q: %s", test.lang, test.words, diff)
		}
	}
}

func TestLookup_KnowsNamesInAnyCase(t *testing.T) {
	for _, test := range []struct {
		name, want string
		open       bool
	}{
		{"AMAZON.NUMBER", "AMAZON.NUMBER", false},
		{"amazon.number", "AMAZON.NUMBER", false},
		{"AMAZON.Date", "AMAZON.DATE", false},
		{"NUMBER", "AMAZON.NUMBER", false},
		{"AMAZON.LITERAL", "AMAZON.LITERAL", true},
		{"AMAZON.searchquery", "AMAZON.SearchQuery", true},
		{"AMAZON.US_FIRST_NAME", "AMAZON.US_FIRST_NAME", true},
		{"AMAZON.FR_CITY", "AMAZON.FR_CITY", true},
		{"AMAZON.EUROPE_CITY", "AMAZON.EUROPE_CITY", true},
		{"AMAZON.Color", "AMAZON.Color", true},
		{"AMAZON.Month", "AMAZON.Month", false},
		{"AMAZON.DayOfWeek", "AMAZON.DayOfWeek", false},
	} {
		got, ok := Lookup(test.name)
		if !ok || got.Name() != test.want || got.Open() != test.open {
			t.Errorf("Lookup(%q) = %q, %v, open %v; want %q, open %v", test.name, got.Name(), ok, got.Open(), test.want, test.open)
		}
	}
	for _, name := range []string{"", "AMAZON.", "AMAZON.Nothing", "COLOR_NAME", "MY_CITY_LIST", "12_CITY", "AMAZON.XXX_CITY"} {
		if got, ok := Lookup(name); ok {
			t.Errorf("Lookup(%q) = %q", name, got.Name())
		}
	}
}

func TestNames_AreAllFound(t *testing.T) {
	names := Names()
	if len(names) < 90 || !slices.IsSorted(names) {
		t.Errorf("%d names, sorted %v", len(names), slices.IsSorted(names))
	}
	for _, name := range names {
		if got := lookup(t, name); got.Name() != name {
			t.Errorf("Lookup(%q) = %q", name, got.Name())
		}
	}
}

func TestFor_UnknownLanguagesReadDigits(t *testing.T) {
	l := For("tlh-QO")
	for _, test := range []struct{ name, words, want string }{
		{"AMAZON.NUMBER", "42", "42"}, {"AMAZON.NUMBER", "two", ""}, {"AMAZON.FOUR_DIGIT_NUMBER", "6 0 4 5", "6045"},
		{"AMAZON.PhoneNumber", "555 1234", "5551234"}, {"AMAZON.DATE", "today", ""},
	} {
		if got := value(lookup(t, test.name), l, test.words); got != test.want {
			t.Errorf("%s %q = %q, want %q", test.name, test.words, got, test.want)
		}
	}
}

func TestDates_YearDependsOnTheLanguage(t *testing.T) {
	for lang, want := range map[string]string{"en": "2027", "de": "2027-XX-XX"} {
		said := map[string]string{"en": "next year", "de": "nächstes jahr"}[lang]
		if got := value(lookup(t, "AMAZON.DATE"), For(lang), said); got != want {
			t.Errorf("%s %q = %q, want %q", lang, said, got, want)
		}
	}
}

// The matcher has each character of Japanese for a word of its own.
func TestSpans_OfCharacters(t *testing.T) {
	for _, c := range []struct {
		name, said string
		want       Span
	}{
		{"AMAZON.FOUR_DIGIT_NUMBER", "六 ゼ ロ 四 五 で す", Span{5, "6045"}},
		{"AMAZON.NUMBER", "2 3 番", Span{1, "2"}},
		{"AMAZON.DATE", "3 月 1 0 日", Span{2, "2026-03"}}, // 1 0 is not 10
		{"AMAZON.DATE", "12 月 25 日 に", Span{4, "2026-12-25"}},
	} {
		kind, _ := Lookup(c.name)
		spans := kind.Spans(For("ja-JP"), strings.Fields(c.said), 0, time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC))
		if len(spans) == 0 || spans[0] != c.want {
			t.Errorf("%s %q: %v, want %v", c.name, c.said, spans, c.want)
		}
	}
}
