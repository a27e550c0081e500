package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const patience = 30 * time.Second

// records are what a watchdog logs, one channel element a record.
type records chan map[string]any

func (r records) Write(line []byte) (int, error) {
	record := map[string]any{}
	if err := json.Unmarshal(line, &record); err != nil {
		return 0, err
	}
	r <- record
	return len(line), nil
}

// await returns the next record of that message.
func (r records) await(t *testing.T, message string) map[string]any {
	t.Helper()
	for late := time.After(patience); ; {
		select {
		case record := <-r:
			if record["msg"] == message {
				return record
			}
		case <-late:
			t.Fatalf("no record %q", message)
		}
	}
}

func url(record map[string]any) string {
	address := record["address"].(string)
	return "http://127.0.0.1:" + address[strings.LastIndexByte(address, ':')+1:]
}

// begin runs a watchdog in this process, on a free port.
func begin(t *testing.T, fprocess string) (address string, log records, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	t.Setenv("fprocess", fprocess)
	t.Setenv("port", "0")
	log = make(records, 100)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx, slog.New(slog.NewJSONHandler(log, nil))) }()
	return url(log.await(t, "fwatchdog serves")), log, stop, done
}

func post(url string, body io.Reader) (string, error) {
	resp, err := http.Post(url, "text/plain", body)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return string(answer), err
}

func receive[T any](t *testing.T, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(patience):
		t.Fatal("waited too long")
	}
	return v
}

func TestRun_ServesUntilItsContextEnds(t *testing.T) {
	address, _, stop, ended := begin(t, "cat")
	if got, err := post(address+"/any/path", strings.NewReader("hello")); err != nil || got != "hello" {
		t.Errorf("answer %q, error %v", got, err)
	}
	resp, err := http.Get(address + "/_/health")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("health: %s", resp.Status)
	}
	stop()
	if err := receive(t, ended); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(address + "/_/health"); err == nil {
		t.Error("it still serves")
	}
}

func TestRun_LetsARequestUnderWayFinish(t *testing.T) {
	address, log, stop, ended := begin(t, `sh -c 'echo running >&2; cat'`)
	reader, writer := io.Pipe()
	answer := make(chan string, 1)
	go func() {
		got, err := post(address, reader)
		if err != nil {
			got = err.Error()
		}
		answer <- got
	}()
	log.await(t, "stderr")
	stop()
	refused(t, address)
	select {
	case err := <-ended:
		t.Fatalf("it ended during a request: %v", err)
	default:
	}
	_, _ = io.WriteString(writer, "finished")
	writer.Close()
	if got := receive(t, answer); got != "finished" {
		t.Errorf("the request under way got %q", got)
	}
	if err := receive(t, ended); err != nil {
		t.Error(err)
	}
}

// refused waits until the listener is closed.
func refused(t *testing.T, address string) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		resp, err := http.Get(address + "/_/health")
		if err != nil {
			return
		}
		resp.Body.Close()
		if time.Now().After(end) {
			t.Fatal("it takes new requests")
		}
	}
}

func TestRun_StopsTheStartByAClearError(t *testing.T) {
	for _, c := range []struct {
		name    string
		vars    map[string]string
		message string
	}{
		{"no program named", map[string]string{"fprocess": ""}, "fprocess is not set"},
		{"no such program", map[string]string{"fprocess": "no-such-program"}, "no-such-program cannot be run"},
		{"a command for a shell", map[string]string{"fprocess": "cat | wc"}, "write it as: sh -c 'cat | wc'"},
		{"a malformed deadline", map[string]string{"fprocess": "cat", "exec_timeout": "soon"}, `exec_timeout="soon"`},
		{"a malformed port", map[string]string{"fprocess": "cat", "port": "http"}, `port="http"`},
		{"a malformed bound", map[string]string{"fprocess": "cat", "max_inflight": "-1"}, `max_inflight="-1"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, value := range c.vars {
				t.Setenv(name, value)
			}
			err := run(t.Context(), slog.New(slog.DiscardHandler))
			if err == nil || !strings.Contains(err.Error(), c.message) {
				t.Errorf("error %v, want %q in it", err, c.message)
			}
		})
	}
}

// The binary as it is built for images: what main adds is the signals and the
// exit status.
func TestBinary_DrainsOnSIGTERM(t *testing.T) {
	binary := build(t)
	log := make(records, 100)
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "port=0", "fprocess=sh -c 'echo running >&2; cat'"}
	cmd.Stderr = lineWriter{log}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := url(log.await(t, "fwatchdog serves"))
	reader, writer := io.Pipe()
	answer := make(chan string, 1)
	go func() {
		got, _ := post(address, reader)
		answer <- got
	}()
	log.await(t, "stderr")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	refused(t, address)
	_, _ = io.WriteString(writer, "finished")
	writer.Close()
	if got := receive(t, answer); got != "finished" {
		t.Errorf("the request under way got %q", got)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

func TestBinary_FailsWithoutAProgram(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), build(t))
	cmd.Env = []string{"port=0"}
	out, err := cmd.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("fprocess is not set")) {
		t.Errorf("error %v, output %q", err, out)
	}
}

func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "fwatchdog")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// lineWriter passes on each line of what it is given.
type lineWriter struct{ io.Writer }

func (w lineWriter) Write(text []byte) (int, error) {
	for line := range bytes.Lines(text) {
		if _, err := w.Writer.Write(line); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}
