package watchdog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/harkvoice/hark/internal/function"
)

func TestRunner_GivesStdinAndPassesOnStdout(t *testing.T) {
	if got, err := output(t, Config{Process: "cat"}, "turn the tree red"); err != nil || got != "turn the tree red" {
		t.Errorf("output %q, error %v", got, err)
	}
}

func TestRunner_WithoutStdinItIsEmpty(t *testing.T) {
	if err := newRunner(t, Config{Process: "cat"}).Run(t.Context(), Request{}, io.Discard); err != nil {
		t.Error(err)
	}
}

func TestRunner_GivesTheArgumentsAsWritten(t *testing.T) {
	got, err := output(t, Config{Process: `printf '<%s>' "a b" '' c`}, "")
	if err != nil || got != "<a b><><c>" {
		t.Errorf("output %q, error %v", got, err)
	}
}

func TestRunner_TellsHowTheProgramFailed(t *testing.T) {
	for _, c := range []struct {
		script string
		want   function.ExitError
	}{
		{"exit 3", function.ExitError{Status: 3}},
		{"exit 255", function.ExitError{Status: 255}},
		{"kill -SEGV $$", function.ExitError{Status: 139, Signal: "segmentation fault"}},
		{"kill -TERM $$", function.ExitError{Status: 143, Signal: "terminated"}},
	} {
		t.Run(c.script, func(t *testing.T) {
			_, err := output(t, Config{Process: sh(c.script)}, "")
			wantExit(t, err, c.want)
		})
	}
}

func TestRunner_GivesOnlyTheEnvironmentItHas(t *testing.T) {
	t.Setenv("HARK_SECRET", "of the gateway")
	for _, c := range []struct {
		name     string
		own, req []string
		want     []string
	}{
		{"none at all", nil, nil, nil},
		{"of the runner", []string{"A=1"}, nil, []string{"A=1\n"}},
		{"of the request", nil, []string{"ALEXA_INTENT=ChangeColor"}, []string{"ALEXA_INTENT=ChangeColor\n"}},
		{"of both", []string{"A=1", "B="}, []string{"C=x=y z"}, []string{"A=1\n", "B=\n", "C=x=y z\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := NewRunner(Config{Process: "env", Env: c.own})
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := r.Run(t.Context(), Request{Env: c.req}, &out); err != nil {
				t.Fatal(err)
			}
			got := slices.Sorted(strings.Lines(out.String()))
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunner_RunsInDir(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := output(t, Config{Process: "pwd", Dir: dir}, ""); err != nil || got != dir+"\n" {
		t.Errorf("output %q, error %v", got, err)
	}
}

func TestRunner_SaysThatAProgramWentAway(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := newRunner(t, Config{Process: program})
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	wantError(t, r.Run(t.Context(), Request{}, io.Discard), function.ErrUnavailable)
}

func TestRunner_DoesNotHangOnLargeStreams(t *testing.T) {
	megabyte := strings.Repeat("0123456789abcde\n", 1<<16)
	for _, c := range []struct {
		name, process, stdin string
		want                 int
	}{
		{"10 MB in and out at once", "cat", strings.Repeat(megabyte, 10), 10 << 20},
		{"1 MB printed before 1 MB is read", sh("head -c 1048576 /dev/zero; cat"), megabyte, 2 << 20},
		{"1 MB that nobody reads", "echo done", megabyte, len("done\n")},
		{"STDIN closed early", sh("exec <&-; echo done"), megabyte, len("done\n")},
		{"only the head is read", "head -c 10", megabyte, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := output(t, Config{Process: c.process}, c.stdin)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != c.want {
				t.Errorf("%d bytes, want %d", len(got), c.want)
			}
			if c.process == "cat" && got != c.stdin {
				t.Error("cat did not print what it was given")
			}
		})
	}
}

func TestRunner_BoundsTheOutput(t *testing.T) {
	for _, c := range []struct{ name, process string }{
		{"of a program that goes on", "yes"},
		{"of a program that has exited by then", "head -c 11 /dev/zero"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := output(t, Config{Process: c.process, MaxOutput: 10}, "")
			wantError(t, err, function.ErrOutputTooLarge)
			if len(got) > 10 {
				t.Errorf("%d bytes came through", len(got))
			}
		})
	}
	if got, err := output(t, Config{Process: "head -c 10 /dev/zero", MaxOutput: 10}, ""); err != nil || len(got) != 10 {
		t.Errorf("at the bound: %d bytes, error %v", len(got), err)
	}
}

func TestRunner_BoundsTheInput(t *testing.T) {
	_, err := output(t, Config{Process: "cat", MaxInput: 10}, "elevenbytes")
	wantError(t, err, function.ErrInputTooLarge)
	if got, err := output(t, Config{Process: "cat", MaxInput: 10}, "just a ten"); err != nil || got != "just a ten" {
		t.Errorf("at the bound: output %q, error %v", got, err)
	}
}

func TestRunner_ReturnsTheErrorOfStdin(t *testing.T) {
	broken := errors.New("the client sent half a chunk")
	err := newRunner(t, Config{Process: "cat"}).Run(t.Context(), Request{
		Stdin: io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)),
	}, io.Discard)
	wantError(t, err, broken)
}

