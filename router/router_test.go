package router

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// engine is an engine of Go functions.
type engine struct {
	Engine // of which nothing else is called
	mu     sync.Mutex
	calls  []function.Invocation
	run    map[string]func(ctx context.Context, inv function.Invocation) (function.Result, error)
}

func (e *engine) Invoke(ctx context.Context, inv function.Invocation) (function.Result, error) {
	e.mu.Lock()
	e.calls = append(e.calls, inv)
	e.mu.Unlock()
	return e.run[inv.Function](ctx, inv)
}

// List tells one replica of each function.
func (e *engine) List(context.Context) ([]function.Status, error) {
	all := make([]function.Status, 0, len(e.run))
	for _, name := range slices.Sorted(maps.Keys(e.run)) {
		all = append(all, function.Status{Spec: function.Spec{Name: name}, Replicas: 1, Available: 1})
	}
	return all, nil
}

func (e *engine) called() []function.Invocation {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.calls
}

type body = func(ctx context.Context, inv function.Invocation) (function.Result, error)

func prints(text string) body {
	return func(context.Context, function.Invocation) (function.Result, error) {
		return function.Result{Status: 200, Body: io.NopCloser(strings.NewReader(text))}, nil
	}
}

func fails(err error) body {
	return func(context.Context, function.Invocation) (function.Result, error) {
		return function.Result{}, err
	}
}

func echo(_ context.Context, inv function.Invocation) (function.Result, error) {
	return function.Result{Status: 200, Body: io.NopCloser(inv.Body)}, nil
}

// house is a router with all that is around it.
type house struct {
	*Router
	engine    *engine
	authority *alexatest.Authority
	log       *bytes.Buffer
}

// authority is one for all tests: making keys takes time.
var authority = sync.OnceValue(func() *alexatest.Authority {
	a, err := alexatest.New()
	if err != nil {
		panic(err)
	}
	return a
})

func build(t testing.TB, functions map[string]body, change ...func(*Config)) *house {
	t.Helper()
	h := &house{engine: &engine{run: functions}, authority: authority(), log: &bytes.Buffer{}}
	verifier, err := alexa.NewVerifier(alexa.VerifierConfig{Development: h.authority.PEM(), DevelopmentURL: h.authority.URL()})
	if err != nil {
		t.Fatal(err)
	}
	statuses := make([]function.Status, 0, len(functions))
	for name := range functions {
		s := function.Status{Spec: function.Spec{Name: name, Labels: map[string]string{}}}
		if strings.HasPrefix(name, "public") {
			s.Labels[function.LabelPublic] = "true"
		}
		statuses = append(statuses, s)
	}
	c := Config{
		Engine: h.engine, EngineName: "test", Verifier: verifier, Skills: &intents.Skills{},
		Catalogue: &intents.Catalogue{}, Log: slog.New(slog.NewJSONHandler(&locked{w: h.log}, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Registry: prometheus.NewRegistry(),
	}
	if err := errors.Join(c.Catalogue.Update(statuses), c.Skills.Replace(&intents.Skill{Name: "lights"})); err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(&c)
	}
	h.Router = New(c)
	return h
}

type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// envelope is an IntentRequest dated now.
func envelope(intent string, more ...string) string {
	return `{"version":"1.0","session":{"sessionId":"s","user":{"userId":"secret-user","accessToken":"secret-token"}},
		"request":{"type":"IntentRequest","locale":"en-US","timestamp":"` + time.Now().UTC().Format(time.RFC3339) + `",
		"intent":{"name":"` + intent + `"` + strings.Join(more, "") + `}}}`
}

// say signs an envelope and posts it.
func (h *house) say(t testing.TB, envelope string) *httptest.ResponseRecorder {
	t.Helper()
	return h.send(t, envelope, nil)
}

// send is say with a change to what was signed.
func (h *house) send(t testing.TB, envelope string, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/alexa", strings.NewReader(envelope))
	header, err := h.authority.Sign([]byte(envelope))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.Public().ServeHTTP(w, r)
	return w
}

// spoken is the speech of a response that must be HTTP 200.
func spoken(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	var r struct {
		Response struct {
			OutputSpeech struct{ Text, SSML string }
		}
	}
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return r.Response.OutputSpeech.Text + r.Response.OutputSpeech.SSML
}

// record is the last access record.
func (h *house) record(t testing.TB) map[string]any {
	t.Helper()
	var last map[string]any
	for line := range strings.Lines(h.log.String()) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r["msg"] == "request" {
			last = r
		}
	}
	if last == nil {
		t.Fatal("there is no access record")
	}
	return last
}

