package intents

import (
	"slices"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents/grammar"
)

// address is how people call a skill in a language. NAME stands for its
// invocation name.
//
// Clause: "Understand How Users Invoke Custom Skills".
type address struct {
	open  []string // all that is said to open it; the first means nothing else
	ask   []string // before what is asked of it
	link  []string // between the name and what is asked, where ask ends with the name
	after []string // after what is asked of it
}

var addresses = map[string]address{
	"en": {
		open:  phrases("open|launch|start|begin|play|run|load|use|resume|enable|talk to|speak to|ask|tell|go to|enter|let's play|i want to play", " NAME"),
		ask:   phrases("ask|tell|use|talk to|speak to|open|launch|start|begin|play|run|load|resume|search|have", " NAME"),
		link:  strings.Split("to|for|about|if|whether|that|and|and ask|and ask for|and tell|and say|so that|on|with|when|what|how|where|who|which", "|"),
		after: phrases("from|using|with|in|on|via|through|by asking|by using|on the skill", " NAME"),
	},
	"de": {
		open:  phrases("öffne|öffnen|starte|beginne|spiele|spiel|lade|nutze|verwende|aktiviere|führe|sprich mit|rede mit|frage|frag", " NAME"),
		ask:   phrases("frage|frag|sage|sag|bitte|öffne|starte|beginne|spiele|nutze|verwende|sprich mit|rede mit|lass|befrage", " NAME"),
		link:  strings.Split("nach|ob|dass|um|zu|und|und frage|und sage|und frag|und sag|er soll|sie soll|es soll|für|über|mit", "|"),
		after: phrases("mit|von|bei|in|über|mithilfe von", " NAME"),
	},
	"fr": {
		open:  phrases("ouvre|ouvrir|lance|lancer|démarre|commence|joue à|joue|utilise|charge|active|parle à|parle avec|demande à|demande", " NAME"),
		ask:   phrases("demande à|dis à|demande|dis|ouvre|lance|démarre|utilise|parle à|interroge", " NAME"),
		link:  strings.Split("de|d'|que|qu'|si|s'|à|pour|et|et demande|et dis|sur|quand|comment|quel|quelle", "|"),
		after: phrases("avec|sur|dans|depuis|via|en utilisant|à", " NAME"),
	},
	"es": {
		open:  phrases("abre|abrir|inicia|empieza|comienza|lanza|ejecuta|carga|usa|utiliza|juega a|juega|habla con|pregunta a|pide a", " NAME"),
		ask:   phrases("pide a|pregunta a|di a|dile a|pídele a|pregúntale a|abre|inicia|empieza|lanza|usa|utiliza|habla con|pide|pregunta", " NAME"),
		link:  strings.Split("que|por|si|para|y|y pide|y di|y pregunta|de|sobre|cuándo|cómo|qué|cuál", "|"),
		after: phrases("con|en|usando|desde|de|a", " NAME"),
	},
	"it": {
		open:  phrases("apri|avvia|inizia|lancia|comincia|esegui|carica|usa|gioca a|parla con|chiedi a", " NAME"),
		ask:   phrases("chiedi a|di' a|dì a|domanda a|apri|avvia|inizia|lancia|usa|parla con|chiedi", " NAME"),
		link:  strings.Split("di|che|se|per|e|e chiedi|e di'|e dì|su|quando|come|quanto|a", "|"),
		after: phrases("con|su|in|usando|tramite|da|a", " NAME"),
	},
	"pt": {
		open:  phrases("abre|abra|abrir|inicie|inicia|iniciar|comece|começar|começa|execute|carregue|use|jogue|jogar|fale com|falar com|pergunte para|peça para", " NAME"),
		ask:   phrases("peça para|peça ao|peça à|peça a|pergunte para|pergunte ao|pergunte à|pergunte a|diga para|diga ao|diga à|diga a|abra|abre|inicie|use|fale com|pergunta para|pede para", " NAME"),
		link:  strings.Split("para|que|se|sobre|e|e peça|e diga|e pergunte|por|de|qual|quando|como", "|"),
		after: phrases("com|no|na|em|usando|pelo|pela|do|da", " NAME"),
	},
	"nl": {
		open:  phrases("open|start|begin|speel|gebruik|laad|activeer|praat met|vraag", " NAME"),
		ask:   phrases("vraag aan|vraag|zeg tegen|vertel|open|start|gebruik|praat met", " NAME"),
		link:  strings.Split("om|of|naar|dat|te|en|en vraag|en zeg|voor|over", "|"),
		after: phrases("met|van|via|in|op", " NAME"),
	},
	"ja": {
		open:  phrases("NAME", "を開いて|をひらいて|を起動して|を起動|を開始して|を開始|をスタート|をスタートして|を始めて|をはじめて|を実行して|を使って|を再生して|を再生|と話したい|で遊びたい|開いて|スタート"),
		ask:   phrases("NAME", "を開いて|をひらいて|を使って|で|に|から|の|を起動して|に聞いて|に尋ねて|と話して"),
		link:  []string{},
		after: phrases("と|って|を|と聞いて|を聞いて", "NAME"),
	},
	"hi": {
		open: phrases("NAME", " खोलो| खोलें| खोलिए| शुरू करो| शुरू करें| चालू करो| चालू करें| चलाओ| लॉन्च करो| ओपन करो| स्टार्ट करो| प्ले करो"),
		ask:  phrases("NAME", " से पूछो| से पूछें| से कहो| से कहें| को बोलो| को कहो| में| पर| से| खोलो और| शुरू करो और"),
		link: strings.Split("कि|की|के|और", "|"),
	},
	"ar": {
		open:  phrases("افتح|افتحي|شغل|شغلي|ابدأ|ابدئي|تشغيل|استخدم|العب|تحدث مع|اسأل", " NAME"),
		ask:   phrases("اسأل|اسألي|اطلب من|اطلبي من|قل ل|قولي ل|أخبر|افتح|شغل|استخدم", " NAME"),
		link:  strings.Split("عن|أن|ان|إذا|على|و|كي|حتى|ما|كم|كيف", "|"),
		after: phrases("من|باستخدام|في|عبر|على|مع", " NAME"),
	},
}

