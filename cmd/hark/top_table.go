package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/docker/go-units"

	"github.com/harkvoice/hark/internal/reading"
)

// cell is a text, and the color that it has on a terminal.
type cell struct {
	text  string
	color int
}

// print writes a report as a table.
func (t *top) print(out io.Writer, r reading.Report) error {
	for _, line := range t.table(out, r) {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// draw puts the table over what is on a screen. With an error, it is as old as that.
func (t *top) draw(screen io.Writer, width, height int, err error) {
	lines := t.table(screen, t.report())
	if err != nil {
		lines = slices.Insert(lines, 0, inRed(screen, cut(oneLineOf(err), width)))
	}
	var out strings.Builder
	out.WriteString("\x1b[H")
	for i, line := range lines {
		if i > 0 {
			out.WriteString("\r\n")
		}
		if i == height-1 && len(lines) > height {
			fmt.Fprintf(&out, "… %d more\x1b[K", len(lines)-i)
			break
		}
		out.WriteString(cutColored(line, width) + "\x1b[K")
	}
	out.WriteString("\x1b[J")
	_, _ = io.WriteString(screen, out.String())
}

func oneLineOf(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// table is a report in lines: the gateway, voice, then functions, the busiest first.
func (t *top) table(w io.Writer, r reading.Report) []string {
	engine := r.Engine
	if !r.EngineUp {
		engine = inRed(w, engine+" (does not answer)")
	}
	lines := []string{
		fmt.Sprintf("hark %s at %s, engine %s, up %s, %s", shown(w, r.Version), t.api.Address(), engine, span(r.Uptime), units.HumanSize(float64(r.Memory))),
		fmt.Sprintf("over the last %s", span(r.Seconds)),
		"",
	}
	rows := [][]cell{{{"FUNCTION", dim}, {"CALLS/S", dim}, {"P50", dim}, {"P95", dim}, {"UNDER WAY", dim}, {"REPLICAS", dim}, {"ERRORS/S", dim}, {"CALLS", dim}, {"FAILED", dim}}}
	voice := cells(r.Voice)
	voice[0], voice[5] = cell{"(voice requests)", 0}, cell{"", 0}
	rows = append(rows, voice)
	busy := slices.Clone(r.Functions)
	slices.SortStableFunc(busy, func(a, b reading.Row) int { return cmp.Compare(b.Rate, a.Rate) })
	for _, f := range busy {
		rows = append(rows, cells(f))
	}
	lines = append(lines, aligned(w, rows)...)
	if r.Refused > 0 {
		lines = append(lines, "", inColor(w, yellow, fmt.Sprintf("%s voice requests a second are refused: they are not Alexa's, or for no skill here.", perSecond(r.Refused))))
	}
	return lines
}

func cells(r reading.Row) []cell {
	errors, replicas, failed := 0, 0, 0
	if r.Errors > 0 {
		errors, failed = red, red
	}
	if r.Available < r.Replicas {
		replicas = yellow
	}
	return []cell{{r.Name, 0}, {perSecond(r.Rate), 0}, {latency(r.P50), 0}, {latency(r.P95), 0}, {fmt.Sprint(r.InFlight), 0},
		{fmt.Sprintf("%d/%d", r.Available, r.Replicas), replicas}, {perSecond(r.Errors), errors}, {fmt.Sprintf("%.0f", r.Calls), 0}, {fmt.Sprintf("%.0f", r.Failed), failed}}
}

// aligned has columns line up: the first to the left, numbers to the right. Colors
// have no width.
func aligned(w io.Writer, rows [][]cell) []string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	lines := make([]string, len(rows))
	for at, row := range rows {
		var line strings.Builder
		for i, c := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text))
			if text := inColor(w, c.color, shown(w, c.text)); i == 0 {
				line.WriteString(text + space)
			} else {
				line.WriteString("  " + space + text)
			}
		}
		lines[at] = line.String()
	}
	return lines
}

// cutColored makes a line with colors fit into a number of columns.
func cutColored(line string, columns int) string {
	var out strings.Builder
	inside := false
	for _, r := range line {
		switch {
		case r == '\x1b':
			inside = true
		case inside:
			inside = r != 'm'
		case columns == 0:
			continue
		default:
			columns--
		}
		out.WriteRune(r)
	}
	return out.String()
}

func perSecond(rate float64) string {
	switch {
	case rate == 0:
		return "0"
	case rate < 100:
		return fmt.Sprintf("%.1f", max(rate, .1))
	}
	return fmt.Sprintf("%.0f", rate)
}

func latency(seconds *float64) string {
	switch {
	case seconds == nil:
		return "-"
	case *seconds < .00995:
		return fmt.Sprintf("%.1f ms", *seconds*1000)
	case *seconds < .9995:
		return fmt.Sprintf("%.0f ms", *seconds*1000)
	}
	return fmt.Sprintf("%.1f s", *seconds)
}

// span is a length of time, in its largest unit.
func span(seconds float64) string {
	now := time.Now()
	return age(now.Add(-time.Duration(seconds*float64(time.Second))), now)
}
