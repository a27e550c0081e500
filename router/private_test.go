package router

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/harkvoice/hark/internal/function"
)

// privateEnvelope has a sentinel, SECRET and a letter, in each place that holds
// something of a person.
func privateEnvelope(requestType, at string) string {
	return `{"version":"1.0","session":{"sessionId":"SECRET-A","attributes":{"SECRET-B":"SECRET-C"},
		"user":{"userId":"SECRET-D","accessToken":"SECRET-E","permissions":{"consentToken":"SECRET-F"}}},
		"context":{"System":{"user":{"userId":"SECRET-G","accessToken":"SECRET-H","permissions":{"consentToken":"SECRET-I"}},
		"person":{"personId":"SECRET-J","accessToken":"SECRET-K"},
		"device":{"deviceId":"SECRET-L","supportedInterfaces":{"AudioPlayer":{}}},
		"apiEndpoint":"http://127.0.0.1:1","apiAccessToken":"SECRET-M"},
		"Geolocation":{"coordinate":{"latitudeInDegrees":77.777001,"longitudeInDegrees":77.777002,"accuracyInMeters":77.777003}}},
		"request":{"type":"` + requestType + `","requestId":"SECRET-N","locale":"en-US","timestamp":"` + at + `",
		"intent":{"name":"A","slots":{"S":{"name":"S","value":"SECRET-O","confirmationStatus":"CONFIRMED",
		"resolutions":{"resolutionsPerAuthority":[{"authority":"SECRET-P","status":{"code":"ER_SUCCESS_MATCH"},"values":[{"value":{"name":"SECRET-Q","id":"SECRET-R"}}]}]}}}}}}`
}

var sentinel = regexp.MustCompile(`SECRET|77\.777`)

func TestSkill_NothingOfAPersonIsInALogOrAMetric(t *testing.T) {
	now := time.Now().UTC().Format(time.RFC3339)
	waits := func(ctx context.Context, _ function.Invocation) (function.Result, error) {
		<-ctx.Done()
		return function.Result{}, function.ErrTimeout
	}
	for _, tt := range []struct {
		name, envelope string
		body           body
		change         func(*http.Request)
		outcome        string
	}{
		{"success", privateEnvelope("IntentRequest", now), prints("fine"), nil, "ok"},
		{"a launch", privateEnvelope("LaunchRequest", now), prints("fine"), nil, "ok"},
		{"an event", privateEnvelope("AlexaSkillEvent.SkillAccountLinked", now), prints("fine"), nil, "ok"},
		{"failure", privateEnvelope("IntentRequest", now), fails(&function.ExitError{Status: 1}), nil, "exit"},
		{"panic", privateEnvelope("IntentRequest", now), func(context.Context, function.Invocation) (function.Result, error) { panic("here") }, nil, "internal"},
		{"timeout", privateEnvelope("IntentRequest", now), waits, nil, "timeout"},
		{"the engine is lost", privateEnvelope("IntentRequest", now), fails(errors.New("lost")), nil, "internal"},
		{"bad answer", privateEnvelope("IntentRequest", now), prints(`{"response":7}`), nil, "bad_answer"},
		{"an answer with notes", privateEnvelope("IntentRequest", now), prints(`{"speech":"x","unknown":1}`), nil, "ok"},
		{"old", privateEnvelope("IntentRequest", "2016-01-01T00:00:00Z"), prints("fine"), nil, "refused"},
		{"no JSON", privateEnvelope("IntentRequest", now) + "SECRET", prints("fine"), nil, "refused"},
		{"a wrong type", strings.Replace(privateEnvelope("IntentRequest", now), `"A"`, `["SECRET"]`, 1), prints("fine"), nil, "refused"},
		{"a bad signature", privateEnvelope("IntentRequest", now), prints("fine"), func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`"SECRET"`)) }, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := build(t, map[string]body{"A": tt.body, "LaunchRequest": tt.body, "SkillAccountLinked": tt.body},
				func(c *Config) { c.VoiceTimeout = 100 * time.Millisecond })
			w := h.send(t, tt.envelope, tt.change)
			h.Close(t.Context()) // what observes has its record too
			if got := h.record(t)["outcome"]; got != tt.outcome {
				t.Errorf("outcome %v, want %s", got, tt.outcome)
			}
			if w.Code != http.StatusOK && sentinel.MatchString(w.Body.String()) {
				t.Errorf("the sender is told %s", w.Body)
			}
			h.tellsNothing(t)
		})
	}
}

func TestProgress_NothingOfAPersonIsInALogOrAMetric(t *testing.T) {
	for name, endpoint := range map[string]string{"failed": "http://127.0.0.1:1", "endpoint": "https://SECRET.example"} {
		h := build(t, map[string]body{"A": takes(100 * time.Millisecond)}, labelled("hark.progress", "x"), soon)
		text := strings.Replace(privateEnvelope("IntentRequest", time.Now().UTC().Format(time.RFC3339)), "http://127.0.0.1:1", endpoint, 1)
		h.say(t, text)
		if h.metric(t, "hark_progressive_total", "outcome", name) != 1 {
			t.Errorf("%s is not counted", name)
		}
		h.tellsNothing(t)
	}
}

// tellsNothing fails if the log or a metric has a sentinel.
func (h *house) tellsNothing(t testing.TB) {
	t.Helper()
	for line := range strings.Lines(h.log.String()) {
		if sentinel.MatchString(line) {
			t.Errorf("the log has %s", line)
		}
	}
	families, err := h.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(families, func(f *dto.MetricFamily) bool { return sentinel.MatchString(f.String()) }); i >= 0 {
		t.Errorf("a metric has %s", families[i])
	}
}
