package swarm

import (
	"bufio"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// logged are the lines of f that hold a word, as they are now.
func logged(t *testing.T, e *Engine, q function.LogQuery, word string) (lines []function.LogLine) {
	t.Helper()
	q.Name = "f"
	all, err := e.Logs(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for line, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line.Text, word) {
			lines = append(lines, line)
		}
	}
	return lines
}

// awaitLines awaits so many.
func awaitLines(t *testing.T, e *Engine, q function.LogQuery, word string, n int) (lines []function.LogLine) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d lines with %q", n, word), func() bool {
		lines = logged(t, e, q, word)
		return len(lines) == n
	})
	return lines
}

func TestLogs_ChooseLines(t *testing.T) {
	e := engine(t)
	deploy(t, e, doing("log"))
	begun := time.Now()
	for _, word := range []string{"mark-1", "mark-2", "mark-3"} {
		answer(t, e, word+"\n")
	}
	lines := awaitLines(t, e, function.LogQuery{}, "mark-", 3)
	for i, line := range lines {
		if line.Name != "f" || line.Instance != tasksOf(t, "f", "running")[0].ID || line.Time.Before(begun.Add(-time.Second)) || line.Time.After(time.Now()) {
			t.Errorf("%+v", line)
		}
		if !strings.Contains(line.Text, fmt.Sprint("mark-", i+1)) || strings.ContainsAny(line.Text, "\r\n") {
			t.Errorf("line %d is %q", i, line.Text)
		}
	}
	if last := logged(t, e, function.LogQuery{Tail: 1}, ""); len(last) != 1 {
		t.Errorf("of the last line there are %d", len(last))
	}
	for since, want := range map[time.Time]int{lines[1].Time: 2, lines[2].Time.Add(1): 0, begun.Add(-time.Hour): 3} {
		if got := logged(t, e, function.LogQuery{Since: since}, "mark-"); len(got) != want {
			t.Errorf("since %s: %d lines, want %d", since, len(got), want)
		}
	}
	if got := logged(t, e, function.LogQuery{Instance: "nobody"}, ""); len(got) > 0 {
		t.Errorf("nobody has logged %v", got)
	}
	if _, err := e.Logs(t.Context(), function.LogQuery{Name: "nobody"}); err == nil {
		t.Error("there are logs of no function")
	}
}

// Docker cuts lines into parts of 16 KiB, and mixes those of two replicas.
func TestLogs_LongLinesOfTwoReplicasStayWhole(t *testing.T) {
	e := engine(t)
	spec := doing("log", "prefix_logs=false")
	spec.Labels = map[string]string{"com.openfaas.scale.min": "2"}
	deploy(t, e, spec)
	available(t, e, 2)
	const n, long = 10, 50_000
	for i := range n {
		answer(t, e, fmt.Sprintf("begin-%d%s-end\n", i, strings.Repeat("x", long)))
	}
	lines := awaitLines(t, e, function.LogQuery{}, "begin-", n)
	seen := map[string]int{}
	for _, line := range lines {
		seen[line.Instance]++
		if strings.Count(line.Text, "x") < long || !strings.Contains(line.Text, "-end") {
			t.Errorf("a line of %d bytes: %.80s…%s", len(line.Text), line.Text, line.Text[max(0, len(line.Text)-20):])
		}
	}
	if len(seen) != 2 {
		t.Errorf("lines by replica: %v", seen)
	}
	for id, count := range seen {
		if got := logged(t, e, function.LogQuery{Instance: id}, "begin-"); len(got) != count {
			t.Errorf("replica %s has %d lines, want %d", id, len(got), count)
		}
	}
}

func TestLogs_FollowSeesLinesAsTheyCome(t *testing.T) {
	e := engine(t)
	deploy(t, e, doing("log"))
	answer(t, e, "before\n")
	goroutines := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	all, err := e.Logs(ctx, function.LogQuery{Name: "f", Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for line, err := range all {
			if err != nil {
				t.Error(err)
			}
			lines <- line.Text
		}
	}()
	awaitWord(t, lines, "before")
	answer(t, e, "while it is followed\n")
	awaitWord(t, lines, "while it is followed")
	if err := e.Scale(t.Context(), "f", 2); err != nil {
		t.Fatal(err)
	}
	available(t, e, 2)
	for i := range 2 { // the new replica is heard as well
		answer(t, e, fmt.Sprintf("replica %d\n", i))
	}
	awaitWord(t, lines, "replica 0", "replica 1")
	cancel()
	ended := time.After(patience)
	for open := true; open; {
		select {
		case _, open = <-lines:
		case <-ended:
			t.Fatal("it does not end")
		}
	}
	eventually(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= goroutines+2 })
}

func awaitWord(t *testing.T, lines <-chan string, words ...string) {
	t.Helper()
	for end := time.After(patience); len(words) > 0; {
		select {
		case line := <-lines:
			words = slices.DeleteFunc(words, func(word string) bool { return strings.Contains(line, word) })
		case <-end:
			t.Fatalf("nobody logs %q", words)
		}
	}
}

func TestLogs_OfAFunctionThatCannotRunEnd(t *testing.T) {
	e := engine(t)
	spec := doing("log")
	spec.Constraints = []string{"node.labels.none==here"}
	deploy(t, e, spec)
	eventually(t, "a task that waits", func() bool { return len(tasksOf(t, "f", "running")) == 1 })
	if lines := logged(t, e, function.LogQuery{}, ""); len(lines) > 0 {
		t.Errorf("lines %v", lines)
	}
}

func TestFrames_DockersOwnWordIsAnError(t *testing.T) {
	stream := "\x03\x00\x00\x00\x00\x00\x00\x09warning:\n"
	f := frames{from: bufio.NewReader(strings.NewReader(stream)), parts: map[string]string{}}
	if _, err := f.line(); err == nil || err.Error() != "warning:" {
		t.Error(err)
	}
}
