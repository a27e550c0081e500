package main

import (
	"slices"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/near"
)

// unfamiliar warns of labels hark.requests that fit no type that hark knows. Alexa
// may have new ones, so that they are no error; most are misspelt.
func (g *gateway) unfamiliar(functions []function.Spec) {
	types := alexa.RequestTypes()
	for _, f := range functions {
		for pattern := range strings.SplitSeq(f.Labels[function.LabelRequests], ",") {
			if pattern = strings.TrimSpace(pattern); pattern == "" || slices.ContainsFunc(types, fits(pattern)) {
				continue
			}
			g.log.Warn("label", "function", f.Name, "label", function.LabelRequests, "cause",
				pattern+" fits no request type that hark knows. "+near.Hint(pattern, types, "It counts all the same, should Alexa send it."))
		}
	}
}

// fits reports whether a request type is of a pattern, which may be a prefix that
// ends in a star.
func fits(pattern string) func(requestType string) bool {
	low := strings.ToLower(pattern)
	prefix, star := strings.CutSuffix(low, "*")
	return func(requestType string) bool {
		requestType = strings.ToLower(requestType)
		return requestType == low || star && strings.HasPrefix(requestType, prefix)
	}
}
