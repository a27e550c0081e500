package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/upstream"
)

// soon is what must not take longer than an idle watchdog takes to end; it is
// to take less than 100 ms, but the machine may be busy.
const soon = 2 * time.Second

func TestLock_IsThereWhileItServes(t *testing.T) {
	d := unleash(t, "fprocess=cat", "healthcheck_interval=0")
	lock := filepath.Join(d.tmp, ".lock")
	info, err := os.Stat(lock)
	if err != nil || !info.Mode().IsRegular() || info.Size() != 0 {
		t.Errorf("%+v, %v", info, err)
	}
	d.stop(t)
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
	if _, err := os.Stat(lock); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the end: %v", err)
	}
}

// Whoever looks at the file learns of the end while requests are still served.
func TestLock_IsGoneFromSIGTERMOn(t *testing.T) {
	d := unleash(t, "fprocess=sh -c 'echo running >&2; cat'")
	body, answer := underway(d.url)
	d.log.await(t, "stderr")
	d.stop(t)
	eventually(t, "the lock file is gone", func() bool {
		_, err := os.Stat(filepath.Join(d.tmp, ".lock"))
		return errors.Is(err, fs.ErrNotExist)
	})
	finish(t, body, answer)
}

func TestLock_CanBeSuppressed(t *testing.T) {
	d := unleash(t, "fprocess=cat", "suppress_lock=true")
	if files, err := os.ReadDir(d.tmp); err != nil || len(files) != 0 {
		t.Errorf("it wrote %v, %v", files, err)
	}
}

