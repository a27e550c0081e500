package watchdog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// lambdaFunction is a runtime as somebody would write it by hand.
func lambdaFunction() {
	api := runtimeAPI{"http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/"}
	if at := os.Getenv("MODE_MEET"); at != "" {
		meet(context.Background(), at)
	}
	if file := os.Getenv("MODE_STARTS_WITH"); file != "" {
		if _, err := os.Stat(file); err != nil {
			failToStart(api)
		}
	}
	loops, _ := strconv.Atoi(os.Getenv("AWS_LAMBDA_MAX_CONCURRENCY"))
	var running sync.WaitGroup
	for range max(1, loops) {
		running.Go(func() {
			for api.serveNext() {
			}
		})
	}
	running.Wait()
	os.Exit(7)
}

func failToStart(api runtimeAPI) {
	if os.Getenv("MODE_FAILS") == "silently" {
		os.Exit(5)
	}
	api.post("init/error", `{"errorType":"Runtime.ImportModuleError","errorMessage":"cannot find module lights"}`, "Lambda-Runtime-Function-Error-Type", "Runtime.ImportModuleError")
	os.Exit(1)
}

// runtimeAPI is a client of it.
type runtimeAPI struct{ base string }

func (a runtimeAPI) post(path, body string, pairs ...string) int {
	return a.send(path, strings.NewReader(body), pairs...)
}

