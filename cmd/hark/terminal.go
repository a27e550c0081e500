package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// terminal returns what a stream is if it is a terminal, else nil.
func terminal(stream any) *os.File {
	if f, ok := stream.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

const (
	dim    = 2
	red    = 31
	green  = 32
	yellow = 33
)

// inColor is text in a color of ANSI's, or dim, 0 for none, if w is a terminal and
// NO_COLOR is not set.
func inColor(w io.Writer, color int, text string) string {
	if color == 0 || terminal(w) == nil || os.Getenv("NO_COLOR") != "" {
		return text
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", color, text)
}

func inRed(w io.Writer, text string) string { return inColor(w, red, text) }

// shownLines is the same as shown of a text that may have several lines.
func shownLines(w io.Writer, text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = shown(w, line)
	}
	return strings.Join(lines, "\n")
}

// shown is text from outside as a terminal may have it: without control
// characters, which it would obey. To a file it goes as it is.
func shown(w io.Writer, text string) string {
	if terminal(w) == nil {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r != '\t' && unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
