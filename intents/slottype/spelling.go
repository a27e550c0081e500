package slottype

import "strings"

// plain writes letters without their accents.
var plain = strings.NewReplacer("à", "a", "á", "a", "â", "a", "ã", "a", "ä", "a", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e",
	"ì", "i", "í", "i", "î", "i", "ï", "i", "ñ", "n", "ò", "o", "ó", "o", "ô", "o", "õ", "o", "ö", "o", "ù", "u", "ú", "u",
	"û", "u", "ü", "u", "ß", "ss", "œ", "oe",
	"أ", "ا", "إ", "ا", "آ", "ا", "ى", "ي", "ة", "ه", // Arabic as it is typed
	"\u093c", "") // the dot below of Hindi's borrowed sounds

// umlauts writes German letters as keyboards without them do.
var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

// spellings lists a word as it is written and as it is typed in haste.
func spellings(word string) []string {
	all := []string{word}
	for _, as := range []*strings.Replacer{plain, umlauts} {
		if typed := as.Replace(word); typed != word && typed != all[len(all)-1] {
			all = append(all, typed)
		}
	}
	return all
}