// metric is the value of a counter or gauge, or the count of a histogram.
func (h *house) metric(t testing.TB, name string, labels ...string) float64 {
	t.Helper()
	families, err := h.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() != name {
				continue
			}
			got := map[string]string{}
			for _, l := range m.GetLabel() {
				got[l.GetName()] = l.GetValue()
			}
			fits := true
			for i := 0; i < len(labels); i += 2 {
				fits = fits && got[labels[i]] == labels[i+1]
			}
			if fits {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return 0
}

// What hark says of a failure in English.
const (
	apology = "Sorry, something went wrong. Please try again in a moment."
	slow    = "Sorry, that took too long. Please try again."
	busy    = "Sorry, that's not ready yet. Please try again in a moment."
)

func TestSkill_SpeaksWhatTheFunctionPrints(t *testing.T) {
	h := build(t, map[string]body{"ChangeColorIntent": prints("OK, red.\n")})
	sent := envelope("changeColorIntent", `,"slots":{"LedColor":{"name":"LedColor","value":"red"}}`)
	if got := spoken(t, h.say(t, sent)); got != "OK, red." {
		t.Errorf("said %q", got)
	}
	call := h.engine.called()[0]
	stdin, _ := io.ReadAll(call.Body)
	if string(stdin) != sent {
		t.Errorf("STDIN is not the envelope byte for byte:\n%s", stdin)
	}
	if call.Voice["ALEXA_SLOT_LEDCOLOR"] != "red" || call.HTTP != nil {
		t.Errorf("input %v, HTTP %v", call.Voice, call.HTTP)
	}
	rec := h.record(t)
	for key, want := range map[string]any{
		"route": "skill", "stage": "respond", "type": "IntentRequest", "skill": "lights", "intent": "changeColorIntent",
		"function": "ChangeColorIntent", "engine": "test", "outcome": "ok", "status": 200.0, "request_id": call.RequestID,
	} {
		if rec[key] != want {
			t.Errorf("record: %s = %v, want %v", key, rec[key], want)
		}
	}
	if h.metric(t, "hark_requests_total", "route", "skill", "stage", "respond", "outcome", "ok") != 1 ||
		h.metric(t, "hark_invocation_duration_seconds", "function", "ChangeColorIntent") != 1 ||
		h.metric(t, "hark_requests_in_flight", "route", "skill") != 0 {
		t.Error("the request is not counted")
	}
}

func TestSkill_HashesTheBytesAsTheyCame(t *testing.T) {
	h := build(t, map[string]body{"A": func(_ context.Context, inv function.Invocation) (function.Result, error) {
		return function.Result{Body: io.NopCloser(strings.NewReader(inv.Voice["ALEXA_SLOT_NAME"]))}, nil
	}})
	server := httptest.NewServer(h.Public())
	defer server.Close()
	text := envelope("A", `,"slots":{"name":{"name":"name","value":"Pokémon"}}`)
	header, err := h.authority.Sign([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	sent, sending := io.Pipe()
	go func() { // each byte in a chunk of its own, the é in two
		for i := range len(text) {
			_, _ = sending.Write([]byte{text[i]})
		}
		sending.Close()
	}()
	r, err := http.NewRequest(http.MethodPost, server.URL, sent)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	w := httptest.NewRecorder()
	w.Code = resp.StatusCode
	_, _ = io.Copy(w.Body, resp.Body)
	if got := spoken(t, w); got != "Pokémon" {
		t.Errorf("said %q", got)
	}
}

func TestSkill_RecordsTellNothingOfThePerson(t *testing.T) {
	h := build(t, map[string]body{"A": fails(&function.ExitError{Status: 3})})
	h.say(t, envelope("A", `,"slots":{"x":{"name":"x","value":"secret-value"}}`))
	h.say(t, envelope("made-up-by-secret"))
	if strings.Contains(h.log.String(), "secret-value") || strings.Contains(h.log.String(), "secret-user") || strings.Contains(h.log.String(), "secret-token") {
		t.Errorf("the log has a secret:\n%s", h.log)
	}
	if h.record(t)["intent"] != "unknown" {
		t.Errorf("an undeclared intent is named in the record")
	}
}

func TestSkill_RefusesWith400AndRunsNothing(t *testing.T) {
	old := `{"request":{"type":"LaunchRequest","timestamp":"2016-01-01T00:00:00Z"}}`
	unsigned := func(r *http.Request) { r.Header = http.Header{} }
	tests := []struct {
		name, envelope string
		change         func(*http.Request)
		stage, reason  string
		status         int
	}{
		{"unsigned", envelope("A"), unsigned, "verify", "header", 400},
		{"unsigned with ?_dev=1", envelope("A"), func(r *http.Request) { r.Header = http.Header{}; r.URL.RawQuery = "_dev=1" }, "verify", "header", 400},
		{"other body", envelope("A"), func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(envelope("B"))) }, "verify", "signature", 400},
		{"elsewhere's certificate", envelope("A"), func(r *http.Request) { r.Header.Set(alexa.HeaderCertificateURL, "https://example.com/echo.api/c.pem") }, "verify", "certificate_url", 400},
		{"not JSON", "{", nil, "decode", "malformed", 400},
		{"old", old, nil, "decode", "timestamp", 400},
		{"too large", `{"x":"` + strings.Repeat("x", maxEnvelope) + `"}`, nil, "edge", "too_large", 400},
		{"broken off", envelope("A"), func(r *http.Request) { r.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), broken{})) }, "edge", "unreadable", 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := build(t, map[string]body{"A": prints("hello"), "LaunchRequest": prints("hello")})
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(tt.envelope))
			r.Header, _ = h.authority.Sign([]byte(tt.envelope))
			if tt.change != nil {
				tt.change(r)
			}
			w := httptest.NewRecorder()
			h.Public().ServeHTTP(w, r)
			if w.Code != tt.status || strings.Count(w.Body.String(), "\n") != 1 || !strings.HasPrefix(w.Body.String(), "hark refused this request: ") {
				t.Errorf("answered %d %q", w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), io.ErrUnexpectedEOF.Error()) {
				t.Errorf("the sender is told of the inside: %s", w.Body)
			}
			if rec := h.record(t); rec["stage"] != tt.stage || rec["reason"] != tt.reason || rec["outcome"] != "refused" {
				t.Errorf("record %v", rec)
			}
			if h.metric(t, "hark_alexa_refused_total", "reason", tt.reason) != 1 {
				t.Error("the refusal is not counted")
			}
			if len(h.engine.called()) > 0 {
				t.Error("a function was run")
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestSkill_RefusesOtherSkills(t *testing.T) {
	h := build(t, map[string]body{"A": prints("hello")}, func(c *Config) {
		_ = c.Skills.Replace(&intents.Skill{Name: "mine", IDs: []string{"amzn1.ask.skill.mine"}})
	})
	for id, want := range map[string]int{"amzn1.ask.skill.mine": 200, "amzn1.ask.skill.other": 400, "": 400} {
		text := strings.Replace(envelope("A"), `"session":{`, `"session":{"application":{"applicationId":"`+id+`"},`, 1)
		if w := h.say(t, text); w.Code != want {
			t.Errorf("%q: %d %s", id, w.Code, w.Body)
		}
	}
}

func TestSkill_AnswersARequestOnce(t *testing.T) {
	for _, typ := range []string{"IntentRequest", "AlexaSkillEvent.SkillEnabled"} {
		h := build(t, map[string]body{"A": prints("hello"), "SkillEnabled": prints("")}, func(c *Config) { c.Replays = alexa.NewReplays() })
		text := strings.Replace(envelope("A", `,"slots":{}`), `"IntentRequest"`, `"`+typ+`","requestId":"secret-id"`, 1)
		want, calls := http.StatusBadRequest, 1
		if typ != "IntentRequest" { // Amazon itself sends it again
			want, calls = http.StatusOK, 2
		}
		old := strings.Replace(text, `"timestamp":"2`, `"timestamp":"1`, 1)
		if w := h.say(t, old); w.Code != http.StatusBadRequest { // is not remembered
			t.Fatalf("%s: an old request: %d", typ, w.Code)
		}
		if w := h.say(t, text); w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", typ, w.Code, w.Body)
		}
		w := h.say(t, text)
		h.Close(t.Context())
		if w.Code != want || len(h.engine.called()) != calls {
			t.Errorf("%s: again: %d %s, %d calls", typ, w.Code, w.Body, len(h.engine.called()))
		}
		if want == http.StatusOK {
			continue
		}
		if rec := h.record(t); rec["reason"] != "replay" || rec["stage"] != "decode" || strings.Contains(h.log.String(), "secret-id") {
			t.Errorf("record %v", rec)
		}
		if h.metric(t, "hark_alexa_refused_total", "reason", "replay") != 1 {
			t.Error("the refusal is not counted")
		}
	}
}

