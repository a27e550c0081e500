package main

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sample is one line of Prometheus' text format.
type sample struct {
	name   string
	labels map[string]string
	value  float64
}

// exposition is what /metrics answers.
type exposition struct {
	types   map[string]string // by name
	samples []sample
}

var (
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$`)
	labelPair  = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="([^"\\]*)"$`) // nothing here needs escaping
)

// expose reads /metrics as a collector would.
func expose(t *testing.T, port string) exposition {
	t.Helper()
	resp, err := http.Get("http://127.0.0.1:" + port + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if typ := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || !strings.HasPrefix(typ, "text/plain; version=0.0.4") {
		t.Fatalf("%s of type %q", resp.Status, typ)
	}
	e := exposition{types: map[string]string{}}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		line := lines.Text()
		if comment, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, kind, _ := strings.Cut(comment, " ")
			if e.types[name] != "" {
				t.Errorf("%s has its type twice", name)
			}
			e.types[name] = kind
		} else if !strings.HasPrefix(line, "# HELP ") {
			e.add(t, line)
		}
	}
	return e
}

func (e *exposition) add(t *testing.T, line string) {
	t.Helper()
	parts := sampleLine.FindStringSubmatch(line)
	if parts == nil {
		t.Fatalf("not a sample: %q", line)
	}
	s := sample{name: parts[1], labels: map[string]string{}}
	for pair := range strings.SplitSeq(parts[2], ",") {
		if label := labelPair.FindStringSubmatch(pair); label != nil {
			s.labels[label[1]] = label[2]
		} else if pair != "" {
			t.Fatalf("not a label: %q in %q", pair, line)
		}
	}
	var err error
	if s.value, err = strconv.ParseFloat(parts[3], 64); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	e.samples = append(e.samples, s)
}

// of are the samples of that name and these labels, among others.
func (e exposition) of(name string, labels map[string]string) (found []sample) {
	for _, s := range e.samples {
		all := maps.Clone(s.labels)
		maps.Copy(all, labels)
		if s.name == name && maps.Equal(all, s.labels) {
			found = append(found, s)
		}
	}
	return found
}

// counts are the requests by code and method.
func (e exposition) counts() map[string]float64 {
	counts := map[string]float64{}
	for _, s := range e.of("http_requests_total", nil) {
		counts[s.labels["code"]+" "+s.labels["method"]] = s.value
	}
	return counts
}

// counting waits until the requests are counted: an answer arrives a little
// before that.
func counting(t *testing.T, port string, want map[string]float64) exposition {
	t.Helper()
	var e exposition
	total := 0.
	for _, n := range want {
		total += n
	}
	eventually(t, "every request is counted", func() bool {
		e = expose(t, port)
		seen := 0.
		for _, n := range e.counts() {
			seen += n
		}
		return seen >= total
	})
	if got := e.counts(); !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
	return e
}

func measured(t *testing.T, env ...string) (d *dog, port string) {
	t.Helper()
	port = freePort(t)
	return unleash(t, append([]string{"fprocess=" + testFunction(t) + " stdio", "metrics_port=" + port}, env...)...), port
}

// request sends a method that need not be known, and returns the status.
func request(t *testing.T, method, url, body string, header ...string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Error(err)
	}
	return resp.StatusCode
}

