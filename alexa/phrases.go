package alexa

import (
	"regexp"
	"strings"
)

// Phrase is something that hark itself says.
type Phrase int

// The phrases. Those marked %s take one text.
const (
	Apology  Phrase = iota // a function failed or there is none
	Welcome                // %s: the skill's invocation name
	Hint                   // %s: one thing to say
	HintTwo                // %s, %s: two things to say
	Goodbye                // the session ends
	Misheard               // before a hint: nothing that the skill knows was said
	Unable                 // a built-in intent that the skill does not take
	AnyMore                // a reprompt
	Slow                   // a function took too long
	Busy                   // a function is overloaded, or starts, or cannot
	numPhrases
)

// phrases has one row a language that Alexa speaks.
var phrases = map[string][numPhrases]string{
	"en": {
		"Sorry, something went wrong. Please try again in a moment.",
		"Welcome to %s.", "You can say: %s.", "You can say: %s. Or: %s.",
		"Goodbye.", "Sorry, I didn't get that.", "Sorry, I can't do that here.", "What would you like to do?",
		"Sorry, that took too long. Please try again.",
		"Sorry, that's not ready yet. Please try again in a moment.",
	},
	"de": {
		"Entschuldige, da ist etwas schiefgegangen. Bitte versuche es gleich noch einmal.",
		"Willkommen bei %s.", "Du kannst sagen: %s.", "Du kannst sagen: %s. Oder: %s.",
		"Auf Wiedersehen.", "Das habe ich leider nicht verstanden.", "Das geht hier leider nicht.", "Was möchtest du tun?",
		"Entschuldige, das hat zu lange gedauert. Bitte versuche es noch einmal.",
		"Entschuldige, das ist noch nicht bereit. Bitte versuche es gleich noch einmal.",
	},
	"fr": {
		"Désolé, quelque chose s'est mal passé. Réessayez dans un instant.",
		"Bienvenue dans %s.", "Vous pouvez dire : %s.", "Vous pouvez dire : %s. Ou : %s.",
		"Au revoir.", "Désolé, je n'ai pas compris.", "Désolé, je ne peux pas faire cela ici.", "Que voulez-vous faire ?",
		"Désolé, cela a pris trop de temps. Veuillez réessayer.",
		"Désolé, ce n'est pas encore prêt. Réessayez dans un instant.",
	},
	"es": {
		"Lo siento, algo ha salido mal. Inténtalo de nuevo en un momento.",
		"Te damos la bienvenida a %s.", "Puedes decir: %s.", "Puedes decir: %s. O bien: %s.",
		"Adiós.", "Lo siento, no te he entendido.", "Lo siento, aquí no puedo hacer eso.", "¿Qué quieres hacer?",
		"Lo siento, ha tardado demasiado. Inténtalo de nuevo.",
		"Lo siento, todavía no está listo. Inténtalo de nuevo en un momento.",
	},
	"it": {
		"Mi dispiace, qualcosa è andato storto. Riprova tra un momento.",
		"Benvenuto in %s.", "Puoi dire: %s.", "Puoi dire: %s. Oppure: %s.",
		"Arrivederci.", "Mi dispiace, non ho capito.", "Mi dispiace, qui non posso farlo.", "Che cosa vuoi fare?",
		"Mi dispiace, ci è voluto troppo tempo. Riprova.",
		"Mi dispiace, non è ancora pronto. Riprova tra un momento.",
	},
	"pt": {
		"Desculpe, algo deu errado. Tente novamente em um instante.",
		"Boas-vindas a %s.", "Você pode dizer: %s.", "Você pode dizer: %s. Ou: %s.",
		"Até logo.", "Desculpe, não entendi.", "Desculpe, não posso fazer isso aqui.", "O que você quer fazer?",
		"Desculpe, demorou demais. Tente novamente.",
		"Desculpe, ainda não está pronto. Tente novamente em um instante.",
	},
	"nl": {
		"Sorry, er ging iets mis. Probeer het zo nog eens.",
		"Welkom bij %s.", "Je kunt zeggen: %s.", "Je kunt zeggen: %s. Of: %s.",
		"Tot ziens.", "Sorry, dat heb ik niet begrepen.", "Sorry, dat kan ik hier niet doen.", "Wat wil je doen?",
		"Sorry, het duurde te lang. Probeer het nog eens.",
		"Sorry, dat lukt nu nog niet. Probeer het zo nog eens.",
	},
	"ja": {
		"すみません、うまくいきませんでした。しばらくしてからもう一度お試しください。",
		"%sへようこそ。", "「%s」と言ってみてください。", "「%s」、または「%s」と言ってみてください。",
		"さようなら。", "すみません、わかりませんでした。", "すみません、それはここではできません。", "どうしますか？",
		"すみません、時間がかかりすぎました。もう一度お試しください。",
		"すみません、まだ準備ができていません。しばらくしてからもう一度お試しください。",
	},
	"hi": {
		"माफ़ कीजिए, कुछ गड़बड़ हो गई। कृपया थोड़ी देर बाद फिर कोशिश करें।",
		"%s में आपका स्वागत है।", "आप कह सकते हैं: %s।", "आप कह सकते हैं: %s। या: %s।",
		"फिर मिलेंगे।", "माफ़ कीजिए, मैं समझ नहीं पाई।", "माफ़ कीजिए, मैं यहाँ यह नहीं कर सकती।", "आप क्या करना चाहेंगे?",
		"माफ़ कीजिए, इसमें बहुत समय लग गया। कृपया फिर से कोशिश करें।",
		"माफ़ कीजिए, यह अभी तैयार नहीं है। कृपया थोड़ी देर बाद फिर कोशिश करें।",
	},
	"ar": {
		"عذرًا، حدث خطأ ما. يُرجى المحاولة مرة أخرى بعد قليل.",
		"مرحبًا بك في %s.", "يمكنك أن تقول: %s.", "يمكنك أن تقول: %s. أو: %s.",
		"مع السلامة.", "عذرًا، لم أفهم ذلك.", "عذرًا، لا يمكنني فعل ذلك هنا.", "ماذا تريد أن تفعل؟",
		"عذرًا، استغرق ذلك وقتًا طويلًا. يُرجى المحاولة مرة أخرى.",
		"عذرًا، الأمر ليس جاهزًا بعد. يُرجى المحاولة مرة أخرى بعد قليل.",
	},
}

