package lambda

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// process is a function with a runtime client of its own.
type process struct {
	t      testing.TB
	api    *Runtime
	server *httptest.Server
}

// newProcess ends with the test. Its server then waits for every call that it
// serves, so that a test with a call that does not end does not end either.
func newProcess(t testing.TB, d *Dispatcher, concurrency int) *process {
	p := &process{t: t, api: d.NewRuntime(concurrency)}
	p.server = httptest.NewServer(p.api)
	t.Cleanup(func() {
		p.api.Close(nil)
		p.server.Close()
	})
	return p
}

// event is what /next answers.
type event struct {
	status  int
	id      string
	payload string
	header  http.Header
}

// said is what a process is told.
type said struct {
	Status    int
	ErrorType string
}

func (p *process) do(ctx context.Context, method, path string, header http.Header, body io.Reader) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.server.URL+"/2018-06-01/runtime/"+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := p.server.Client().Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp, text, err
}

// next asks for an event and fails the test if the answer is not whole.
func (p *process) next() event {
	p.t.Helper()
	resp, body, err := p.do(p.t.Context(), "GET", "invocation/next", nil, nil)
	if err != nil {
		p.t.Errorf("next: %v", err)
		return event{}
	}
	return event{resp.StatusCode, resp.Header.Get("Lambda-Runtime-Aws-Request-Id"), string(body), resp.Header}
}

// post sends an answer or a report. The pairs are a header.
func (p *process) post(path string, body io.Reader, pairs ...string) said {
	p.t.Helper()
	header := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		header.Set(pairs[i], pairs[i+1])
	}
	resp, text, err := p.do(p.t.Context(), "POST", path, header, body)
	if err != nil {
		p.t.Errorf("%s: %v", path, err)
		return said{}
	}
	var told struct{ Status, ErrorType, ErrorMessage string }
	if err := json.Unmarshal(text, &told); err != nil || resp.Header.Get("Content-Type") != "application/json" {
		p.t.Errorf("%s: told %q of type %q", path, text, resp.Header.Get("Content-Type"))
	}
	if ok := resp.StatusCode == http.StatusAccepted; ok != (told.Status == "OK") || ok != (told.ErrorMessage == "") {
		p.t.Errorf("%s: status %d, told %q", path, resp.StatusCode, text)
	}
	return said{resp.StatusCode, told.ErrorType}
}

func (p *process) respond(id, body string, pairs ...string) said {
	p.t.Helper()
	return p.post("invocation/"+id+"/response", strings.NewReader(body), pairs...)
}

var accepted = said{Status: http.StatusAccepted}

func (p *process) want(got, want said) {
	p.t.Helper()
	if got != want {
		p.t.Errorf("told %+v, want %+v", got, want)
	}
}

// result is what Invoke returned.
type result struct {
	answer *Answer
	err    error
}

// invoke does not wait for the answer.
func invoke(ctx context.Context, d *Dispatcher, e Event) <-chan result {
	got := make(chan result, 1)
	go func() {
		a, err := d.Invoke(ctx, e)
		got <- result{a, err}
	}()
	return got
}

// body returns the body of an answer that is whole.
func (r result) body(t testing.TB) string {
	t.Helper()
	if r.err != nil {
		t.Errorf("Invoke: %v", r.err)
		return ""
	}
	defer r.answer.Body.Close()
	text, err := io.ReadAll(r.answer.Body)
	if err != nil {
		t.Errorf("the answer: %v", err)
	}
	return string(text)
}

// taken returns an invocation that the process has taken.
func (p *process) taken(ctx context.Context) (<-chan result, event) {
	p.t.Helper()
	got := invoke(ctx, p.api.d, Event{})
	return got, p.next()
}

// eventually waits for what no channel tells of.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			buffer := make([]byte, 1<<16)
			t.Fatalf("%s\n%s", what, buffer[:runtime.Stack(buffer, true)])
		}
	}
}

// local serves a request without a connection.
func local(r *Runtime, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(method, root+path, strings.NewReader(body)))
	return w
}

const requestID = "Lambda-Runtime-Aws-Request-Id"
