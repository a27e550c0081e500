package intents

import (
	"fmt"
	"strings"
	"testing"
)

func TestUnderstand_TellsHow(t *testing.T) {
	s := testSkill(t)
	for said, want := range map[string]How{
		"open christmas lights":       HowLaunch,
		"turn the tree red":           HowExact,
		"turn the tree deep purple":   HowOpen,
		"kindly turn the tree red":    HowNear,
		"purple elephants juggle now": HowFallback,
	} {
		h, err := s.Understand("en-US", said, now)
		if err != nil || h.How != want {
			t.Errorf("%q: %s %s, %v; want %s", said, h.How, summary(h.Meaning), err, want)
		}
		if want == HowNear && (h.Intent != "ChangeColorIntent" || h.Slots[0].Value != "red") {
			t.Errorf("%q: %s", said, summary(h.Meaning))
		}
	}
}

func TestUnderstand_TellsWhatElseItCouldBe(t *testing.T) {
	m, err := ParseModel("en-US", []byte(`{"languageModel":{"invocationName":"test house","intents":[
		{"name":"A","slots":[{"name":"Room","type":"ROOM"}],"samples":["light the {Room}"]},
		{"name":"B","slots":[{"name":"What","type":"AMAZON.SearchQuery"}],"samples":["light {What}"]},
		{"name":"C","samples":["light the attic"]},
		{"name":"D","samples":["like the attic"]}],
		"types":[{"name":"ROOM","values":[{"name":{"value":"attic"}}]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	s := &Skill{Models: map[string]*Model{"en-US": m}}
	h, err := s.Understand("en-US", "light the attic", now)
	if err != nil || h.Intent != "C" || len(h.Others) != 2 || h.Others[0].Intent != "A" || h.Others[1].Intent != "B" {
		t.Errorf("%+v, %v", h, err)
	}
	h, err = s.Understand("en-US", "elephants the attic", now)
	if err == nil || len(h.Near) == 0 || h.Near[0].Likeness <= 0 {
		t.Errorf("nothing near is told: %+v, %v", h, err)
	}
}

// In each language, a skill is opened, asked for something, and left.
func TestUnderstand_InEachLanguage(t *testing.T) {
	for locale, c := range map[string]struct {
		name, sample                            string
		open, ask, after, help, stop, yes, none string
	}{
		"en-GB": {"test house", "light the {Room}", "open test house", "ask test house to light the attic", "light the attic with test house", "help", "stop", "yes", "purple elephants"},
		"de-DE": {"test haus", "beleuchte {Room}", "öffne Test Haus", "sage test haus es soll beleuchte attic", "beleuchte attic mit test haus", "Hilfe!", "stopp", "ja gerne", "lila elefanten"},
		"fr-FR": {"maison test", "allume {Room}", "lance maison test", "demande à maison test d'allume attic", "allume attic avec maison test", "aide", "arrête", "oui", "éléphants violets"},
		"es-MX": {"casa prueba", "ilumina {Room}", "abre casa prueba", "pídele a casa prueba que ilumina attic", "ilumina attic con casa prueba", "ayuda", "detente", "sí", "elefantes morados"},
		"it-IT": {"casa prova", "illumina {Room}", "apri casa prova", "chiedi a casa prova di illumina attic", "illumina attic con casa prova", "aiuto", "fermati", "sì", "elefanti viola"},
		"pt-BR": {"casa teste", "ilumine {Room}", "abra casa teste", "peça para casa teste que ilumine attic", "ilumine attic com casa teste", "ajuda", "pare", "sim", "elefantes roxos"},
		"nl-NL": {"test huis", "verlicht {Room}", "open test huis", "vraag test huis om verlicht attic", "verlicht attic met test huis", "hulp", "stop", "ja", "paarse olifanten"},
		"ja-JP": {"テストハウス", "{Room} を明るくして", "テストハウスを開いて", "テストハウスで attic を明るくして", "", "ヘルプ", "ストップ", "はい", "紫の象"},
		"hi-IN": {"टेस्ट हाउस", "{Room} जलाओ", "टेस्ट हाउस खोलो", "टेस्ट हाउस से कहो attic जलाओ", "", "मदद", "रुको", "हाँ", "बैंगनी हाथी"},
		"ar-SA": {"بيت التجارب", "أضئ {Room}", "افتح بيت التجارب", "اسأل بيت التجارب أن أضئ attic", "", "مساعدة", "توقف", "نعم", "فيلة بنفسجية"},
	} {
		model := fmt.Sprintf(`{"languageModel":{"invocationName":%q,"intents":[
			{"name":"LightIntent","slots":[{"name":"Room","type":"ROOM"}],"samples":[%q]},
			{"name":"AMAZON.HelpIntent"},{"name":"AMAZON.StopIntent"},{"name":"AMAZON.YesIntent"},{"name":"AMAZON.FallbackIntent"}],
			"types":[{"name":"ROOM","values":[{"name":{"value":"attic"}}]}]}}`, c.name, c.sample)
		m, err := ParseModel(locale, []byte(model))
		if err != nil {
			t.Fatal(err)
		}
		s := &Skill{Models: map[string]*Model{locale: m}}
		const lit = "LightIntent Room=attic>attic"
		for said, want := range map[string]string{
			c.open: "launch", c.name: "launch", "Alexa, " + c.open: "launch", c.ask: lit, c.after: lit, strings.ReplaceAll(c.sample, "{Room}", "attic"): lit,
			c.help: "AMAZON.HelpIntent", c.stop: "AMAZON.StopIntent", c.yes: "AMAZON.YesIntent", c.none: "AMAZON.FallbackIntent",
		} {
			if said == "" {
				continue
			}
			if h, err := s.Understand(locale, said, now); err != nil || summary(h.Meaning) != want {
				t.Errorf("%s %q: %s, %v; want %s", locale, said, summary(h.Meaning), err, want)
			}
		}
	}
}

// No two of Amazon's intents are said by the same words.
func TestBuiltinSamples_AreClear(t *testing.T) {
	if len(builtinSamples()) != 10 {
		t.Errorf("%d languages", len(builtinSamples()))
	}
	for language, intents := range builtinSamples() {
		of := make(map[string]string)
		for intent, samples := range intents {
			if !builtinIntents[intent] {
				t.Errorf("%s: there is no %s", language, intent)
			}
			for _, sample := range samples {
				key := asSaid(sample)
				if key == "" || of[key] != "" {
					t.Errorf("%s: %q is said for %s and for %s", language, sample, of[key], intent)
				}
				of[key] = intent
			}
		}
		for _, needed := range []string{"Help", "Stop", "Cancel", "Yes", "No", "Repeat", "Next", "Previous", "Pause", "Resume", "StartOver", "NavigateHome"} {
			if len(intents["AMAZON."+needed+"Intent"]) == 0 {
				t.Errorf("%s: nothing is said for %s", language, needed)
			}
		}
	}
}

func TestUnderstand_LeavesOutCourtesies(t *testing.T) {
	for _, c := range []struct{ locale, name, sample, said, want string }{
		{"en-US", "my house", "paint it {Color}", "could you please paint it red", "A red"},
		{"en-US", "my house", "paint it {Color}", "paint it crimson, thank you", "A crimson"},
		{"en-US", "my house", "paint it {Color}", "ask my house to please paint it red", "A red"},
		{"en-US", "my house", "paint it {Color}", "please ask my house to paint it red please", "A red"},
		{"en-US", "my house", "paint it {Color}", "can you open my house please", "launch"},
		{"en-US", "my house", "paint it {Color} please", "paint it red please", "A red"},
		{"en-US", "my house", "can you {Color}", "can you red", "A red"},
		{"en-US", "my house", "find {Query}", "find songs that say please", "A songs that say please"},
		{"en-US", "my house", "please", "please", "A"},
		{"de-DE", "mein haus", "streiche es {Color}", "könntest du bitte streiche es rot", "A rot"},
		{"fr-FR", "ma maison", "mets le {Color}", "mets le rouge s'il te plaît", "A rouge"},
		{"es-ES", "mi casa", "pon el {Color}", "por favor pon el rojo", "A rojo"},
		{"it-IT", "casa mia", "metti {Color}", "per favore metti rosso", "A rosso"},
		{"pt-BR", "minha casa", "pinte de {Color}", "você pode pinte de vermelho por favor", "A vermelho"},
		{"nl-NL", "mijn huis", "maak het {Color}", "maak het rood alsjeblieft", "A rood"},
		{"ja-JP", "私の家", "{Color}にして", "赤にしてください", "A 赤"},
		{"hi-IN", "मेरा घर", "{Color} करो", "कृपया लाल करो", "A लाल"},
		{"ar-SA", "بيتي", "اجعله {Color}", "من فضلك اجعله أحمر", "A أحمر"},
	} {
		m, err := ParseModel(c.locale, []byte(fmt.Sprintf(`{"languageModel":{"invocationName":%q,"intents":[{"name":"A","slots":[
			{"name":"Color","type":"COLOR"},{"name":"Query","type":"AMAZON.SearchQuery"}],"samples":[%q]}],
			"types":[{"name":"COLOR","values":[{"name":{"value":"red","synonyms":["rot","rouge","rojo","rosso","vermelho","rood","赤","लाल","أحمر"]}}]}]}}`, c.name, c.sample)))
		if err != nil {
			t.Fatal(err)
		}
		h, err := (&Skill{Models: map[string]*Model{c.locale: m}}).Understand(c.locale, c.said, now)
		got := h.Intent
		if h.Launch {
			got = "launch"
		}
		for _, s := range h.Slots {
			if s.Value != "" {
				got += " " + s.Value
			}
		}
		if err != nil || got != c.want || h.How == HowNear {
			t.Errorf("%s: %q: %s %s, %v; want %s", c.locale, c.said, h.How, got, err, c.want)
		}
	}
}
