package local

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/enginetest"
	"github.com/harkvoice/hark/internal/function"
)

func newEngine(t *testing.T) *Engine {
	e := New(Config{Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() { e.Close(ended()) })
	return e
}

// ended is a context of somebody who waits no more.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestEngine(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) enginetest.Engine {
		e := New(Config{Log: slog.New(slog.DiscardHandler), Secrets: t.TempDir()})
		t.Cleanup(func() { e.Close(ended()) })
		return e
	})
}

func TestDeploy_SaysWhatToMend(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "handler.sh")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		spec    function.Spec
		message string
	}{
		{"no directory", function.Spec{Process: "cat", Dir: filepath.Join(dir, "lights")}, "its handler: stat " + dir + "/lights: no such file"},
		{"a file for a directory", function.Spec{Process: "cat", Dir: file}, "its handler " + file + " is not a directory"},
		{"no process", function.Spec{Dir: dir}, "it has no fprocess"},
		{"no program", function.Spec{Process: "./lights red", Dir: dir}, "the program " + dir + "/lights cannot be run: "},
		{"a program without the right", function.Spec{Process: "./handler.sh", Dir: dir}, "handler.sh cannot be run: permission denied"},
		{"a command for a shell", function.Spec{Process: "cat | wc", Dir: dir}, "write it as: sh -c 'cat | wc'"},
		{"a setting that is none", function.Spec{Process: "cat", Dir: dir, Environment: map[string]string{"exec_timeout": "soon"}}, `its environment or labels: exec_timeout="soon"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.spec.Name = "ChangeColor"
			err := newEngine(t).Deploy(t.Context(), c.spec)
			if err == nil || !strings.Contains(err.Error(), "function ChangeColor: ") || !strings.Contains(err.Error(), c.message) {
				t.Errorf("error %v, want the function and %q in it", err, c.message)
			}
		})
	}
}

func TestDeploy_AFailureLeavesTheOldFunction(t *testing.T) {
	e := newEngine(t)
	spec := function.Spec{Name: "f", Process: "echo old", Dir: t.TempDir()}
	if err := e.Deploy(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	spec.Process = "no-such-program"
	if err := e.Deploy(t.Context(), spec); err == nil {
		t.Fatal("a program that is not there is deployed")
	}
	if got, err := call(e, "f"); err != nil || got != "old\n" {
		t.Errorf("answer %q, error %v", got, err)
	}
}

// A call may have looked its function up just before it was replaced.
func TestDeploy_FailsNoCallWhileItReplaces(t *testing.T) {
	e := newEngine(t)
	deploy := func() error {
		return e.Deploy(t.Context(), function.Spec{Name: "f", Process: "echo answer", Dir: "."})
	}
	if err := deploy(); err != nil {
		t.Fatal(err)
	}
	var calls sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		calls.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got, err := call(e, "f"); err != nil || got != "answer\n" {
					t.Errorf("answer %q, error %v", got, err)
				}
			}
		})
	}
	for range 100 {
		if err := deploy(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	calls.Wait()
}

func TestInvoke_BoundsTheBodies(t *testing.T) {
	e := New(Config{Log: slog.New(slog.DiscardHandler), MaxBody: 10})
	for name, process := range map[string]string{"reads": "wc -c", "prints": "head -c 11 /dev/zero"} {
		if err := e.Deploy(t.Context(), function.Spec{Name: name, Process: process, Dir: "."}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := e.Invoke(t.Context(), function.Invocation{Function: "reads", Body: strings.NewReader("elevenbytes")})
	if !errors.Is(err, function.ErrInputTooLarge) {
		t.Errorf("input: %v", err)
	}
	if _, err := call(e, "prints"); !errors.Is(err, function.ErrOutputTooLarge) {
		t.Errorf("output: %v", err)
	}
}

func TestInvoke_HasTheTimeoutOfTheFunction(t *testing.T) {
	e := newEngine(t)
	spec := function.Spec{Name: "f", Process: "sleep 1000", Dir: ".", Environment: map[string]string{"exec_timeout": "20ms"}}
	if err := e.Deploy(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	if _, err := call(e, "f"); !errors.Is(err, function.ErrTimeout) {
		t.Error(err)
	}
}

func TestInvoke_LogsStderrWithFunctionAndRequest(t *testing.T) {
	var log bytes.Buffer
	e := New(Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err := e.Deploy(t.Context(), function.Spec{Name: "f", Process: "sh -c 'echo trouble >&2'", Dir: "."}); err != nil {
		t.Fatal(err)
	}
	result, err := e.Invoke(t.Context(), function.Invocation{Function: "f", RequestID: "r1"})
	if err != nil {
		t.Fatal(err)
	}
	result.Body.Close()
	if !strings.Contains(log.String(), "msg=stderr function=f request_id=r1 line=trouble") {
		t.Errorf("the log is %q", &log)
	}
}

func TestInvoke_KeepsHarksOwnEnvironmentFromFunctions(t *testing.T) {
	t.Setenv("HARK_SECRET", "of the gateway")
	t.Setenv("FROM_THE_OPERATOR", "yes")
	e := newEngine(t)
	if err := e.Deploy(t.Context(), function.Spec{Name: "f", Process: "env", Dir: "."}); err != nil {
		t.Fatal(err)
	}
	got, err := call(e, "f")
	if err != nil || strings.Contains(got, "HARK_") || !strings.Contains(got, "FROM_THE_OPERATOR=yes\n") {
		t.Errorf("environment %q, error %v", got, err)
	}
}

// The answer is not even read: nothing keeps a process when the engine closes.
func TestClose_LeavesNoProcess(t *testing.T) {
	e := newEngine(t)
	var pids []int
	for _, name := range []string{"a", "b"} {
		spec := function.Spec{Name: name, Process: `sh -c 'echo $$; head -c 100000 /dev/zero; sleep 1000'`, Dir: "."}
		if err := e.Deploy(t.Context(), spec); err != nil {
			t.Fatal(err)
		}
		result, err := e.Invoke(t.Context(), function.Invocation{Function: name})
		if err != nil {
			t.Fatal(err)
		}
		defer result.Body.Close()
		head := make([]byte, 64)
		if _, err := io.ReadFull(result.Body, head); err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(head), "\n")
		pid, err := strconv.Atoi(line)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	e.Close(ended())
	for _, pid := range pids { // collected, so that not even a zombie is left
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d is left: %v", pid, err)
		}
	}
	if _, err := call(e, "a"); !errors.Is(err, function.ErrNotFound) {
		t.Errorf("after Close: %v", err)
	}
}

func TestBuild(t *testing.T) {
	dir := t.TempDir()
	spec := function.Spec{Name: "ChangeColor", Dir: dir, Labels: map[string]string{function.LabelBuild: `sh -c 'echo compiling; touch built'`}}
	var out bytes.Buffer
	if err := Build(t.Context(), spec, &out); err != nil || out.String() != "compiling\n" {
		t.Errorf("printed %q, error %v", &out, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "built")); err != nil {
		t.Error(err)
	}
	if err := Build(t.Context(), function.Spec{Name: "f"}, io.Discard); err != nil {
		t.Errorf("without the label: %v", err)
	}
	for line, message := range map[string]string{
		"sh -c 'exit 2'":  `building it by "sh -c 'exit 2'" in ` + dir + ": exit status 2",
		"no-such-tool":    "no-such-tool",
		"go build 'a":     "label hark.build: ",
		"make && install": "sh -c 'make && install'",
	} {
		spec.Labels[function.LabelBuild] = line
		err := Build(t.Context(), spec, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "function ChangeColor: ") || !strings.Contains(err.Error(), message) {
			t.Errorf("error %v, want the function and %q in it", err, message)
		}
	}
}

// A compiler's daemon that keeps the output open does not keep hark waiting.
func TestBuild_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	built := make(chan error, 1)
	go func() {
		spec := function.Spec{Name: "f", Dir: ".", Labels: map[string]string{function.LabelBuild: `sh -c 'sleep 1000 & echo $!; wait'`}}
		built <- Build(ctx, spec, writer)
	}()
	line := make([]byte, 16)
	n, err := reader.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	cancel()
	select {
	case err := <-built:
		if err == nil {
			t.Error("a build that was ended has succeeded")
		}
	case <-time.After(30 * time.Second):
		t.Error("Build hangs")
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(line[:n]))); err == nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

func call(e *Engine, name string) (string, error) {
	result, err := e.Invoke(context.Background(), function.Invocation{Function: name})
	if err != nil {
		return "", err
	}
	defer result.Body.Close()
	body, err := io.ReadAll(result.Body)
	return string(body), err
}

// What chose the mode does not matter, nor by what name.
func TestList_TellsTheModeThatIsRun(t *testing.T) {
	for name, c := range map[string]struct {
		labels, environment map[string]string
		perRequest          bool
	}{
		"nothing":                {nil, nil, true},
		"another name of stdio":  {map[string]string{function.LabelMode: "streaming"}, nil, true},
		"the environment first":  {map[string]string{function.LabelMode: "lambda"}, map[string]string{"mode": "stdio"}, true},
		"also of warm":           {map[string]string{function.LabelWarm: "2"}, map[string]string{"warm": "0"}, true},
		"a label":                {map[string]string{function.LabelWarm: "1"}, nil, false},
		"a label that is as set": {map[string]string{function.LabelMode: "stdio"}, map[string]string{"warm": "1"}, false},
	} {
		e := newEngine(t)
		spec := function.Spec{Name: "f", Process: "cat", Dir: t.TempDir(), Labels: c.labels, Environment: c.environment}
		if err := e.Deploy(t.Context(), spec); err != nil {
			t.Fatal(err)
		}
		list, err := e.List(t.Context())
		if err != nil || len(list) != 1 || list[0].PerRequest() != c.perRequest {
			t.Errorf("%s: %+v, error %v", name, list, err)
		}
	}
}

func TestDeploy_LeavesTheChosenUpstream(t *testing.T) {
	for _, name := range []string{"upstream_url", "http_upstream_url"} {
		spec := function.Spec{Name: "f", Process: "cat", Dir: t.TempDir(), Environment: map[string]string{"mode": "http", name: "http://127.0.0.1:3000"}}
		if s, err := newEngine(t).settings(spec); err != nil || s.Upstream != "http://127.0.0.1:3000" {
			t.Errorf("%s: %q, error %v", name, s.Upstream, err)
		}
	}
}
