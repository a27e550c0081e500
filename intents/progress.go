package intents

import (
	"fmt"
	"maps"
	"slices"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
)

// checkProgress tells what is wrong with the labels hark.progress of a function.
// An empty one is said to nobody, which can be meant for one locale.
func checkProgress(f function.Status) error {
	for _, label := range slices.Sorted(maps.Keys(f.Labels)) {
		_, ok, err := LabelPlace(label, function.LabelProgress)
		if err != nil {
			return fmt.Errorf("function %s: %w", f.Name, err)
		}
		if text := f.Labels[label]; ok && text != "" {
			if err := alexa.CheckProgress(text); err != nil {
				return fmt.Errorf("function %s: label %s: %w", f.Name, label, err)
			}
		}
	}
	return nil
}
