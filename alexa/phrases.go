package alexa

import (
	"fmt"
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
	numPhrases
)

// phrases has one row a language that Alexa speaks.
var phrases = map[string][numPhrases]string{
	"en": {
		"Sorry, something went wrong. Please try again in a moment.",
		"Welcome to %s.", "You can say: %s.", "You can say: %s. Or: %s.",
		"Goodbye.", "Sorry, I didn't get that.", "Sorry, I can't do that here.", "What would you like to do?",
	},
	"de": {
		"Entschuldige, da ist etwas schiefgegangen. Bitte versuche es gleich noch einmal.",
		"Willkommen bei %s.", "Du kannst sagen: %s.", "Du kannst sagen: %s. Oder: %s.",
		"Auf Wiedersehen.", "Das habe ich leider nicht verstanden.", "Das geht hier leider nicht.", "Was möchtest du tun?",
	},
	"fr": {
		"Désolé, quelque chose s'est mal passé. Réessayez dans un instant.",
		"Bienvenue dans %s.", "Vous pouvez dire : %s.", "Vous pouvez dire : %s. Ou : %s.",
		"Au revoir.", "Désolé, je n'ai pas compris.", "Désolé, je ne peux pas faire cela ici.", "Que voulez-vous faire ?",
	},
	"es": {
		"Lo siento, algo ha salido mal. Inténtalo de nuevo en un momento.",
		"Te damos la bienvenida a %s.", "Puedes decir: %s.", "Puedes decir: %s. O bien: %s.",
		"Adiós.", "Lo siento, no te he entendido.", "Lo siento, aquí no puedo hacer eso.", "¿Qué quieres hacer?",
	},
	"it": {
		"Mi dispiace, qualcosa è andato storto. Riprova tra un momento.",
		"Benvenuto in %s.", "Puoi dire: %s.", "Puoi dire: %s. Oppure: %s.",
		"Arrivederci.", "Mi dispiace, non ho capito.", "Mi dispiace, qui non posso farlo.", "Che cosa vuoi fare?",
	},
	"pt": {
		"Desculpe, algo deu errado. Tente novamente em um instante.",
		"Boas-vindas a %s.", "Você pode dizer: %s.", "Você pode dizer: %s. Ou: %s.",
		"Até logo.", "Desculpe, não entendi.", "Desculpe, não posso fazer isso aqui.", "O que você quer fazer?",
	},
	"nl": {
		"Sorry, er ging iets mis. Probeer het zo nog eens.",
		"Welkom bij %s.", "Je kunt zeggen: %s.", "Je kunt zeggen: %s. Of: %s.",
		"Tot ziens.", "Sorry, dat heb ik niet begrepen.", "Sorry, dat kan ik hier niet doen.", "Wat wil je doen?",
	},
	"ja": {
		"すみません、うまくいきませんでした。しばらくしてからもう一度お試しください。",
		"%sへようこそ。", "「%s」と言ってみてください。", "「%s」、または「%s」と言ってみてください。",
		"さようなら。", "すみません、わかりませんでした。", "すみません、それはここではできません。", "どうしますか？",
	},
	"hi": {
		"माफ़ कीजिए, कुछ गड़बड़ हो गई। कृपया थोड़ी देर बाद फिर कोशिश करें।",
		"%s में आपका स्वागत है।", "आप कह सकते हैं: %s।", "आप कह सकते हैं: %s। या: %s।",
		"फिर मिलेंगे।", "माफ़ कीजिए, मैं समझ नहीं पाई।", "माफ़ कीजिए, मैं यहाँ यह नहीं कर सकती।", "आप क्या करना चाहेंगे?",
	},
	"ar": {
		"عذرًا، حدث خطأ ما. يُرجى المحاولة مرة أخرى بعد قليل.",
		"مرحبًا بك في %s.", "يمكنك أن تقول: %s.", "يمكنك أن تقول: %s. أو: %s.",
		"مع السلامة.", "عذرًا، لم أفهم ذلك.", "عذرًا، لا يمكنني فعل ذلك هنا.", "ماذا تريد أن تفعل؟",
	},
}

// Say returns the phrase in the language of a locale such as "pt-BR", in
// English where hark does not speak that language. There must be as many texts
// as the phrase has %s.
func (p Phrase) Say(locale string, texts ...any) string {
	row, ok := phrases[Language(locale)]
	if !ok {
		row = phrases["en"]
	}
	if len(texts) == 0 {
		return row[p]
	}
	return fmt.Sprintf(row[p], texts...)
}

// Language is the language of a locale: "pt" for "pt-BR".
func Language(locale string) string {
	language, _, _ := strings.Cut(locale, "-")
	return strings.ToLower(language)
}
