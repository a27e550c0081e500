package watchdog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

func TestRunner_KillsGrandchildrenAtTheDeadline(t *testing.T) {
	r := newRunner(t, Config{Process: sh(`sh -c 'sleep 1000 & echo $!; wait' & echo $$; wait`)})
	ctx := newAlarm(t)
	run := begin(ctx, r, Request{})
	pids := []string{run.line(t), run.line(t)}
	ctx.ring()
	_, err := run.end(t)
	wantError(t, err, function.ErrTimeout)
	awaitGone(t, pids...)
}

func TestRunner_KillsWhatIgnoresTERM(t *testing.T) {
	r := newRunner(t, Config{Process: sh(`trap '' TERM; echo $$; sleep 1000; sleep 1000`), Grace: 10 * time.Millisecond})
	ctx := newAlarm(t)
	run := begin(ctx, r, Request{})
	pid := run.line(t)
	ctx.ring()
	_, err := run.end(t)
	wantError(t, err, function.ErrTimeout)
	awaitGone(t, pid)
}

func TestRunner_LetsAProgramCleanUpInTheGrace(t *testing.T) {
	r := newRunner(t, Config{Process: sh(`trap 'echo bye; exit 0' TERM; echo ready; sleep 1000 & wait`), Grace: patience})
	ctx := newAlarm(t)
	run := begin(ctx, r, Request{})
	run.line(t)
	ctx.ring()
	rest, err := run.end(t)
	wantError(t, err, function.ErrTimeout)
	if rest != "bye\n" {
		t.Errorf("printed %q in its grace", rest)
	}
}

func TestRunner_EndsTheProgramWhenTheClientIsGone(t *testing.T) {
	r := newRunner(t, Config{Process: sh(`echo $$; sleep 1000`)})
	ctx, cancel := context.WithCancel(t.Context())
	run := begin(ctx, r, Request{})
	pid := run.line(t)
	cancel()
	_, err := run.end(t)
	wantError(t, err, context.Canceled)
	awaitGone(t, pid)
}

// A shell's job that holds STDOUT must not hold the answer up.
func TestRunner_EndsItsGroupWithItsLeader(t *testing.T) {
	got, err := output(t, Config{Process: sh(`sleep 1000 & echo $!`)}, "")
	if err != nil {
		t.Fatal(err)
	}
	awaitGone(t, strings.TrimSpace(got))
}

func TestRunner_DoesNotWaitForASessionOfItsOwn(t *testing.T) {
	filler := strings.Repeat("x", 60_000)
	r := newRunner(t, Config{Process: sh(`setsid sh -c 'sleep 1000 & echo $!'; cat`)})
	var out bytes.Buffer
	if err := r.Run(t.Context(), Request{Stdin: strings.NewReader(filler)}, &out); err != nil {
		t.Fatal(err)
	}
	pid, rest, _ := strings.Cut(out.String(), "\n")
	defer kill(t, pid)
	if rest != filler {
		t.Errorf("%d bytes of the answer came, want %d", len(rest), len(filler))
	}
	if !alive(pid) {
		t.Error("what the program left behind in its own session was ended")
	}
}

// Such a descendant may even go on printing: there is no end to wait for. The
// bound on the output is out of the way, so that it is the program's exit that
// ends the run, however much is printed until hark hears of it.
func TestRunner_DoesNotReadASessionOfItsOwnForEver(t *testing.T) {
	for _, stream := range []string{"1", "2"} {
		t.Run("descriptor "+stream, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "pid")
			r := newRunner(t, Config{Process: sh(`setsid sh -c 'yes >&` + stream + ` & echo $! >` + file + `'`)})
			if err := r.Run(t.Context(), Request{Stderr: func([]byte) {}}, io.Discard); err != nil {
				t.Error(err)
			}
			pid, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			awaitGone(t, strings.TrimSpace(string(pid))) // by SIGPIPE
		})
	}
}

