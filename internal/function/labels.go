package function

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// labelPrefix is of the labels that hark reads; others are their owner's.
const labelPrefix = "hark."

var labels = []string{
	LabelBuild, LabelCapabilities, LabelCORS, LabelDelegate, LabelFunction, LabelInflight, LabelIntents, LabelMode, LabelPids,
	LabelProgress, LabelPublic, LabelRate, LabelRateClient, LabelRequests, LabelSamples, LabelSkill, LabelSlots, LabelToken, LabelUser, LabelWarm,
	LabelWebhook, LabelWebhookAlgorithm, LabelWebhookHeader, LabelWebhookReplays, LabelWebhookSecret, LabelWebhookTime,
}

// spoken are those that a "." and a locale or language may follow.
var spoken = []string{LabelProgress, LabelSamples, LabelSlots}

// CheckLabels returns an error that names a label of hark's that there is not,
// for it would be without effect and nobody told, or one that is neither true nor
// false and has to be. What else a label may say, its readers check.
func CheckLabels(of map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		known := slices.Contains(labels, name) ||
			slices.ContainsFunc(spoken, func(label string) bool { return strings.HasPrefix(name, label+".") })
		if strings.HasPrefix(name, labelPrefix) && !known {
			return fmt.Errorf("label %.64s: there is no such label; there are %s", name, strings.Join(labels, ", "))
		}
	}
	for _, name := range []string{LabelFunction, LabelPublic} {
		if value, ok := of[name]; ok && value != "true" && value != "false" {
			return fmt.Errorf("label %s: %.40q is neither \"true\" nor \"false\"", name, value)
		}
	}
	return nil
}
