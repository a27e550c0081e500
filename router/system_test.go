package router

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/local"
	"github.com/harkvoice/hark/internal/openfaas"
)

// operated is a house with a real engine, which has the functions hello, who
// says so on STDERR too, and ColourIntent.
func operated(t testing.TB, change ...func(*Config)) *house {
	t.Helper()
	var engine *local.Engine
	real := func(c *Config) {
		catalogue := c.Catalogue
		engine = local.New(local.Config{Log: slog.New(slog.DiscardHandler), Secrets: t.TempDir(), OnChange: func(all []function.Status) {
			_ = catalogue.Update(all)
		}})
		c.Engine, c.Host = engine, "example.com" // httptest's
	}
	h := build(t, nil, append([]func(*Config){real}, change...)...)
	t.Cleanup(func() { engine.Close(context.Background()) })
	for _, spec := range []function.Spec{
		{Name: "hello", Process: `sh -c 'echo hello $WHO; echo noise >&2'`, Image: "hello:1", Labels: map[string]string{"a": "b"}},
		{Name: "ColourIntent", Process: "cat"},
	} {
		spec.Dir = "."
		if err := engine.Deploy(t.Context(), spec); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// ask sends a request to the operator's face.
func (h *house) ask(method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.Operator().ServeHTTP(w, r)
	return w
}

// into decodes an answer that must be 200.
func into[T any](t *testing.T, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%d %q, error %v", w.Code, w.Body, err)
	}
	return v
}

func TestSystem_AFunctionFromDeployToRemoval(t *testing.T) {
	h := operated(t)
	for _, step := range []struct {
		method, target, body string
		status               int
	}{
		{"PUT", "/system/functions", `{"service":"hello","image":"hello:2","envVars":{"WHO":"you"},"labels":{"hark.intents":"GreetIntent"},"limits":{"memory":"5Mi"}}`, 200},
		{"POST", "/system/functions", `{"service":"hello.openfaas-fn","image":"hello:3","envVars":{"WHO":"you"},"labels":{"hark.intents":"GreetIntent"},"limits":{"memory":"5Mi"},"requests":null}`, 202},
		{"POST", "/system/scale-function/hello", `{"serviceName":"hello","replicas":3}`, 202},
	} {
		if w := h.ask(step.method, step.target, step.body); w.Code != step.status || w.Body.Len() > 0 {
			t.Fatalf("%s %s: %d %q", step.method, step.target, w.Code, w.Body)
		}
	}
	if got := h.ask("GET", "/function/hello.openfaas-fn", ""); got.Body.String() != "hello you\n" {
		t.Errorf("called: %d %q", got.Code, got.Body)
	}
	for _, target := range []string{"/system/function/hello", "/system/function/hello.openfaas-fn?usage=1", "/system/function/hello?namespace=openfaas-fn"} {
		got := into[openfaas.Status](t, h.ask("GET", target, ""))
		want := openfaas.Status{
			Name: "hello", Image: "hello:3", Namespace: "openfaas-fn", EnvProcess: `sh -c 'echo hello $WHO; echo noise >&2'`,
			EnvVars: map[string]string{"WHO": "you"}, Labels: map[string]string{"hark.intents": "GreetIntent"}, Limits: &openfaas.Resources{Memory: "5Mi"},
			InvocationCount: 1, Replicas: 3, AvailableReplicas: 3, CreatedAt: got.CreatedAt,
		}
		if d := cmp.Diff(want, got); d != "" || got.CreatedAt.IsZero() {
			t.Errorf("%s (-want +got):\n%s", target, d)
		}
	}
	if got := into[[]openfaas.Status](t, h.ask("GET", "/system/functions?namespace=", "")); len(got) != 2 || got[0].Name != "ColourIntent" || got[1].InvocationCount != 1 {
		t.Errorf("listed %+v", got)
	}
	if name, _ := h.Catalogue.Answering("lights", "GreetIntent"); name != "hello" {
		t.Errorf("the intent of its new label is answered by %q", name)
	}
	for range 2 { // the second time it is gone
		w := h.ask("DELETE", "/system/functions", `{"functionName":"hello"}`)
		if w.Code != 202 && !(w.Code == 404 && strings.Contains(w.Body.String(), `"hello"`)) {
			t.Errorf("removed: %d %s", w.Code, w.Body)
		}
	}
	if w := h.ask("GET", "/system/function/hello", ""); w.Code != 404 {
		t.Errorf("after its removal: %d %s", w.Code, w.Body)
	}
}

func TestSystem_AFunctionThatSleepsAnswers(t *testing.T) {
	h := operated(t)
	if w := h.ask("POST", "/system/scale-function/hello", `{"replicas":0}`); w.Code != 202 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := into[openfaas.Status](t, h.ask("GET", "/system/function/hello", "")); got.Replicas != 0 || got.AvailableReplicas != 0 {
		t.Errorf("%+v", got)
	}
	if w := h.ask("GET", "/function/hello", ""); w.Code != 200 || w.Body.String() != "hello\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestSystem_RefusesWhatIsWrongInOneLineThatSaysSo(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	for _, tt := range []struct {
		name, method, target, body string
		status                     int
		says                       string
	}{
		{"an update of none", "PUT", "/system/functions", `{"service":"nobody"}`, 404, `"nobody"`},
		{"a deploy that the engine cannot do", "POST", "/system/functions", `{"service":"new","image":"i"}`, 400, "declare it in stack.yaml"},
		{"a malformed label", "POST", "/system/functions", `{"service":"Player","labels":{"hark.requests":"Audio*Player"}}`, 400, `function Player: label hark.requests: "Audio*Player" is no request type`},
		{"another's name", "POST", "/system/functions", `{"service":"colourintent"}`, 409, "ColourIntent and colourintent"},
		{"no body", "POST", "/system/functions", ``, 400, "has no body"},
		{"no object", "POST", "/system/functions", `[]`, 400, "JSON array: it takes an object"},
		{"no JSON", "POST", "/system/functions", `{"service":"a"`, 400, "no JSON: it ends"},
		{"no JSON at all", "POST", "/system/functions", `service: a`, 400, "no JSON: it is wrong at byte 1"},
		{"two objects", "POST", "/system/functions", `{"service":"hello"}{}`, 400, "goes on after its JSON object"},
		{"deep", "POST", "/system/functions", deep, 400, "JSON"},
		{"an unknown field", "POST", "/system/functions", `{"service":"a","envVar":{}}`, 400, `no field "envVar"`},
		{"an ill-typed field", "POST", "/system/functions", `{"service":7}`, 400, "field service: want a string, not a JSON number"},
		{"an ill-typed part", "POST", "/system/functions", `{"service":"a","envVars":{"A":1}}`, 400, "field envVars"},
		{"an ill-typed list", "POST", "/system/functions", `{"service":"a","secrets":"x"}`, 400, "field secrets: want an array of strings, not a JSON string"},
		{"an ill-typed limit", "POST", "/system/functions", `{"service":"a","limits":"5Mi"}`, 400, "field limits: want an object"},
		{"no name", "POST", "/system/functions", `{"image":"a"}`, 400, "field service is missing"},
		{"a bad name", "POST", "/system/functions", `{"service":"a b"}`, 400, `function name "a b"`},
		{"a long name", "POST", "/system/functions", `{"service":"` + strings.Repeat("x", 64) + `"}`, 400, "at most 63"},
		{"a name with a line", "POST", "/system/functions", `{"service":"a\nb"}`, 400, `"a\nb"`},
		{"another namespace", "POST", "/system/functions", `{"service":"a","namespace":"prod"}`, 400, `no namespace "prod"`},
		{"another namespace in the name", "POST", "/system/functions", `{"service":"a.prod"}`, 400, `no namespace "prod"`},
		{"a variable that is none", "POST", "/system/functions", `{"service":"hello","envVars":{"A=B":"c"}}`, 400, "field envVars"},
		{"a variable without a name", "POST", "/system/functions", `{"service":"hello","envVars":{"":"c"}}`, 400, "field envVars"},
		{"a zero byte", "POST", "/system/functions", `{"service":"hello","envVars":{"A":"\u0000"}}`, 400, "zero byte"},
		{"a secret that is none", "POST", "/system/functions", `{"service":"hello","secrets":["../x"]}`, 400, `secret name "../x"`},
		{"a secret that is not there", "POST", "/system/functions", `{"service":"hello","secrets":["key"]}`, 400, "no secret key: write its value to"},
		{"an fprocess that is none", "PUT", "/system/functions", `{"service":"hello","envProcess":"no-such-program"}`, 400, "no-such-program"},
		{"a body that is too large", "POST", "/system/functions", `{"service":"` + strings.Repeat("x", maxRequest) + `"}`, 413, "too large"},
		{"a list of another namespace", "GET", "/system/functions?namespace=prod", ``, 400, "openfaas-fn"},
		{"removing without a name", "DELETE", "/system/functions", `{}`, 400, "functionName is missing"},
		{"removing none", "DELETE", "/system/functions", `{"functionName":"nobody"}`, 404, "nobody"},
		{"describing none", "GET", "/system/function/nobody", ``, 404, "nobody"},
		{"describing what cannot be", "GET", "/system/function/a%20b", ``, 400, "function name"},
		{"scaling none", "POST", "/system/scale-function/nobody", `{"replicas":1}`, 404, "nobody"},
		{"scaling to nothing said", "POST", "/system/scale-function/hello", `{}`, 400, "replicas is missing"},
		{"scaling to less than none", "POST", "/system/scale-function/hello", `{"replicas":-1}`, 400, "field replicas: want a whole number"},
		{"scaling beyond reason", "POST", "/system/scale-function/hello", `{"replicas":1000000}`, 400, "1000000 are more than the 10000"},
		{"scaling another", "POST", "/system/scale-function/hello", `{"serviceName":"other","replicas":1}`, 400, "the path names hello"},
		{"another namespace's function called", "GET", "/function/hello.prod", ``, 404, "hello.prod"},
		{"a method that is not taken", "PATCH", "/system/functions", ``, 405, "DELETE, GET, POST, PUT"},
		{"an address that is not there", "GET", "/system/nothing", ``, 404, "GET /system/functions lists"},
		{"a namespace that is not there", "GET", "/system/namespace/prod", ``, 404, "prod"},
		{"a new namespace", "POST", "/system/namespace/", `{"name":"prod"}`, 501, "one only"},
		{"a namespace's end", "DELETE", "/system/namespace/openfaas-fn", `{}`, 501, "one only"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := operated(t)
			w := h.ask(tt.method, tt.target, tt.body)
			text := w.Body.String()
			if w.Code != tt.status || !strings.Contains(text, tt.says) {
				t.Errorf("%d %q, want %d and %q", w.Code, text, tt.status, tt.says)
			}
			if strings.Count(text, "\n") != 1 || len(text) > 1100 || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
				t.Errorf("not one line of text: %q", text)
			}
			if rec := h.record(t); strings.HasPrefix(tt.target, "/system") && (rec["route"] != "system" || rec["status"] != float64(tt.status) || rec["level"] != "WARN" && tt.status != 409) {
				t.Errorf("record %v", rec)
			}
		})
	}
}