func (a runtimeAPI) send(path string, body io.Reader, pairs ...string) int {
	req, err := http.NewRequest("POST", a.base+path, body)
	if err != nil {
		return 0
	}
	for i := 0; i < len(pairs); i += 2 {
		req.Header.Set(pairs[i], pairs[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// event is what the test asks for.
type event struct {
	Do, At, Name string
	Size         int
}

func (a runtimeAPI) serveNext() bool {
	resp, err := http.Get(a.base + "invocation/next")
	if err != nil || resp.StatusCode != 200 {
		return false
	}
	payload, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return false
	}
	var e event
	_ = json.Unmarshal(payload, &e)
	a.behave(resp.Header, e, payload)
	return true
}

func (a runtimeAPI) behave(h http.Header, e event, payload []byte) {
	at := "invocation/" + h.Get("Lambda-Runtime-Aws-Request-Id") + "/"
	answer := func(body string) { a.post(at+"response", body, "Content-Type", "application/json") }
	switch e.Do {
	case "fail":
		a.post(at+"error", `{"errorType":"Boom","errorMessage":"the secret detail","stackTrace":["secret.py:1"]}`, "Lambda-Runtime-Function-Error-Type", "Boom")
	case "large":
		answer(`"` + strings.Repeat("x", e.Size) + `"`)
	case "stream", "streamFor", "streamCut":
		a.stream(at, e)
	case "streamHang":
		go a.stream(at, event{Do: "streamFor", At: e.At})
		time.Sleep(time.Hour)
	case "meet":
		meet(context.Background(), e.At)
		answer(strconv.Itoa(os.Getpid()))
	case "die":
		os.Exit(3)
	case "last":
		answer(`"last words"`)
		os.Exit(0)
	case "lastUnheard": // it does not wait for what it is told
		a.blurt(at+"response", `"last words"`)
		os.Exit(0)
	case "env":
		answer(strconv.Quote(os.Getenv(e.Name)))
	case "header":
		answer(strconv.Quote(h.Get(e.Name)))
	case "pid":
		answer(strconv.Itoa(os.Getpid()))
	default:
		answer(string(payload))
	}
}

// stream answers with a prelude. It meets the test in the midst of it.
func (a runtimeAPI) stream(at string, e event) {
	reader, writer := io.Pipe()
	go func() {
		_, _ = writer.Write([]byte(`{"statusCode":418,"headers":{"X-Color":"red","Content-Type":"text/x"},"cookies":["a=1","b=2"]}` + "\x00\x00\x00\x00\x00\x00\x00\x00first\n"))
		if e.Do == "streamFor" {
			meet(context.Background(), e.At)
		}
		if e.Do == "streamCut" {
			os.Exit(3)
		}
		_, _ = writer.Write([]byte("second\n"))
		writer.Close()
	}()
	a.send(at+"response", reader, "Content-Type", "application/vnd.awslambda.http-integration-response", "Lambda-Runtime-Function-Response-Mode", "streaming")
}

// blurt sends an answer and does not look back.
func (a runtimeAPI) blurt(path, body string) {
	address := strings.TrimPrefix(a.base, "http://")
	host, root, _ := strings.Cut(address, "/")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return
	}
	fmt.Fprintf(conn, "POST /%s%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", root, path, host, len(body), body)
}

func post(t *testing.T, server *httptest.Server, e event) <-chan modeReply {
	t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return request(t, server, "POST", "/", bytes.NewReader(body))
}

// sendEvent asks for e on a connection of its own, with more header lines.
func (w *wire) sendEvent(t *testing.T, e event, header string) {
	t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	w.send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: hark\r\n%sContent-Length: %d\r\n\r\n%s", header, len(body), body))
}

func invokeEmpty(t *testing.T, dog *Watchdog) (function.Result, error) {
	return dog.Invoke(t.Context(), function.Invocation{})
}

func TestLambda_Answers(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeLambda, env{"max_body": "0", "max_output": "0"}, &log)
	const limit = 6 << 20
	for _, c := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"an event", `{"a":1}`, 200, `{"a":1}`},
		{"nothing", "", 200, "{}"},
		{"a number", "7", 200, "7"},
		{"another script", `"犬 \u0000"`, 200, `"犬 \u0000"`},
		{"no JSON", "turn it red", 400, "*"},
		{"half of JSON", `{"a":`, 400, "*"},
		{"two of JSON", `{} {}`, 400, "*"},
		{"an error", `{"Do":"fail"}`, 500, "the function failed\n"},
		{"as much as fits", `"` + strings.Repeat("x", limit-2) + `"`, 200, `"` + strings.Repeat("x", limit-2) + `"`},
		{"more than fits", `"` + strings.Repeat("x", limit-1) + `"`, 413, "the request body is too large\n"},
		{"much more than fits", `"` + strings.Repeat("x", 2*limit) + `"`, 413, "the request body is too large\n"},
		{"an answer that fits", `{"Do":"large","Size":` + strconv.Itoa(limit-2) + `}`, 200, "*"},
		{"an answer too large", `{"Do":"large","Size":` + strconv.Itoa(limit-1) + `}`, 502, "the answer is too large\n"},
		{"another event after all of them", `[]`, 200, "[]"},
	} {
		got := answerOf(t, server, "POST", "/any/path", strings.NewReader(c.body))
		if got.err != nil || got.StatusCode != c.status || c.want != "*" && got.body != c.want {
			t.Errorf("%s: %d %.100q, error %v; want %d %.100q", c.name, got.StatusCode, got.body, got.err, c.status, c.want)
		}
		if strings.Contains(got.body, "secret") {
			t.Errorf("%s: %q tells of the inside", c.name, got.body)
		}
		if want := "application/json"; c.status == 200 && got.Header.Get("Content-Type") != want {
			t.Errorf("%s: Content-Type %q", c.name, got.Header.Get("Content-Type"))
		}
	}
	log.expect(t, "Boom: the secret detail")
}