func TestMetrics_CountRequestsByCodeAndMethod(t *testing.T) {
	d, port := measured(t)
	for _, method := range []string{"GET", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW", "post", `A'B`} {
		request(t, method, d.url+"/a?b=c", `"e"`)
	}
	request(t, "POST", d.url, `"x"`)
	request(t, "POST", d.url, `"e"`, "X-Timeout", "soon")
	request(t, "POST", d.url, `"h"`, "X-Timeout", "10ms")
	e := counting(t, port, map[string]float64{
		"200 get": 1, "200 post": 2, "200 put": 1, "200 delete": 1, "200 patch": 1, "200 options": 1, "200 head": 1, "200 trace": 1,
		"200 unknown": 3, "500 post": 1, "400 post": 1, "504 post": 1,
	})
	want := map[string]string{"http_request_duration_seconds": "histogram", "http_requests_in_flight": "gauge", "http_requests_total": "counter"}
	if !maps.Equal(e.types, want) {
		t.Errorf("metrics %v, want %v", e.types, want)
	}
	for _, s := range e.samples {
		names := slices.Sorted(maps.Keys(s.labels))
		want := []string{"code", "method"}
		switch s.name {
		case "http_requests_in_flight":
			want = nil
		case "http_request_duration_seconds_bucket":
			want = []string{"code", "le", "method"}
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s has the labels %v, want %v", s.name, names, want)
		}
	}
}

func TestMetrics_BucketsAreCumulative(t *testing.T) {
	d, port := measured(t)
	for range 3 {
		request(t, "POST", d.url, `"e"`)
		request(t, "GET", d.url, `"n"`) // takes 20 ms
	}
	e := counting(t, port, map[string]float64{"200 post": 3, "200 get": 3})
	for _, method := range []string{"get", "post"} {
		labels := map[string]string{"code": "200", "method": method}
		var bounds []string
		last := 0.
		for _, s := range e.of("http_request_duration_seconds_bucket", labels) {
			bounds = append(bounds, s.labels["le"])
			if s.value < last {
				t.Errorf("%s: the bucket up to %s has %v, the one below %v", method, s.labels["le"], s.value, last)
			}
			last = s.value
		}
		// Those of Prometheus' client libraries.
		if want := "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf"; strings.Join(bounds, " ") != want {
			t.Errorf("buckets %v, want %v", bounds, want)
		}
		count, sum := e.of("http_request_duration_seconds_count", labels), e.of("http_request_duration_seconds_sum", labels)
		if len(count) != 1 || count[0].value != 3 || last != 3 {
			t.Errorf("%s: count %v, last bucket %v, want 3", method, count, last)
		}
		if len(sum) != 1 || sum[0].value <= 0 {
			t.Errorf("%s: sum %v", method, sum)
		}
	}
	slow := map[string]string{"method": "get", "le": "0.01"}
	if got := e.of("http_request_duration_seconds_bucket", slow); len(got) != 1 || got[0].value != 0 {
		t.Errorf("requests of 20 ms are among those of up to 10: %v", got)
	}
}

func TestMetrics_TellRequestsInFlight(t *testing.T) {
	port := freePort(t)
	d := unleash(t, "fprocess=sh -c 'echo running >&2; cat'", "metrics_port="+port)
	inFlight := func() float64 { return expose(t, port).of("http_requests_in_flight", nil)[0].value }
	if got := inFlight(); got != 0 {
		t.Errorf("%v before any request", got)
	}
	body, answer := underway(d.url)
	d.log.await(t, "stderr")
	if got := inFlight(); got != 1 {
		t.Errorf("%v during a request", got)
	}
	finish(t, body, answer)
	eventually(t, "none is in flight", func() bool { return inFlight() == 0 })
}

// A client who hangs up is not in flight for ever, either.
func TestMetrics_CountAnAnswerThatIsCutShort(t *testing.T) {
	d, port := measured(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\"h\"")
	d.log.await(t, "stderr")
	conn.Close()
	eventually(t, "it is over", func() bool {
		e := expose(t, port)
		return e.of("http_requests_in_flight", nil)[0].value == 0 && len(e.counts()) == 1
	})
}

func TestMetrics_LeaveOutHealthChecks(t *testing.T) {
	d, port := measured(t)
	for _, path := range []string{"/_/health", "/_/ready"} {
		if code := request(t, "GET", d.url+path, ""); code != http.StatusOK {
			t.Errorf("%s: %d", path, code)
		}
	}
	request(t, "POST", d.url, `"e"`)
	counting(t, port, map[string]float64{"200 post": 1})
}

