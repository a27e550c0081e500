package grammar

import (
	"strings"
	"sync"
)

// pair is one word or two.
type pair [2]string

// contractions are words that are said either way, in each language: "what's" and
// "what is", "a" and "an".
var contractions = map[string]string{
	"en": "what's=what is|how's=how is|where's=where is|who's=who is|when's=when is|that's=that is|there's=there is|here's=here is|it's=it is|he's=he is|she's=she is|let's=let us|" +
		"i'm=i am|you're=you are|we're=we are|they're=they are|i'll=i will|you'll=you will|we'll=we will|it'll=it will|i'd=i would|i've=i have|you've=you have|we've=we have|" +
		"don't=do not|doesn't=does not|didn't=did not|isn't=is not|aren't=are not|wasn't=was not|can't=can not|can't=cannot|cannot=can not|won't=will not|couldn't=could not|" +
		"wouldn't=would not|shouldn't=should not|haven't=have not|hasn't=has not|gonna=going to|wanna=want to|gotta=got to|gimme=give me|lemme=let me|a=an|ok=okay|tv=television",
	"de": "gibt's=gibt es|geht's=geht es|ist's=ist es|war's=war es|wie's=wie es|was's=was es|ich's=ich es|hab=habe|hab's=habe es|fürs=für das|aufs=auf das|ums=um das|ein=einen|ein=eine|eine=einen|ok=okay",
	"fr": "ça=cela|ok=okay",
	"es": "pa'=para|pal=para el|ok=okay",
	"it": "cos'è=cosa è|dov'è=dove è|com'è=come è|quand'è=quando è|qual'è=qual è|c'è=ci è|un'=una|ok=okay",
	"pt": "pra=para|pro=para o|pros=para os|tá=está|tô=estou|cê=você|num=em um|numa=em uma|ok=okay",
	"nl": "'t=het|m'n=mijn|z'n=zijn|da's=dat is|zo'n=zo een|ok=oké",
}

// said otherwise are the other ways of a word or two, by language.
var saidOtherwise = sync.OnceValue(func() map[string]map[pair][]pair {
	all := make(map[string]map[pair][]pair)
	for language, list := range contractions {
		of := make(map[pair][]pair)
		for entry := range strings.SplitSeq(list, "|") {
			short, long, _ := strings.Cut(entry, "=")
			a, b := pairOf(short), pairOf(long)
			of[a], of[b] = append(of[a], b), append(of[b], a)
			if typed := pairOf(strings.ReplaceAll(short, "'", "")); typed != a && !otherWords[typed[0]] { // "whats"
				of[typed] = append(of[typed], b)
			}
		}
		all[language] = of
	}
	return all
})

func pairOf(text string) (p pair) {
	for i, w := range Words(text) {
		if i < len(p) {
			p[i] = w.key
		}
	}
	return p
}

// otherWords are contractions that are other words without their apostrophe.
var otherWords = map[string]bool{"ill": true, "well": true, "were": true, "id": true, "wont": true, "pa": true, "t": true}

// otherwise are the arcs of a word, alone and with the next, by how else they are
// said.
func (p *Hearing) otherwise(place int, all []arc) []arc {
	said := pair{p.words[place].key}
	all = p.ways(said, 1, all)
	if place+1 < len(p.words) {
		said[1] = p.words[place+1].key
		all = p.ways(said, 2, all)
	}
	return all
}

func (p *Hearing) ways(said pair, words int, all []arc) []arc {
	for _, way := range p.contractions[said] {
		a := arc{words, [2]int32{p.Grammar.words[way[0]], p.Grammar.words[way[1]]}, 1}
		if a.ids[0] != 0 && (way[1] == "" || a.ids[1] != 0) {
			all = append(all, a)
		}
	}
	return all
}