func TestRunner_DoesNotWaitForAStdinThatNeverEnds(t *testing.T) {
	reader, writer := io.Pipe()
	defer writer.Close()
	var out bytes.Buffer
	err := newRunner(t, Config{Process: "echo answered"}).Run(t.Context(), Request{Stdin: reader}, &out)
	if err != nil || out.String() != "answered\n" {
		t.Errorf("output %q, error %v", &out, err)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestRunner_EndsTheProgramWhenItsAnswerCannotBeWritten(t *testing.T) {
	broken := errors.New("the client is gone")
	for _, process := range []string{"yes", "echo one line"} {
		err := newRunner(t, Config{Process: process}).Run(t.Context(), Request{}, brokenWriter{broken})
		wantError(t, err, broken)
	}
}

func TestRunner_RefusesMoreThanMayRunAtOnce(t *testing.T) {
	r := newRunner(t, Config{Process: sh("echo running; cat"), MaxInflight: 2})
	var writers []io.Closer
	var runs []*underway
	for range 2 {
		reader, writer := io.Pipe()
		writers = append(writers, writer)
		runs = append(runs, begin(t.Context(), r, Request{Stdin: reader}))
	}
	for _, run := range runs {
		run.line(t)
	}
	wantError(t, r.Run(t.Context(), Request{}, io.Discard), function.ErrOverloaded)
	for i, run := range runs {
		writers[i].Close()
		if _, err := run.end(t); err != nil {
			t.Error(err)
		}
	}
	if err := r.Run(t.Context(), Request{}, io.Discard); err != nil {
		t.Errorf("with its places free again: %v", err)
	}
}

func TestRunner_CloseWaitsForWhatRunsAndRefusesMore(t *testing.T) {
	r := newRunner(t, Config{Process: sh("echo running; cat")})
	reader, writer := io.Pipe()
	run := begin(t.Context(), r, Request{Stdin: reader})
	run.line(t)
	closed := make(chan struct{})
	go func() { defer close(closed); r.Close(context.Background()) }()

	eventually(t, "new requests are refused", func() bool {
		return errors.Is(r.Run(t.Context(), Request{}, io.Discard), ErrClosed)
	})
	select {
	case <-closed:
		t.Fatal("Close returned while a program runs")
	default:
	}
	_, _ = io.WriteString(writer, "finished")
	writer.Close()
	if got, err := run.end(t); err != nil || got != "finished" {
		t.Errorf("output %q, error %v", got, err)
	}
	receive(t, closed)
	wantError(t, r.Run(t.Context(), Request{}, io.Discard), function.ErrUnavailable)
}

func TestRunner_CloseEndsWhatRunsWhenItsContextEnds(t *testing.T) {
	r := newRunner(t, Config{Process: sh("echo $$; sleep 1000")})
	run := begin(t.Context(), r, Request{})
	pid := run.line(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.Close(ctx)
	_, err := run.end(t)
	wantError(t, err, function.ErrUnavailable)
	awaitGone(t, pid)
}

func TestRunner_StartsNothingForARequestThatIsOver(t *testing.T) {
	file := filepath.Join(t.TempDir(), "started")
	r := newRunner(t, Config{Process: "touch " + file})
	ctx := newAlarm(t)
	ctx.ring()
	wantError(t, r.Run(ctx, Request{}, io.Discard), function.ErrTimeout)
	if _, err := os.Stat(file); err == nil {
		t.Error("the program was started")
	}
}

// stuckBody never comes, but can be released.
type stuckBody struct{ released chan struct{} }

func (s stuckBody) Len() int                 { return 3 }
func (s stuckBody) Read([]byte) (int, error) { <-s.released; return 0, io.ErrUnexpectedEOF }
func (s stuckBody) Release()                 { close(s.released) }

func TestRunner_CloseDoesNotWaitForAShortStdin(t *testing.T) {
	r := newRunner(t, Config{Process: "cat"})
	got := make(chan error, 1)
	go func() {
		got <- r.Run(t.Context(), Request{Stdin: stuckBody{make(chan struct{})}}, io.Discard)
	}()
	eventually(t, "it is under way", func() bool {
		r.gate.mu.Lock()
		defer r.gate.mu.Unlock()
		return r.gate.inside == 1
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.Close(ctx)
	wantError(t, receive(t, got), function.ErrUnavailable)
}
