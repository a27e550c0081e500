package slottype

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestDates_ReadEveryDayAsItIsSaid says each day from today to a year later
// without its year, and with it.
func TestDates_ReadEveryDayAsItIsSaid(t *testing.T) {
	date := lookup(t, "AMAZON.DATE")
	for lang, say := range map[string]func(day int, month, year string) [2]string{
		"en": func(d int, m, y string) [2]string {
			return [2]string{m + " " + english9999(d), "the " + english9999(d) + " of " + m + " " + y}
		},
		"de": func(d int, m, y string) [2]string {
			return [2]string{fmt.Sprintf("am %d %s", d, m), german9999(d) + " " + m + " " + y}
		},
		"fr": func(d int, m, y string) [2]string {
			return [2]string{"le " + french9999(d) + " " + m, french9999(d) + " " + m + " " + y}
		},
		"es": func(d int, m, y string) [2]string {
			return [2]string{"el " + spanish9999(d) + " de " + m, spanish9999(d) + " de " + m + " de " + y}
		},
		"it": func(d int, m, y string) [2]string {
			return [2]string{"il " + italian9999(d) + " " + m, italian9999(d) + " " + m + " " + y}
		},
		"pt": func(d int, m, y string) [2]string {
			return [2]string{"dia " + portuguese9999(d) + " de " + m, portuguese9999(d) + " de " + m + " de " + y}
		},
		"nl": func(d int, m, y string) [2]string {
			return [2]string{dutch9999(d) + " " + m, fmt.Sprintf("de %d %s %s", d, m, y)}
		},
		"ja": func(d int, m, y string) [2]string {
			return [2]string{m + japanese9999(d) + "日", y + "年" + m + japanese9999(d) + "日"}
		},
	} {
		l := For(lang)
		months := firstWords(l.grammar.months)
		for day := range 365 {
			on := now.AddDate(0, 0, day)
			year := map[string]func(int) string{"en": english9999, "de": german9999, "fr": french9999, "es": spanish9999,
				"it": italian9999, "pt": portuguese9999, "nl": dutch9999, "ja": japanese9999}[lang](on.Year())
			for _, said := range say(on.Day(), months[on.Month()-1], year) {
				if got, want := value(date, l, said), on.Format(time.DateOnly); got != want {
					t.Errorf("%s %q = %q, want %q", lang, said, got, want)
				}
			}
		}
	}
}

// firstWords are the first alternatives of a table.
func firstWords(table string) []string {
	var all []string
	for line := range strings.Lines(table) {
		_, said, _ := strings.Cut(strings.TrimSpace(line), " = ")
		first, _, _ := strings.Cut(said, " | ")
		all = append(all, first)
	}
	return all
}

// TestTimes_ReadEveryMinuteAsItIsSaid says each minute of the day.
func TestTimes_ReadEveryMinuteAsItIsSaid(t *testing.T) {
	clock := lookup(t, "AMAZON.TIME")
	for lang, say := range map[string]func(h, m int) string{
		"en": func(h, m int) string {
			half := " a m"
			if h >= 12 {
				half = " p m"
			}
			switch h = (h+11)%12 + 1; {
			case m == 0:
				return english9999(h) + half
			case m < 10:
				return english9999(h) + " oh " + english9999(m) + half
			}
			return english9999(h) + " " + english9999(m) + half
		},
		"de": func(h, m int) string {
			hour := strings.TrimSuffix(german9999(h), "s")
			if h == 6 {
				hour = "sechs"
			}
			return hour + " uhr " + german9999(m)
		},
		"fr": func(h, m int) string { return french9999(h) + " heures " + french9999(m) },
		"es": func(h, m int) string { return "las " + spanish9999(h) + " y " + spanish9999(m) },
		"it": func(h, m int) string { return "le " + italian9999(h) + " e " + italian9999(m) },
		"pt": func(h, m int) string { return portuguese9999(h) + " horas e " + portuguese9999(m) + " minutos" },
		"nl": func(h, m int) string { return dutch9999(h) + " uur " + dutch9999(m) },
		"ja": func(h, m int) string { return japanese9999(h) + "時" + japanese9999(m) + "分" },
		"":   func(h, m int) string { return fmt.Sprintf("%d:%02d", h, m) },
	} {
		for minute := range 24 * 60 {
			h, m := minute/60, minute%60
			said := say(h, m)
			if got, want := value(clock, For(lang), said), fmt.Sprintf("%02d:%02d", h, m); got != want {
				t.Errorf("%s %q = %q, want %q", lang, said, got, want)
			}
		}
	}
}

