package intents

import (
	"fmt"
	"strings"
	"testing"
)

// written is a model of one intent with a slot V of the skill's own type, and N, a number.
func written(t *testing.T, locale string, samples, values []string) *Skill {
	t.Helper()
	var all []string
	for _, v := range values {
		name, synonyms, _ := strings.Cut(v, "|")
		list := "[]"
		if synonyms != "" {
			list = fmt.Sprintf("[%q]", synonyms)
		}
		all = append(all, fmt.Sprintf(`{"name":{"value":%q,"synonyms":%s}}`, name, list))
	}
	model := fmt.Sprintf(`{"languageModel":{"invocationName":"written test","intents":[{"name":"Say","samples":["%s"],"slots":[
		{"name":"V","type":"VALUE"},{"name":"N","type":"AMAZON.NUMBER"},{"name":"M","type":"VALUE","multipleValues":{"enabled":true}},
		{"name":"C","type":"AMAZON.City"},{"name":"E","type":"EMPTY"}]},{"name":"AMAZON.FallbackIntent"}],
		"types":[{"name":"VALUE","values":[%s]},{"name":"EMPTY","values":[]},{"name":"AMAZON.City","values":[{"name":{"value":"Home Town"}}]}]}}`,
		strings.Join(samples, `","`), strings.Join(all, ","))
	m, err := ParseModel(locale, []byte(model))
	if err != nil {
		t.Fatal(err)
	}
	return &Skill{Models: map[string]*Model{locale: m}}
}

