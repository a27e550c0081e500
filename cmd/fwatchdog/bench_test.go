// The benchmarks of fwatchdog as it is shipped: the stripped program, started
// as a process of its own and asked over TCP. What it is compared with takes
// turns with it, so that whatever else the machine does meets all of them.
//
// The floor of stdio mode, testdata/bench/spawn.c, needs a C compiler. The
// OpenFaaS watchdogs are compared with if HARK_PEERS names a directory that
// holds them:
//
//	HARK_PEERS=/tmp/peers go test -run '^$' -bench . ./cmd/fwatchdog
//
// Both are built in a checkout of their repositories, for example by
//
//	CGO_ENABLED=0 go build -ldflags '-s -w' -o /tmp/peers/classic-watchdog .
package main_test

import (
	"bufio"
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const (
	rounds   = 7                       // in which everything has its turn
	span     = 1500 * time.Millisecond // of a turn
	clients  = 4                       // connections at once
	pace     = 200 * time.Millisecond  // between the requests of BenchmarkWarm
	patience = 10 * time.Second        // with an answer, a start, a stop
)

//go:embed testdata/bench/intent.json
var intent string

var (
	echo   = newCall("POST", "/", intent, intent)
	parse  = newCall("POST", "/", intent, "ChangeColorIntent: red\n")
	health = newCall("GET", "/_/health", "", "")
)

// BenchmarkStdio is one /bin/cat for each request. The floors start cat as well,
// in two loops and in four, without HTTP, STDERR or a deadline. Goals: 0.95
// x-floor2, 1.1 x-classic.
func BenchmarkStdio(b *testing.B) {
	hark := start(b, echo, []string{build(b, ".")}, "fprocess=/bin/cat")
	turns := []turn{{"hark-req/s", hark.throughput}}
	if classic := peer(b, "classic-watchdog"); classic != "" {
		turns = append(turns, turn{"classic-req/s", start(b, echo, []string{classic}, "fprocess=/bin/cat").throughput})
	}
	if spawn := compile(b, "spawn.c"); spawn != "" {
		turns = append(turns,
			turn{"floor2-req/s", func(b *testing.B) float64 { return number(b, spawn, "2", seconds(span)) }},
			turn{"floor4-req/s", func(b *testing.B) float64 { return number(b, spawn, "4", seconds(span)) }})
	}
	m := race(b, rounds, turns)
	m.ratio(b, "x-floor2", "hark-req/s", "floor2-req/s")
	m.ratio(b, "x-floor4", "hark-req/s", "floor4-req/s")
	m.ratio(b, "x-classic", "hark-req/s", "classic-req/s")
}

// BenchmarkWarm is a script that is started ahead of the request, at five
// requests a second. Goals: 4 x-faster in Python, 6 in Node.
func BenchmarkWarm(b *testing.B) {
	// What is called python3 may be a script that looks for the real one.
	b.Run("python", func(b *testing.B) { warm(b, "parse.py", "python3", "-c", "import sys; print(sys.executable)") })
	b.Run("node", func(b *testing.B) { warm(b, "parse.js", "node", "-p", "process.execPath") })
}

func warm(b *testing.B, script string, whichInterpreter ...string) {
	if _, err := exec.LookPath(whichInterpreter[0]); err != nil {
		b.Skip(err)
	}
	process := "fprocess=" + output(b, whichInterpreter...) + " " + file(b, script)
	hark := []string{build(b, ".")}
	m := race(b, 5, []turn{
		{"stdio-p50-ms", start(b, parse, hark, process).latency},
		{"warm-p50-ms", start(b, parse, hark, process, "warm=2").latency},
	})
	m.ratio(b, "x-faster", "stdio-p50-ms", "warm-p50-ms")
}

// BenchmarkHTTP is a Go function that is an HTTP server and echoes. The floor is
// that server without a watchdog. Goals: 20 x-stdio, 1.2 x-of.
func BenchmarkHTTP(b *testing.B) {
	hark, noop := build(b, "."), build(b, "./testdata/bench/noop")
	inHTTP := func(watchdog string) *server {
		port := freePort(b)
		return start(b, echo, []string{watchdog}, "fprocess="+noop+" http", "mode=http",
			"upstream_url=http://127.0.0.1:"+port, "PORT="+port)
	}
	turns := append(stdioTurns(b, hark, noop),
		turn{"http-req/s", inHTTP(hark).throughput},
		turn{"floor-req/s", start(b, echo, []string{noop, "http"}).throughput})
	if of := peer(b, "of-watchdog"); of != "" {
		turns = append(turns, turn{"of-req/s", inHTTP(of).throughput})
	}
	m := race(b, rounds, turns)
	m.ratio(b, "x-stdio", "http-req/s", "stdio-req/s")
	m.ratio(b, "x-cat", "http-req/s", "cat-req/s")
	m.ratio(b, "x-floor", "http-req/s", "floor-req/s")
	m.ratio(b, "x-of", "http-req/s", "of-req/s")
}

// BenchmarkLambda is a Lambda function in Go that echoes, in four processes. The
// floor is four of them and an API with nothing behind it: an event takes them
// two HTTP requests. Goal: 20 x-stdio.
func BenchmarkLambda(b *testing.B) {
	hark, noop := build(b, "."), build(b, "./testdata/bench/noop")
	lambda := start(b, echo, []string{hark}, "fprocess="+noop+" lambda", "mode=lambda", "processes=4")
	one := start(b, echo, []string{hark}, "fprocess="+noop+" lambda", "mode=lambda")
	m := race(b, rounds, append(stdioTurns(b, hark, noop),
		turn{"lambda-req/s", lambda.throughput},
		turn{"one-process-req/s", one.throughput},
		turn{"floor-req/s", func(b *testing.B) float64 { return eventLoops(b, noop, 4) }}))
	m.ratio(b, "x-stdio", "lambda-req/s", "stdio-req/s")
	m.ratio(b, "x-cat", "lambda-req/s", "cat-req/s")
	m.ratio(b, "x-floor", "lambda-req/s", "floor-req/s")
}

// eventLoops is how many events a second some runtimes take from an API that
// has one ready at once and wants no answer to be right: no client, no queue.
func eventLoops(b *testing.B, noop string, runtimes int) float64 {
	b.Helper()
	var answered atomic.Int64
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", "1")
			_, _ = io.WriteString(w, intent)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		answered.Add(1)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer api.Close()
	begin := time.Now()
	var all sync.WaitGroup
	for range runtimes {
		cmd := exec.Command(noop, "lambda")
		cmd.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + api.Listener.Addr().String()}
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		all.Go(func() {
			defer time.AfterFunc(span, func() { _ = cmd.Process.Kill() }).Stop()
			_ = cmd.Wait()
		})
	}
	all.Wait()
	return float64(answered.Load()) / time.Since(begin).Seconds()
}

