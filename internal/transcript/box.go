package transcript

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/harkvoice/hark/internal/conversation"
)

// box is a card with a frame around it.
func box(c conversation.Card) []string {
	var inside []string
	add := func(text string) {
		for line := range strings.Lines(text) {
			inside = append(inside, wrap(strings.TrimRight(line, "\r\n"), Width-4)...)
		}
	}
	add(c.Title)
	add(c.Text)
	if c.Image != "" {
		add("▣ " + c.Image)
	}
	for _, p := range c.Permissions {
		add("asks for " + p)
	}
	title := " card "
	if c.Type != "" && c.Type != "Simple" {
		title = " card: " + plain(c.Type) + " "
	}
	most := columns(title)
	for i := range inside {
		inside[i] = plain(inside[i])
		most = max(most, columns(inside[i]))
	}
	lines := []string{"┌" + title + strings.Repeat("─", most+2-columns(title)) + "┐"}
	for _, line := range inside {
		lines = append(lines, "│ "+line+strings.Repeat(" ", most-columns(line))+" │")
	}
	return append(lines, "└"+strings.Repeat("─", most+2)+"┘")
}

// wrap breaks a line at spaces, or where it must.
func wrap(line string, most int) (lines []string) {
	for columns(line) > most {
		space, used, end := 0, 0, len(line)
		for i, r := range line {
			if used += runeWidth(r); used > most {
				end = i
				break
			}
			if r == ' ' {
				space = i
			}
		}
		if space == 0 {
			space = end
		}
		lines = append(lines, line[:space])
		line = strings.TrimLeft(line[space:], " ")
	}
	return append(lines, line)
}

// columns is how wide a terminal shows text.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
