// Package slottype is Alexa's built-in slot types: what people say for a
// number, a date, a time, a duration and so on in each language, and the value
// that Alexa sends for it.
//
//	lang := slottype.For("en-US")
//	date, _ := slottype.Lookup("AMAZON.DATE")
//	words := strings.Fields("the third of march twenty twenty six please")
//	date.Spans(lang, words, 0, time.Now()) // {7 2026-03-03}, {6 2020-03-03}, …
//
// It stands beside the matcher of package intents and knows nothing of samples:
// it only proposes, for words from a place on, how many of them can be a value
// and which. A language is a table of its own (en.go, de.go, …): numerals, and
// rules in a small notation that pattern.go compiles, once and when the language
// is first asked for.
//
// Words are lower case and without punctuation; hyphens and spaces separate
// them, an apostrophe ends a word (d' octobre, aujourd' hui) or starts one ('s).
// Accents may be left out. Japanese is read as text, without words: see SpansIn.
package slottype