func TestLambda_AStreamBeginsWithItsHead(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeLambda, nil, &log)
	got := receive(t, post(t, server, event{Do: "stream"}))
	got.want(t, 418, "first\nsecond\n")
	if h := got.Header; h.Get("X-Color") != "red" || h.Get("Content-Type") != "text/x" || len(h["Set-Cookie"]) != 2 {
		t.Errorf("header %v", h)
	}
	if got := receive(t, post(t, server, event{Do: "streamCut"})); got.err == nil && got.StatusCode != 502 {
		t.Errorf("%s %q passes for whole", got.Status, got.body)
	}
	awaitRestart(t, server, &log, 1)
	with := newMeetings(t)
	answer := newWire(t, server)
	answer.sendEvent(t, event{Do: "streamFor", At: with.at()}, "")
	function := with.guest(t)
	resp, err := http.ReadResponse(answer.text, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, len("first\n"))
	if _, err := io.ReadFull(resp.Body, first); err != nil { // before the second is written
		t.Fatal(err)
	}
	function.release()
	if rest, err := io.ReadAll(resp.Body); string(rest) != "second\n" || err != nil {
		t.Errorf("rest %q, error %v", rest, err)
	}
}

func TestLambda_TheDeadlineReplacesTheProcess(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeLambda, env{"exec_timeout": "1s"}, &log)
	with := newMeetings(t)
	for i, what := range []string{"meet", "streamFor"} {
		awaitRestart(t, server, &log, i)
		late := post(t, server, event{Do: what, At: with.at()})
		function := with.guest(t)
		if got := receive(t, late); what == "meet" {
			got.want(t, 504, "the function did not answer in time\n")
		} else if got.err == nil {
			t.Errorf("%s %q passes for whole", got.Status, got.body)
		}
		awaitGone(t, function.pid)
		awaitRestart(t, server, &log, i+1)
		next := receive(t, post(t, server, event{Do: "pid"}))
		if next.want(t, 200, "*"); next.body == function.pid {
			t.Error("it is the same process still")
		}
	}
}

func TestLambda_AClientThatGoesLeavesTheProcessAlone(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeLambda, nil, &log)
	with := newMeetings(t)
	for range 3 {
		w := newWire(t, server)
		w.sendEvent(t, event{Do: "meet", At: with.at()}, "")
		function := with.guest(t)
		w.Close()
		next := post(t, server, event{Do: "pid"}) // waits until the process is done
		function.release()
		receive(t, next).want(t, 200, function.pid)
	}
	if strings.Contains(log.String(), "replaced") {
		t.Errorf("the log is %s", &log)
	}
}

func TestLambda_AFailedStartIsToldAtOnceAndTriedAgain(t *testing.T) {
	for how, reason := range map[string]string{"loudly": "cannot find module lights", "silently": "exit status 5"} {
		t.Run(how, func(t *testing.T) {
			var log chronicle
			file := filepath.Join(t.TempDir(), "starts")
			server := serve(t, modeFunction(t, ModeLambda, env{"MODE_STARTS_WITH": file, "MODE_FAILS": how}), &log)
			for range 3 {
				got := answerOf(t, server, "POST", "/", strings.NewReader("{}"))
				if got.want(t, 503, "*"); got.Header.Get("Retry-After") == "" || strings.Contains(got.body, "lights") {
					t.Errorf("%q, header %v", got.body, got.Header)
				}
			}
			log.expect(t, reason)
			eventually(t, "it is ill", func() bool { return answerOf(t, server, "GET", HealthPath, nil).StatusCode == 503 })
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			awaitReady(t, server)
			answerOf(t, server, "POST", "/", strings.NewReader("[1]")).want(t, 200, "[1]")
			answerOf(t, server, "GET", HealthPath, nil).want(t, 200, "*")
		})
	}
}

// Every one of the failed starts is logged with what the process said of it.
func TestLambda_TheReasonOfAFailedStartIsNotLost(t *testing.T) {
	var log chronicle
	file := filepath.Join(t.TempDir(), "starts")
	serve(t, modeFunction(t, ModeLambda, env{"MODE_STARTS_WITH": file, "processes": "4"}), &log)
	ended := "the function's process has ended"
	eventually(t, "many starts have failed", func() bool { return strings.Count(log.String(), ended) >= 12 })
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, ended) && !strings.Contains(line, "cannot find module lights") {
			t.Errorf("why? %s", line)
		}
	}
}

