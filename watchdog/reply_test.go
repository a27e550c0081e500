package watchdog

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// overWindow is a script's command that prints more than is held back.
const overWindow = "head -c 100000 /dev/zero; "

func reply(t *testing.T, ctx context.Context, process string, stdin io.Reader) io.ReadCloser {
	t.Helper()
	body, err := newRunner(t, Config{Process: process}).Reply(ctx, Request{Stdin: stdin})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { body.Close() })
	return body
}

func TestReply_GivesTheWholeAnswer(t *testing.T) {
	for _, size := range []int{0, 1, Window - 1, Window, Window + 1, 3 << 20} {
		body := reply(t, t.Context(), "cat", strings.NewReader(strings.Repeat("x", size)))
		got, err := io.ReadAll(body)
		if err != nil || len(got) != size {
			t.Errorf("%d bytes of %d, error %v", len(got), size, err)
		}
	}
}

func TestReply_FailureBeforeTheWindowIsAnErrorAndNoAnswer(t *testing.T) {
	_, err := newRunner(t, Config{Process: sh("echo half; exit 3")}).Reply(t.Context(), Request{})
	wantExit(t, err, function.ExitError{Status: 3})
}

func TestReply_FailureAfterTheWindowEndsTheAnswerInThatError(t *testing.T) {
	body := reply(t, t.Context(), sh(overWindow+"exit 3"), nil)
	got, err := io.ReadAll(body)
	wantExit(t, err, function.ExitError{Status: 3})
	if len(got) != 100_000 {
		t.Errorf("%d bytes before the error", len(got))
	}
}

func TestReply_BeginsBeforeTheProgramEndsOnceOverTheWindow(t *testing.T) {
	reader, writer := io.Pipe()
	body := reply(t, t.Context(), sh(overWindow+"cat"), reader)
	if _, err := io.ReadFull(body, make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
	// Only now does the program learn what it is to print last.
	_, _ = io.WriteString(writer, "the end")
	writer.Close()
	if rest, err := io.ReadAll(body); err != nil || string(rest) != "the end" {
		t.Errorf("rest %q, error %v", rest, err)
	}
}

func TestReply_ClosedEarlyEndsTheProgram(t *testing.T) {
	body := reply(t, t.Context(), sh("echo $$; "+overWindow+"sleep 1000"), nil)
	head := make([]byte, 64)
	if _, err := io.ReadFull(body, head); err != nil {
		t.Fatal(err)
	}
	body.Close()
	pid, _, _ := strings.Cut(string(head), "\n")
	awaitGone(t, pid)
}

func TestReply_TheDeadlineCutsAnAnswerThatHasBegun(t *testing.T) {
	ctx := newAlarm(t)
	body := reply(t, ctx, sh(overWindow+"sleep 1000"), nil)
	ctx.ring()
	_, err := io.ReadAll(body)
	wantError(t, err, function.ErrTimeout)
}

// A reader that reads no more must not keep the runner from closing. What a
// program has printed that is gone by then can still be read.
func TestReply_AnAnswerThatNobodyReadsHoldsNothingUp(t *testing.T) {
	for process, want := range map[string]error{"yes": function.ErrUnavailable, sh(overWindow): nil} {
		r := newRunner(t, Config{Process: process})
		body, err := r.Reply(t.Context(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		if want == nil {
			eventually(t, "the program has exited", func() bool { return len(ownProcesses(t)) == 0 })
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		closed := make(chan struct{})
		go func() { defer close(closed); r.Close(ctx) }()
		receive(t, closed)
		_, err = io.ReadAll(body)
		wantError(t, err, want)
	}
}

func TestReply_DeadlineBeforeTheWindowIsAnError(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := newRunner(t, Config{Process: sh("echo half; sleep 1000")}).Reply(ctx, Request{})
	wantError(t, err, function.ErrTimeout)
}
