package slottype

import (
	"embed"
	"strings"
)

// The lists are text, a line each: "Color = red | blue". They need not be
// complete, for a list is open; what they have is told from what merely could be.
//
//go:embed lists/*.txt
var listFiles embed.FS

// listsOf reads the lists of a language, and those that all languages with
// spaces share.
func listsOf(language string, spaced bool) map[string]*node {
	lines := make(map[string]string)
	for _, file := range []string{"all", language} {
		if file == "all" && !spaced {
			continue
		}
		text, err := listFiles.ReadFile("lists/" + file + ".txt")
		if err != nil { // a language need not have any
			continue
		}
		for line := range strings.Lines(string(text)) {
			if name, words, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
				lines[name] += "list = " + words + "\n"
			}
		}
	}
	lists := make(map[string]*node, len(lines))
	for name, rules := range lines {
		lists[name] = compile(rules, spaced)
	}
	return lists
}