// A read-only file system is no reason not to serve.
func TestLock_ThatCannotBeWrittenIsAWarning(t *testing.T) {
	d := unleashed(t, exec.Command(program(t)), "fprocess=cat", "TMPDIR=/proc/self")
	record := d.log.await(t, "no lock file could be written; nothing but an outside check of it needs one, suppress_lock=true says so")
	if record["level"] != "WARN" || !strings.Contains(record["error"].(string), "/proc/self/.lock") {
		t.Errorf("record %v", record)
	}
	d.url = url(d.log.await(t, "fwatchdog serves"))
	if got, err := post(d.url, strings.NewReader("meow")); err != nil || got != "meow" {
		t.Errorf("%q, %v", got, err)
	}
	d.stop(t)
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

func TestDrain_LetsARequestUnderWayFinish(t *testing.T) {
	d := unleash(t, "fprocess=sh -c 'echo running >&2; cat'")
	body, answer := underway(d.url)
	d.log.await(t, "stderr")
	d.stop(t)
	refused(t, d.url)
	select {
	case <-d.ended:
		t.Fatal("it ended during a request")
	default:
	}
	finish(t, body, answer)
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// in starts a watchdog of the test function in a mode.
func in(t *testing.T, mode string, env ...string) *dog {
	t.Helper()
	return unleash(t, append(modeSettings(t, mode), env...)...)
}

// modeSettings are those of the test function in a mode.
func modeSettings(t *testing.T, mode string) []string {
	t.Helper()
	switch mode {
	case "http":
		return []string{"mode=http", "fprocess=" + testFunction(t) + " http", "upstream_url=http://127.0.0.1:" + freePort(t)}
	case "lambda":
		return []string{"mode=lambda", "fprocess=" + testFunction(t) + " lambda"}
	case "warm":
		return []string{"warm=4", "fprocess=" + testFunction(t) + " stdio"}
	}
	return []string{"fprocess=" + testFunction(t) + " stdio"}
}

// allModes are the modes, with processes started ahead as one of them.
var allModes = []string{"stdio", "warm", "http", "lambda"}

// awaitReady waits until requests are taken and every process ahead is there.
func (d *dog) awaitReady(t *testing.T, processes int) {
	t.Helper()
	eventually(t, "it is ready", func() bool {
		code, err := status(d.url + "/_/ready")
		return err == nil && code == http.StatusOK && len(d.children()) == processes
	})
}

// ahead is how many processes a mode has without any request.
func ahead(mode string) int { return map[string]int{"warm": 4, "http": 1, "lambda": 1}[mode] }

// It is idle with connections that are kept alive, too.
func TestDrain_IdleItEndsAtOnce(t *testing.T) {
	for _, mode := range allModes {
		t.Run(mode, func(t *testing.T) {
			d := in(t, mode, "write_timeout=30")
			d.awaitReady(t, ahead(mode))
			if got, err := post(d.url, strings.NewReader(`"e"`)); err != nil || got != `"e"` {
				t.Fatalf("%q, %v", got, err)
			}
			pids := d.children()
			begun := time.Now()
			d.stop(t)
			code := d.end(t)
			took := time.Since(begun)
			t.Logf("ended after %.1f ms", took.Seconds()*1e3)
			if code != 0 || took > soon {
				t.Errorf("exit status %d after %s", code, took)
			}
			for _, pid := range pids {
				if ppid, _, _ := stat(pid); ppid != 0 {
					t.Errorf("process %d is left", pid)
				}
			}
		})
	}
}

// Clients open connections that they do not need in the end, or die amid a request.
func TestDrain_AConnectionWithoutARequestHoldsNothingUp(t *testing.T) {
	const whole, half = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "POST / HT"
	for name, sent := range map[string][]string{"silent": nil, "half a request": {half}, "one and a half": {whole, half}} {
		t.Run(name, func(t *testing.T) {
			d := unleash(t, "fprocess=cat", "write_timeout=30")
			conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for _, part := range sent {
				if _, err := io.WriteString(conn, part); err != nil {
					t.Fatal(err)
				}
				if part == whole {
					resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
					if err != nil || resp.StatusCode != http.StatusOK {
						t.Fatalf("%+v, %v", resp, err)
					}
				}
			}
			// The next connection was accepted: so was that one.
			if _, err := status(d.url + "/_/health"); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			d.stop(t)
			code := d.end(t)
			took := time.Since(begun)
			t.Logf("ended after %.1f ms", took.Seconds()*1e3)
			if code != 0 || took > soon {
				t.Errorf("exit status %d after %s", code, took)
			}
		})
	}
}

func TestDrain_LingersUnreadyForTheHealthcheckInterval(t *testing.T) {
	const linger = 700 * time.Millisecond
	d := unleash(t, "fprocess=cat", "healthcheck_interval="+linger.String())
	begun := time.Now()
	d.stop(t)
	d.log.await(t, "stopping")
	for _, path := range []string{"/_/health", "/_/ready"} {
		if code, err := status(d.url + path); err != nil || code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, %v", path, code, err)
		}
	}
	if got, err := post(d.url, strings.NewReader("meow")); err != nil || got != "meow" {
		t.Errorf("a request while it lingers: %q, %v", got, err)
	}
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
	if took := time.Since(begun); took < linger {
		t.Errorf("it ended after %s, want %s at the least", took, linger)
	}
}

func TestDrain_ServesOnAConnectionKeptAliveWhileItLingers(t *testing.T) {
	d := unleash(t, "fprocess=cat", "healthcheck_interval=700ms")
	client := http.Client{Timeout: patience, Transport: &http.Transport{MaxConnsPerHost: 1}}
	reused := false
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused }})
	ask := func() {
		t.Helper()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, strings.NewReader("meow"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if got, err := io.ReadAll(resp.Body); err != nil || string(got) != "meow" {
			t.Errorf("%q, %v", got, err)
		}
	}
	ask()
	d.stop(t)
	d.log.await(t, "stopping")
	ask()
	if !reused {
		t.Error("the second request had another connection")
	}
	ask()
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// What is under way for longer than write_timeout is ended: with it all that
// the function has started.
func TestDrain_EndsWhatTakesLongerThanWriteTimeout(t *testing.T) {
	for _, mode := range allModes {
		t.Run(mode, func(t *testing.T) {
			d := in(t, mode, "write_timeout=100ms", "kill_grace=20ms")
			d.awaitReady(t, ahead(mode))
			answer := make(chan outcome, 1)
			go func() {
				got, err := post(d.url, strings.NewReader(`"h"`))
				answer <- outcome{got, err}
			}()
			d.log.await(t, "stderr")
			pids := d.children()
			if len(pids) == 0 {
				t.Error("no process during a request")
			}
			d.stop(t)
			if code := d.end(t); code != 0 {
				t.Errorf("exit status %d", code)
			}
			if got := receive(t, answer); got.err == nil && got.body == `"h"` {
				t.Error("it was answered")
			}
			for _, pid := range pids {
				if ppid, _, _ := stat(pid); ppid != 0 {
					t.Errorf("process %d is left", pid)
				}
			}
		})
	}
}

func TestDrain_EndsTheWholeProcessGroup(t *testing.T) {
	for _, mode := range []string{"stdio", "http", "lambda"} {
		t.Run(mode, func(t *testing.T) {
			settings := modeSettings(t, mode)
			for i, pair := range settings {
				if command, ok := strings.CutPrefix(pair, "fprocess="); ok { // with a grandchild that knows no SIGTERM
					settings[i] = "fprocess=sh -c 'sh -c \"trap true TERM; echo \\$\\$ >&2; while :; do read x </dev/zero; done\" & " + command + "; wait'"
				}
			}
			d := unleash(t, append(settings, "write_timeout=100ms", "kill_grace=20ms")...)
			answer := make(chan outcome, 1)
			go func() {
				got, err := post(d.url, strings.NewReader(`"h"`))
				answer <- outcome{got, err}
			}()
			grandchild := 0
			for hangs := false; grandchild == 0 || !hangs; {
				line := d.log.await(t, "stderr")["line"].(string)
				if pid, err := strconv.Atoi(line); err == nil {
					grandchild = pid
				}
				hangs = hangs || line == "hangs"
			}
			d.stop(t)
			if code := d.end(t); code != 0 {
				t.Errorf("exit status %d", code)
			}
			receive(t, answer)
			eventually(t, "the grandchild is gone", func() bool {
				_, state, _ := stat(grandchild)
				return state == "" || state == "Z"
			})
		})
	}
}

// upgraded has one line sent back on a connection that is no longer HTTP's.
func (d *dog) upgraded(t *testing.T) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	from := bufio.NewReader(conn)
	resp, err := http.ReadResponse(from, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%+v, %v", resp, err)
	}
	_, _ = io.WriteString(conn, "meow\n")
	if rest, err := io.ReadAll(from); err != nil || string(rest) != "meow\n" {
		t.Errorf("%q, %v", rest, err)
	}
}

