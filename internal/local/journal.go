package local

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"

	"github.com/harkvoice/hark/internal/function"
)

// A journal keeps so many lines of a function at most, and so many bytes of text.
const (
	maxLines   = 1000
	maxJournal = 64 << 10
)

// instance is the name of the only replica that logs.
const instance = "local"

// journal has the last lines that a function has logged. Who adds one never waits
// for who reads: a reader that is slow misses lines, and is told so.
type journal struct {
	mu    sync.Mutex
	lines []function.LogLine // the oldest first
	first int                // the number of lines[0], counted from the first ever
	size  int                // bytes of their text
	more  chan struct{}      // closed when there is more; nil if nobody waits
	ended bool
}

func (j *journal) add(line function.LogLine) {
	line.Text = line.Text[:min(len(line.Text), maxJournal)]
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
	j.size += len(line.Text)
	for len(j.lines) > maxLines || j.size > maxJournal {
		j.size -= len(j.lines[0].Text)
		j.lines[0] = function.LogLine{}
		j.lines = j.lines[1:]
		j.first++
	}
	j.wake()
}

// end lets those go who follow.
func (j *journal) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ended = true
	j.wake()
}

func (j *journal) wake() {
	if j.more != nil {
		close(j.more)
		j.more = nil
	}
}

// from returns the lines from number at on, the number of the next one and a
// channel that is closed when that is there: nil if it never will be.
func (j *journal) from(at int) (lines []function.LogLine, next int, more <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	missed := max(j.first-at, 0)
	lines = append(lines, j.lines[max(at-j.first, 0):]...)
	if missed > 0 && at > 0 && len(lines) > 0 {
		lost := lines[0]
		lost.Text = fmt.Sprintf("… %d lines are left out here: they came faster than they were read", missed)
		lines = append([]function.LogLine{lost}, lines...)
	}
	if !j.ended {
		if j.more == nil {
			j.more = make(chan struct{})
		}
		more = j.more
	}
	return lines, j.first + len(j.lines), more
}

// Logs returns what a function has printed on STDERR, and what happened to it, as
// far as it is kept: the last 1000 lines, 64 kB. Following ends with ctx, or with
// the function.
func (e *Engine) Logs(ctx context.Context, q function.LogQuery) (iter.Seq2[function.LogLine, error], error) {
	f, ok := e.function(q.Name)
	if !ok {
		return nil, fmt.Errorf("function %.64q: %w", q.Name, function.ErrNotFound)
	}
	if q.Instance != "" && q.Instance != instance {
		return func(func(function.LogLine, error) bool) {}, nil
	}
	return func(yield func(function.LogLine, error) bool) {
		lines, next, more := f.journal.from(0)
		for lines = chosen(lines, q); ; lines, next, more = f.journal.from(next) {
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
			}
			if !q.Follow || more == nil {
				return
			}
			select {
			case <-more:
			case <-ctx.Done():
				return
			}
		}
	}, nil
}

// chosen are those of the lines that there are that a query asks for.
func chosen(lines []function.LogLine, q function.LogQuery) []function.LogLine {
	for len(lines) > 0 && lines[0].Time.Before(q.Since) {
		lines = lines[1:]
	}
	if q.Tail > 0 && len(lines) > q.Tail {
		lines = lines[len(lines)-q.Tail:]
	}
	return lines
}

// notes writes a function's log records into its journal too: what it has printed
// as it is, events as their message and attributes.
type notes struct {
	slog.Handler
	function string
	journal  *journal
}

func (n *notes) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

func (n *notes) Handle(ctx context.Context, r slog.Record) error {
	text, event := "", strings.Builder{}
	event.WriteString(r.Message)
	printed := false
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "line" {
			text, printed = a.Value.String(), true
		}
		fmt.Fprintf(&event, " %s=%v", a.Key, a.Value)
		return !printed
	})
	if !printed {
		text = event.String()
	}
	n.journal.add(function.LogLine{Name: n.function, Instance: instance, Time: r.Time, Text: text})
	if !n.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return n.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (n *notes) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &notes{n.Handler.WithAttrs(attrs), n.function, n.journal}
}

// WithGroup implements slog.Handler.
func (n *notes) WithGroup(name string) slog.Handler {
	return &notes{n.Handler.WithGroup(name), n.function, n.journal}
}
