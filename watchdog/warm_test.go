package watchdog

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// events are what a Runner logs between requests, one element each.
type events chan string

func (e events) log(event string, attrs ...any) {
	select {
	case e <- fmt.Sprint(append([]any{event, " "}, attrs...)...):
	default: // nobody waits for so many
	}
}

// await returns the next event that has part in it.
func (e events) await(t *testing.T, part string) string {
	t.Helper()
	for {
		if event := receive(t, e); strings.Contains(event, part) {
			return event
		}
	}
}

// newWarm is a Runner with processes started ahead.
func newWarm(t *testing.T, c Config) (*Runner, events) {
	t.Helper()
	log := make(events, 10_000)
	c.Log = log.log
	c.Stderr = func(line []byte) { log.log("stderr", "line", string(line)) }
	if c.Warm == 0 {
		c.Warm = 1
	}
	r := newRunner(t, c)
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r.Close(ctx)
	})
	return r, log
}

// parkedPids are the processes that wait.
func parkedPids(r *Runner) (pids []string) {
	r.pool.mu.Lock()
	defer r.pool.mu.Unlock()
	for _, p := range r.pool.parked {
		pids = append(pids, strconv.Itoa(p.pid))
	}
	return pids
}

// awaitParked waits until so many processes wait.
func awaitParked(t *testing.T, r *Runner, n int) (pids []string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d processes wait", n), func() bool { pids = parkedPids(r); return len(pids) == n })
	return pids
}

// killParked kills one that waits, if any does, and surely no other process.
func killParked(r *Runner) {
	r.pool.mu.Lock()
	defer r.pool.mu.Unlock()
	for _, p := range r.pool.parked[:min(1, len(r.pool.parked))] {
		p.mu.Lock()
		if !p.reaped {
			_ = syscall.Kill(p.pid, syscall.SIGKILL)
		}
		p.mu.Unlock()
	}
}

// whoever prints its process id and then what it is given.
const whoever = "echo $$; cat"

// ask runs a request and returns who has answered, and what.
func ask(t *testing.T, r *Runner, req Request) (pid, answer string) {
	t.Helper()
	var out bytes.Buffer
	if err := r.Run(t.Context(), req, &out); err != nil {
		t.Fatal(err)
	}
	pid, answer, _ = strings.Cut(out.String(), "\n")
	return pid, answer
}

func TestWarm_AnswersFromProcessesThatWait(t *testing.T) {
	r, _ := newWarm(t, Config{Process: sh(whoever), Warm: 2})
	seen := map[string]bool{}
	for i := range 6 {
		waiting := awaitParked(t, r, 2) // each is replaced after its answer
		body := strconv.Itoa(i)
		pid, answer := ask(t, r, Request{Stdin: strings.NewReader(body)})
		if answer != body {
			t.Errorf("request %d got %q", i, answer)
		}
		if !slices.Contains(waiting, pid) {
			t.Errorf("request %d was answered by %s, but %v were waiting", i, pid, waiting)
		}
		if seen[pid] {
			t.Errorf("process %s has answered twice", pid)
		}
		seen[pid] = true
	}
}

func TestWarm_TheOldestGoesFirst(t *testing.T) {
	r, _ := newWarm(t, Config{Process: sh(whoever), Warm: 3})
	oldest := awaitParked(t, r, 3)[0]
	if pid, _ := ask(t, r, Request{}); pid != oldest {
		t.Errorf("%s answered, want %s", pid, oldest)
	}
}

func TestWarm_MoreRequestsThanWaitAreStartedForThemselves(t *testing.T) {
	r, _ := newWarm(t, Config{Process: sh(whoever), Warm: 2})
	waiting := awaitParked(t, r, 2)
	var writers []*io.PipeWriter
	var runs []*underway
	var pids []string
	for range 6 {
		reader, writer := io.Pipe()
		run := begin(t.Context(), r, Request{Stdin: reader})
		writers, runs, pids = append(writers, writer), append(runs, run), append(pids, run.line(t))
	}
	for i, run := range runs { // all six run at once
		_, _ = io.WriteString(writers[i], pids[i])
		writers[i].Close()
		if got, err := run.end(t); err != nil || got != pids[i] {
			t.Errorf("%q, error %v", got, err)
		}
	}
	if distinct := slices.Compact(slices.Sorted(slices.Values(pids))); len(distinct) != 6 {
		t.Errorf("six requests, processes %v", distinct)
	}
	for _, pid := range waiting {
		if !slices.Contains(pids, pid) {
			t.Errorf("process %s has waited, and none of %v is it", pid, pids)
		}
	}
	awaitParked(t, r, 2) // and no more than that
}