// One that fails is not all: another is still starting.
func TestLambda_AnEventWaitsAsLongAsAProcessStarts(t *testing.T) {
	var log chronicle
	with := newMeetings(t)
	file := filepath.Join(t.TempDir(), "starts")
	server := serve(t, modeFunction(t, ModeLambda, env{"MODE_STARTS_WITH": file, "MODE_MEET": with.at(), "processes": "2"}), &log)
	bad, good := with.guest(t), with.guest(t)
	got := post(t, server, event{Do: "pid"})
	bad.release()
	log.expect(t, "cannot find module lights")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	good.release()
	receive(t, got).want(t, 200, good.pid)
}

func TestLambda_RecoversFromTheEndOfItsProcess(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeLambda, nil, &log)
	for i := range 3 {
		receive(t, post(t, server, event{Do: "die"})).want(t, 502, "the function broke its answer off\n")
		awaitRestart(t, server, &log, i+1)
		answerOf(t, server, "POST", "/", nil).want(t, 200, "{}")
	}
	log.expect(t, "exit status 3")
}

func TestLambda_AnAnswerIsNotLostWithItsProcess(t *testing.T) {
	for _, how := range []string{"last", "lastUnheard"} {
		t.Run(how, func(t *testing.T) {
			var log chronicle
			server := serveMode(t, ModeLambda, nil, &log)
			for i := range 3 { // each time it waits longer to be started again
				receive(t, post(t, server, event{Do: how})).want(t, 200, `"last words"`)
				awaitRestart(t, server, &log, i+1)
			}
		})
	}
}

// As many as there are, and no more: what they have at once they can only have
// at once.
func TestLambda_RunsAsManyAtOnceAsItIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		vars             env
		events, programs int
	}{
		"processes":   {env{"processes": "3"}, 3, 3},
		"concurrency": {env{"AWS_LAMBDA_MAX_CONCURRENCY": "4"}, 4, 1},
		"both":        {env{"processes": "2", "AWS_LAMBDA_MAX_CONCURRENCY": "2"}, 4, 2},
	} {
		t.Run(name, func(t *testing.T) {
			server := serveMode(t, ModeLambda, c.vars, io.Discard)
			with := newMeetings(t)
			var answers []<-chan modeReply
			for range c.events + 1 {
				answers = append(answers, post(t, server, event{Do: "meet", At: with.at()}))
			}
			pids := map[string]bool{}
			var guests []*guest
			for range c.events {
				g := with.guest(t)
				guests, pids[g.pid] = append(guests, g), true
			}
			if len(pids) != c.programs {
				t.Errorf("processes %v", pids)
			}
			for _, g := range guests {
				g.release()
			}
			with.guest(t).release() // the one that had to wait
			for _, answer := range answers {
				receive(t, answer).want(t, 200, "*")
			}
		})
	}
}

// With several events at once, one that is overdue does not end the others.
func TestLambda_AnOverdueEventEndsNoOther(t *testing.T) {
	server := serveMode(t, ModeLambda, env{"AWS_LAMBDA_MAX_CONCURRENCY": "2"}, io.Discard)
	with := newMeetings(t)
	other := post(t, server, event{Do: "meet", At: with.at()})
	busy := with.guest(t)
	w := newWire(t, server)
	w.sendEvent(t, event{Do: "meet", At: with.at()}, "X-Timeout: 1s\r\n")
	overdue := with.guest(t)
	w.answer("POST").want(t, 504, "*")
	busy.release()
	receive(t, other).want(t, 200, busy.pid)
	awaitGone(t, overdue.pid)
	awaitReady(t, server)
	answerOf(t, server, "POST", "/", nil).want(t, 200, "{}")
}

