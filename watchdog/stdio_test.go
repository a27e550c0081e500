package watchdog

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
)

func TestXTimeout_AsksForLessAndNeverForMore(t *testing.T) {
	for _, c := range []struct {
		name, exec, asked, script string
		status                    int
	}{
		{"less than the function has", "1000s", "50ms", "sleep 1000", 504},
		{"less than for ever", "0", "50ms", "sleep 1000", 504},
		{"in seconds", "1000", "0.05", "sleep 1000", 504},
		{"more than the function has", "50ms", "1000s", "sleep 1000", 504},
		{"more, in seconds", "50ms", "1000", "sleep 1000", 504},
		{"enough", "1000s", "500s", "true", 200},
		{"enough, in seconds", "0", "500", "true", 200},
		{"nothing", "0", "", "true", 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := serve(t, env{"fprocess": sh(c.script), "exec_timeout": c.exec}, io.Discard)
			resp, body, err := roundTrip(t, server, "POST", http.Header{function.HeaderTimeout: {c.asked}})
			if err != nil || resp.StatusCode != c.status {
				t.Errorf("%v, %q, error %v", resp, body, err)
			}
		})
	}
}

func TestXTimeout_MalformedIsTheClientsFault(t *testing.T) {
	var log journal
	server := serve(t, env{"fprocess": sh("echo ran >&2")}, &log)
	for _, asked := range []string{"soon", "0", "0s", "-1", "-1s", "5 s", "NaN", "-Inf", "1e-30", "1s2", "1h1", strings.Repeat("x", 1000)} {
		resp, body, err := roundTrip(t, server, "POST", http.Header{function.HeaderTimeout: {asked}})
		if err != nil || resp.StatusCode != 400 || len(body) > 200 || !strings.Contains(body, `X-Timeout "`+asked[:min(len(asked), 40)]+`" is no duration such as 1.5s`) {
			t.Errorf("%q: %v, %q, error %v", asked, resp, body, err)
		}
	}
	if log.count("line=ran") > 0 {
		t.Error("the program was started")
	}
}

func TestContentType_IsThatOfTheRequestUnlessItIsSet(t *testing.T) {
	for _, c := range []struct{ name, set, sent, want string }{
		{"of the request", "", "application/json", "application/json"},
		{"of the option", "text/html", "application/json", "text/html"},
		{"of the option alone", "text/html", "", "text/html"},
		{"what net/http takes it for", "", "", "text/plain; charset=utf-8"},
	} {
		header := http.Header{}
		if c.sent != "" {
			header.Set("Content-Type", c.sent)
		}
		resp, _, err := roundTrip(t, serve(t, env{"fprocess": "echo hello", "content_type": c.set}, io.Discard), "POST", header)
		if err != nil || resp.Header.Get("Content-Type") != c.want {
			t.Errorf("%s: %v, error %v", c.name, resp, err)
		}
	}
}

func TestContentType_OfAnErrorIsPlainText(t *testing.T) {
	server := serve(t, env{"fprocess": "false", "content_type": "application/json"}, io.Discard)
	resp, _, err := roundTrip(t, server, "POST", nil)
	if err != nil || resp.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%v, error %v", resp, err)
	}
}

// As with the classic watchdog: the body in base64, as it need not be text.
func TestMarshalRequest_GivesHeaderAndBodyAsJSON(t *testing.T) {
	server := serve(t, env{"fprocess": "cat", "marshal_request": "true"}, io.Discard)
	for _, sent := range []string{"", "hello", "\xff\x00binary", strings.Repeat("long", 100_000)} {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", server.URL, strings.NewReader(sent))
		req.Header["X-Color"] = []string{"red", "green"}
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Header http.Header
			Body   map[string][]byte
		}
		decoder := json.NewDecoder(resp.Body)
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&got); err != nil {
			t.Error(err)
		}
		resp.Body.Close()
		if diff := cmp.Diff(map[string][]byte{"raw": []byte(sent)}, got.Body); diff != "" {
			t.Errorf("body (-want +got):\n%.200s", diff)
		}
		if diff := cmp.Diff([]string{"red", "green"}, got.Header["X-Color"]); diff != "" {
			t.Errorf("header (-want +got):\n%s", diff)
		}
	}
	if got := get(t, server, "/"); !strings.HasPrefix(got, `{"header":{`) || !strings.HasSuffix(got, `},"body":{"raw":""}}`) {
		t.Errorf("%s", got)
	}
}