// stdioTurns are what the other modes are compared with: a process for each request.
func stdioTurns(b *testing.B, hark, noop string) []turn {
	return []turn{
		{"stdio-req/s", start(b, echo, []string{hark}, "fprocess="+noop+" stdio").throughput},
		{"cat-req/s", start(b, echo, []string{hark}, "fprocess=/bin/cat").throughput},
	}
}

// BenchmarkMemory is what 10,000 requests leave behind. Goals: 10 rss-MB, nothing
// more-*, 7 binary-MB.
func BenchmarkMemory(b *testing.B) {
	b.Run("hark", func(b *testing.B) { memory(b, build(b, ".")) })
	b.Run("classic", func(b *testing.B) {
		classic := peer(b, "classic-watchdog")
		if classic == "" {
			b.Skip("nothing to compare with")
		}
		memory(b, classic)
	})
}

func memory(b *testing.B, watchdog string) {
	// The goroutines are counted as they die: the fresh ones are of another process.
	fresh := start(b, echo, []string{watchdog}, "fprocess=/bin/cat")
	fresh.settle(b)
	goroutines := fresh.dump(b)

	s := start(b, echo, []string{watchdog}, "fprocess=/bin/cat")
	before := s.settle(b)
	for b.Loop() {
		var begun atomic.Int64
		s.load(b, func() bool { return begun.Add(1) <= 10_000 })
	}
	after := s.settle(b)
	binary, err := os.Stat(watchdog)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(after.rss)/1e6, "rss-MB")
	b.ReportMetric(float64(after.peak)/1e6, "peak-rss-MB")
	b.ReportMetric(float64(binary.Size())/1e6, "binary-MB")
	b.ReportMetric(float64(after.fds-before.fds), "more-fds")
	b.ReportMetric(float64(after.threads-before.threads), "more-threads")
	b.ReportMetric(float64(s.dump(b)-goroutines), "more-goroutines")
}

// A turn measures one thing; it is named as its metric.
type turn struct {
	metric  string
	measure func(*testing.B) float64
}

type medians map[string]float64

// race gives everything its turn in each round and reports the medians. One
// race is longer than any sensible -benchtime; were it not, it has more rounds.
func race(b *testing.B, rounds int, turns []turn) medians {
	b.Helper()
	all := map[string][]float64{}
	for b.Loop() {
		for range rounds {
			for _, t := range turns {
				all[t.metric] = append(all[t.metric], t.measure(b))
			}
		}
	}
	b.ReportMetric(0, "ns/op") // of all together: no use
	m := medians{}
	for metric, values := range all {
		m[metric] = median(values)
		b.ReportMetric(m[metric], metric)
	}
	return m
}

