package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A soak has clients that ask at random: with bodies of any size, deadlines,
// behaviours that fail or never end; some hang up. Meanwhile processes of the
// function are killed. Afterwards nothing of all that may be left.
//
//	SOAK=100000 go test -run TestSoak -v ./cmd/fwatchdog

const (
	soakers  = 8         // clients at once
	soakBody = 200 << 10 // bytes of the largest body
)

// soakSize is the number of requests, over all modes.
func soakSize(t *testing.T) int {
	t.Helper()
	text := os.Getenv("SOAK")
	if text == "" {
		return 2000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("SOAK=%q: want a number of requests", text)
	}
	return n
}

// soakModes say how a function may answer.
var soakModes = []struct {
	name, mode string
	behaviours string // by which letter requests begin; see functionSource
	statuses   []int
	asInit     bool // as process 1
}{
	{"stdio", "stdio", "eeeenxh", []int{200, 500, 504}, false},
	{"warm", "warm", "eeeenxh", []int{200, 500, 504}, false},
	{"http", "http", "eeeeeeeen", []int{200, 502, 503, 504}, false},
	{"lambda", "lambda", "eeeeeeeen", []int{200, 502, 503, 504}, false},
	{"stdio as process 1", "stdio", "eeeonxh", []int{200, 500, 504}, true},
	{"warm as process 1", "warm", "eeeonxh", []int{200, 500, 504}, true},
	{"http as process 1", "http", "eeeeeoooon", []int{200, 502, 503, 504}, true},
	{"lambda as process 1", "lambda", "eeeeeoooon", []int{200, 502, 503, 504}, true},
}

func TestSoak(t *testing.T) {
	for _, m := range soakModes {
		t.Run(m.name, func(t *testing.T) {
			cmd := exec.Command(program(t))
			if m.asInit {
				cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
				permitted(t, cmd.SysProcAttr)
			}
			d := unleashBy(t, cmd, append(modeSettings(t, m.mode), "exec_timeout=10s", "kill_grace=50ms", "read_timeout=10s")...)
			s := &soak{dog: d, allowed: m.statuses, behaviours: m.behaviours, ahead: ahead(m.mode),
				services: m.mode == "http" || m.mode == "lambda", got: map[string]int{}}
			s.left.Store(int64(soakSize(t) / len(soakModes)))
			s.run(t)
		})
	}
}

// permitted skips the test unless a process can be started so.
func permitted(t *testing.T, attr *syscall.SysProcAttr) {
	t.Helper()
	try := exec.Command(testFunction(t), "nothing")
	try.SysProcAttr = attr
	if err := try.Run(); err != nil {
		cannot(t, "no namespace is permitted, which root has", err)
	}
}

type soak struct {
	*dog
	client     *http.Client
	behaviours string
	allowed    []int
	ahead      int  // processes without any request
	services   bool // they are kept running
	left       atomic.Int64
	killed     atomic.Int64

	mu  sync.Mutex
	got map[string]int // outcomes
}

func (s *soak) run(t *testing.T) {
	s.client = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: soakers}}
	s.warmUp(t)
	before := s.usage(t)

	begun := time.Now()
	killing, stop := context.WithCancel(t.Context())
	var killers, clients sync.WaitGroup
	killers.Go(func() { s.kill(killing) })
	for range soakers {
		clients.Go(func() { s.ask(t) })
	}
	clients.Wait()
	stop()
	killers.Wait()
	took := time.Since(begun)

	// Whatever happened, it answers, and everything is given back.
	eventually(t, "it answers as before", func() bool {
		got, err := post(s.url, strings.NewReader(`"e"`))
		return err == nil && got == `"e"`
	})
	after := s.settle(t, before)
	t.Logf("%s; %d processes killed in %.1f s", s.outcomes(), s.killed.Load(), took.Seconds())
	t.Logf("RSS %.1f MB, before %.1f, at most %.1f; %d threads, before %d; %d files, before %d",
		mb(after.rss), mb(before.rss), mb(after.peak), after.threads, before.threads, after.fds, before.fds)
	if most := 16 + 4*runtime.NumCPU(); after.threads > most {
		t.Errorf("%d threads, want %d at most", after.threads, most)
	}
	s.finish(t)
}

func mb(bytes int) float64 { return float64(bytes) / 1e6 }