func TestSystem_RecordsWhoWasChangedHow(t *testing.T) {
	h := operated(t)
	h.ask("POST", "/system/scale-function/hello", `{"replicas":2}`)
	rec := h.record(t)
	for key, want := range map[string]any{"route": "system", "stage": "respond", "action": "scale", "function": "hello", "outcome": "ok", "status": 202.0} {
		if rec[key] != want {
			t.Errorf("record: %s = %v, want %v", key, rec[key], want)
		}
	}
	if h.metric(t, "hark_requests_total", "route", "system", "stage", "respond", "outcome", "ok") != 1 {
		t.Error("the request is not counted")
	}
}

func TestSystem_IsTheOperatorsOnly(t *testing.T) {
	h := operated(t)
	for _, target := range []string{"/system/functions", "/system/info", "/system/secrets"} {
		w := httptest.NewRecorder()
		h.Public().ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		if w.Code != 404 {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestSystem_TellsAboutItself(t *testing.T) {
	h := operated(t, func(c *Config) { c.Release, c.Commit = "1.2.3", "abc" })
	if got := into[[]string](t, h.ask("GET", "/system/namespaces", "")); len(got) != 1 || got[0] != "openfaas-fn" {
		t.Errorf("namespaces %v", got)
	}
	if got := into[map[string]string](t, h.ask("GET", "/system/namespace/openfaas-fn", "")); got["name"] != "openfaas-fn" {
		t.Errorf("namespace %v", got)
	}
	got := into[openfaas.Info](t, h.ask("GET", "/system/info", ""))
	if got.Version.Release != "1.2.3" || got.Provider.Provider != "hark" || got.Provider.Orchestration != "test" || got.Provider.Version.SHA != "abc" || got.Arch == "" {
		t.Errorf("info %+v", got)
	}
	if w := h.ask("POST", "/system/alert", `{"status":"firing"}`); w.Code != 200 {
		t.Errorf("alert: %d", w.Code)
	}
}

func TestSystem_AnEmptyListIsNoNull(t *testing.T) {
	h := operated(t)
	for _, name := range []string{"hello", "ColourIntent"} {
		h.ask("DELETE", "/system/functions", `{"functionName":"`+name+`"}`)
	}
	for _, target := range []string{"/system/functions", "/system/secrets"} {
		if w := h.ask("GET", target, ""); w.Body.String() != "[]\n" {
			t.Errorf("%s: %q", target, w.Body)
		}
	}
}

// failing is an engine whose API does not do what a real one can be brought to.
type failing struct {
	Engine
	err error
}

func (f failing) List(context.Context) ([]function.Status, error) { return nil, f.err }
func (f failing) Deploy(context.Context, function.Spec) error     { return f.err }

func TestSystem_TellsTheOperatorWhatTheEngineSays(t *testing.T) {
	for _, tt := range []struct {
		err    error
		status int
		says   string
		level  string
	}{
		{fmt.Errorf("%w: the manager\nis gone", function.ErrEngine), 503, "the engine does not answer: the manager is gone", "ERROR"},
		{fmt.Errorf("%w: %w", function.ErrEngine, context.DeadlineExceeded), 503, "the engine does not answer: ", "ERROR"},
		{context.DeadlineExceeded, 503, "the engine does not answer within 1m0s; look whether it was done", "ERROR"},
		{fmt.Errorf("%w: update out of sequence", function.ErrConflict), 409, "out of sequence", "WARN"},
		{fmt.Errorf("function x: %w", function.Invalid(errors.New("no such image"))), 400, "function x: no such image", "WARN"},
		{fmt.Errorf("%w: /inside", function.ErrUnavailable), 503, "the function is not available", "ERROR"},
		{errors.New("/inside"), 500, "internal error", "ERROR"},
	} {
		h := build(t, nil, func(c *Config) { c.Host = "example.com" })
		h.Engine = failing{err: tt.err}
		for _, w := range []*httptest.ResponseRecorder{h.ask("GET", "/system/functions", ""), h.ask("POST", "/system/functions", `{"service":"x"}`)} {
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) || strings.Count(w.Body.String(), "\n") != 1 || strings.Contains(w.Body.String(), "/inside") {
				t.Errorf("%v: %d %q", tt.err, w.Code, w.Body)
			}
		}
		if rec := h.record(t); rec["stage"] != "apply" || rec["level"] != tt.level || rec["cause"] == nil {
			t.Errorf("%v: record %v", tt.err, rec)
		}
	}
}

// slowly is an engine that deploys when it is told to.
type slowly struct {
	Engine
	begun, release chan struct{}
	ended          chan error
}

func (s slowly) Deploy(ctx context.Context, _ function.Spec) error {
	close(s.begun)
	<-s.release
	s.ended <- ctx.Err()
	return nil
}

func TestSystem_AChangeIsDoneToItsEndThoughItsClientLeaves(t *testing.T) {
	h := build(t, nil, func(c *Config) { c.Host = "example.com" })
	s := slowly{begun: make(chan struct{}), release: make(chan struct{}), ended: make(chan error, 1)}
	h.Engine = s
	ctx, leave := context.WithCancel(t.Context())
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		h.Operator().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/system/functions", strings.NewReader(`{"service":"x"}`)).WithContext(ctx))
	}()
	<-s.begun
	leave()
	close(s.release)
	if err := <-s.ended; err != nil {
		t.Errorf("the engine was told to stop: %v", err)
	}
	<-answered
}

func TestSystem_ABodyThatDoesNotArriveWholeChangesNothing(t *testing.T) {
	h := operated(t)
	r := httptest.NewRequest("DELETE", "/system/functions", io.MultiReader(strings.NewReader(`{"functionName":"hello"}`), iotest.ErrReader(io.ErrUnexpectedEOF)))
	w := httptest.NewRecorder()
	h.Operator().ServeHTTP(w, r)
	if _, there := h.Catalogue.Function("hello"); w.Code != 400 || !there {
		t.Errorf("%d %s, still there: %v", w.Code, w.Body, there)
	}
}

// FuzzDecodeJSON wants one line for every error, which repeats no value.
func FuzzDecodeJSON(f *testing.F) {
	for _, text := range []string{``, `{}`, `{"name":"a","value":"b"}`, `{"name":1}`, `{"rawValue":"!"}`, `{"x":1}`, `[`, `{"name":"a"} x`, "\xff", `{"name":{"name":[]}}`, `null`, `{"limits":{"memory":1e999}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, into := range []any{&openfaas.Deployment{}, &openfaas.Secret{}, &openfaas.Removal{}, &openfaas.Scaling{}} {
			err := decodeJSON(text, into)
			if err != nil && (strings.ContainsAny(err.Error(), "\r\n") || len(err.Error()) > 400) {
				t.Errorf("%q: %v", text, err)
			}
			if d, ok := into.(*openfaas.Deployment); ok && err == nil {
				_ = checkSpec(d.Spec())
			}
		}
	})
}