func TestLambda_RefusesAConcurrencyThatIsNone(t *testing.T) {
	for _, text := range []string{"0", "-1", "four", "1001", "2.5"} {
		vars := modeFunction(t, ModeLambda, env{"AWS_LAMBDA_MAX_CONCURRENCY": text})
		s := Defaults()
		if err := s.Load(func(name string) (string, bool) { v, ok := vars[name]; return v, ok }); err != nil {
			t.Fatal(err)
		}
		_, err := New(s, Site{Env: []string{"AWS_LAMBDA_MAX_CONCURRENCY=" + text}})
		if err == nil || !strings.Contains(err.Error(), strconv.Quote(text)) {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

func TestLambda_TellsTheDeadlineOfTheRequest(t *testing.T) {
	server := serveMode(t, ModeLambda, env{"exec_timeout": "10m"}, io.Discard)
	before := time.Now()
	got := receive(t, post(t, server, event{Do: "header", Name: "Lambda-Runtime-Deadline-Ms"}))
	after := time.Now()
	text, _ := strconv.Unquote(got.body)
	ms, err := strconv.ParseInt(text, 10, 64)
	at := time.UnixMilli(ms).Add(-10 * time.Minute)
	if err != nil || at.Before(before.Add(-time.Second)) || at.After(after.Add(time.Second)) {
		t.Errorf("%q: ten minutes before it is %v, asked from %v to %v", got.body, at, before, after)
	}
}

func TestLambda_TellsTheRequest(t *testing.T) {
	server := serveMode(t, ModeLambda, nil, io.Discard)
	for header, want := range map[string]string{
		"Lambda-Runtime-Aws-Request-Id": "id-1",
		"Lambda-Runtime-Trace-Id":       "Root=1-2",
		"Lambda-Runtime-Client-Context": "e30=",
	} {
		w := newWire(t, server)
		w.sendEvent(t, event{Do: "header", Name: header}, "X-Request-Id: id-1\r\nX-Amzn-Trace-Id: Root=1-2\r\nX-Amz-Client-Context: e30=\r\n")
		w.answer("POST").want(t, 200, strconv.Quote(want))
	}
}

func TestLambda_TellsItsPlace(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		own  env
		want map[string]string
	}{
		"none of its own": {nil, map[string]string{"AWS_LAMBDA_FUNCTION_NAME": "function", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "LAMBDA_TASK_ROOT": dir,
			"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/function", "_HANDLER": filepath.Base(os.Args[0]), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024"}},
		"its own": {env{"AWS_LAMBDA_FUNCTION_NAME": "lights", "LAMBDA_TASK_ROOT": "/own", "_HANDLER": "index.handler", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "64"},
			map[string]string{"AWS_LAMBDA_FUNCTION_NAME": "lights", "LAMBDA_TASK_ROOT": "/own", "_HANDLER": "index.handler", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "64", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := serveMode(t, ModeLambda, c.own, io.Discard)
			for variable, want := range c.want {
				receive(t, post(t, server, event{Do: "env", Name: variable})).want(t, 200, strconv.Quote(want))
			}
		})
	}
}

// A body that does not arrive is part of the request that has a deadline.
func TestLambda_TheDeadlineBoundsTheBodyToo(t *testing.T) {
	dog := newWatchdog(t, modeFunction(t, ModeLambda, env{"exec_timeout": "200ms"}), io.Discard)
	reader, writer := io.Pipe()
	defer writer.Close()
	got := make(chan error, 1)
	go func() {
		_, err := dog.Invoke(t.Context(), function.Invocation{Body: reader})
		got <- err
	}()
	select {
	case err := <-got:
		wantError(t, err, function.ErrTimeout)
	case <-time.After(5 * time.Second):
		t.Error("it waits for the body, past its deadline")
		writer.Close()
		receive(t, got)
	}
}

func TestLambda_CloseDoesNotWaitForABody(t *testing.T) {
	dog := newWatchdog(t, modeFunction(t, ModeLambda, nil), io.Discard)
	reader, writer := io.Pipe()
	defer writer.Close()
	got := make(chan error, 1)
	go func() {
		_, err := dog.Invoke(t.Context(), function.Invocation{Body: reader})
		got <- err
	}()
	_, _ = writer.Write([]byte("{")) // it is being read
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	closed := make(chan struct{})
	go func() { defer close(closed); dog.Close(ctx) }()
	select {
	case <-closed:
		wantError(t, receive(t, got), function.ErrUnavailable)
	case <-time.After(5 * time.Second):
		t.Error("it waits for the body, past its patience")
		writer.Close()
		receive(t, closed)
	}
}

func TestLambda_LeavesNothingBehind(t *testing.T) {
	leaving(t, func(t *testing.T) {
		server := serveMode(t, ModeLambda, env{"processes": "2", "AWS_LAMBDA_MAX_CONCURRENCY": "2", "exec_timeout": "10s"}, io.Discard)
		events := []event{{}, {Do: "pid"}, {Do: "fail"}, {Do: "stream"}, {Do: "large", Size: 100_000}, {Do: "large", Size: 7 << 20}, {Do: "env", Name: "PATH"}, {Do: "streamCut"}, {Do: "last"}, {Do: "die"}}
		next := make(chan int)
		var clients sync.WaitGroup
		for range 6 {
			clients.Go(func() {
				for i := range next {
					sendMixed(t, server, i, events[mixed(i, len(events))])
				}
			})
		}
		for i := range 200 {
			next <- i
		}
		close(next)
		clients.Wait()
		awaitReady(t, server)
		answerOf(t, server, "POST", "/", nil).want(t, 200, "{}")
	})
}

// mixed is seldom one of the last three, which end a process.
func mixed(i, n int) int {
	if i%40 == 0 {
		return n - 1 - i/40%3
	}
	return i % (n - 3)
}

// sendMixed reads the answer, whatever it is. Some of the clients go.
func sendMixed(t *testing.T, server *httptest.Server, i int, e event) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if i%20 == 3 {
		ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
	}
	body, _ := json.Marshal(e)
	req, err := http.NewRequestWithContext(ctx, "POST", server.URL, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	resp, err := server.Client().Do(req)
	if err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	} else if ctx.Err() == nil && e.Do != "streamCut" {
		t.Errorf("%+v: %v", e, err)
	}
}

// A late event that was answered after all counts no more: one that is on time
// is not ended in its place.
func TestLambda_SparesAnEventThatIsOnTime(t *testing.T) {
	server := serveMode(t, ModeLambda, env{"AWS_LAMBDA_MAX_CONCURRENCY": "3"}, io.Discard)
	with := newMeetings(t)
	onTime := post(t, server, event{Do: "meet", At: with.at()})
	first := with.guest(t)
	short := post(t, server, event{Do: "meet", At: with.at()})
	second := with.guest(t)
	w := newWire(t, server)
	w.sendEvent(t, event{Do: "meet", At: with.at()}, "X-Timeout: 1s\r\n")
	late := with.guest(t)
	w.answer("POST").want(t, 504, "*")
	late.release()
	late.says(t) // it has answered, or is about to
	second.release()
	receive(t, short).want(t, 200, "*")
	time.Sleep(2 * DefaultGrace) // nothing tells that nothing is ended
	first.release()
	receive(t, onTime).want(t, 200, "*")
}

// The caller of a stream may leave, and the function hang in it: others are not
// to wait for that.
func TestLambda_ReplacesOneThatHangsInAStreamThatNobodyWants(t *testing.T) {
	var log chronicle
	server := serveMode(t, ModeLambda, env{"exec_timeout": "1s"}, &log)
	with := newMeetings(t)
	w := newWire(t, server)
	w.sendEvent(t, event{Do: "streamHang", At: with.at()}, "")
	with.guest(t)
	w.Close()
	log.expect(t, "asks for no event")
	eventually(t, "another process answers", func() bool {
		return receive(t, post(t, server, event{})).StatusCode == 200
	})
}
