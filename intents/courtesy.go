package intents

import (
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents/grammar"
)

// courtesy is what people say around what they ask, and do not mean: "could you
// … please". A sample may have the same words; so they are left out only of what
// fits no sample as it was said.
type courtesy struct{ before, after [][]grammar.Word }

var courtesies = map[string][2]string{
	"en": {"please|can you|could you|would you|will you|can you please|could you please|would you please|will you please|i want you to|i'd like you to|i would like you to|i want to|i'd like to|i would like to|i need you to|hey|okay|ok|well|um|uh|and|so",
		"please|thanks|thank you"},
	"de": {"bitte|kannst du|kannst du bitte|könntest du|könntest du bitte|würdest du|würdest du bitte|ich möchte|ich möchte bitte|ich will|ich würde gerne|hey|okay|ok|also|äh|ähm|und", "bitte|danke"},
	"fr": {"s'il te plaît|s'il vous plaît|est-ce que tu peux|est-ce que vous pouvez|peux-tu|pouvez-vous|pourrais-tu|pourriez-vous|tu peux|je veux|je voudrais|j'aimerais|euh|alors|et", "s'il te plaît|s'il vous plaît|merci"},
	"es": {"por favor|puedes|puedes por favor|podrías|quiero|quisiera|me gustaría|oye|vale|bueno|y", "por favor|gracias"},
	"it": {"per favore|per piacere|puoi|puoi per favore|potresti|vorrei|voglio|mi piacerebbe|ehi|allora|e", "per favore|per piacere|grazie"},
	"pt": {"por favor|você pode|você poderia|pode|poderia|podes|eu quero|quero|eu gostaria de|gostaria de|queria|ei|então|e", "por favor|obrigado|obrigada"},
	"nl": {"alsjeblieft|alstublieft|kun je|kan je|kunt u|wil je|zou je|ik wil|ik wil graag|hé|oké|en", "alsjeblieft|alstublieft|graag|dank je"},
	"ja": {"ねえ|すみません|えっと|じゃあ|お願い", "ください|下さい|お願い|お願いします|くれる|くれますか|くれませんか|ね|よ"},
	"hi": {"कृपया|प्लीज़|क्या आप|क्या तुम|मुझे|ज़रा", "प्लीज़|कृपया|दीजिए|धन्यवाद"},
	"ar": {"من فضلك|لو سمحت|رجاء|هل يمكنك|هل تستطيع|ممكن|أريد أن|أريد", "من فضلك|لو سمحت|رجاء|شكرا"},
}

func newCourtesy(locale string) courtesy {
	phrases, ok := courtesies[alexa.Language(locale)]
	if !ok {
		return courtesy{}
	}
	return courtesy{inWords(strings.Split(phrases[0], "|")), inWords(strings.Split(phrases[1], "|"))}
}

// without returns words without what is there for courtesy, which is never all of
// them.
func (c courtesy) without(words []grammar.Word) []grammar.Word {
	for {
		rest := longest(words, c.before, cut)
		rest = longest(rest, c.after, cutEnd)
		if len(rest) == len(words) {
			return words
		}
		words = rest
	}
}

// longest cuts the longest of phrases off.
func longest(words []grammar.Word, phrases [][]grammar.Word, cut func(words, phrase []grammar.Word) ([]grammar.Word, bool)) []grammar.Word {
	shortest := words
	for _, p := range phrases {
		if rest, ok := cut(words, p); ok && len(rest) > 0 && len(rest) < len(shortest) {
			shortest = rest
		}
	}
	return shortest
}