// TestDates_WeekdaysComeNext says each day of the week on each of them.
func TestDates_WeekdaysComeNext(t *testing.T) {
	date, l := lookup(t, "AMAZON.DATE"), For("en")
	for ref := range 7 {
		today := now.AddDate(0, 0, ref)
		for ahead := range 7 {
			day := today.AddDate(0, 0, ahead)
			name := strings.ToLower(day.Weekday().String())
			for said, want := range map[string]time.Time{name: day, "last " + name: day.AddDate(0, 0, -7)} {
				spans := date.Spans(l, split(said), 0, today)
				if len(spans) == 0 || spans[0].Value != want.Format(time.DateOnly) {
					t.Errorf("on %s %q is %v, want %s", today.Weekday(), said, spans, want.Format(time.DateOnly))
				}
			}
		}
	}
}

// TestOrdinals_ReadEveryDayOfTheMonth reads the ordinals that dates need.
func TestOrdinals_ReadEveryDayOfTheMonth(t *testing.T) {
	for lang, said := range map[string]string{
		"en": `first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth
			seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth
			twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first`,
		"de": `erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte elfte zwölfte dreizehnte vierzehnte fünfzehnte sechzehnte
			siebzehnte achtzehnte neunzehnte zwanzigste einundzwanzigste zweiundzwanzigste dreiundzwanzigste vierundzwanzigste
			fünfundzwanzigste sechsundzwanzigste siebenundzwanzigste achtundzwanzigste neunundzwanzigste dreißigste einunddreißigste`,
		"fr": `premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième treizième
			quatorzième quinzième seizième dix-septième dix-huitième dix-neuvième vingtième vingt-et-unième vingt-deuxième
			vingt-troisième vingt-quatrième vingt-cinquième vingt-sixième vingt-septième vingt-huitième vingt-neuvième trentième
			trente-et-unième`,
		"it": `primo secondo terzo quarto quinto sesto settimo ottavo nono decimo undicesimo dodicesimo tredicesimo quattordicesimo
			quindicesimo sedicesimo diciassettesimo diciottesimo diciannovesimo ventesimo ventunesimo ventiduesimo ventitreesimo
			ventiquattresimo venticinquesimo ventiseiesimo ventisettesimo ventottesimo ventinovesimo trentesimo trentunesimo`,
		"es": `primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo undécimo duodécimo decimotercero decimocuarto
			decimoquinto decimosexto decimoséptimo decimoctavo decimonoveno vigésimo vigésimo-primero vigésimo-segundo vigésimo-tercero
			vigésimo-cuarto vigésimo-quinto vigésimo-sexto vigésimo-séptimo vigésimo-octavo vigésimo-noveno trigésimo trigésimo-primero`,
		"pt": `primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono décimo décimo-primeiro décimo-segundo décimo-terceiro
			décimo-quarto décimo-quinto décimo-sexto décimo-sétimo décimo-oitavo décimo-nono vigésimo vigésimo-primeiro vigésimo-segundo
			vigésimo-terceiro vigésimo-quarto vigésimo-quinto vigésimo-sexto vigésimo-sétimo vigésimo-oitavo vigésimo-nono trigésimo
			trigésimo-primeiro`,
		"nl": `eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende vijftiende
			zestiende zeventiende achttiende negentiende twintigste eenentwintigste tweeëntwintigste drieëntwintigste vierentwintigste
			vijfentwintigste zesentwintigste zevenentwintigste achtentwintigste negenentwintigste dertigste eenendertigste`,
	} {
		words := strings.Fields(said)
		if len(words) != 31 {
			t.Fatalf("%s: %d ordinals, want 31", lang, len(words))
		}
		for i, w := range words {
			if got := value(lookup(t, "AMAZON.Ordinal"), For(lang), w); got != fmt.Sprint(i+1) {
				t.Errorf("%s %q = %q, want %d", lang, w, got, i+1)
			}
		}
	}
}
