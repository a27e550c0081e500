package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

func texts(t *testing.T, e *Engine, q function.LogQuery) []string {
	t.Helper()
	lines, err := e.Logs(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line, err := range lines {
		if err != nil || line.Name != q.Name || line.Instance != instance || line.Time.IsZero() {
			t.Errorf("%+v, error %v", line, err)
		}
		all = append(all, line.Text)
	}
	return all
}

func TestLogs_HaveWhatAFunctionPrintsOnStderr(t *testing.T) {
	var log bytes.Buffer
	e := New(Config{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	t.Cleanup(func() { e.Close(ended()) })
	deploy(t, e, function.Spec{Name: "f", Process: "sh -c 'echo answer; echo one >&2; echo two >&2'", Dir: "."})
	if got := texts(t, e, function.LogQuery{Name: "f"}); len(got) > 0 {
		t.Errorf("at first: %q", got)
	}
	if _, err := call(e, "f"); err != nil {
		t.Fatal(err)
	}
	f, _ := e.function("f")
	f.journal.add(function.LogLine{Name: "f", Instance: instance, Time: time.Now().Add(time.Hour), Text: "later"})
	for _, c := range []struct {
		query function.LogQuery
		want  []string
	}{
		{function.LogQuery{}, []string{"one", "two", "later"}},
		{function.LogQuery{Tail: 2}, []string{"two", "later"}},
		{function.LogQuery{Tail: 9}, []string{"one", "two", "later"}},
		{function.LogQuery{Since: time.Now().Add(time.Minute)}, []string{"later"}},
		{function.LogQuery{Instance: instance, Tail: 1}, []string{"later"}},
		{function.LogQuery{Instance: "another", Follow: true}, nil},
	} {
		c.query.Name = "f"
		if got := texts(t, e, c.query); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.query, got, c.want)
		}
	}
	if log.Len() > 0 {
		t.Errorf("hark's own log has what its level leaves out: %s", &log)
	}
	if _, err := e.Logs(t.Context(), function.LogQuery{Name: "g"}); !errors.Is(err, function.ErrNotFound) {
		t.Error(err)
	}
}

func TestLogs_HaveWhatHappensToAFunction(t *testing.T) {
	j := &journal{}
	log := slog.New(&notes{slog.DiscardHandler, "f", j}).With("a", 1).WithGroup("g")
	log.Warn("the process ended", "status", 3)
	log.Debug("a broken connection")
	lines, _, _ := j.from(0)
	if len(lines) != 1 || lines[0].Text != "the process ended status=3" {
		t.Errorf("%+v", lines)
	}
}

// follow returns the next lines, one a call; empty is the end.
func follow(t *testing.T, e *Engine, ctx context.Context, q function.LogQuery) func() string {
	t.Helper()
	q.Follow = true
	lines, err := e.Logs(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	next, stop := iter.Pull2(lines)
	t.Cleanup(stop)
	return func() string {
		line, _, _ := next()
		return line.Text
	}
}

func TestLogs_FollowedGoOnOverAnUpdateAndEndWithTheFunction(t *testing.T) {
	e := newEngine(t)
	spec := function.Spec{Name: "f", Process: "sh -c 'echo $WHO >&2'", Dir: ".", Environment: map[string]string{"WHO": "old"}}
	deploy(t, e, spec)
	_, _ = call(e, "f")
	next := follow(t, e, t.Context(), function.LogQuery{Name: "f", Tail: 1})
	if got := next(); got != "old" {
		t.Errorf("first %q", got)
	}
	spec.Environment = map[string]string{"WHO": "new"}
	deploy(t, e, spec)
	go func() { _, _ = call(e, "f") }()
	if got := next(); got != "new" {
		t.Errorf("then %q", got)
	}
	go func() { _ = e.Remove(context.Background(), "f") }()
	if got := next(); got != "" {
		t.Errorf("after its end %q", got)
	}
}

func TestLogs_FollowedEndWithTheContext(t *testing.T) {
	e := newEngine(t)
	deploy(t, e, function.Spec{Name: "f", Process: "cat", Dir: "."})
	ctx, cancel := context.WithCancel(t.Context())
	next := follow(t, e, ctx, function.LogQuery{Name: "f"})
	cancel()
	if got := next(); got != "" {
		t.Errorf("%q", got)
	}
}

// Nobody reads, and the function ends all the same; who reads then is told what
// is missing.
func TestLogs_ASlowReaderHoldsNothingUp(t *testing.T) {
	e := newEngine(t)
	deploy(t, e, function.Spec{Name: "f", Process: `sh -c 'echo first >&2'`, Dir: "."})
	_, _ = call(e, "f")
	next := follow(t, e, t.Context(), function.LogQuery{Name: "f"})
	if got := next(); got != "first" {
		t.Fatalf("first %q", got)
	}
	f, _ := e.function("f")
	for i := range 5000 {
		f.journal.add(function.LogLine{Name: "f", Text: fmt.Sprint(i)})
	}
	if got := next(); !strings.HasPrefix(got, "… 4000 lines are left out") {
		t.Errorf("then %q", got)
	}
	if got := next(); got != "4000" {
		t.Errorf("then %q", got)
	}
}

func TestJournal_IsBounded(t *testing.T) {
	j := &journal{}
	for range 100 {
		j.add(function.LogLine{Text: strings.Repeat("x", 10_000)})
	}
	if lines, next, _ := j.from(0); len(lines) != 6 || next != 100 {
		t.Errorf("%d long lines, next %d", len(lines), next)
	}
	j.add(function.LogLine{Text: strings.Repeat("x", 1_000_000)})
	if lines, _, _ := j.from(0); len(lines) != 1 || len(lines[0].Text) != maxJournal {
		t.Errorf("%d lines after one that is too long", len(lines))
	}
	for range 3000 {
		j.add(function.LogLine{})
	}
	if lines, _, _ := j.from(0); len(lines) != maxLines {
		t.Errorf("%d empty lines", len(lines))
	}
}
