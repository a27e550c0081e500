package alexa

import (
	"encoding/xml"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxAudio is how many audio files one speech may have.
const maxAudio = 5

// content says what may stand in a tag.
type content int

const (
	anything content = iota
	text             // and no tag
	nothing
)

// tag is what Alexa knows of an SSML tag.
type tag struct {
	holds  content
	never  []string // tags that it may not stand in, however deep
	needed []string
	has    map[string]attribute
}

// attribute says which values one may have: one of words, or what fits.
type attribute struct {
	words []string
	fits  func(string) bool
	like  string // in words, what fits
}

func words(s string) attribute { return attribute{words: strings.Fields(s)} }

// free has any value.
var free = attribute{}

// ssmlTags are the tags of Alexa's SSML.
//
// Clause: "Speech Synthesis Markup Language (SSML) Reference"; what may stand
// in phoneme, say-as, sub and w is from the W3C's SSML 1.1.
var ssmlTags = map[string]tag{
	"speak": {never: []string{"speak"}, has: map[string]attribute{"version": free, "xmlns": free, "xml:lang": locale}},
	"p":     {never: []string{"p", "s"}},
	"s":     {never: []string{"s"}},
	"break": {holds: nothing, has: map[string]attribute{
		"strength": words("none x-weak weak medium strong x-strong"),
		"time":     {fits: isBreak, like: "a time of at most 10 s, such as 500ms"}}},
	"audio": {needed: []string{"src"}, has: map[string]attribute{"src": free}},
	"emphasis": {has: map[string]attribute{
		"level": words("strong moderate reduced")}},
	"lang":    {needed: []string{"xml:lang"}, has: map[string]attribute{"xml:lang": locale}},
	"phoneme": {holds: text, needed: []string{"ph"}, has: map[string]attribute{"ph": free, "alphabet": words("ipa x-sampa")}},
	"prosody": {has: map[string]attribute{
		"rate":   {words: strings.Fields("x-slow slow medium fast x-fast"), fits: isRate, like: "a percentage of at least 20%"},
		"pitch":  {words: strings.Fields("x-low low medium high x-high"), fits: isPitch, like: "a change such as +10%"},
		"volume": {words: strings.Fields("silent x-soft soft medium loud x-loud"), fits: isVolume, like: "a change such as +4dB"}}},
	"say-as": {holds: text, needed: []string{"interpret-as"}, has: map[string]attribute{
		"interpret-as": words("characters spell-out cardinal number ordinal digits fraction unit date time telephone address interjection expletive"),
		"format":       words("mdy dmy ymd md dm ym my d m y")}},
	"sub":   {holds: text, needed: []string{"alias"}, has: map[string]attribute{"alias": free}},
	"voice": {never: []string{"amazon:domain", "amazon:emotion"}, needed: []string{"name"}, has: map[string]attribute{"name": free}},
	"w":     {holds: text, needed: []string{"role"}, has: map[string]attribute{"role": words("amazon:VB amazon:VBD amazon:NN amazon:SENSE_1")}},
	"amazon:effect": {needed: []string{"name"}, has: map[string]attribute{
		"name": words("whispered")}},
	"amazon:emotion": {never: []string{"amazon:emotion", "amazon:domain", "voice"}, needed: []string{"name", "intensity"}, has: map[string]attribute{
		"name": words("excited disappointed"), "intensity": words("low medium high")}},
	"amazon:domain": {never: []string{"amazon:domain", "amazon:emotion"}, needed: []string{"name"}, has: map[string]attribute{
		"name": words("conversational fun long-form music news")}},
	"alexa:name": {holds: nothing, needed: []string{"type", "personId"}, has: map[string]attribute{
		"type": words("first"), "personId": free}},
}

var (
	locale = attribute{fits: IsLocale, like: "a locale such as en-GB"}

	isPitch  = regexp.MustCompile(`^[+-]?\d+(\.\d+)?%$`).MatchString
	isVolume = regexp.MustCompile(`^[+-]\d+(\.\d+)?dB$`).MatchString
)

func isBreak(s string) bool {
	unit := 1.0
	n, ok := strings.CutSuffix(s, "ms")
	if ok {
		unit = 1000
	} else if n, ok = strings.CutSuffix(s, "s"); !ok {
		return false
	}
	time, err := strconv.ParseFloat(n, 64)
	return err == nil && time >= 0 && time/unit <= 10
}

func isRate(s string) bool {
	n, ok := strings.CutSuffix(s, "%")
	rate, err := strconv.ParseFloat(n, 64)
	return ok && err == nil && rate >= 20
}

// lint holds SSML against the tags that Alexa knows. The error says why it is
// not well formed.
func (a *Answer) lint(path, ssml string) error {
	var open []string
	audio := 0
	return walkSSML(ssml, func(token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			name := tagName(t.Name)
			a.lintTag(path, name, t.Attr)
			a.lintPlace(path, name, open)
			if name == "audio" {
				if audio++; audio == maxAudio+1 {
					a.find(path, RuleAudio, "", "it has more than %d audio files", maxAudio)
				}
			}
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if in := open; len(in) > 0 && ssmlTags[in[len(in)-1]].holds == nothing && strings.TrimSpace(string(t)) != "" {
				a.find(path, RuleSSMLNesting, "", "<%s> has text in it, and is to be empty", in[len(in)-1])
			}
		}
		return nil
	})
}

func (a *Answer) lintTag(path, name string, attributes []xml.Attr) {
	known, ok := ssmlTags[name]
	if !ok {
		a.find(path, RuleSSMLTag, "", "Alexa does not know <%.40s>", name)
		return
	}
	missing := slices.Clone(known.needed)
	for _, at := range attributes {
		key := tagName(at.Name)
		missing = slices.DeleteFunc(missing, func(m string) bool { return m == key })
		spec, ok := known.has[key]
		switch {
		case !ok:
			if !strings.HasPrefix(key, "xmlns") {
				a.find(path, RuleSSMLAttr, "", "<%s> has no attribute %.40q", name, key)
			}
		case name == "audio":
			if !isHTTPS(at.Value) && !strings.HasPrefix(at.Value, "soundbank://") {
				a.find(path, RuleAudio, "", "<audio> has a source that is %s; it is to be https or soundbank", schemeOf(at.Value))
			}
		case !spec.takes(at.Value):
			a.find(path, RuleSSMLAttr, "", "<%s> has %s=%.40q; Alexa knows %s", name, key, at.Value, spec)
		}
	}
	for _, key := range missing {
		a.find(path, RuleSSMLAttr, "", "<%s> lacks its attribute %q", name, key)
	}
}

// lintPlace holds the place of a tag against the tags that are open there.
func (a *Answer) lintPlace(path, name string, open []string) {
	for _, outer := range open {
		if slices.Contains(ssmlTags[name].never, outer) {
			a.find(path, RuleSSMLNesting, "", "<%s> may not stand in <%s>", name, outer)
			return
		}
	}
	if len(open) == 0 {
		return
	}
	if outer := open[len(open)-1]; ssmlTags[outer].holds != anything {
		a.find(path, RuleSSMLNesting, "", "<%s> may not stand in <%s>, which holds no tags", name, outer)
	}
}

func (a attribute) takes(value string) bool {
	if a.words == nil && a.fits == nil {
		return true
	}
	return slices.Contains(a.words, value) || a.fits != nil && a.fits(value)
}

func (a attribute) String() string {
	known := slices.Clone(a.words)
	if a.like != "" {
		known = append(known, a.like)
	}
	return list(known)
}