// What is bounded is what the client sends, not what it becomes.
func TestMarshalRequest_TakesABodyOfMaxBody(t *testing.T) {
	server := serve(t, env{"fprocess": "wc -c", "marshal_request": "true", "max_body": "10000"}, io.Discard)
	for size, want := range map[int]int{10_000: 200, 10_001: 413} {
		resp, body, err := do(t, server, "POST", "/", strings.NewReader(strings.Repeat("x", size)))
		if err != nil || resp.StatusCode != want {
			t.Errorf("%d bytes: %v, %q, error %v", size, resp, body, err)
		}
	}
}

func TestCGIHeaders_FalseTellsNothingOfTheRequest(t *testing.T) {
	for value, want := range map[string]int{"true": 1, "false": 0} {
		got := get(t, serve(t, env{"fprocess": "env", "cgi_headers": value, "OWN": "value"}, io.Discard), "/")
		if strings.Count(got, "Http_Method=GET\n") != want || !strings.Contains(got, "OWN=value\n") {
			t.Errorf("%s: %s", value, got)
		}
	}
}

func TestCombineOutput_PutsStderrIntoTheAnswer(t *testing.T) {
	for _, warm := range []string{"0", "1"} {
		var log journal
		server := serve(t, env{"fprocess": sh("read line; echo one >&2; echo two; echo three >&2"), "combine_output": "true", "warm": warm}, &log)
		if got := get(t, server, "/"); got != "one\ntwo\nthree\n" {
			t.Errorf("warm=%s: %q", warm, got)
		}
		if log.count("stderr") > 0 {
			t.Errorf("warm=%s: logged %s", warm, &log)
		}
	}
}

// with puts a watchdog behind HTTP that logs lines as they are to raw.
func with(t *testing.T, vars env, log, raw io.Writer) *httptest.Server {
	t.Helper()
	s, err := loadSettings(vars)
	if err != nil {
		t.Fatal(err)
	}
	dog, err := New(s, Site{Env: []string{"PATH=" + os.Getenv("PATH")}, Log: slog.New(slog.NewTextHandler(log, nil)), Raw: raw})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		dog.Close(ctx)
	})
	return handle(t, dog)
}

func TestPrefixLogs_FalseLeavesALineAsItIs(t *testing.T) {
	script := sh(`printf '{"level":"info"}\n  two \r\nthree' >&2`)
	for value, want := range map[string]string{"true": "", "false": "{\"level\":\"info\"}\n  two \nthree\n"} {
		var log, raw journal
		get(t, with(t, env{"fprocess": script, "prefix_logs": value}, &log, &raw), "/")
		eventually(t, "all is logged", func() bool { return log.count("three")+raw.count("three") > 0 })
		if raw.String() != want {
			t.Errorf("%s: %q", value, raw.String())
		}
		if (log.count("msg=stderr") > 0) != (want == "") {
			t.Errorf("%s: the log is %s", value, log.String())
		}
	}
}

func TestPrefixLogs_AlsoOfAProcessThatWaits(t *testing.T) {
	var log, raw journal
	with(t, env{"fprocess": sh("echo waiting >&2; read line"), "prefix_logs": "false", "warm": "1"}, &log, &raw)
	raw.await(t, "waiting\n")
	if log.count("waiting") > 0 {
		t.Errorf("it is a record: %s", log.String())
	}
}

func TestPrefixLogs_FalseWithoutAPlaceForLinesLogsRecords(t *testing.T) {
	var log journal
	get(t, serve(t, env{"fprocess": sh("echo line >&2"), "prefix_logs": "false"}, &log), "/")
	log.await(t, "line=line")
}

