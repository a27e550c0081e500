package draft

import (
	"slices"
	"strings"
	"unicode"
)

// alexas are words that Alexa hears as her own, in no invocation name.
var alexas = strings.Fields("alexa amazon echo computer skill skills app ask tell launch load begin enable open")

// Invocation is a name to call a skill by, made of that of its directory: its
// words, two at least, in lower case and without digits, as Amazon asks.
func Invocation(dir string) string {
	var words strings.Builder
	last := ' '
	for _, r := range dir {
		switch {
		case unicode.IsUpper(r) && unicode.IsLower(last):
			words.WriteRune(' ')
			words.WriteRune(unicode.ToLower(r))
		case unicode.IsLetter(r), unicode.IsMark(r), r == '\'':
			words.WriteRune(unicode.ToLower(r))
		default:
			words.WriteRune(' ')
		}
		last = r
	}
	name := slices.DeleteFunc(strings.Fields(words.String()), func(w string) bool { return slices.Contains(alexas, w) })
	if len(name) == 0 {
		name = []string{"voice"}
	}
	if len(name) == 1 {
		name = append([]string{"my"}, name...)
	}
	return strings.Join(name, " ")
}
