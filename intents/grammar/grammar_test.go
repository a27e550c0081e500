package grammar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// now is a Wednesday.
var now = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"What's  UP?":            "what|'s|up",
		"d'ouvrir l’hôtel":       "d'|ouvrir|l'|hôtel",
		"don't":                  "don|'t",
		"o'clock":                "o'|clock",
		"play b. b. c. radio":    "play|b. b. c.|radio",
		"play B.B.C. radio.":     "play|b. b. c.|radio",
		"a. then":                "a|then",
		"twenty-one":             "twenty|one",
		"at 10:30, 2.5 or 1,000": "at|10:30|2.5|or|1,000",
		"3時に電気をつけて":              "3|時|に|電|気|を|つ|け|て",
		"アレクサ、ルームＡ":              "ア|レ|ク|サ|ル|ー|ム|ａ",
		"मुझे चाहिए":             "मुझे|चाहिए",
		"'":                      "",
		"":                       "",
		"\xff\xfe":               "",
	} {
		var said []string
		for _, w := range Words(text) {
			said = append(said, w.Said)
		}
		if d := cmp.Diff(want, strings.Join(said, "|")); d != "" {
			t.Errorf("%q (-want +got): %s", text, d)
		}
	}
}

func TestWords_AreComparedWithoutAccents(t *testing.T) {
	for a, b := range map[string]string{
		"HÔTEL": "hotel", "Straße": "strasse", "crème": "creme", "e\u0301te": "été", "œuf": "oeuf", "São": "sao",
		"أَحْمَر": "احمر", "ﾙｰﾑ": "ルーム", "Ａ１": "a1", "b. b. c.": "BBC",
	} {
		if x, y := keys(Words(a)), keys(Words(b)); x != y {
			t.Errorf("%q is %q, %q is %q", a, x, b, y)
		}
	}
	for a, b := range map[string]string{"が": "か", "पति": "पत"} { // other sounds, not accents
		if keys(Words(a)) == keys(Words(b)) {
			t.Errorf("%q is taken for %q", a, b)
		}
	}
}

func keys(words []Word) string {
	var all []string
	for _, w := range words {
		all = append(all, w.Key())
	}
	return strings.Join(all, " ")
}

