package intents

import (
	"slices"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents/grammar"
)

// consents are what people say for yes and for no, by language.
var consents = map[string]map[bool][]string{
	"en": {true: {"yes", "yeah", "yep", "yup", "sure", "ok", "okay", "correct", "right", "that's right", "that's correct", "yes please", "of course", "uh huh", "please do", "exactly"},
		false: {"no", "nope", "nah", "no thanks", "no thank you", "wrong", "that's wrong", "incorrect", "not really", "don't"}},
	"de": {true: {"ja", "jawohl", "klar", "genau", "richtig", "stimmt", "okay", "ok", "gerne", "ja bitte", "sicher", "natürlich"},
		false: {"nein", "nö", "nee", "falsch", "nein danke", "lieber nicht", "stimmt nicht"}},
	"fr": {true: {"oui", "ouais", "d'accord", "ok", "okay", "exact", "c'est ça", "c'est exact", "bien sûr", "oui merci", "tout à fait", "s'il te plaît"},
		false: {"non", "non merci", "pas du tout", "c'est faux", "faux", "surtout pas"}},
	"es": {true: {"sí", "claro", "correcto", "vale", "ok", "de acuerdo", "por supuesto", "exacto", "sí por favor", "eso es"},
		false: {"no", "no gracias", "incorrecto", "para nada", "mejor no"}},
	"it": {true: {"sì", "certo", "esatto", "va bene", "ok", "giusto", "d'accordo", "sì grazie", "certamente"},
		false: {"no", "no grazie", "sbagliato", "per niente", "meglio di no"}},
	"pt": {true: {"sim", "claro", "certo", "isso", "isso mesmo", "correto", "ok", "está bem", "com certeza", "sim por favor"},
		false: {"não", "não obrigado", "não obrigada", "errado", "de jeito nenhum"}},
	"nl": {true: {"ja", "jazeker", "klopt", "juist", "goed", "ok", "oké", "prima", "natuurlijk", "ja graag"},
		false: {"nee", "nee dank je", "fout", "klopt niet", "liever niet"}},
	"ja": {true: {"はい", "うん", "ええ", "そうです", "いいよ", "いいです", "お願い", "お願いします", "オッケー", "そう"},
		false: {"いいえ", "いや", "ううん", "違う", "違います", "だめ", "やめて", "いらない"}},
	"hi": {true: {"हाँ", "हां", "जी", "जी हाँ", "हां जी", "ठीक है", "सही", "बिल्कुल", "ओके"},
		false: {"नहीं", "ना", "जी नहीं", "मत करो", "गलत", "नहीं चाहिए"}},
	"ar": {true: {"نعم", "أجل", "ايوه", "صحيح", "تمام", "حسنا", "أكيد", "طبعا", "موافق"},
		false: {"لا", "كلا", "لا شكرا", "خطأ", "غير صحيح"}},
}

// exits are what people say to leave whichever skill they are in, by language.
var exits = map[string][]string{
	"en": {"exit", "quit", "exit skill", "close skill"},
	"de": {"beenden", "verlassen", "skill beenden"},
	"fr": {"quitter", "quitte", "sortir"},
	"es": {"salir", "sal"},
	"it": {"esci", "uscire"},
	"pt": {"sair", "saia"},
	"nl": {"afsluiten", "verlaten"},
	"ja": {"終了", "終わって"},
	"hi": {"बाहर निकलो", "बंद"},
	"ar": {"خروج", "اخرج"},
}

// Consent finds whether an utterance says yes or no, and ok whether it is one of
// them: in the words of the locale's language, or of the model's own
// AMAZON.YesIntent and AMAZON.NoIntent.
func (s *Skill) Consent(locale, utterance string) (yes, ok bool) {
	said := s.bare(locale, utterance)
	for _, is := range []struct {
		yes    bool
		intent string
	}{{true, "AMAZON.YesIntent"}, {false, "AMAZON.NoIntent"}} {
		words := consents[alexa.Language(locale)][is.yes]
		if m := s.Models[locale]; m != nil && m.Intent(is.intent) != nil {
			words = append(slices.Clone(words), m.Intent(is.intent).Samples...)
		}
		if said != "" && slices.ContainsFunc(words, func(w string) bool { return asSaid(w) == said }) {
			return is.yes, true
		}
	}
	return false, false
}

// Leaves reports whether an utterance leaves any skill, without asking it. What
// the model has a sample for is not such.
func (s *Skill) Leaves(locale, utterance string) bool {
	said := s.bare(locale, utterance)
	if !slices.ContainsFunc(exits[alexa.Language(locale)], func(w string) bool { return asSaid(w) == said }) {
		return false
	}
	m := s.Models[locale]
	return m == nil || !slices.ContainsFunc(m.Intents, func(in Intent) bool {
		return slices.ContainsFunc(in.Samples, func(sample string) bool { return asSaid(sample) == said })
	})
}

// bare is an utterance as it is compared, without the wake word.
func (s *Skill) bare(locale, utterance string) string {
	m, words := s.Models[locale], grammar.Words(utterance)
	if m == nil || len(words) == 0 {
		return asSaid(utterance)
	}
	call := m.calls().read(words)
	if call.opened {
		return asSaid(utterance)
	}
	return asSaid(grammar.Join(call.asked[0]))
}
