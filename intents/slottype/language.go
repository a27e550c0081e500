package slottype

import (
	"strings"
	"sync"
)

// grammar is a language as its file writes it down; notations are those of
// numerals and rules.
type grammar struct {
	cardinals, ordinals string
	ordinalEndings      string // of digits: 1st
	ordinalRules        string // "{n}" with a counter, where ordinals have no words of their own
	joins               string // "and" between numerals
	prefix              string // an "and" that is part of the next word
	joinRoom            int64  // what the numeral before "and" must leave open: 100 where one says "a hundred and five" only
	unitsFirst          bool   // fünf und zwanzig
	tails               string // endings that make a hundred in one word an ordinal: zweihundertste
	infixes, glue       string // "1000 tausend" and "and" inside of a word
	compounds           func() map[string]int64
	compoundOrdinals    func() map[string]int64
	digits              string // words in strings of digits: "0 oh"
	repeats             string // "2 double 3 triple"
	thousands           string // between digits: 1,000
	pairs               bool   // years in pairs: nineteen eighty four

	months, weekdays, seasons, decades string
	parts, units                       string

	dates, times, durations string

	unspaced bool
	elides   bool // l'anno, d'octobre: may come as one word
}

// Language is the built-in slot types' view of a language; For has them.
type Language struct {
	name      string
	grammar   *grammar
	cardinals map[string]numeral
	ordinals  map[string]numeral
	repeats   map[string]numeral
	digits    map[string]numeral

	ordinalEndings, tails, joins map[string]bool

	prefix, glue string
	infixes      []infix // the greater first
	joinRoom     int64
	unitsFirst   bool

	ordinalRules, dates, times, terms *node

	words [partCount]*node        // the parts that are tables of words
	lists func() map[string]*node // read when first asked for
}

// languages holds each language, compiled when it is first asked for.
var languages = map[string]func() *Language{}

func init() {
	for name, g := range map[string]*grammar{
		"en": &english, "de": &german, "fr": &french, "es": &spanish, "it": &italian, "pt": &portuguese,
		"nl": &dutch, "ja": &japanese, "hi": &hindi, "ar": &arabic,
	} {
		languages[name] = sync.OnceValue(func() *Language { return newLanguage(name, g) })
	}
	languages[""] = sync.OnceValue(func() *Language { return newLanguage("", &grammar{}) })
}

// For returns the language of a locale such as "de-DE", or one that knows only
// digits. It may be called at any time, from any goroutine.
func For(locale string) *Language {
	name, _, _ := strings.Cut(strings.ToLower(locale), "-")
	if l, ok := languages[name]; ok {
		return l()
	}
	return languages[""]()
}

// Name is the language's ISO 639 code, empty for the one that knows digits only.
func (l *Language) Name() string { return l.name }

// Spaced reports whether the language separates its words. Text of one that
// does not is read by SpansIn.
func (l *Language) Spaced() bool { return !l.grammar.unspaced }

func newLanguage(name string, g *grammar) *Language {
	l := &Language{
		name: name, grammar: g,
		cardinals: numerals(g.cardinals), ordinals: numerals(g.ordinals), repeats: numerals(g.repeats), digits: numerals(g.digits),
		ordinalEndings: set(g.ordinalEndings), tails: set(g.tails), joins: set(g.joins),
		prefix: g.prefix, glue: g.glue, infixes: infixes(g.infixes), joinRoom: g.joinRoom, unitsFirst: g.unitsFirst,
	}
	addCompounds(l.cardinals, g.compounds)
	addCompounds(l.ordinals, g.compoundOrdinals)
	tree := func(lines string) *node { return compile(lines, l.Spaced()) }
	l.ordinalRules, l.dates, l.times, l.terms = tree(g.ordinalRules), tree(anyDates+g.dates), tree(anyTimes+g.times), tree(anyTerms+g.durations)
	for part, lines := range map[part]string{
		partMonth: g.months, partWeekday: g.weekdays, partSeason: g.seasons,
		partDecade: g.decades, partPart: g.parts, partUnit: g.units,
	} {
		l.words[part] = tree(lines)
	}
	l.lists = sync.OnceValue(func() map[string]*node {
		lists := listsOf(name, l.Spaced())
		lists["Month"], lists["DayOfWeek"] = l.words[partMonth], l.words[partWeekday]
		return lists
	})
	return l
}

// What is written in digits is read in every language.
const (
	anyDates = "date = {year} {month no} {day}\ndate = {dotted}\nyear = {year}\n"
	anyTimes = "clock = {clock}\n"
	anyTerms = "of = {span}\n"
)

func set(words string) map[string]bool {
	all := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		for _, s := range spellings(w) {
			all[s] = true
		}
	}
	return all
}
