package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const patience = 30 * time.Second

// built is the directory of the programs that tests build once for all.
var built string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "fwatchdog-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	built = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var (
	watchdogOnce = sync.OnceValues(func() (string, error) {
		return compile("fwatchdog", ".", nil, "-tags", "nethttpomithttp2")
	})
	functionOnce = sync.OnceValues(func() (string, error) {
		source := filepath.Join(built, "function.go")
		if err := os.WriteFile(source, []byte(functionSource), 0o600); err != nil {
			return "", err
		}
		return compile("function", source, nil)
	})
)

// program is fwatchdog as it is shipped.
func program(t *testing.T) string { return must(t, watchdogOnce) }

// testFunction is a program that behaves as its argument says, see
// functionSource.
func testFunction(t *testing.T) string { return must(t, functionOnce) }

func must(t *testing.T, make func() (string, error)) string {
	t.Helper()
	path, err := make()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// compile builds a static, stripped program.
func compile(name, source string, env []string, flags ...string) (string, error) {
	path := filepath.Join(built, name)
	args := append([]string{"build", "-trimpath", "-ldflags", "-s -w", "-o", path}, flags...)
	cmd := exec.Command("go", append(args, source)...)
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", name, err, out)
	}
	return path, nil
}

// functionSource is a function for every mode. A request is a JSON string, of
// which the first letter says what to do: e gives it back; n takes 20 ms over
// that; h never answers; x fails; o leaves an orphan in a session of its own
// behind.
const functionSource = `package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func main() {
	var err error
	switch os.Args[1] {
	case "stdio":
		err = behave(os.Stdin, os.Stdout)
	case "http":
		err = http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Upgrade") != "" {
				upgrade(w)
				return
			}
			if err := behave(r.Body, w); err != nil {
				panic(http.ErrAbortHandler)
			}
		}))
	case "lambda":
		for err == nil {
			err = event("http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/")
		}
	case "orphan":
		time.Sleep(10 * time.Millisecond)
	case "sleep":
		time.Sleep(time.Hour)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func behave(in io.Reader, out io.Writer) error {
	request, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	if len(request) > 1 {
		switch request[1] {
		case 'n':
			time.Sleep(20 * time.Millisecond)
		case 'h':
			fmt.Fprintln(os.Stderr, "hangs")
			time.Sleep(time.Hour)
		case 'x':
			os.Exit(3)
		case 'o':
			orphan := exec.Command("/proc/self/exe", "orphan")
			orphan.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
			if err := orphan.Start(); err != nil {
				return err
			}
		}
	}
	_, err = out.Write(request)
	return err
}

// upgrade gives back one line.
func upgrade(w http.ResponseWriter) {
	w.Header().Set("Connection", "Upgrade")
	w.Header().Set("Upgrade", "echo")
	w.WriteHeader(http.StatusSwitchingProtocols)
	conn, both, err := http.NewResponseController(w).Hijack()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	line, _ := both.ReadString('\n')
	fmt.Fprint(conn, line)
}

func event(base string) error {
	next, err := http.Get(base + "next")
	if err != nil {
		return err
	}
	defer next.Body.Close()
	var answer bytes.Buffer
	if err := behave(next.Body, &answer); err != nil {
		return err
	}
	resp, err := http.Post(base+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "application/json", &answer)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
`

// journal is the log of a watchdog. It takes lines however they are cut.
type journal struct {
	mu      sync.Mutex
	partial []byte
	lines   []string      // the last ones
	read    int           // of lines, by await
	change  chan struct{} // closed when there are more lines
}

// keep is how many lines a journal remembers.
const keep = 10_000

func newJournal() *journal { return &journal{change: make(chan struct{})} }

// Write implements io.Writer.
func (j *journal) Write(text []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.partial = append(j.partial, text...)
	for {
		line, rest, whole := bytes.Cut(j.partial, []byte{'\n'})
		if !whole {
			break
		}
		j.lines, j.partial = append(j.lines, string(line)), rest
	}
	if over := len(j.lines) - keep; over > keep {
		j.lines, j.read = append([]string(nil), j.lines[over:]...), max(0, j.read-over)
	}
	close(j.change)
	j.change = make(chan struct{})
	return len(text), nil
}

// await returns the next record of that message.
func (j *journal) await(t *testing.T, message string) map[string]any {
	t.Helper()
	for late := time.After(patience); ; {
		record, more := j.next(message)
		if record != nil {
			return record
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("no record %q in:\n%s", message, j)
		}
	}
}

func (j *journal) next(message string) (map[string]any, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.read < len(j.lines) {
		record := map[string]any{}
		err := json.Unmarshal([]byte(j.lines[j.read]), &record)
		j.read++
		if err == nil && record["msg"] == message {
			return record, nil
		}
	}
	return nil, j.change
}

// String is the end of the log.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines[max(0, len(j.lines)-40):], "\n") + string(j.partial)
}

func url(record map[string]any) string {
	address := record["address"].(string)
	return "http://127.0.0.1:" + address[strings.LastIndexByte(address, ':')+1:]
}

