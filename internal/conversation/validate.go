package conversation

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/harkvoice/hark/intents"
)

// valid reports whether every value of a slot keeps to a rule of the model. A
// rule that says nothing to the value, such as one with a limit that is no
// number, is kept: the model's lint tells of it.
//
// Clause: "Validate Slot Values".
func valid(rule intents.Validation, s intents.Slot, at time.Time) bool {
	for _, v := range s.Values {
		if !keeps(rule, v, at) {
			return false
		}
	}
	return true
}

func keeps(rule intents.Validation, v intents.Value, at time.Time) bool {
	switch rule.Type {
	case "isGreaterThan":
		return compares(v.Value, rule.Value, func(a, b float64) bool { return a > b })
	case "isGreaterThanOrEqualTo":
		return compares(v.Value, rule.Value, func(a, b float64) bool { return a >= b })
	case "isLessThan":
		return compares(v.Value, rule.Value, func(a, b float64) bool { return a < b })
	case "isLessThanOrEqualTo":
		return compares(v.Value, rule.Value, func(a, b float64) bool { return a <= b })
	case "isInSet":
		return inSet(v, rule.Values)
	case "isNotInSet":
		return !inSet(v, rule.Values)
	case "hasEntityResolutionMatch":
		return len(v.Matches) > 0 || len(v.Entities) > 0
	case "isInDuration":
		in, known := within(v.Value, rule.Start, rule.End, at)
		return in || !known
	case "isNotInDuration":
		in, known := within(v.Value, rule.Start, rule.End, at)
		return !in || !known
	}
	return true
}

// compares compares numbers. A value that is none, such as "?", breaks the rule.
func compares(value, limit string, holds func(a, b float64) bool) bool {
	b, err := strconv.ParseFloat(strings.TrimSpace(limit), 64)
	if err != nil {
		return true
	}
	a, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return err == nil && holds(a, b)
}

// inSet compares what was said, and the name of the value that was meant.
func inSet(v intents.Value, set []string) bool {
	names := []string{v.Value}
	for _, m := range slices.Concat(v.Matches, v.Entities) {
		names = append(names, m.Name.Value)
	}
	return slices.ContainsFunc(set, func(member string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, strings.TrimSpace(member)) })
	})
}
