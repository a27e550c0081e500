package alexa

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// card holds a card against the rules of its type.
//
// Clause: "Include a Card in Your Skill's Response".
func (r *response) card(v value) {
	const path = "response.card"
	parts, err := r.object(path, v)
	if err != nil {
		r.find(path, RuleCard, "", "%v", errors.Unwrap(err))
		return
	}
	r.word(path, parts, "type", RuleCard, true, "Simple", "Standard", "LinkAccount", "AskForPermissionsConsent")
	kind, _ := get(parts, "type")
	switch name, _ := kind.text(); name {
	case "Simple":
		r.cardText(path, parts, "content", "text")
	case "Standard":
		r.cardText(path, parts, "text", "content")
		r.cardImage(path+".image", parts)
	case "AskForPermissionsConsent":
		r.permissions(path+".permissions", parts)
	}
}

// cardText holds a card's title and its text, under the key that its type has
// for it, against their size.
func (r *response) cardText(path string, parts []member, key, other string) {
	size := 0
	for _, k := range []string{"title", key} {
		m, ok := get(parts, k)
		if !ok || absent(m.raw) {
			continue
		}
		text, ok := m.text()
		if !ok {
			r.find(join(path, k), RuleCard, "", "it is %s, not a string", kindOf(m.raw))
		}
		size += utf8.RuneCountInString(text)
	}
	if m, ok := get(parts, other); ok && !absent(m.raw) {
		r.find(join(path, other), RuleCard, "", "a card of this type has its text under %q", key)
	}
	if size > MaxCard {
		r.find(path, RuleCardSize, "", "title and text have %d characters, Alexa shows %d", size, MaxCard)
	}
}

func (r *response) cardImage(path string, parts []member) {
	m, ok := get(parts, "image")
	if !ok || absent(m.raw) {
		return
	}
	image, err := r.object(path, m.value)
	if err != nil {
		r.find(path, RuleCard, "", "%v", errors.Unwrap(err))
		return
	}
	for _, key := range []string{"smallImageUrl", "largeImageUrl"} {
		m, ok := get(image, key)
		if !ok || absent(m.raw) {
			continue
		}
		switch url, _ := m.text(); {
		case !isHTTPS(url):
			r.find(join(path, key), RuleCard, "", "an image comes over https")
		case len(url) > maxImageURL:
			r.find(join(path, key), RuleCardSize, "", "the address has %d characters, Alexa takes %d", len(url), maxImageURL)
		}
	}
}

const maxImageURL = 2000

func (r *response) permissions(path string, parts []member) {
	m, _ := get(parts, "permissions")
	all, err := elements(m.value)
	if err != nil || len(all) == 0 {
		r.find(path, RuleCard, "", "it is to be a list of the permissions that are asked for")
		return
	}
	for i, v := range all {
		if s, ok := v.text(); !ok || s == "" {
			r.find(fmt.Sprintf("%s[%d]", path, i), RuleCard, "", "it is %s, not the name of a permission", kindOf(v.raw))
		}
	}
}

// isHTTPS reports whether an address is one of https.
func isHTTPS(url string) bool {
	const scheme = "https://"
	return len(url) > len(scheme) && strings.EqualFold(url[:len(scheme)], scheme)
}

// schemeOf is as much of an address as a log may have: what comes after it can
// be a key to something.
func schemeOf(url string) string {
	const longest = 16
	scheme, _, ok := strings.Cut(url, "://")
	if !ok || len(scheme) > longest {
		return "no address"
	}
	return strconv.Quote(scheme + "://…")
}