func TestWarm_ReplacesAProcessThatWasKilled(t *testing.T) {
	r, log := newWarm(t, Config{Process: sh(whoever)})
	first := awaitParked(t, r, 1)[0]
	killParked(r)
	if event := log.await(t, "ahead has ended"); !strings.Contains(event, "signal: killed") {
		t.Errorf("logged %q", event)
	}
	awaitGone(t, first)
	eventually(t, "another one waits", func() bool { pids := parkedPids(r); return len(pids) == 1 && pids[0] != first })
	if pid, _ := ask(t, r, Request{}); pid == first {
		t.Errorf("%s answered", pid)
	}
}

func TestBackoff(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 7: 6400 * time.Millisecond, 8: 10 * time.Second, 100: 10 * time.Second, 1 << 30: 10 * time.Second,
	} {
		if got := backoff(failures); got != want {
			t.Errorf("after %d failures %v, want %v", failures, got, want)
		}
	}
}

// While a program cannot be kept waiting, requests still run it.
func TestWarm_AnswersWhileNothingWaits(t *testing.T) {
	r, log := newWarm(t, Config{Process: sh("read line; echo $line")})
	awaitParked(t, r, 1)
	killParked(r)
	log.await(t, "ahead has ended")
	var out bytes.Buffer
	if err := r.Run(t.Context(), Request{Stdin: strings.NewReader("hello\n")}, &out); err != nil || out.String() != "hello\n" {
		t.Errorf("%q, error %v", &out, err)
	}
}

func TestWarm_SaysThatAProgramWentAway(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r, log := newWarm(t, Config{Process: program})
	awaitParked(t, r, 1)
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	killParked(r)
	log.await(t, "no process could be started ahead")
	wantError(t, r.Run(t.Context(), Request{}, io.Discard), function.ErrUnavailable)
}

func TestWarm_RenewsAProcessThatHasWaitedForLong(t *testing.T) {
	r, log := newWarm(t, Config{Process: sh(whoever), WarmMaxAge: 10 * time.Millisecond})
	seen := map[string]bool{}
	eventually(t, "three processes have waited", func() bool {
		for _, pid := range parkedPids(r) {
			seen[pid] = true
		}
		return len(seen) >= 3
	})
	select { // it is no failure
	case event := <-log:
		t.Errorf("logged %q", event)
	default:
	}
}

func TestWarm_TheEnvironmentOfARequestDoesNotReachIt(t *testing.T) {
	server := serve(t, env{"fprocess": sh("cat; env"), "warm": "1", "OWN": "value"}, io.Discard)
	for range 3 {
		_, got, err := do(t, server, "POST", "/path?query", strings.NewReader("body\n"))
		if err != nil || !strings.HasPrefix(got, "body\n") || !strings.Contains(got, "OWN=value\n") || strings.Contains(got, "Http_") {
			t.Errorf("%q, error %v", got, err)
		}
	}
	// Nor one that was started for its request since nothing waited: a program
	// must not depend on which it is.
	dog := newWatchdog(t, env{"fprocess": sh("cat; env"), "warm": "1"}, io.Discard)
	dog.mode.(*stdio).runner.pool.close()
	if got := get(t, handle(t, dog), "/"); strings.Contains(got, "Http_") {
		t.Errorf("%q", got)
	}
}

func TestWarm_StderrGoesToWhomeverItIsAbout(t *testing.T) {
	r, log := newWarm(t, Config{Process: sh("echo waiting >&2; read line; echo $line >&2; echo done")})
	if event := log.await(t, "stderr"); !strings.Contains(event, "waiting") {
		t.Errorf("logged %q", event)
	}
	var lines []string
	err := r.Run(t.Context(), Request{
		Stdin:  strings.NewReader("answering\n"),
		Stderr: func(line []byte) { lines = append(lines, string(line)) },
	}, io.Discard)
	if err != nil || !slices.Equal(lines, []string{"answering"}) {
		t.Errorf("lines %q, error %v", lines, err)
	}
	if event := log.await(t, "stderr"); strings.Contains(event, "answering") { // of the next one
		t.Errorf("logged %q", event)
	}
}

func TestWarm_TellsHowTheProgramFailed(t *testing.T) {
	r, _ := newWarm(t, Config{Process: sh("read line; eval \"$line\"")})
	for line, want := range map[string]function.ExitError{
		"exit 3":        {Status: 3},
		"kill -SEGV $$": {Status: 139, Signal: "segmentation fault"},
	} {
		awaitParked(t, r, 1)
		wantExit(t, r.Run(t.Context(), Request{Stdin: strings.NewReader(line + "\n")}, io.Discard), want)
	}
}

