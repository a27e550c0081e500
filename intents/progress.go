package intents

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
)

var placeForm = regexp.MustCompile(`^[a-z]{2}(-[A-Z]{2})?$`)

// checkProgress tells what is wrong with the labels hark.progress of a function.
// An empty one is said to nobody, which can be meant for one locale.
func checkProgress(f function.Status) error {
	for _, label := range slices.Sorted(maps.Keys(f.Labels)) {
		place, ok := strings.CutPrefix(label, function.LabelProgress)
		if !ok || place != "" && place[0] != '.' {
			continue
		}
		if place != "" && !placeForm.MatchString(place[1:]) {
			return fmt.Errorf("function %s: label %.60s: it ends neither in a locale such as de-DE nor in a language such as de", f.Name, label)
		}
		if text := f.Labels[label]; text != "" {
			if err := alexa.CheckProgress(text); err != nil {
				return fmt.Errorf("function %s: label %s: %w", f.Name, label, err)
			}
		}
	}
	return nil
}
