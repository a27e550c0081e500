package grammar

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkParse is an utterance of nine words among a thousand samples, one that
// fits none of them, and the worst that can be said to samples of slots alone.
func BenchmarkParse(b *testing.B) {
	var samples []string
	for i := range 1000 {
		samples = append(samples, fmt.Sprintf("number %d paint the {Room} {Color} at {Count} please", i))
	}
	many, hostile := house("en-US", samples...), house("en-US", "{Query} {Thing} {Color}", "{Thing} {Query} {Room}", "{Query} {Query} {Query} {Query}")
	for _, c := range []struct {
		name string
		g    *Grammar
		said string
	}{
		{"fits", many, "number 617 paint the living room dark blue at twenty five please"},
		{"fits none", many, "purple elephants juggle quietly in the living room"},
		{"hostile", hostile, strings.Repeat("red ", MaxWords)},
		{"endless", hostile, strings.Repeat("red ", 10_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				words := Words(c.said)
				if len(c.g.Parse(words, now, false)) == 0 && len(c.g.Parse(words, now, true)) == 0 {
					c.g.Near(words, now)
				}
			}
		})
	}
}