func TestSkill_ApologizesForEveryFailure(t *testing.T) {
	tests := []struct {
		name    string
		body    body
		outcome string
		reason  string
	}{
		{"exit", fails(&function.ExitError{Status: 3}), "exit", "the function ended with exit status 3"},
		{"timeout", fails(function.ErrTimeout), "timeout", "in time"},
		{"overloaded", fails(function.ErrOverloaded), "overloaded", "busy"},
		{"unavailable", fails(function.ErrUnavailable), "unavailable", "not available"},
		{"too much", prints(strings.Repeat("x", MaxPrinted+1)), "output_too_large", "too large"},
		{"bad answer", prints(`{"response":7}`), "bad_answer", "not a legal response"},
		{"unknown error", fails(errors.New("/secret/path")), "internal", "internal error"},
		{"panic", func(context.Context, function.Invocation) (function.Result, error) { panic("/secret/path") }, "internal", "internal error"},
		{"late failure", func(context.Context, function.Invocation) (function.Result, error) {
			return function.Result{Body: io.NopCloser(io.MultiReader(strings.NewReader("half"), broken{}))}, nil
		}, "internal", "internal error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := build(t, map[string]body{"A": tt.body})
			w := h.say(t, envelope("A"))
			want := map[string]string{"timeout": slow, "overloaded": busy, "unavailable": busy}[tt.outcome]
			if got := spoken(t, w); got != cmp.Or(want, apology) {
				t.Errorf("said %q", got)
			}
			if got := w.Header().Get(function.HeaderOutcome); got != tt.outcome {
				t.Errorf("outcome %q", got)
			}
			if got := w.Header().Get(function.HeaderReason); !strings.Contains(got, tt.reason) {
				t.Errorf("reason %q", got)
			}
			if strings.Contains(w.Body.String()+w.Header().Get(function.HeaderReason), "secret") {
				t.Error("the answer tells of the inside")
			}
			if rec := h.record(t); rec["outcome"] != tt.outcome || rec["cause"] == nil || (rec["level"] != "ERROR" && tt.outcome != "overloaded") {
				t.Errorf("record %v", rec)
			}
		})
	}
	h := build(t, nil)
	if got := spoken(t, h.say(t, envelope("../../etc"))); got != apology {
		t.Errorf("unknown intent: said %q", got)
	}
	if got := spoken(t, h.say(t, strings.Replace(envelope("X"), "en-US", "fr-FR", 1))); !strings.HasPrefix(got, "Désolé") {
		t.Errorf("in French: %q", got)
	}
}