func TestJoin_WritesWordsAsTheyWere(t *testing.T) {
	for _, text := range []string{"what's up", "d'ouvrir l'hôtel", "b. b. c. radio", "電気をつけて", "3時", "paint it red", "obi-wan", "r&b", "c++", "[赤] 帽子", "ac/dc (live)", "côte d’ivoire", "a. to b.", "50%", "24/7"} {
		if got := Join(Words(text)); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// house is a grammar of slots of every kind.
func house(locale string, samples ...string) *Grammar {
	slots := make(map[string]Slot)
	types := []Type{
		{Name: "COLOR", Own: true, Values: []Value{{"red", []string{"scarlet", "fire red"}}, {"dark blue", nil}, {"B.B.C. blue", []string{"the bluest"}}, {"赤", []string{"あか"}}}},
		{Name: "ROOM", Own: true, Values: []Value{{"attic", nil}, {"living room", []string{"lounge"}}, {"red room", nil}}},
		{Name: "AMAZON.NUMBER"}, {Name: "AMAZON.DATE"}, {Name: "AMAZON.SearchQuery"}, {Name: "AMAZON.Nobody_Knows"},
	}
	for i, name := range []string{"Color", "Room", "Count", "When", "Query", "Thing"} {
		slots[strings.ToLower(name)] = Slot{Name: name, Type: i}
	}
	slots["rooms"] = Slot{Name: "Rooms", Type: 1, Many: true}
	s := Source{Locale: locale, Types: types}
	for _, text := range samples {
		s.Samples = append(s.Samples, Sample{Text: text, Slots: slots, Near: true})
	}
	return Compile(s)
}

// told is a parse on one line: its sample, then what was said for each slot.
func told(p Parse) string {
	out := p.Text
	for _, f := range p.Slots {
		var values []string
		for _, v := range f.Values {
			values = append(values, fmt.Sprintf("%s#%d", v.Value, v.Index))
		}
		out += "; " + f.Name + "=" + strings.Join(values, "+")
	}
	return out
}

func TestParse_FindsTheBestSample(t *testing.T) {
	g := house("en-US", "paint it {Color}", "paint the {Room} {Color}", "paint {Color} the {room}", "{Count} times", "on {When}", "find {Query}", "find the {Room}",
		"{Color}", "turn on b. b. c. radio", "light {Rooms}", "buy {Thing}", "take {Count} {Thing} home", "remind me {When} of {Query}", "paint {Nobody}")
	for said, want := range map[string]string{
		"paint it red":                     "paint it {Color}; Color=red#0",
		"Paint it fire-red!":               "paint it {Color}; Color=fire-red#0",
		"paint it the bluest":              "paint it {Color}; Color=the bluest#2",
		"paint it bbc blue":                "paint it {Color}; Color=bbc blue#2",
		"paint it b b c blue":              "paint it {Color}; Color=b b c blue#2",
		"paint it b. b. c. blue":           "paint it {Color}; Color=b. b. c. blue#2",
		"paint the red room red":           "paint the {Room} {Color}; Room=red room#2; Color=red#0",
		"paint the attic dark blue":        "paint the {Room} {Color}; Room=attic#0; Color=dark blue#1",
		"paint dark blue the living room":  "paint {Color} the {room}; Color=dark blue#1; Room=living room#1",
		"three times":                      "{Count} times; Count=3#-1",
		"on tomorrow":                      "on {When}; When=2026-03-05#-1",
		"find a very old house":            "find {Query}; Query=a very old house#-1",
		"find the attic":                   "find the {Room}; Room=attic#0",
		"red":                              "{Color}; Color=red#0",
		"turn on BBC radio":                "turn on b. b. c. radio",
		"turn on b b c radio":              "turn on b. b. c. radio",
		"light the":                        "",
		"light attic":                      "light {Rooms}; Rooms=attic#0",
		"light attic lounge and red room":  "light {Rooms}; Rooms=attic#0+lounge#1+red room#2",
		"light attic, and lounge":          "light {Rooms}; Rooms=attic#0+lounge#1",
		"buy a new car":                    "buy {Thing}; Thing=a new car#-1",
		"take five red apples home":        "take {Count} {Thing} home; Count=5#-1; Thing=red apples#-1",
		"remind me tomorrow of the milk":   "remind me {When} of {Query}; When=2026-03-05#-1; Query=the milk#-1",
		"paint it mauve":                   "",
		"":                                 "",
		"paint":                            "",
		"paint it red red":                 "",
		strings.Repeat("red ", MaxWords+1): "",
	} {
		got := ""
		if found := g.Hear(Words(said), now).Parse(false); len(found) > 0 {
			got = told(found[0])
		}
		if got != want {
			t.Errorf("%q:\n got %q\nwant %q", said, got, want)
		}
	}
}

func TestParse_OpensTypesOfTheSkillsOwn(t *testing.T) {
	g := house("en-US", "paint it {Color}", "paint the {Room} {Color}", "{Color}")
	for said, want := range map[string]string{
		"paint it deep purple":        "paint it {Color}; Color=deep purple#-1",
		"paint the dungeon red":       "paint the {Room} {Color}; Room=dungeon#-1; Color=red#0",
		"paint the attic deep purple": "paint the {Room} {Color}; Room=attic#0; Color=deep purple#-1",
	} {
		if found := g.Hear(Words(said), now).Parse(true); len(found) == 0 || told(found[0]) != want {
			t.Errorf("%q: %v", said, found)
		}
	}
}

func TestParse_WithoutSpaces(t *testing.T) {
	g := house("ja-JP", "電気を {Color} にして", "{Color}")
	for said, want := range map[string]string{
		"電気を赤にして":     "電気を {Color} にして; Color=赤#3",
		"電気をあかにして。":   "電気を {Color} にして; Color=あか#3",
		"電気 を 赤 に して": "電気を {Color} にして; Color=赤#3",
	} {
		if found := g.Hear(Words(said), now).Parse(false); len(found) == 0 || told(found[0]) != want {
			t.Errorf("%q: %v", said, found)
		}
	}
}

func TestNear_FindsWhatWasMeant(t *testing.T) {
	g := house("en-US", "turn the tree {Color}", "what is the weather in the {Room} today", "good night")
	for said, want := range map[string]string{
		"turn tree red":                        "turn the tree {Color}; Color=red#0",
		"please turn the tree red":             "turn the tree {Color}; Color=red#0",
		"trun the tree scarlet":                "turn the tree {Color}; Color=scarlet#0",
		"what's the wether in the attic today": "what is the weather in the {Room} today; Room=attic#0",
	} {
		found := g.Hear(Words(said), now).Near()
		if len(found) == 0 || told(found[0].Parse) != want || found[0].Likeness < 0.6 {
			t.Errorf("%q: %+v", said, found)
		}
	}
	for _, said := range []string{"purple elephants juggle quietly", "the", "night", ""} {
		if found := g.Hear(Words(said), now).Near(); len(found) > 0 && found[0].Likeness > 0.6 {
			t.Errorf("%q: %+v", said, found[0])
		}
	}
}

func TestCompile_LeavesOutWhatCannotBeSaid(t *testing.T) {
	g := house("en-US", "paint {Nobody}", "", "   ", "{", "{}", "paint {Color", "paint }Color{ it")
	for _, said := range []string{"paint", "paint red", "it", "red"} {
		for _, p := range g.Hear(Words(said), now).Parse(true) {
			if p.Text != "paint {Color" { // as if it was closed
				t.Errorf("%q: %s", said, p.Text)
			}
		}
	}
}

// Whatever the samples and what is said, the work is bounded.
func TestParse_EndsForHostileSamples(t *testing.T) {
	var samples []string
	for i := range 2000 {
		samples = append(samples, fmt.Sprintf("{Query} {Thing} {Color} %d", i), "{Query} {Thing} {Query} {Thing} {Color}")
	}
	g := house("en-US", samples...)
	for _, said := range []string{strings.Repeat("a ", MaxWords), strings.Repeat("red ", MaxWords), strings.Repeat("a ", 10_000)} {
		words := Words(said)
		p := g.Hear(words[:min(len(words), MaxWords)], now)
		p.begin(true)
		p.walk()
		if p.steps > maxSteps+MaxWords*len(g.types)*2 {
			t.Errorf("%d steps", p.steps)
		}
		_ = g.Hear(words, now).Near()
	}
}

func FuzzParse(f *testing.F) {
	f.Add("paint the {Room} {Color}", "paint the attic red", "en-US")
	f.Add("{Rooms} {When}|{Query}", "attic, lounge and tomorrow", "de-DE")
	f.Add("b. b. c. {Count}|{Color}", "bbc 5", "ja-JP")
	f.Add("\u0300", "0 \u0300", "ar-SA")
	f.Add("l'{Query}|the {Rooms}s's|{Count}%", "lattic & 5% d’une a.m [red]", "de-DE")
	f.Fuzz(func(t *testing.T, samples, said, locale string) {
		g := house(locale, strings.Split(samples, "|")...)
		words := Words(said)
		for _, open := range []bool{false, true} {
			for _, p := range g.Hear(words, now).Parse(open) {
				checkParse(t, p)
			}
		}
		for _, n := range g.Hear(words, now).Near() {
			checkParse(t, n.Parse)
			if n.Likeness < -1 || n.Likeness > 1 {
				t.Errorf("likeness %v", n.Likeness)
			}
		}
	})
}

func checkParse(t *testing.T, p Parse) {
	t.Helper()
	for _, f := range p.Slots {
		if f.Name == "" || f.Said == "" || len(f.Values) == 0 {
			t.Errorf("%q: %+v", p.Text, f)
		}
	}
}

func TestParse_ReadsTimesThatAreWrittenWithPeriods(t *testing.T) {
	g := Compile(Source{Locale: "en-US", Types: []Type{{Name: "AMAZON.TIME"}},
		Samples: []Sample{{Text: "wake me at {at}", Slots: map[string]Slot{"at": {Name: "at"}}}}})
	for said, want := range map[string]string{"five p. m.": "17:00", "5:30 a.m.": "05:30", "half past five p.m.": "17:30", "5pm": "17:00"} {
		found := g.Hear(Words("wake me at "+said), now).Parse(false)
		if len(found) != 1 || found[0].Slots[0].Values[0].Value != want {
			t.Errorf("%q: %+v", said, found)
		}
	}
}