func TestLogBufferSize_IsTheLongestPartOfALine(t *testing.T) {
	var log, raw journal
	script := sh(`head -c 2500 /dev/zero | tr '\0' x >&2; echo >&2; echo short >&2`)
	get(t, with(t, env{"fprocess": script, "prefix_logs": "false", "log_buffer_size": "1KB"}, &log, &raw), "/")
	raw.await(t, "short")
	part := strings.Repeat("x", 1024)
	if want := part + "\n" + part + "\n" + part[:2500-2048] + "\nshort\n"; raw.String() != want {
		t.Errorf("%q", raw.String())
	}
}

func TestWriteDebug_LogsTheRequestAndWhatIsAnswered(t *testing.T) {
	var log journal
	server := serve(t, env{"fprocess": "cat", "write_debug": "true"}, &log)
	if _, got, err := do(t, server, "PUT", "/a?b=c", strings.NewReader("hello")); err != nil || got != "hello" {
		t.Errorf("%q, error %v", got, err)
	}
	log.await(t, `msg=request method=PUT path=/a query="b=c" status=200`)
	log.await(t, "msg=stdout text=hello")

	var quiet journal
	get(t, serve(t, env{"fprocess": "echo hello"}, &quiet), "/")
	if quiet.String() != "" {
		t.Errorf("without it: %s", quiet.String())
	}
}

func TestWriteDebug_LogsARequestThatFailed(t *testing.T) {
	var log journal
	wantStatus(t, serve(t, env{"fprocess": "false", "write_debug": "true"}, &log), "/", 500)
	log.await(t, "msg=request method=GET path=/ query=\"\" status=500")
}

func TestDebugHeaders_LeavesSecretsOut(t *testing.T) {
	var log journal
	script := sh(`printf 'Status: 200\nX-Answer: shown\nSet-Cookie: secret\n\n'`)
	server := serve(t, env{"fprocess": script, "cgi_response": "true", "debug_headers": "true"}, &log)
	_, _, err := roundTrip(t, server, "GET", http.Header{
		"Authorization": {"Bearer secret"}, "Proxy-Authorization": {"secret"}, "Cookie": {"a=secret", "b=secret"}, "X-Color": {"red"},
	})
	if err != nil {
		t.Fatal(err)
	}
	log.await(t, "answer headers")
	for _, part := range []string{"X-Color=[red]", "X-Answer=[shown]", "Authorization=[…]", "Proxy-Authorization=[…]", "Cookie=[…]", "Set-Cookie=[…]"} {
		if log.count(part) == 0 {
			t.Errorf("the log lacks %s: %s", part, log.String())
		}
	}
	if log.count("secret") > 0 {
		t.Errorf("the log tells secrets: %s", log.String())
	}
}

func TestHandler_TellsOfItsAnswers(t *testing.T) {
	for _, c := range []struct {
		name, script string
		length       int64
		exit         string
	}{
		{"a whole answer", "echo hello", 6, ""},
		{"an empty one", "true", 0, ""},
		{"the longest whole one", "head -c 65535 /dev/zero", 65535, ""},
		{"one that streams", overWindow, -1, ""},
		{"a failure", "exit 3", 38, "3"},
		{"a signal", "kill -TERM $$", 47, "143"},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, _, err := roundTrip(t, serve(t, env{"fprocess": sh(c.script)}, io.Discard), "GET", nil)
			if err != nil || resp.ContentLength != c.length || resp.Header.Get("X-Exit-Status") != c.exit {
				t.Errorf("length %d: %v, error %v", resp.ContentLength, resp, err)
			}
			if seconds, err := strconv.ParseFloat(resp.Header.Get("X-Duration-Seconds"), 64); err != nil || seconds <= 0 {
				t.Errorf("X-Duration-Seconds: %q", resp.Header.Get("X-Duration-Seconds"))
			}
		})
	}
}

// A failure has an answer of its own, so that what was printed would be lost.
func TestCombineOutput_OfAFailureIsLogged(t *testing.T) {
	var log journal
	server := serve(t, env{"fprocess": sh("echo diagnosis >&2; exit 3"), "combine_output": "true"}, &log)
	resp, body, err := do(t, server, "POST", "/", nil)
	if err != nil || resp.StatusCode != 500 || strings.Contains(body, "diagnosis") {
		t.Errorf("%v, %q, error %v", resp, body, err)
	}
	log.await(t, "line=diagnosis")
}