func TestSkill_GivesTheFunctionOneDeadline(t *testing.T) {
	h := build(t, map[string]body{"A": func(ctx context.Context, _ function.Invocation) (function.Result, error) {
		<-ctx.Done()
		return function.Result{}, function.ErrTimeout
	}}, func(c *Config) { c.VoiceTimeout = 50 * time.Millisecond })
	w := h.say(t, envelope("A"))
	if got := spoken(t, w); got != slow || w.Header().Get(function.HeaderOutcome) != "timeout" {
		t.Errorf("said %q, %v", got, w.Header())
	}
}

func TestSkill_ExplainsItselfOnlyToTheDeveloper(t *testing.T) {
	h := build(t, map[string]body{"A": prints("<speak>Tom & Jerry</speak>")})
	w := h.say(t, envelope("A"))
	if got := spoken(t, w); got != "Tom & Jerry" {
		t.Errorf("said %q", got)
	}
	if note := w.Header().Get(function.HeaderNote); !strings.Contains(note, "&amp;") {
		t.Errorf("note %q", note)
	}
	if !strings.Contains(h.log.String(), `"msg":"finding"`) || !strings.Contains(h.log.String(), `"rule":"ssml"`) {
		t.Error("the finding is not in the log")
	}
	rec := &record{signer: alexa.Amazon}
	recorder := httptest.NewRecorder()
	if err := h.respond(recorder, rec, alexa.Answer{JSON: []byte("{}"), Findings: []alexa.Finding{{Text: "n"}}}); err != nil {
		t.Fatal(err)
	}
	if recorder.Header().Get(function.HeaderNote) != "" {
		t.Error("Amazon is told")
	}
}

