package watchdog

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// patience bounds what a test waits for; no test takes that long unless it fails.
const patience = 30 * time.Second

// sh is the command line of a shell script.
func sh(script string) string {
	return "sh -c '" + strings.ReplaceAll(script, "'", `'\''`) + "'"
}

func newRunner(t testing.TB, c Config) *Runner {
	t.Helper()
	if c.Env == nil {
		c.Env = []string{"PATH=" + os.Getenv("PATH")}
	}
	r, err := NewRunner(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// output runs a command line once, with what is to be on its STDIN.
func output(t *testing.T, c Config, stdin string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := newRunner(t, c).Run(t.Context(), Request{Stdin: strings.NewReader(stdin)}, &out)
	return out.String(), err
}

// underway is a run whose output the test reads as it comes.
type underway struct {
	out *bufio.Reader
	err chan error
}

func begin(ctx context.Context, r *Runner, req Request) *underway {
	reader, writer := io.Pipe()
	u := &underway{out: bufio.NewReader(reader), err: make(chan error, 1)}
	go func() {
		err := r.Run(ctx, req, writer)
		writer.Close()
		u.err <- err
	}()
	return u
}

// line awaits the next line of STDOUT.
func (u *underway) line(t *testing.T) string {
	t.Helper()
	line, err := u.out.ReadString('\n')
	if err != nil {
		t.Fatalf("reading a line of STDOUT: %v", err)
	}
	return strings.TrimSuffix(line, "\n")
}

// end awaits the end of the run and returns the rest of STDOUT.
func (u *underway) end(t *testing.T) (string, error) {
	t.Helper()
	rest, err := io.ReadAll(u.out)
	if err != nil {
		t.Fatal(err)
	}
	return string(rest), receive(t, u.err)
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

// alarm is a context whose deadline passes when the test says so.
type alarm struct {
	context.Context
	rung chan struct{}
}

func newAlarm(t *testing.T) alarm { return alarm{t.Context(), make(chan struct{})} }

func (a alarm) ring()                 { close(a.rung) }
func (a alarm) Done() <-chan struct{} { return a.rung }

func (a alarm) Err() error {
	select {
	case <-a.rung:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// eventually waits until something that nobody tells about has come true.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited too long until %s", what)
		}
	}
}

// alive reports whether a process runs; a zombie does not.
func alive(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

func awaitGone(t *testing.T, pids ...string) {
	t.Helper()
	for _, pid := range pids {
		if _, err := strconv.Atoi(pid); err != nil {
			t.Fatalf("%q is no process id", pid)
		}
		eventually(t, "process "+pid+" is gone", func() bool { return !alive(pid) })
	}
}

// ownProcesses are the processes whose parent is the test, zombies included.
func ownProcesses(t *testing.T) []string {
	t.Helper()
	dirs, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	parent := strconv.Itoa(os.Getpid())
	return slices.DeleteFunc(names(dirs), func(pid string) bool {
		stat, _ := os.ReadFile("/proc/" + pid + "/stat")
		_, after, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(after)
		return len(fields) < 2 || fields[1] != parent
	})
}

func names(entries []os.DirEntry) (all []string) {
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func wantExit(t *testing.T, err error, want function.ExitError) {
	t.Helper()
	var exit *function.ExitError
	if !errors.As(err, &exit) || *exit != want {
		t.Errorf("error %v, want %v", err, &want)
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}