// begin runs a watchdog in this process, on a free port.
func begin(t *testing.T, fprocess string) (address string, log *journal, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	for name, value := range map[string]string{"fprocess": fprocess, "port": "0", "metrics_port": "0", "TMPDIR": t.TempDir()} {
		t.Setenv(name, value)
	}
	log = newJournal()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx, slog.New(slog.NewJSONHandler(log, nil))) }()
	return url(log.await(t, "fwatchdog serves")), log, stop, done
}

// dog is fwatchdog, running as a process of its own.
type dog struct {
	*exec.Cmd
	url   string
	log   *journal
	tmp   string // its TMPDIR
	ended chan struct{}
}

// unleash starts fwatchdog and waits until it serves. It is killed with the
// test, at the latest.
func unleash(t *testing.T, env ...string) *dog {
	t.Helper()
	return unleashBy(t, exec.Command(program(t)), env...)
}

func unleashBy(t *testing.T, cmd *exec.Cmd, env ...string) *dog {
	t.Helper()
	d := unleashed(t, cmd, env...)
	d.url = url(d.log.await(t, "fwatchdog serves"))
	return d
}

// unleashed does not wait, so that the log can be read from the start.
func unleashed(t *testing.T, cmd *exec.Cmd, env ...string) *dog {
	t.Helper()
	d := &dog{Cmd: cmd, log: newJournal(), tmp: t.TempDir(), ended: make(chan struct{})}
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + d.tmp, "port=0", "metrics_port=0"}, env...)
	cmd.Stderr = d.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(d.ended)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it ends its own processes
		select {
		case <-d.ended:
		case <-time.After(patience):
			t.Error("it did not end by itself")
			left := d.children()
			_ = cmd.Process.Kill()
			<-d.ended
			for _, pid := range left {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
		if t.Failed() {
			t.Logf("the end of its log:\n%s", d.log)
		}
	})
	return d
}

func (d *dog) stop(t *testing.T) {
	t.Helper()
	if err := d.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// end waits until it has ended and returns its exit status.
func (d *dog) end(t *testing.T) int {
	t.Helper()
	receive(t, d.ended)
	return d.ProcessState.ExitCode()
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

// outcome is how a request ended.
type outcome struct {
	body string
	err  error
}

// underway is a request whose body is written as the test goes on.
func underway(url string) (body *io.PipeWriter, answer <-chan outcome) {
	reader, writer := io.Pipe()
	outcomes := make(chan outcome, 1)
	go func() {
		got, err := post(url, reader)
		outcomes <- outcome{got, err}
	}()
	return writer, outcomes
}

func finish(t *testing.T, body *io.PipeWriter, answer <-chan outcome) {
	t.Helper()
	_, _ = io.WriteString(body, "finished")
	body.Close()
	if got := receive(t, answer); got.err != nil || got.body != "finished" {
		t.Errorf("the request under way got %q, %v", got.body, got.err)
	}
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

// eventually waits until something that nobody tells about has come true.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited too long until %s", what)
		}
	}
}

// status asks for a path on a connection of its own.
func status(url string) (int, error) {
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

// refused waits until the listener is closed.
func refused(t *testing.T, address string) {
	t.Helper()
	eventually(t, "it takes no new requests", func() bool {
		_, err := status(address + "/_/health")
		return err != nil
	})
}

func freePort(t *testing.T) string {
	t.Helper()
	for range 100 { // below those that the kernel gives to connections, which may take any of theirs
		port := strconv.Itoa(10_000 + rand.IntN(20_000))
		if l, err := net.Listen("tcp", ":"+port); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("there is no free port")
	return ""
}

// cannot skips a test of what this machine does not permit. In CI it fails.
func cannot(t *testing.T, why string, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s: %v", why, err)
	}
	t.Skipf("skipped: %s: %v", why, err)
}

func TestRun_ServesUntilItsContextEnds(t *testing.T) {
	address, _, stop, ended := begin(t, "cat")
	if got, err := post(address+"/any/path", strings.NewReader("hello")); err != nil || got != "hello" {
		t.Errorf("answer %q, error %v", got, err)
	}
	if code, err := status(address + "/_/health"); err != nil || code != http.StatusOK {
		t.Errorf("health: %d, %v", code, err)
	}
	stop()
	if err := receive(t, ended); err != nil {
		t.Error(err)
	}
	if _, err := status(address + "/_/health"); err == nil {
		t.Error("it still serves")
	}
}

func TestRun_LetsARequestUnderWayFinish(t *testing.T) {
	address, log, stop, ended := begin(t, `sh -c 'echo running >&2; cat'`)
	body, answer := underway(address)
	log.await(t, "stderr")
	stop()
	refused(t, address)
	select {
	case err := <-ended:
		t.Fatalf("it ended during a request: %v", err)
	default:
	}
	finish(t, body, answer)
	if err := receive(t, ended); err != nil {
		t.Error(err)
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
			t.Setenv("port", "0")
			t.Setenv("metrics_port", "0")
			t.Setenv("suppress_lock", "true")
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

func TestBinary_FailsWithoutAProgram(t *testing.T) {
	got := launch(t, nil, "port=0")
	if got.code != 1 || !strings.Contains(got.stderr, "fprocess is not set") {
		t.Errorf("exit status %d, output %q", got.code, got.stderr)
	}
}