func TestUnderstand_WordsHoweverTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		locale  string
		samples []string
		values  []string
		said    map[string]string // the value that was heard, and what it was taken for
	}{
		{"en-US", []string{"show {V}"}, []string{"C", "C++", "C#", "R&B", "rock & roll", "3D printer", "living room", "AC/DC", "Obi-Wan", "mp3", "50%", "route 66", "9", "Jay Z (rapper)", "twenty one pilots", "B.B.C."}, map[string]string{
			"show c": "c>C", "show c++": "c++>C++", "show C#": "c#>C#", "show r&b": "r&b>R&B", "show R and B": "r and b>R&B", "show r b": "r b>R&B",
			"show rock and roll": "rock and roll>rock & roll", "show rock & roll": "rock & roll>rock & roll", "show 3d printer": "3d printer>3D printer",
			"show livingroom": "livingroom>living room", "show ac dc": "ac dc>AC/DC", "show AC/DC": "ac/dc>AC/DC", "show obi wan": "obi wan>Obi-Wan", "show obiwan": "obiwan>Obi-Wan",
			"show mp3": "mp3>mp3", "show mp 3": "mp 3>mp3", "show 50%": "50%>50%", "show fifty": "fifty>50%", "show route sixty six": "route sixty six>route 66", "show nine": "nine>9",
			"show jay z": "jay z>", "show Jay Z (rapper)": "jay z (rapper)>Jay Z (rapper)", "show 21 pilots": "21 pilots>twenty one pilots",
			"show bbc": "bbc>B.B.C.", "show b. b. c.": "b. b. c.>B.B.C.", "show B B C": "b b c>B.B.C.", "show B.B.C": "b. b. c.>B.B.C.",
		}},
		{"en-US", []string{"what's in {V}", "I don't want {V}", "{V}'s house", "the {V}s", "set it to {N} percent", "from {V} to {V}", "all of {M}", "in {C}", "e {E}", "turn on b b c {V}"}, []string{"lamp", "anna"}, map[string]string{
			"whats in lamp": "lamp>lamp", "what s in lamp": "lamp>lamp", "What’s in lamp?": "lamp>lamp", "i dont want lamp": "lamp>lamp", "anna's house": "anna>anna", "annas house": "anna>anna",
			"the lamps": "lamp>lamp", "set it to 5%": "5", "set it to five percent": "5", "from lamp to anna": "lamp>lamp", "all of lamp, anna and lamp": "lamp>lamp+anna>anna+lamp>lamp",
			"in home town": "home town>Home Town", "in paris": "paris>", "e anything else": "anything else>", "turn on bbc lamp": "lamp>lamp", "turn on B.B.C. lamp": "lamp>lamp",
		}},
		{"de-DE", []string{"zeig {V}"}, []string{"Größe", "Schlüssel", "Mueller", "Straßenbahn", "rot-grün", "Weihnachtsbaum"}, map[string]string{
			"zeig groesse": "groesse>Größe", "zeig größe": "größe>Größe", "zeig grosse": "grosse>Größe", "zeig Müller": "müller>Mueller", "zeig schluessel": "schluessel>Schlüssel",
			"zeig strassenbahn": "strassenbahn>Straßenbahn", "zeig rot grün": "rot grün>rot-grün", "zeig rotgrün": "rotgrün>rot-grün", "zeig weihnachts baum": "weihnachts baum>Weihnachtsbaum",
		}},
		{"fr-FR", []string{"parle de l'{V}", "qu'est-ce que {V}"}, []string{"été", "œuf", "aujourd'hui", "arc-en-ciel"}, map[string]string{
			"parle de l été": "été>été", "parle de lété": "été>été", "parle de l’ete": "ete>été", "parle de l'oeuf": "oeuf>œuf", "quest ce que aujourdhui": "aujourdhui>aujourd'hui",
			"qu'est ce que arc en ciel": "arc en ciel>arc-en-ciel", "qu’est-ce que aujourd’hui": "aujourd’hui>aujourd'hui",
		}},
		{"ja-JP", []string{"{V} を見せて", "{V}の{N}番"}, []string{"電気", "ＴＶ", "ﾙｰﾑ", "剣", "剣Ⅱ", "3D映画", "二番|A＆B"}, map[string]string{
			"電気を見せて": "電気>電気", "電気 を 見せて": "電気>電気", "tvを見せて": "tv>ＴＶ", "ルームを見せて": "ルーム>ﾙｰﾑ", "３Ｄ映画を見せて": "３ｄ映画>3D映画", "A&Bを見せて": "a&b>二番", "電気の3番": "電気>電気+3", "電気の三番": "電気>電気+3", "剣Ⅱを見せて": "剣ⅱ>剣Ⅱ", "剣2を見せて": "剣2>",
		}},
		{"hi-IN", []string{"{V} दिखाओ"}, []string{"फ़िल्म", "लाइट", "कमरे की बत्ती"}, map[string]string{"फिल्म दिखाओ": "फिल्म>फ़िल्म", "लाइट दिखाओ": "लाइट>लाइट", "कमरे की बत्ती दिखाओ।": "कमरे की बत्ती>कमरे की बत्ती"}},
		{"ar-SA", []string{"شغل {V}", "شغل ال{V}", "اذهب ب{V}"}, []string{"ضوء", "أَحْمَر", "غرفة"}, map[string]string{"شغل ضوء": "ضوء>ضوء", "شغل الضوء": "ضوء>ضوء", "شغل احمر": "احمر>أَحْمَر", "اذهب بغرفه": "غرفه>غرفة"}},
		{"es-ES", []string{"pon {V}"}, []string{"niño", "¿qué?", "Él"}, map[string]string{"pon nino": "nino>niño", "pon que": "que>¿qué?", "pon el": "el>Él"}},
		{"pt-BR", []string{"leia {V} {N}"}, []string{"1 João", "coração", "vinte e um|alta"}, map[string]string{"leia 1 joao 5": "1 joao>1 João+5", "leia um joão cinco": "um joão>1 João+5", "leia coracao vinte e um": "coracao>coração+21", "leia 21 5": "21>vinte e um+5"}},
	} {
		s := written(t, c.locale, c.samples, c.values)
		for said, want := range c.said {
			h, err := s.Understand(c.locale, said, now)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, slot := range h.Slots {
				for _, v := range slot.Values {
					value := v.Value
					if slot.Custom {
						value += ">"
					}
					if v.Resolved != nil {
						value += v.Resolved.Name.Value
					}
					got = append(got, value)
				}
			}
			if strings.Join(got, "+") != want {
				t.Errorf("%s %q: %s %q: %q, want %q", c.locale, said, h.How, h.Sample, strings.Join(got, "+"), want)
			}
		}
	}
}