// Those two are the watchdog's, every other path is the function's.
func TestMetrics_CountWhateverTheFunctionAnswers(t *testing.T) {
	d, port := measured(t)
	for _, path := range []string{"//", "/_/", "/_/healthy", "/_/health/", "/metrics"} {
		if code := request(t, "POST", d.url+path, `"e"`); code != http.StatusOK {
			t.Errorf("%s: %d", path, code)
		}
	}
	request(t, "PUT", d.url, `"e"`)
	var e exposition
	eventually(t, "the last one is counted", func() bool {
		e = expose(t, port)
		return e.counts()["200 put"] == 1
	})
	if got := e.counts()["200 post"]; got != 5 {
		t.Errorf("%v of 5 requests were counted", got)
	}
}

func TestMetrics_CountAnUpgradeAsOne(t *testing.T) {
	port := freePort(t)
	d := in(t, "http", "metrics_port="+port)
	d.awaitReady(t, 1)
	d.upgraded(t)
	counting(t, port, map[string]float64{"101 get": 1})
}

func TestMetrics_AreOnTheirOwnListenerOnly(t *testing.T) {
	d, port := measured(t)
	if code, err := status("http://127.0.0.1:" + port + "/"); err != nil || code != http.StatusNotFound {
		t.Errorf("/: %d, %v", code, err)
	}
	if got, err := post(d.url+"/metrics", strings.NewReader(`"e"`)); err != nil || got != `"e"` {
		t.Errorf("/metrics of the function: %q, %v", got, err)
	}
	if n := listeners(t, d); n != 2 {
		t.Errorf("it listens on %d ports", n)
	}
}

func TestMetrics_PortZeroIsNoListener(t *testing.T) {
	if n := listeners(t, unleash(t, "fprocess=cat", "metrics_port=0")); n != 1 {
		t.Errorf("it listens on %d ports", n)
	}
}

func TestMetrics_PortTakenIsAWarning(t *testing.T) {
	taken, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	d := unleashed(t, exec.Command(program(t)), "fprocess=cat", "metrics_port="+port)
	record := d.log.await(t, "no metrics: metrics_port chooses another port, 0 none")
	if record["level"] != "WARN" || strconv.FormatFloat(record["metrics_port"].(float64), 'f', 0, 64) != port || !strings.Contains(record["error"].(string), "already in use") {
		t.Errorf("record %v", record)
	}
	d.url = url(d.log.await(t, "fwatchdog serves"))
	if got, err := post(d.url, strings.NewReader("meow")); err != nil || got != "meow" {
		t.Errorf("%q, %v", got, err)
	}
}

// listeners counts the TCP ports that a watchdog listens on.
func listeners(t *testing.T, d *dog) (n int) {
	t.Helper()
	proc := filepath.Join("/proc", strconv.Itoa(d.Process.Pid))
	fds, err := filepath.Glob(proc + "/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]bool{}
	for _, fd := range fds {
		link, _ := os.Readlink(fd)
		own[strings.TrimSuffix(strings.TrimPrefix(link, "socket:["), "]")] = true
	}
	for _, table := range []string{"tcp", "tcp6"} {
		text, _ := os.ReadFile(proc + "/net/" + table)
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) > 9 && f[3] == "0A" && own[f[9]] {
				n++
			}
		}
	}
	return n
}

// TestMetrics_AreThoseOfTheDashboard: what deploy/ names of the watchdog's, it tells.
func TestMetrics_AreThoseOfTheDashboard(t *testing.T) {
	m := newMetrics()
	m.enter()
	m.leave(200, "GET", 0)
	files, err := filepath.Glob("../../deploy/[pg]*/*")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`\bhttp_[a-z_]+`).FindAllString(string(text), -1) {
			if named++; !strings.Contains(string(m.text()), "\n"+name+"{") && !strings.Contains(string(m.text()), "\n"+name+" ") {
				t.Errorf("%s names %s, which fwatchdog does not tell", file, name)
			}
		}
	}
	if named < 3 {
		t.Errorf("only %d metrics of its are named", named)
	}
}
