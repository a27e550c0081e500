package main

import (
	"slices"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/near"
	"github.com/harkvoice/hark/internal/shelf"
)

// unfamiliar warns of labels that may be misspelt: hark.requests that fits no type
// that hark knows, which is no error since Alexa may have new ones, and hark.skill
// of a skill that is not here, which may come.
func (g *gateway) unfamiliar(functions []function.Spec) {
	types := alexa.RequestTypes()
	for _, f := range functions {
		if name := f.Labels[function.LabelSkill]; name != "" && !slices.ContainsFunc(g.entries, called(name)) && g.shelf == nil {
			g.log.Warn("label", "function", f.Name, "label", function.LabelSkill, "cause",
				"there is no skill "+name+" here, so that the function answers no voice request. There are: "+g.names())
		}
		for pattern := range strings.SplitSeq(f.Labels[function.LabelRequests], ",") {
			if pattern = strings.TrimSpace(pattern); pattern == "" || slices.ContainsFunc(types, fits(pattern)) {
				continue
			}
			g.log.Warn("label", "function", f.Name, "label", function.LabelRequests, "cause",
				pattern+" fits no request type that hark knows. "+near.Hint(pattern, types, "It counts all the same, should Alexa send it."))
		}
	}
}

// called reports whether a skill has a name.
func called(name string) func(*shelf.Entry) bool {
	return func(e *shelf.Entry) bool { return e.Skill.Name == name }
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