func TestSkill_EventsAreAcknowledged(t *testing.T) {
	h := build(t, map[string]body{"SkillEnabled": prints("spoken in vain"), "SkillDisabled": fails(&function.ExitError{Status: 1})})
	now := time.Now().UTC().Format(time.RFC3339)
	for _, typ := range []string{"SessionEndedRequest", "AlexaSkillEvent.SkillEnabled", "AlexaSkillEvent.SkillDisabled", "Never.Heard.Of"} {
		w := h.say(t, `{"request":{"type":"`+typ+`","timestamp":"`+now+`"}}`)
		if w.Code != 200 || w.Body.String() != `{"version":"1.0","response":{}}` {
			t.Errorf("%s: %d %s", typ, w.Code, w.Body)
		}
	}
	h.Close(t.Context())
	if calls := h.engine.called(); len(calls) != 2 {
		t.Errorf("%d functions were run", len(calls))
	}
}

// testRequest is one that was decoded.
var testRequest, _ = alexa.Decode([]byte(`{"request":{"type":"SessionEndedRequest"}}`))

func TestSkill_ApologizesWhereTwoFunctionsAnswer(t *testing.T) {
	h := build(t, map[string]body{"PaintIntent": prints("one"), "Other": prints("other")})
	_ = h.Catalogue.Update([]function.Status{{Spec: function.Spec{Name: "PaintIntent"}}, {Spec: function.Spec{Name: "paintintent"}}, {Spec: function.Spec{Name: "Other"}}})
	w := h.say(t, envelope("PaintIntent"))
	if got := spoken(t, w); got != apology || !strings.Contains(w.Header().Get(function.HeaderReason), "PaintIntent and paintintent") {
		t.Errorf("said %q, reason %q", got, w.Header().Get(function.HeaderReason))
	}
	if rec := h.record(t); rec["outcome"] != "ambiguous" || rec["stage"] != "route" || !strings.Contains(rec["cause"].(string), "PaintIntent and paintintent") {
		t.Errorf("record %v", rec)
	}
	if got := spoken(t, h.say(t, envelope("Other"))); got != "other" {
		t.Errorf("another intent: %q", got)
	}
}
