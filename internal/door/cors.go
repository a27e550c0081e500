package door

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Origins are the web pages that may call a function, as a browser writes them in
// the header Origin; "*" is all. None is a function that knows nothing of CORS.
type Origins []string

const (
	headerOrigin = "Origin"
	headerMethod = "Access-Control-Request-Method"
	headerFields = "Access-Control-Request-Headers"
	headerAllow  = "Access-Control-Allow-Origin"

	maxOrigins = 100
	maxFields  = 1 << 10 // bytes of headers that a preflight asks for
)

func parseOrigins(text string) (origins Origins, err error) {
	for origin := range strings.SplitSeq(text, ",") {
		origin = strings.TrimSpace(origin)
		u, err := url.Parse(origin)
		// What a browser sends has no path, no capitals, and no port that goes without saying.
		plain := err == nil && u.Host != "" && origin == strings.ToLower(u.Scheme+"://"+u.Host) && !strings.HasSuffix(u.Host, ":") &&
			!(u.Scheme == "https" && u.Port() == "443") && !(u.Scheme == "http" && u.Port() == "80")
		if origin != "*" && !plain {
			return nil, fmt.Errorf("%.100q is no origin; write them as browsers do, such as https://example.com, in lower case and with commas between them, or * for every one", origin)
		}
		origins = append(origins, origin)
	}
	switch {
	case len(origins) > 1 && slices.Contains(origins, "*"):
		return nil, fmt.Errorf("* is every origin; it stands alone")
	case len(origins) > maxOrigins:
		return nil, fmt.Errorf("there are %d origins, at most %d are allowed", len(origins), maxOrigins)
	}
	return origins, nil
}

// Preflight reports whether a request only asks a browser's question.
func (o Origins) Preflight(r *http.Request) bool {
	return len(o) > 0 && r.Method == http.MethodOptions && r.Header.Get(headerOrigin) != "" && r.Header.Get(headerMethod) != ""
}

// Answer answers a preflight in h, or reports that the page may not call. It
// allows what is asked for: who may call at all may by any method.
func (o Origins) Answer(h http.Header, r *http.Request) bool {
	h.Add("Vary", headerMethod)
	h.Add("Vary", headerFields)
	if !o.Allow(h, r) {
		return false
	}
	method, fields := r.Header.Get(headerMethod), strings.Join(r.Header[headerFields], ",")
	if method == "" || !isList(method) || strings.Contains(method, ",") || !isList(fields) {
		h.Del(headerAllow)
		return false
	}
	h.Set("Access-Control-Allow-Methods", method)
	if fields != "" {
		h.Set("Access-Control-Allow-Headers", fields)
	}
	h.Set("Access-Control-Max-Age", "600")
	return true
}

// Allow tells the browser in h that the page may read the answer, if it may.
func (o Origins) Allow(h http.Header, r *http.Request) bool {
	if len(o) == 0 {
		return true
	}
	if o[0] == "*" {
		h.Set(headerAllow, "*")
		return true
	}
	h.Add("Vary", headerOrigin)
	origins := r.Header[headerOrigin]
	if len(origins) != 1 || !slices.Contains(o, origins[0]) {
		return false
	}
	h.Set(headerAllow, origins[0])
	return true
}

// Rule takes out of an answer what a function says about CORS itself: the label
// has the last word.
func (o Origins) Rule(answer http.Header) {
	if len(o) == 0 {
		return
	}
	for name := range answer {
		if strings.HasPrefix(name, "Access-Control-") {
			delete(answer, name)
		}
	}
	if len(answer["Vary"]) > 0 && o[0] != "*" { // it takes the place of what Allow wrote
		answer.Add("Vary", headerOrigin)
	}
}

// isList holds what a preflight asks for against what may be sent back: names
// and commas.
func isList(text string) bool {
	if len(text) > maxFields {
		return false
	}
	for i := range len(text) {
		c := text[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte("-_., ", c) < 0 {
			return false
		}
	}
	return true
}