// phraseNames are those that a skill's settings have.
var phraseNames = [numPhrases]string{
	"apology", "welcome", "hint", "hintTwo", "goodbye", "misheard", "unable", "anyMore", "slow", "busy",
}

// Say returns the phrase in the language of a locale such as "pt-BR", in
// English where hark does not speak that language. There must be as many texts
// as the phrase has %s.
func (p Phrase) Say(locale string, texts ...string) string {
	row, ok := phrases[Language(locale)]
	if !ok {
		row = phrases["en"]
	}
	return fill(row[p], texts)
}

// fill puts the texts in the place of each %s. What else there is of per cent
// signs is said.
func fill(phrase string, texts []string) string {
	var out strings.Builder
	for _, text := range texts {
		before, after, found := strings.Cut(phrase, "%s")
		if !found {
			break
		}
		out.WriteString(before)
		out.WriteString(text)
		phrase = after
	}
	out.WriteString(phrase)
	return out.String()
}

var (
	localeForm = regexp.MustCompile(`^[a-z]{2}-[A-Z]{2}$`)
	placeForm  = regexp.MustCompile(`^[a-z]{2}(-[A-Z]{2})?$`)
)

// IsLocale reports a text in the form of a locale: "pt-BR".
func IsLocale(text string) bool { return localeForm.MatchString(text) }

// IsPlace reports a text in the form of a locale or of a language: "pt-BR" or
// "pt".
func IsPlace(text string) bool { return placeForm.MatchString(text) }

// Language is the language of a locale: "pt" for "pt-BR".
func Language(locale string) string {
	language, _, _ := strings.Cut(locale, "-")
	return strings.ToLower(language)
}
