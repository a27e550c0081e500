package transcript

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/harkvoice/hark/internal/conversation"
)

// Width is how wide boxes and directives are at most, in columns.
const Width = 72

// Writer writes events as they come.
type Writer struct {
	Out io.Writer
	// Dim makes what was not said stand back, as a terminal does; nil leaves it.
	Dim func(string) string
}

// Write writes an event. It has one line or several.
func (w Writer) Write(e conversation.Event) {
	switch e := e.(type) {
	case conversation.Speech:
		w.lines(Speech(e.Text, e.SSML), false)
	case conversation.Card:
		w.lines(box(e), false)
	case conversation.Directive:
		w.lines([]string{"· " + directive(e)}, true)
	case conversation.Listening:
		w.lines([]string{"(listening)"}, true)
	case conversation.Ended:
		w.lines([]string{ended(e)}, true)
	case conversation.Note:
		w.lines([]string{"note: " + e.Text}, true)
	}
}

func (w Writer) lines(lines []string, dim bool) {
	for _, line := range lines {
		line = plain(line)
		if dim && w.Dim != nil {
			line = w.Dim(line)
		}
		fmt.Fprintln(w.Out, line)
	}
}

// plain is text without control characters, which a terminal would obey.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

func ended(e conversation.Ended) string {
	if e.Reason == "" {
		return "(session ended)"
	}
	return "(session ended: " + e.Reason + ")"
}

// directive is one in a line: its type, and the rest as JSON as far as it fits.
func directive(d conversation.Directive) string {
	var rest map[string]json.RawMessage
	if json.Unmarshal(d.JSON, &rest) != nil || len(rest) <= 1 {
		return d.Type
	}
	delete(rest, "type")
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if e.Encode(rest) != nil {
		return d.Type
	}
	return cut(d.Type+" "+strings.TrimSpace(text.String()), Width)
}

// cut is text in so many columns.
func cut(text string, most int) string {
	if columns(text) <= most {
		return text
	}
	used := 0
	for i, r := range text {
		if used += runeWidth(r); used > most-1 {
			return text[:i] + "…"
		}
	}
	return text
}