func TestDrain_EndsAfterAConnectionThatWasUpgraded(t *testing.T) {
	d := in(t, "http", "write_timeout=30")
	d.awaitReady(t, 1)
	d.upgraded(t)
	begun := time.Now()
	d.stop(t)
	select {
	case <-d.ended:
	case <-time.After(soon):
		pids := append(d.children(), d.Process.Pid)
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		t.Fatalf("it has not ended after %s", time.Since(begun))
	}
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// A client that reads nothing does not hold the end up for longer, either.
func TestDrain_EndsAnAnswerThatNobodyReads(t *testing.T) {
	d := unleash(t, "fprocess=sh -c 'echo running >&2; while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done'",
		"write_timeout=100ms", "kill_grace=20ms")
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	d.stop(t)
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// stat is what the kernel tells of a process; no state means that there is none.
func stat(pid int) (ppid int, state string, err error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, "", err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	ppid, err = strconv.Atoi(fields[1])
	return ppid, fields[0], err
}

// children are the processes whose parent is the watchdog, zombies included.
func (d *dog) children() (pids []int) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if ppid, _, err := stat(pid); err == nil && ppid == d.Process.Pid {
			pids = append(pids, pid)
		}
	}
	return pids
}

// A second SIGTERM is no reason to drop what is under way.
func TestDrain_TakesSIGTERMTwice(t *testing.T) {
	d := unleash(t, "fprocess=sh -c 'echo running >&2; cat'")
	body, answer := underway(d.url)
	d.log.await(t, "stderr")
	d.stop(t)
	d.log.await(t, "stopping")
	if err := d.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	finish(t, body, answer)
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// Whoever sits before it presses Ctrl-C again.
func TestDrain_AnInterruptMeanwhileEndsIt(t *testing.T) {
	d := unleash(t, "fprocess=sh -c 'echo running >&2; sleep 1000'", "write_timeout=1000")
	answered := make(chan int, 1)
	go func() {
		code, _ := status(d.url)
		answered <- code
	}()
	d.log.await(t, "stderr")
	d.stop(t)
	d.log.await(t, "stopping")
	if err := d.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
	if code := <-answered; code != http.StatusServiceUnavailable {
		t.Errorf("the request under way got %d", code)
	}
}

// A client whose connection is closed while its request is on its way cannot know
// whether that was served: it is told by the answer before.
func TestDrain_TellsTheClientsOfConnectionsInUse(t *testing.T) {
	for _, mode := range []string{"stdio", "http"} {
		t.Run(mode, func(t *testing.T) {
			d := in(t, mode, "write_timeout=30")
			d.awaitReady(t, ahead(mode))
			failed, served := make(chan error), make(chan bool)
			const clients = 8
			for range clients {
				go func() { failed <- untilTold(strings.TrimPrefix(d.url, "http://"), served) }()
			}
			for range 20 * clients {
				<-served
			}
			d.stopUnder(t, clients, served, failed, func(err error) bool { return err == nil })
		})
	}
}

// untilTold asks again and again on one connection, until an answer says that it is
// the last.
func untilTold(address string, served chan<- bool) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	from := bufio.NewReader(conn)
	for {
		if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\"e\""); err != nil {
			return err
		}
		resp, err := http.ReadResponse(from, nil)
		if err != nil {
			return err
		}
		if got, err := io.ReadAll(resp.Body); err != nil || string(got) != `"e"` {
			return fmt.Errorf("%q, %w", got, err)
		}
		if resp.Close {
			return nil
		}
		served <- true
	}
}

