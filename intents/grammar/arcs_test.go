package grammar

import (
	"testing"
)

// shop is a grammar with one type of the skill's own, and a number.
func shop(locale string, values []Value, samples ...string) *Grammar {
	s := Source{Locale: locale, Types: []Type{{Name: "THING", Own: true, Values: values}, {Name: "AMAZON.NUMBER"}, {Name: "AMAZON.DATE"}}}
	for _, text := range samples {
		s.Samples = append(s.Samples, Sample{Text: text, Near: true, Slots: map[string]Slot{"thing": {Name: "Thing"}, "count": {Name: "Count", Type: 1}, "when": {Name: "When", Type: 2}}})
	}
	return Compile(s)
}

func best(g *Grammar, said string) string {
	if found := g.Hear(Words(said), now).Parse(false); len(found) > 0 {
		return told(found[0])
	}
	return ""
}

func TestParse_TellsValuesApartBySigns(t *testing.T) {
	for _, order := range [][]Value{
		{{"C++", nil}, {"C#", nil}, {"C", nil}},
		{{"C", nil}, {"C#", nil}, {"C++", nil}},
	} {
		g := shop("en-US", order, "buy {Thing}")
		for said, want := range map[string]string{"buy c": "C", "buy C#": "C#", "buy c++": "C++", "buy C + +": "C++", "buy c sharp": "C#"} {
			got := ""
			if found := g.Hear(Words(said), now).Parse(false); len(found) > 0 {
				got = order[found[0].Slots[0].Values[0].Index].Name
			}
			if got != want {
				t.Errorf("%q: %q, want %q", said, got, want)
			}
		}
	}
}

