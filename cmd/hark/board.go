package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// board tells how several things come along, a row for each. On a terminal the
// rows are drawn anew as they change; elsewhere what is worth a line gets one.
type board struct {
	w      io.Writer
	width  int // of the terminal; 0 if it is none, or too low for the rows
	margin int // width of the longest name

	mu    sync.Mutex
	rows  []row
	drawn bool
}

type row struct {
	name, text string
	color      int
	since      time.Time // when it was begun; zero once it has ended
}

func newBoard(w io.Writer, names ...string) *board {
	b := &board{w: w}
	for _, name := range names {
		b.rows = append(b.rows, row{name: name, text: "waiting"})
		b.margin = max(b.margin, len(name))
	}
	if f := terminal(w); f != nil {
		if width, height, err := term.GetSize(int(f.Fd())); err == nil && height > len(names) {
			b.width = width
		}
	}
	return b
}

// passing shows what row i is at; it is worth no line.
func (b *board) passing(i int, text string) { b.change(i, text, 0, true, false) }

// note shows what row i is at, in a line of its own elsewhere.
func (b *board) note(i int, text string) { b.change(i, text, 0, true, true) }

// end shows what has come of row i.
func (b *board) end(i int, text string) { b.change(i, text, green, false, true) }

// fail shows why nothing has come of row i.
func (b *board) fail(i int, text string) { b.change(i, text, red, false, true) }

func (b *board) change(i int, text string, color int, underWay, worth bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := &b.rows[i]
	r.text, r.color = text, color
	switch {
	case !underWay:
		r.since = time.Time{}
	case r.since.IsZero():
		r.since = time.Now()
	}
	if b.width > 0 {
		b.draw()
	} else if worth {
		fmt.Fprintln(b.w, b.line(*r))
	}
}

func (b *board) line(r row) string {
	return fmt.Sprintf("%-*s  %s", b.margin, r.name, inColor(b.w, r.color, r.text))
}

// tick draws the time anew that has passed.
func (b *board) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.width > 0 {
		b.draw()
	}
}

func (b *board) draw() {
	var out strings.Builder
	if b.drawn {
		fmt.Fprintf(&out, "\x1b[%dA", len(b.rows))
	}
	b.drawn = true
	for _, r := range b.rows {
		passed := ""
		if !r.since.IsZero() {
			passed = " … " + seconds(r.since)
		}
		// A row of two lines could not be drawn over; the command's error tells all.
		r.text = cut(r.text, b.width-b.margin-3-len([]rune(passed))) + passed
		out.WriteString("\r\x1b[2K" + b.line(r) + "\n")
	}
	_, _ = io.WriteString(b.w, out.String())
}

// cut makes text fit into a number of columns.
func cut(text string, columns int) string {
	r := []rune(text)
	if len(r) <= columns {
		return text
	}
	return string(r[:max(columns-1, 0)]) + "…"
}

// seconds is how long ago something was.
func seconds(since time.Time) string { return fmt.Sprintf("%.1f s", time.Since(since).Seconds()) }