func TestWarm_EndsWithItsRequest(t *testing.T) {
	r, _ := newWarm(t, Config{Process: sh("echo $$; read line; sleep 1000 & echo $!; wait")})
	pids := func(run *underway) []string { return []string{run.line(t), run.line(t)} }

	awaitParked(t, r, 1)
	late := newAlarm(t)
	run := begin(late, r, Request{})
	gone := pids(run)
	late.ring()
	_, err := run.end(t)
	wantError(t, err, function.ErrTimeout)
	awaitGone(t, gone...)

	awaitParked(t, r, 1)
	ctx, cancel := context.WithCancel(t.Context())
	run = begin(ctx, r, Request{})
	gone = pids(run)
	cancel()
	_, err = run.end(t)
	wantError(t, err, context.Canceled)
	awaitGone(t, gone...)
}

func TestWarm_TheDeadlineIsOfTheRequestNotOfTheWait(t *testing.T) {
	dog := newWatchdog(t, env{"fprocess": sh(whoever), "warm": "1", "exec_timeout": "10s"}, io.Discard)
	r := dog.mode.(*stdio).runner
	waiting := awaitParked(t, r, 1)[0]
	if got := get(t, handle(t, dog), "/"); got != waiting+"\n" {
		t.Errorf("%q answered, want %s", got, waiting)
	}
}

func TestWarm_CloseLeavesNoProcess(t *testing.T) {
	for _, when := range []string{"right after New", "when all wait", "while one dies"} {
		t.Run(when, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "pids")
			r, _ := newWarm(t, Config{Process: sh("echo $$ >>" + file + "; cat"), Warm: 4})
			switch when {
			case "when all wait":
				awaitParked(t, r, 4)
			case "while one dies":
				awaitParked(t, r, 4)
				killParked(r)
			}
			r.Close(context.Background())
			wantNoProcess(t)
			text, _ := os.ReadFile(file) // some may not have come that far
			awaitGone(t, strings.Fields(string(text))...)
			wantError(t, r.Run(t.Context(), Request{}, io.Discard), ErrClosed)
		})
	}
}

func wantNoProcess(t *testing.T) {
	t.Helper()
	if left := ownProcesses(t); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
}

func TestWarm_CloseWaitsForWhatRuns(t *testing.T) {
	r, _ := newWarm(t, Config{Process: sh(whoever), Warm: 2})
	awaitParked(t, r, 2)
	reader, writer := io.Pipe()
	run := begin(t.Context(), r, Request{Stdin: reader})
	run.line(t)
	closed := make(chan struct{})
	go func() { defer close(closed); r.Close(context.Background()) }()
	eventually(t, "new requests are refused", func() bool { return errors.Is(r.gate.refuses(), ErrClosed) })
	select {
	case <-closed:
		t.Fatal("Close returned while a program runs")
	default:
	}
	_, _ = io.WriteString(writer, "finished")
	writer.Close()
	if got, err := run.end(t); err != nil || got != "finished" {
		t.Errorf("%q, error %v", got, err)
	}
	receive(t, closed)
	wantNoProcess(t)
}

func TestWarm_LeavesNothingBehind(t *testing.T) {
	r := newRunner(t, Config{Process: sh("read line; eval \"$line\""), Warm: 3, MaxOutput: 100_000})
	requests := []func(){
		func() { _ = r.Run(t.Context(), Request{Stdin: strings.NewReader("echo hello\n")}, io.Discard) },
		func() { _ = r.Run(t.Context(), Request{Stdin: strings.NewReader("exit 3\n")}, io.Discard) },
		func() { _ = r.Run(t.Context(), Request{Stdin: strings.NewReader("yes\n")}, io.Discard) },
		func() { _ = r.Run(t.Context(), Request{}, io.Discard) },
		func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			_ = r.Run(ctx, Request{Stdin: strings.NewReader("sleep 1000\n")}, io.Discard)
		},
		func() {
			_ = r.Run(t.Context(), Request{Stdin: strings.NewReader("sleep 1000 & echo x >&2\n")}, io.Discard)
		},
		func() {
			if a, err := r.Reply(t.Context(), Request{Stdin: strings.NewReader("yes\n")}); err == nil {
				_, _ = bufio.NewReader(a).ReadByte()
				a.Close()
			}
		},
		func() { killParked(r) },
	}
	requests[0]() // what the runtime opens once
	awaitParked(t, r, 3)
	files, goroutines := openFiles(t), runtime.NumGoroutine()
	var clients sync.WaitGroup
	for client := range 4 {
		clients.Go(func() {
			for i := range 50 {
				requests[(client+i)%len(requests)]()
			}
		})
	}
	clients.Wait()
	r.Close(context.Background())
	eventually(t, "every goroutine has ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	eventually(t, "every file is closed", func() bool { return openFiles(t) <= files })
	wantNoProcess(t)
}
