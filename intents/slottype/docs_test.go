package slottype

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/slot-types.md anew")

const docsPath = "../../docs/slot-types.md"

const docsOpening = `# Built-in slot types

Made by ` + "`go test ./intents/slottype -run Docs -update`" + ` from the tables of package ` + "`intents/slottype`" + `, whose tests are the
examples below; their dates are told on Wednesday, 2026-03-04.

What a person says for a built-in slot type, and the value that Alexa sends for it. Names are read in any case, and
without ` + "`AMAZON.`" + ` as old models write them. Accents may be left out, and a form in digits is read in every language.
Languages are %s; any other is read in digits only. Regions of a language share its grammar.

Dates that do not say their year or month are today or later: "monday" on a Monday is today. "Next friday" is that of the next
week in English, German, Dutch and Japanese, and the first after today in French, Spanish, Italian and Portuguese. A winter belongs to
the year in which it starts. A year is ` + "`2026`" + ` in English and ` + "`2026-XX-XX`" + ` elsewhere. "In two weeks" and "two months ago" are days.
Times without a half of the day are as they are said: "six thirty" is ` + "`06:30`" + `; only "a quarter to one" and the like are at noon.

Not read: decimals, negative and mixed numbers, holidays ("christmas"), the ends and beginnings of periods, intervals of dates, times
relative to now ("in ten minutes"). Arabic has ordinals to thirty nine; Hindi and Arabic have fewer forms of dates, and Hindi "कल" is tomorrow.

## Values

`

const docsLists = `
## Lists

These take any words; those that hark knows rank before those that it does not. ` + "`AMAZON.DayOfWeek`" + ` and ` + "`AMAZON.Month`" + `
take only what they know. Besides the types named here there are ` + "`AMAZON.XX_CITY`, `AMAZON.XX_REGION`, `AMAZON.XX_FIRST_NAME` and `AMAZON.XX_LAST_NAME`" + `
for any country XX.

`

// TestDocs_AreWhatTheTablesSay keeps docs/slot-types.md true.
func TestDocs_AreWhatTheTablesSay(t *testing.T) {
	want := docs(t)
	if *update {
		if err := os.WriteFile(docsPath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docsPath)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/slot-types.md is not what the tables say; run go test ./intents/slottype -run Docs -update")
	}
}

// documented is the order in which languages are listed.
var documented = strings.Fields("en de fr es it pt nl ja hi ar")

func docs(t *testing.T) string {
	var out strings.Builder
	fmt.Fprintf(&out, docsOpening, strings.Join(documented, ", "))
	for _, name := range strings.Fields("NUMBER FOUR_DIGIT_NUMBER Ordinal DATE TIME DURATION PhoneNumber AlphaNumeric") {
		fmt.Fprintf(&out, "### AMAZON.%s\n\n| language | examples |\n|---|---|\n", name)
		for _, lang := range documented {
			if all := examples(t, lang, "AMAZON."+name); len(all) > 0 {
				fmt.Fprintf(&out, "| %s | %s |\n", lang, strings.Join(all, "; "))
			}
		}
		out.WriteString("\n")
	}
	out.WriteString("### AMAZON.SearchQuery, AMAZON.LITERAL\n\nAny words, as they are said.\n")
	out.WriteString(docsLists)
	out.WriteString("| type | known words in |\n|---|---|\n")
	for _, name := range Names() {
		if typ := lookup(t, name); typ.kind == list || typ.kind == closed {
			fmt.Fprintf(&out, "| `%s` | %s |\n", name, strings.Join(languagesOf(typ), ", "))
		}
	}
	return out.String()
}

// examples are the rows of the tests that have a value.
func examples(t *testing.T, lang, name string) []string {
	text, err := os.ReadFile("testdata/" + lang + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(text)) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if row[0] == name && row[2] != "-" {
			all = append(all, fmt.Sprintf("%s `%s`", row[1], row[2]))
		}
	}
	return all
}

func languagesOf(typ Type) []string {
	var all []string
	for _, name := range documented {
		if For(name).lists()[typ.list] != nil {
			all = append(all, name)
		}
	}
	if len(all) == 0 {
		return []string{"none"}
	}
	return all
}
