package slottype

import "testing"

func BenchmarkSpans(b *testing.B) {
	for _, bench := range []struct{ name, typ, lang, words string }{
		{"nothing", "AMAZON.DATE", "en", "turn the lamp on please"},
		{"number", "AMAZON.NUMBER", "en", "two hundred and five lamps"},
		{"compound", "AMAZON.NUMBER", "de", "zweitausendfünfhundertdrei lampen"},
		{"date", "AMAZON.DATE", "en", "the third of march twenty twenty six"},
		{"time", "AMAZON.TIME", "fr", "dix heures moins le quart"},
		{"duration", "AMAZON.DURATION", "en", "two years three hours and ten minutes"},
		{"phone", "AMAZON.PhoneNumber", "en", "five five five one two one two"},
		{"city", "AMAZON.City", "en", "new york please"},
		{"japanese", "AMAZON.TIME", "ja", "午後三時半"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			typ, l, words := lookup(b, bench.typ), For(bench.lang), split(bench.words)
			b.ReportAllocs()
			for b.Loop() {
				typ.Spans(l, words, 0, now)
			}
		})
	}
}

// BenchmarkLanguage is what the first look-up of a language costs.
func BenchmarkLanguage(b *testing.B) {
	for name, g := range map[string]*grammar{"en": &english, "de": &german, "fr": &french, "it": &italian} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				newLanguage(name, g)
			}
		})
	}
}
