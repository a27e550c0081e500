package intents

import (
	"fmt"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/door"
	"github.com/harkvoice/hark/internal/function"
)

// requestPattern is an element of the label hark.requests.
type requestPattern struct {
	text string // as it was written
	// key is the type in lower case; of a prefix, what stands before ".*".
	key    string
	prefix bool
}

// requestPatterns reads the label hark.requests.
func requestPatterns(f function.Status) (patterns []requestPattern, err error) {
	label, ok := f.Labels[function.LabelRequests]
	if !ok {
		return nil, nil
	}
	for text := range strings.SplitSeq(label, ",") {
		p, err := parsePattern(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("label %s: %w", function.LabelRequests, err)
		}
		patterns = append(patterns, p)
	}
	return patterns, nil
}

func parsePattern(text string) (p requestPattern, err error) {
	p = requestPattern{text: text, key: string(appendLower(nil, text))}
	if text == "*" {
		p.key, p.prefix = "", true
		return p, nil
	}
	p.key, p.prefix = strings.CutSuffix(p.key, ".*")
	switch {
	case text == "":
		return p, fmt.Errorf("a request type is empty; write types such as LaunchRequest, prefixes such as AudioPlayer.*, or * for every type, with commas between them")
	case strings.HasPrefix(p.key, "amazon."):
		return p, fmt.Errorf("%.100q is an intent; intents go into the label %s", text, function.LabelIntents)
	case len(p.key) > maxIntent:
		return p, fmt.Errorf("%.100q… is too long: a request type has at most %d characters", text, maxIntent)
	}
	for part := range strings.SplitSeq(p.key, ".") {
		if strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || part == "" {
			return p, fmt.Errorf("%.100q is no request type; write LaunchRequest, a prefix such as AudioPlayer.*, or * for every type", text)
		}
	}
	return p, nil
}

// LabelPlace is the locale or language that a label such as hark.samples.de-DE
// ends in, empty where the base alone stands; ok reports that it is a label of
// that base.
func LabelPlace(label, base string) (place string, ok bool, err error) {
	rest, ok := strings.CutPrefix(label, base)
	if !ok || rest == "" {
		return "", ok, nil
	}
	place, ok = strings.CutPrefix(rest, ".")
	if ok && !alexa.IsPlace(place) {
		return "", false, fmt.Errorf("label %.60s: it ends neither in a locale such as de-DE nor in a language such as de", label)
	}
	return place, ok, nil
}

// delegates reports whether f leaves the dialog of req to Alexa as it stands.
func delegates(f function.Status, req *alexa.Request) bool {
	if req.Type() != alexa.IntentRequest {
		return false
	}
	switch req.Body.DialogState {
	case alexa.DialogStarted:
		return f.Labels[function.LabelDelegate] == "true"
	case alexa.DialogInProgress:
		label := f.Labels[function.LabelDelegate]
		return label == "true" || label == alexa.DialogInProgress
	}
	return false
}

// checkLabels tells what is wrong with the labels of a function.
func checkLabels(f function.Status) error {
	if err := function.CheckLabels(f.Labels); err != nil {
		return fmt.Errorf("function %s: %w", f.Name, err)
	}
	if _, err := requestPatterns(f); err != nil {
		return fmt.Errorf("function %s: %w", f.Name, err)
	}
	if _, err := door.Parse(f.Labels); err != nil {
		return fmt.Errorf("function %s: %w", f.Name, err)
	}
	switch label, ok := f.Labels[function.LabelDelegate]; {
	case !ok, label == "true", label == "false", label == alexa.DialogInProgress:
		return checkProgress(f)
	default:
		return fmt.Errorf("function %s: label %s: %.40q is none of \"true\", for STARTED and IN_PROGRESS, and \"IN_PROGRESS\"",
			f.Name, function.LabelDelegate, label)
	}
}
