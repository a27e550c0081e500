package grammar

import (
	"strings"
	"sync"
)

// signs are how signs are read, in any language: who types 5% means "five
// percent". The sign for "and" is read by Grammar.key.
var signs = sync.OnceValue(func() map[string][][]Word {
	all := make(map[string][][]Word)
	for sign, names := range map[string]string{
		"%": "percent|per cent|prozent|pour cent|pourcent|por ciento|per cento|por cento|procent|प्रतिशत|بالمئة|في المئة",
		"°": "degrees|degree|grad|degrés|degré|grados|grado|gradi|graus|grau|graden|डिग्री|درجة",
		"€": "euro|euros|यूरो|يورو",
		"$": "dollars|dollar|dólares|dólar|dollari|dollaro|डॉलर|دولار",
		"£": "pounds|pound|pfund|livres|livre|libras|libra|sterline|sterlina|pond",
		"₹": "rupees|rupee|रुपये|रुपया",
		"+": "plus|più|más|mais|प्लस|زائد",
		"#": "hash|hashtag|sharp|number|raute|dièse",
		"@": "at",
		"=": "equals|equal|gleich|égale|igual|uguale|is",
	} {
		for name := range strings.SplitSeq(names, "|") {
			all[sign] = append(all[sign], Words(name))
		}
	}
	return all
})

// signOf is the sign that a word is the name of.
var signOf = sync.OnceValue(func() map[string]string {
	all := make(map[string]string)
	for sign, names := range signs() {
		for _, name := range names {
			if len(name) == 1 {
				all[name[0].key] = sign
			}
		}
	}
	return all
})

// read are the arcs of a sign by its names.
func (p *Hearing) read(sign string, all []arc) []arc {
	for _, name := range signs()[sign] {
		a := arc{words: 1}
		for i, w := range name {
			a.ids[i] = p.Grammar.words[w.key]
		}
		if a.ids[0] != 0 && (len(name) == 1 || a.ids[1] != 0) {
			all = append(all, a)
		}
	}
	return all
}