// ratio reports one metric over another, if both were measured.
func (m medians) ratio(b *testing.B, name, of, to string) {
	if m[of] > 0 && m[to] > 0 {
		b.ReportMetric(m[of]/m[to], name)
	}
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// A call is a request, ready to be sent, and the body that must come back.
type call struct{ request, answer []byte }

func newCall(method, path, body, answer string) call {
	const format = "%s %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
	return call{fmt.Appendf(nil, format, method, path, len(body), body), []byte(answer)}
}

// A client is one connection. It understands as much of HTTP as the watchdogs
// speak, since it has to share the machine with them.
type client struct {
	net.Conn
	in   *bufio.Reader
	body bytes.Buffer
}

const chunked = -1

func (c *client) do(call call) error {
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := c.Write(call.request); err != nil {
		return err
	}
	status, length, err := c.head()
	if err != nil {
		return err
	}
	if err := c.read(length); err != nil {
		return err
	}
	if answer := c.body.Bytes(); status != "200" || call.answer != nil && !bytes.Equal(answer, call.answer) {
		return fmt.Errorf("answered %s: %.200q", status, answer)
	}
	return nil
}

// head reads the status line and the headers.
func (c *client) head() (status string, length int, err error) {
	line, err := c.line()
	if err != nil || len(line) < len("HTTP/1.1 200") {
		return "", 0, fmt.Errorf("bad status line %q: %w", line, err)
	}
	status = string(line[9:12])
	for {
		line, err := c.line()
		if err != nil || len(line) == 0 {
			return status, length, err
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			length = chunked
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return "", 0, err
			}
		}
	}
}

// read reads a body into c.body.
func (c *client) read(length int) error {
	c.body.Reset()
	if length != chunked {
		_, err := io.CopyN(&c.body, c.in, int64(length))
		return err
	}
	if _, err := c.body.ReadFrom(httputil.NewChunkedReader(c.in)); err != nil {
		return err
	}
	_, err := c.line() // behind the last chunk
	return err
}

func (c *client) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

// A server is a process that is measured.
type server struct {
	address string
	call    call // what it is asked
	log     string
	process *os.Process
	ended   chan struct{}
}

// start starts a server and waits until it answers as it should. It is told its
// port by all the names there are for it.
func start(b *testing.B, call call, argv []string, env ...string) *server {
	b.Helper()
	port, dir := freePort(b), b.TempDir()
	s := &server{address: "127.0.0.1:" + port, call: call, log: filepath.Join(dir, "log"), ended: make(chan struct{})}
	log, err := os.Create(s.log)
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + dir, "healthcheck_interval=1ms",
		"port=" + port, "PORT=" + port, "metrics_port=" + freePort(b)}, env...)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s.process = cmd.Process
	go func() { _ = cmd.Wait(); close(s.ended) }()
	b.Cleanup(s.stop)
	s.await(b)
	return s
}

func (s *server) await(b *testing.B) {
	b.Helper()
	deadline := time.Now().Add(patience)
	err := s.try()
	for ; err != nil && s.running() && time.Now().Before(deadline); err = s.try() {
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil {
		s.fatal(b, err)
	}
}

func (s *server) try() error {
	return errors.Join(s.do(call{request: health.request}), s.do(s.call))
}

func (s *server) do(call call) error {
	c, err := s.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	return c.do(call)
}

func (s *server) dial() (*client, error) {
	conn, err := net.DialTimeout("tcp", s.address, patience)
	if err != nil {
		return nil, err
	}
	return &client{Conn: conn, in: bufio.NewReader(conn)}, nil
}

func (s *server) running() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// stop lets the watchdog look after its own processes first.
func (s *server) stop() {
	_ = s.process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(patience):
		_ = s.process.Kill()
		<-s.ended
	}
}

func (s *server) fatal(b *testing.B, err error) {
	b.Helper()
	log, _ := os.ReadFile(s.log)
	b.Fatalf("%v\nit runs: %t; the end of its log:\n%s", err, s.running(), log[max(0, len(log)-2000):])
}

// throughput is how many requests a second are answered on some connections.
func (s *server) throughput(b *testing.B) float64 {
	b.Helper()
	begin := time.Now()
	n := s.load(b, func() bool { return time.Since(begin) < span })
	return float64(n) / time.Since(begin).Seconds()
}