// warmUp has everything done that is done once: connections of the clients are
// no part of it.
func (s *soak) warmUp(t *testing.T) {
	t.Helper()
	for range soakers {
		if got, err := post(s.url, strings.NewReader(`"e"`)); err != nil || got != `"e"` {
			t.Fatalf("%q, %v", got, err)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	s.awaitReady(t, s.ahead)
}

// finish ends the watchdog, with which every process of it ends.
func (s *soak) finish(t *testing.T) {
	t.Helper()
	pids := s.children()
	s.stop(t)
	if code := s.end(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
	for _, pid := range pids {
		if _, state, _ := stat(pid); state != "" {
			t.Errorf("process %d is left, in state %s", pid, state)
		}
	}
}

// settle waits until there are no more processes, files and zombies than
// before.
func (s *soak) settle(t *testing.T, before holding) (now holding) {
	t.Helper()
	s.client.CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
	for late := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		now = s.usage(t)
		if now.processes == before.processes && now.zombies == 0 && now.fds <= before.fds {
			return now
		}
		if time.Now().After(late) {
			t.Errorf("it has %+v, before %+v\nfiles: %s", now, before, s.files())
			return now
		}
	}
}

// ask is a client: it asks as long as there is something to ask.
func (s *soak) ask(t *testing.T) {
	for s.left.Add(-1) >= 0 && !t.Failed() {
		what := s.once(t)
		s.mu.Lock()
		s.got[what]++
		s.mu.Unlock()
		if what == "503" { // it is to be tried again a little later
			_ = poll(t.Context(), func() bool {
				code, err := status(s.url + "/_/ready")
				return err == nil && code == http.StatusOK
			})
		}
	}
}

func poll(ctx context.Context, holds func() bool) error {
	for end := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if ctx.Err() != nil || time.Now().After(end) {
			return errors.New("waited too long")
		}
	}
	return nil
}

var errHungUp = errors.New("the client hung up")

// once sends a random request and returns how it ended.
func (s *soak) once(t *testing.T) string {
	body := s.body()
	ctx, hangUp := context.WithCancelCause(t.Context())
	defer hangUp(nil)
	var from io.Reader = bytes.NewReader(body)
	patient := true
	switch rand.IntN(20) {
	case 0: // while it waits
		patient = false
		defer time.AfterFunc(rand.N(20*time.Millisecond), func() { hangUp(errHungUp) }).Stop()
	case 1: // amid the body
		patient = false
		from = io.MultiReader(bytes.NewReader(body[:rand.IntN(len(body)+1)]), failing{errHungUp})
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/soak", from)
	if err != nil {
		t.Error(err)
		return "no request"
	}
	req.ContentLength = int64(len(body))
	if deadline := s.deadline(body); deadline > 0 {
		req.Header.Set("X-Timeout", deadline.String())
	}
	resp, err := s.client.Do(req)
	if err != nil {
		if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
			return "refused amid the body" // see TestSoak_ARefusalReachesTheOneWhoStillSends
		}
		if patient {
			t.Errorf("no answer to a request of %d bytes, %.3q: %v", len(body), body, err)
		}
		return "hung up"
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	switch {
	case !patient && (err != nil || ctx.Err() != nil):
		return "hung up"
	case !patient && resp.StatusCode == http.StatusBadRequest:
		return "400"
	case !slices.Contains(s.allowed, resp.StatusCode):
		t.Errorf("status %d: %.100q", resp.StatusCode, answer)
	case resp.StatusCode == http.StatusOK && err != nil:
		return "200, cut short"
	case resp.StatusCode == http.StatusOK && patient && !bytes.Equal(answer, body):
		t.Errorf("a request of %d bytes got an answer of %d that is another: %.20q", len(body), len(answer), answer)
	case err != nil:
		t.Errorf("status %d: %v", resp.StatusCode, err)
	}
	return strconv.Itoa(resp.StatusCode)
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

// body is a JSON string of a behaviour and as much as is drawn; small ones are
// as frequent as large ones. Where it need not be JSON it may be empty.
func (s *soak) body() []byte {
	size := rand.IntN(1 << rand.IntN(18))
	if size == 0 && !s.services {
		return nil
	}
	size = min(max(size, 3), soakBody)
	body := bytes.Repeat([]byte{s.behaviours[rand.IntN(len(s.behaviours))]}, size)
	body[0], body[size-1] = '"', '"'
	return body
}

// deadline is one, at times; what never ends always has one.
func (s *soak) deadline(body []byte) time.Duration {
	if len(body) > 1 && body[1] == 'h' || rand.IntN(50) == 0 {
		return time.Millisecond + rand.N(50*time.Millisecond)
	}
	return 0
}

// kill kills a random process of the function now and then. One that is to run
// on and on is started again later each time if it does not live for a second,
// so that it is spared for longer than that.
func (s *soak) kill(ctx context.Context) {
	for pause := rand.N(40 * time.Millisecond); ; pause = rand.N(40 * time.Millisecond) {
		if s.services && s.killed.Load() > 0 {
			pause += 1200 * time.Millisecond
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		if pids := s.children(); len(pids) > 0 {
			s.killOne(pids[rand.IntN(len(pids))])
		}
	}
}

// killOne signals a process if it is still a child of the watchdog: the handle
// is not another process's that has its number by now.
func (s *soak) killOne(pid int) {
	p, err := os.FindProcess(pid)
	if err != nil {
		return
	}
	defer func() { _ = p.Release() }()
	signal := syscall.SIGKILL
	if rand.IntN(2) == 0 {
		signal = syscall.SIGTERM
	}
	if ppid, _, err := stat(pid); err == nil && ppid == s.Process.Pid && p.Signal(signal) == nil {
		s.killed.Add(1)
	}
}

func (s *soak) outcomes() string {
	var all []string
	total := 0
	for what, n := range s.got {
		all = append(all, fmt.Sprintf("%s: %d", what, n))
		total += n
	}
	slices.Sort(all)
	return fmt.Sprintf("%d requests (%s)", total, strings.Join(all, ", "))
}

// holding is what a watchdog holds.
type holding struct{ processes, zombies, fds, threads, rss, peak int }

func (s *soak) usage(t *testing.T) (u holding) {
	t.Helper()
	for _, pid := range s.children() {
		u.processes++
		if _, state, _ := stat(pid); state == "Z" {
			u.zombies++
		}
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	field := func(name string) (value int) {
		_, rest, _ := strings.Cut(string(text), "\n"+name+":")
		_, _ = fmt.Sscan(rest, &value)
		return value
	}
	u.fds, u.threads, u.rss, u.peak = len(s.files()), field("Threads"), field("VmRSS")<<10, field("VmHWM")<<10
	return u
}

// files are what the descriptors of a watchdog stand for.
func (s *soak) files() (names []string) {
	dir := fmt.Sprintf("/proc/%d/fd", s.Process.Pid)
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if name, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// A deadline that passes has the process of the function replaced: that is no
// matter of the next request.
func TestSoak_ARequestAfterALateOneIsAnswered(t *testing.T) {
	for _, mode := range allModes {
		t.Run(mode, func(t *testing.T) {
			d := in(t, mode)
			d.awaitReady(t, ahead(mode))
			failed := 0
			for range 10 {
				if code := request(t, "POST", d.url, `"h"`, "X-Timeout", "20ms"); code != http.StatusGatewayTimeout {
					t.Errorf("status %d of one that never ends", code)
				}
				if code := request(t, "POST", d.url, `"e"`); code != http.StatusOK {
					failed++
				}
			}
			if failed > 0 {
				t.Errorf("%d of 10 requests after a late one failed", failed)
			}
		})
	}
}

// Who is refused amid the sending of a body learns why.
func TestSoak_ARefusalReachesTheOneWhoStillSends(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings []string
		header   [2]string
		code     int
	}{
		{"no such deadline", []string{"fprocess=cat"}, [2]string{"X-Timeout", "soon"}, 400},
		{"too large", []string{"fprocess=cat", "max_body=1KB"}, [2]string{}, 413},
		{"not wanted", []string{"fprocess=true"}, [2]string{}, 200},
		{"not ready", []string{"fprocess=sh -c 'exit 3'", "mode=lambda"}, [2]string{}, 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := unleash(t, c.settings...)
			body := strings.Repeat("7", soakBody)
			if c.code == 503 { // it fails until then, but in its time
				eventually(t, "it is not ready", func() bool { return request(t, "POST", d.url, "7") == 503 })
			}
			failed, last := 0, error(nil)
			for range 200 {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if c.header[0] != "" {
					req.Header.Set(c.header[0], c.header[1])
				}
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					failed, last = failed+1, err
					continue
				}
				if resp.StatusCode != c.code && c.code != 503 { // which ends while it is started again
					t.Errorf("status %d, want %d", resp.StatusCode, c.code)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			if failed > 0 {
				t.Errorf("%d of 200 got no answer, the last one: %v", failed, last)
			}
		})
	}
}

// The first process that it starts is no orphan of somebody else's.
func TestInit_KnowsItsOwnChildren(t *testing.T) {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	permitted(t, attr)
	for _, c := range []struct {
		settings []string
		record   string
	}{
		{[]string{"mode=http", "upstream_url=http://127.0.0.1:" + freePort(t)}, "the function's process has ended"},
		{[]string{"mode=lambda"}, "the function's process has ended"},
		{[]string{"warm=1"}, "a process that was started ahead has ended"},
	} {
		t.Run(c.settings[0], func(t *testing.T) {
			for range 10 {
				cmd := exec.Command(program(t))
				cmd.SysProcAttr = attr
				d := unleashBy(t, cmd, append(c.settings, "fprocess=sh -c 'exit 3'", "GOMAXPROCS=1")...)
				if why := d.log.await(t, c.record)["error"]; why != "the function ended with exit status 3" {
					t.Fatalf("it is said to have ended by this: %v", why)
				}
				d.stop(t)
				d.end(t)
			}
		})
	}
}

// Orphans that end at the same time are all collected: one signal may stand for
// many of them.
func TestInit_CollectsOrphans(t *testing.T) {
	cmd := exec.Command(program(t))
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	permitted(t, cmd.SysProcAttr)
	d := unleashBy(t, cmd, "fprocess=sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do setsid sh -c \"read x; exit 3\" <&0 & done; cat'")
	var all sync.WaitGroup
	for range soakers {
		all.Go(func() {
			for range 5 {
				if got, err := post(d.url, strings.NewReader("meow\n")); err != nil {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
	all.Wait()
	eventually(t, "no process is left", func() bool { return len(d.children()) == 0 })
}