// phrases joins each of one side with each of the other.
func phrases(before, after string) (all []string) {
	for b := range strings.SplitSeq(before, "|") {
		for a := range strings.SplitSeq(after, "|") {
			all = append(all, b+a)
		}
	}
	return all
}

// wakeWords may stand before everything.
var wakeWords = []string{"alexa", "アレクサ", "अलेक्सा", "أليكسا", "اليكسا"}

// calls is how people call one skill: the address with its name in it, split
// into words once.
type calls struct {
	name                   []grammar.Word
	open, ask, link, after [][]grammar.Word
	wake                   [][]grammar.Word
	courtesy               courtesy
}

func newCalls(locale, name string) *calls {
	a := addresses[alexa.Language(locale)]
	c := &calls{name: grammar.Words(name), courtesy: newCourtesy(locale), wake: inWords(wakeWords), link: inWords(a.link)}
	for to, phrases := range map[*[][]grammar.Word][]string{&c.open: a.open, &c.ask: a.ask, &c.after: a.after} {
		for _, p := range phrases {
			before, after, _ := strings.Cut(p, "NAME")
			*to = append(*to, slices.Concat(grammar.Words(before), c.name, grammar.Words(after)))
		}
	}
	return c
}

// inWords splits phrases into words.
func inWords(phrases []string) (all [][]grammar.Word) {
	for _, p := range phrases {
		all = append(all, grammar.Words(p))
	}
	return all
}

// called is what is left of an utterance without the address.
type called struct {
	// asked are the ways to read what was asked of the skill, where it is not
	// sure which words belong to the address; the first is all that was said.
	asked [][]grammar.Word
	// polite are these without what is said for courtesy, where there is any.
	polite [][]grammar.Word
	// opened: the skill was merely opened; named: it was called by its name;
	// unsure: what was said may be a sample as well; bare: it was the name alone.
	opened, named, unsure, bare bool
}

// read takes off what was said what is not asked of the skill: the wake word, a
// phrase such as "ask NAME to", and courtesies.
func (c *calls) read(words []grammar.Word) called {
	for _, w := range c.wake {
		if after, ok := cut(words, w); ok && len(after) > 0 {
			words = after
			break
		}
	}
	found := c.address(words)
	if without := c.courtesy.without(words); len(without) < len(words) && !found.named {
		found = c.address(without)
		found.asked[0] = words
	}
	for _, words := range found.asked {
		if without := c.courtesy.without(words); len(without) < len(words) {
			found.polite = append(found.polite, without)
		}
	}
	return found
}

// address takes the phrase off that addresses the skill.
func (c *calls) address(words []grammar.Word) called {
	found := called{asked: [][]grammar.Word{words}}
	if len(c.name) == 0 {
		return found
	}
	found.unsure = len(c.open) == 0 || !same(words, c.open[0])
	found.bare = same(words, c.name)
	if found.bare || slices.ContainsFunc(c.open, func(p []grammar.Word) bool { return same(words, p) }) {
		found.opened, found.named = true, true
		return found
	}
	add := func(rest []grammar.Word) {
		found.named = true
		if len(rest) > 0 {
			found.asked = append(found.asked, rest)
		}
	}
	for _, p := range c.ask {
		after, ok := cut(words, p)
		if !ok {
			continue
		}
		add(after)
		for _, l := range c.link {
			if rest, ok := cut(after, l); ok {
				add(rest)
			}
		}
	}
	for _, p := range c.after {
		if rest, ok := cutEnd(words, p); ok {
			add(rest)
		}
	}
	return found
}

// cut takes words off the front of others.
func cut(words, prefix []grammar.Word) ([]grammar.Word, bool) {
	if len(words) < len(prefix) || !same(words[:len(prefix)], prefix) {
		return nil, false
	}
	return words[len(prefix):], true
}

// cutEnd takes them off the end.
func cutEnd(words, suffix []grammar.Word) ([]grammar.Word, bool) {
	at := len(words) - len(suffix)
	if at < 0 || !same(words[at:], suffix) {
		return nil, false
	}
	return words[:at], true
}

func same(a, b []grammar.Word) bool {
	return slices.EqualFunc(a, b, func(a, b grammar.Word) bool { return a.Key() == b.Key() })
}