// load asks on some connections for as long as there is more to ask, and says
// how often it did.
func (s *server) load(b *testing.B, more func() bool) int64 {
	b.Helper()
	var n atomic.Int64
	var all sync.WaitGroup
	errs := make([]error, clients)
	for i := range errs {
		all.Go(func() { errs[i] = s.repeat(more, &n) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		s.fatal(b, err)
	}
	return n.Load()
}

func (s *server) repeat(more func() bool, n *atomic.Int64) error {
	c, err := s.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	for more() {
		if err := c.do(s.call); err != nil {
			return err
		}
		n.Add(1)
	}
	return nil
}

// latency is the median of 25 requests in milliseconds. A request that has to
// wait for the one before counts from when it was due.
func (s *server) latency(b *testing.B) float64 {
	b.Helper()
	c, err := s.dial()
	if err != nil {
		s.fatal(b, err)
	}
	defer c.Close()
	var took []float64
	for due := time.Now().Add(pace); len(took) < 25; due = due.Add(pace) {
		sent := due
		if early := time.Until(due); early > 0 {
			time.Sleep(early)
			sent = time.Now()
		}
		if err := c.do(s.call); err != nil {
			s.fatal(b, err)
		}
		took = append(took, time.Since(sent).Seconds()*1e3)
	}
	return median(took)
}

// usage is what a process holds.
type usage struct{ rss, peak, fds, threads int }

// settle waits until nothing more is given back, or patience ends.
func (s *server) settle(b *testing.B) usage {
	b.Helper()
	deadline := time.Now().Add(patience)
	last := s.usage(b)
	for time.Now().Before(deadline) {
		time.Sleep(200 * time.Millisecond)
		next := s.usage(b)
		if next.fds == last.fds && next.threads == last.threads {
			return next
		}
		last = next
	}
	return last
}

func (s *server) usage(b *testing.B) usage {
	b.Helper()
	proc := fmt.Sprintf("/proc/%d/", s.process.Pid)
	fds, err := os.ReadDir(proc + "fd")
	if err != nil {
		b.Skip(err) // not Linux
	}
	status, err := os.ReadFile(proc + "status")
	if err != nil {
		b.Fatal(err)
	}
	field := func(name string) (value int) {
		_, rest, _ := strings.Cut(string(status), "\n"+name+":")
		_, _ = fmt.Sscan(rest, &value)
		return value
	}
	return usage{field("VmRSS") << 10, field("VmHWM") << 10, len(fds), field("Threads")}
}

// dump has the process die of SIGQUIT and counts the goroutines in its log.
func (s *server) dump(b *testing.B) int {
	b.Helper()
	if err := s.process.Signal(syscall.SIGQUIT); err != nil {
		b.Fatal(err)
	}
	<-s.ended
	log, err := os.ReadFile(s.log)
	if err != nil {
		b.Fatal(err)
	}
	// The collector's workers come with the first collection.
	n := bytes.Count(log, []byte("\ngoroutine ")) - bytes.Count(log, []byte(" [GC worker "))
	if n == 0 {
		b.Fatalf("no goroutines in its log:\n%s", log[max(0, len(log)-2000):])
	}
	return n
}

// peer is another project's watchdog, or nothing.
func peer(b *testing.B, name string) string {
	b.Helper()
	dir := os.Getenv("HARK_PEERS")
	if dir == "" {
		b.Logf("%s is left out: HARK_PEERS is not set; the head of bench_test.go says how to get it", name)
		return ""
	}
	metrics, err := net.Listen("tcp", ":8081")
	if err != nil {
		b.Logf("%s is left out: it has to have port 8081 for its metrics: %v", name, err)
		return ""
	}
	metrics.Close()
	return filepath.Join(dir, name)
}

// build builds a program as it is shipped.
func build(b *testing.B, dir string) string {
	b.Helper()
	b.Setenv("CGO_ENABLED", "0")
	binary := filepath.Join(b.TempDir(), "program")
	output(b, "go", "build", "-tags", "nethttpomithttp2", "-trimpath", "-ldflags", "-s -w", "-o", binary, dir)
	return binary
}

func compile(b *testing.B, source string) string {
	b.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		b.Log("the floor is left out: ", err)
		return ""
	}
	binary := filepath.Join(b.TempDir(), "program")
	output(b, cc, "-O2", "-pthread", "-o", binary, file(b, source))
	return binary
}

// output is what a command prints.
func output(b *testing.B, argv ...string) string {
	b.Helper()
	return printed(b, exec.Command(argv[0], argv[1:]...))
}

func printed(b *testing.B, cmd *exec.Cmd) string {
	b.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%q: %v\n%s", cmd.Args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// number is what a command prints that has as little environment as the
// programs of the watchdogs: with LANG, cat would look for its locale.
func number(b *testing.B, argv ...string) float64 {
	b.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	n, err := strconv.ParseFloat(printed(b, cmd), 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

func file(b *testing.B, name string) string {
	b.Helper()
	path, err := filepath.Abs(filepath.Join("testdata/bench", name))
	if err != nil {
		b.Fatal(err)
	}
	return path
}

func freePort(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	return port
}