// Whatever the scheduler does: here it prints more as fast as it is read.
func TestOutlet_ReadsNoMoreThanAPipeHolds(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer writer.Close()
	chunk := make([]byte, 4<<10)
	if _, err := writer.Write(chunk); err != nil {
		t.Fatal(err)
	}
	o := outlet{descriptor: descriptor{file: reader}, left: maxPipe}
	o.cut()
	for total := 0; ; {
		n, err := o.Read(chunk)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if total += n; total > 2*maxPipe {
			t.Fatal("it reads on")
		}
		if _, err := writer.Write(chunk[:n]); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRunner_ReadsStderrOfAProgramThatClosedItsStdout(t *testing.T) {
	total := 0
	r := newRunner(t, Config{Process: sh(`exec >&-; head -c 200000 /dev/zero >&2`)})
	if err := r.Run(t.Context(), Request{Stderr: func(line []byte) { total += len(line) }}, io.Discard); err != nil || total != 200_000 {
		t.Errorf("%d bytes, error %v", total, err)
	}
}

func TestRunner_TakesStderrApartAndByLine(t *testing.T) {
	var lines []string
	var out bytes.Buffer
	r := newRunner(t, Config{Process: sh(`echo one >&2; echo answer; printf 'two\r\n\nthree' >&2`)})
	err := r.Run(t.Context(), Request{Stderr: func(line []byte) { lines = append(lines, string(line)) }}, &out)
	if err != nil || out.String() != "answer\n" {
		t.Errorf("output %q, error %v", &out, err)
	}
	if got := strings.Join(lines, "|"); got != "one|two||three" {
		t.Errorf("lines %q", got)
	}
}

func TestRunner_GivesALongLineOfStderrInParts(t *testing.T) {
	var whole strings.Builder
	parts := 0
	r := newRunner(t, Config{Process: sh(`head -c 200000 /dev/zero | tr '\0' x >&2; echo >&2`)})
	err := r.Run(t.Context(), Request{Stderr: func(part []byte) {
		if len(part) > MaxLine {
			t.Errorf("a part of %d bytes", len(part))
		}
		whole.Write(part)
		parts++
	}}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if parts != 4 || whole.String() != strings.Repeat("x", 200_000) {
		t.Errorf("%d bytes in %d parts", whole.Len(), parts)
	}
}

func TestRunner_BoundsWhatIsLoggedOfStderr(t *testing.T) {
	var last string
	total := 0
	r := newRunner(t, Config{Process: sh(`head -c 3145728 /dev/zero >&2; echo done`)})
	var out bytes.Buffer
	err := r.Run(t.Context(), Request{Stderr: func(line []byte) {
		last = string(line)
		total += len(line)
	}}, &out)
	if err != nil || out.String() != "done\n" {
		t.Errorf("output %q, error %v", &out, err)
	}
	logged := total - len(last)
	if want := fmt.Sprintf("… %d more bytes on STDERR were not logged", 3145728-logged); last != want || logged > MaxStderr || logged < MaxStderr-16*lineCost {
		t.Errorf("%d bytes logged, the last line is %.80q", total, last)
	}
}

func TestRunner_BoundsTheRecordsThatStderrBecomes(t *testing.T) {
	lines := 0
	r := newRunner(t, Config{Process: sh(`yes '' | head -c 1000000 >&2`)})
	if err := r.Run(t.Context(), Request{Stderr: func([]byte) { lines++ }}, io.Discard); err != nil || lines > MaxStderr/lineCost+2 {
		t.Errorf("%d lines, error %v", lines, err)
	}
}

func TestRunner_DropsStderrThatNobodyTakes(t *testing.T) {
	if got, err := output(t, Config{Process: sh(`head -c 200000 /dev/zero >&2; echo done`)}, ""); err != nil || got != "done\n" {
		t.Errorf("output %q, error %v", got, err)
	}
}

func TestRunner_LeavesNothingBehind(t *testing.T) {
	kinds := []func(t *testing.T){
		func(t *testing.T) { _, _ = output(t, Config{Process: "cat"}, "hello") },
		func(t *testing.T) { _, _ = output(t, Config{Process: "false"}, "") },
		func(t *testing.T) { _, _ = output(t, Config{Process: "yes", MaxOutput: 100_000}, "") },
		func(t *testing.T) { _, _ = output(t, Config{Process: "cat", MaxInput: 1}, "too much") },
		func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			_ = newRunner(t, Config{Process: "sleep 1000"}).Run(ctx, Request{}, io.Discard)
		},
		func(t *testing.T) { _, _ = output(t, Config{Process: sh("sleep 1000 & echo x >&2")}, "") },
		func(t *testing.T) { _, _ = output(t, Config{Process: "true"}, strings.Repeat("unread", 100_000)) },
		func(t *testing.T) {
			if body, err := newRunner(t, Config{Process: "yes"}).Reply(t.Context(), Request{}); err == nil {
				body.Close()
			}
		},
	}
	kinds[0](t) // what the runtime opens once
	files, goroutines := openFiles(t), runtime.NumGoroutine()

	next := make(chan int, 200)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for i := range next {
				kinds[i%len(kinds)](t)
			}
		})
	}
	for i := range 200 {
		next <- i
	}
	close(next)
	workers.Wait()

	eventually(t, "every goroutine has ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	eventually(t, "every file is closed", func() bool { return openFiles(t) <= files })
	if left := ownProcesses(t); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	dir, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(dir)
}

func kill(t *testing.T, pid string) {
	t.Helper()
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(n, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Error(err)
	}
}