func TestParse_SignsNeedNotBeSaid(t *testing.T) {
	g := shop("en-US", []Value{{"Ben & Jerry's", nil}, {"A+", nil}}, "buy {Thing}", "set it to {Count} percent", "set {Count}")
	for said, want := range map[string]string{
		"buy ben and jerry's": "buy {Thing}; Thing=ben and jerry's#0", "buy Ben & Jerrys": "buy {Thing}; Thing=ben & jerrys#0", "buy ben jerry's": "buy {Thing}; Thing=ben jerry's#0",
		"buy a plus": "buy {Thing}; Thing=a plus#1", "buy a+": "buy {Thing}; Thing=a+#1", "buy a": "buy {Thing}; Thing=a#1",
		"set it to 20%": "set it to {Count} percent; Count=20#-1", "set it to 20 % ": "set it to {Count} percent; Count=20#-1", "set $5": "set {Count}; Count=5#-1",
	} {
		if got := best(g, said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

// What is written as the grammar has it goes before what could be.
func TestParse_PrefersWordsAsTheyAre(t *testing.T) {
	g := shop("en-US", []Value{{"its", nil}, {"it's", nil}, {"21", nil}, {"twenty one", nil}, {"any way", nil}, {"anyway", nil}}, "buy {Thing}", "at {Count} pm", "at {When}")
	for said, want := range map[string]string{
		"buy its": "buy {Thing}; Thing=its#0", "buy it's": "buy {Thing}; Thing=it's#1", "buy 21": "buy {Thing}; Thing=21#2", "buy twenty one": "buy {Thing}; Thing=twenty one#3",
		"buy any way": "buy {Thing}; Thing=any way#4", "buy anyway": "buy {Thing}; Thing=anyway#5",
	} {
		if got := best(g, said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

// Of two readings alike the values that the skill lists go first, whichever
// sample is the earlier.
func TestParse_PrefersListedValues(t *testing.T) {
	g := shop("en-US", []Value{{"tomorrow", nil}}, "show {When}", "show {Thing}")
	if got, want := best(g, "show tomorrow"), "show {Thing}; Thing=tomorrow#0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := best(g, "show today"), "show {When}; When=2026-03-04#-1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestParse_TakesLiteralsFromTheWordThatTheyStickTo(t *testing.T) {
	for _, c := range []struct{ locale, sample, value, said, want string }{
		{"en-US", "the {Thing}s", "lamp", "the lamps", "lamp"},
		{"en-US", "{Thing}'s door", "anna", "annas door", "anna"},
		{"fr-FR", "montre l'{Thing}", "été", "montre lété", "été"},
		{"ar-SA", "شغل ال{Thing}", "ضوء", "شغل الضوء", "ضوء"},
		{"de-DE", "die {Thing}farbe", "wand", "die wandfarbe", "wand"},
	} {
		g := shop(c.locale, []Value{{c.value, nil}}, c.sample)
		got := ""
		if found := g.Hear(Words(c.said), now).Parse(false); len(found) > 0 {
			got = found[0].Slots[0].Said
		}
		if got != c.want {
			t.Errorf("%s %q: %q, want %q", c.locale, c.said, got, c.want)
		}
	}
}

func TestParse_CountsWhatItGuesses(t *testing.T) {
	g := shop("en-US", []Value{{"lamp", nil}}, "buy {Thing} and {Count} more")
	for said, want := range map[string]int{"buy lamp and two more": 0, "buy big red candles and two more": 3} {
		found := g.Hear(Words(said), now).Parse(true)
		if len(found) == 0 || found[0].Guessed != want {
			t.Errorf("%q: %+v, want %d", said, found, want)
		}
	}
}

func TestNear_OtherWordsAreWorseThanMoreWords(t *testing.T) {
	g := shop("en-US", nil, "what is the score")
	more, other := g.Hear(Words("so what is the score"), now).Near(), g.Hear(Words("what is the weather"), now).Near()
	if len(more) == 0 || len(other) == 0 || more[0].Likeness <= other[0].Likeness {
		t.Errorf("%v %v", more, other)
	}
}

// A search takes what nothing else does, but a sample that says more in its own
// words is meant rather than one that says nothing.
func TestParse_PrefersItsOwnWordsToSearches(t *testing.T) {
	g := house("en-US", "{Thing}", "explain {Query}", "show {Query}", "show {Thing}")
	for said, want := range map[string]string{
		"explain the news": "explain {Query}; Query=the news#-1",
		"show the news":    "show {Thing}; Thing=the news#-1",
		"the news":         "{Thing}; Thing=the news#-1",
	} {
		if got := best(g, said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func TestParse_KnowsContractions(t *testing.T) {
	for _, c := range []struct{ locale, sample, said string }{
		{"en-US", "what is the {Thing}", "what's the lamp"},
		{"en-GB", "what's the {Thing}", "what is the lamp"},
		{"en-US", "what is the {Thing}", "whats the lamp"},
		{"en-US", "i do not need a {Thing}", "i don't need an lamp"},
		{"en-US", "we're at the {Thing}", "we are at the lamp"},
		{"en-US", "give me a {Thing}", "gimme a lamp"},
		{"en-US", "i cannot see the {Thing}", "i can't see the lamp"},
		{"de-DE", "gibt es eine {Thing}", "gibt's eine lamp"},
		{"it-IT", "dove è {Thing}", "dov'è lamp"},
		{"it-IT", "dov'è {Thing}", "dove è lamp"},
		{"pt-BR", "está na {Thing}", "tá na lamp"},
		{"nl-NL", "doe het {Thing} aan", "doe 't lamp aan"},
	} {
		g := shop(c.locale, []Value{{"lamp", nil}}, c.sample)
		if found := g.Hear(Words(c.said), now).Parse(false); len(found) != 1 || found[0].Slots[0].Said != "lamp" {
			t.Errorf("%s %q: %+v", c.sample, c.said, found)
		}
	}
	g := shop("en-US", []Value{{"lamp", nil}}, "show what is here", "show what's here")
	if got := best(g, "show what's here"); got != "show what's here" {
		t.Errorf("%q: as the sample has it goes first", got)
	}
}