// A request that meets the end is served, or visibly was not read: what a program
// may have read cannot be sent to another one.
func TestDrain_LosesNoRequest(t *testing.T) {
	for name, fresh := range map[string]bool{"kept connections": false, "fresh connections": true} {
		t.Run(name, func(t *testing.T) {
			for range 20 {
				losesNone(t, fresh)
			}
		})
	}
}

func losesNone(t *testing.T, fresh bool) {
	t.Helper()
	d := in(t, "http", "write_timeout=30")
	d.awaitReady(t, 1)
	server := &upstream.Client{Address: strings.TrimPrefix(d.url, "http://"), Lost: patience}
	defer server.Close()
	const clients = 8
	served, failed := make(chan bool), make(chan error)
	for range clients {
		go func() {
			for {
				if err := asks(t, server); err != nil {
					failed <- err
					return
				}
				if fresh {
					server.DropIdle()
				}
				served <- true
			}
		}()
	}
	for range 5 * clients {
		<-served
	}
	d.stopUnder(t, clients, served, failed, func(err error) bool { return errors.Is(err, upstream.ErrNotSent) })
}

// stopUnder stops it while clients are served, each of which must end well.
func (d *dog) stopUnder(t *testing.T, clients int, served <-chan bool, failed <-chan error, well func(error) bool) {
	t.Helper()
	d.stop(t)
	for left := clients; left > 0; {
		select {
		case <-served:
		case err := <-failed:
			left--
			if !well(err) {
				t.Error(err)
			}
		}
	}
	if code := d.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// asks has a server answer once.
func asks(t *testing.T, server *upstream.Client) error {
	call, err := upstream.NewCall(t.Context(), function.Invocation{Body: strings.NewReader(`"e"`)}, "f", "", 0)
	if err != nil {
		return err
	}
	resp, err := server.Do(t.Context(), call)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != `"e"` {
		return fmt.Errorf("%q, %w", got, err)
	}
	return nil
}
