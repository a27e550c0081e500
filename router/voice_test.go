package router

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// inFakeTime runs a test in a bubble whose clock starts now: the certificates of
// the tests are not valid in 2000, when synctest starts.
func inFakeTime(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	authority() // outside the bubble, for all tests
	now := time.Now().Round(0)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(now))
		f(t)
	})
}

// until waits for its context to end.
func until(ctx context.Context, _ function.Invocation) (function.Result, error) {
	<-ctx.Done()
	return function.Result{}, function.Ended(ctx)
}

// deaf does not hear of the end of its context, until it is released.
func deaf(t *testing.T) body {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	return func(context.Context, function.Invocation) (function.Result, error) {
		<-release
		return function.Result{Body: io.NopCloser(strings.NewReader("too late"))}, nil
	}
}

// deafReader is an answer that begins and never ends.
func deafReader(t *testing.T) body {
	r, w := io.Pipe()
	t.Cleanup(func() { w.Close() })
	return func(context.Context, function.Invocation) (function.Result, error) {
		return function.Result{Body: io.NopCloser(io.MultiReader(strings.NewReader("half"), r))}, nil
	}
}

// stamps notes when the answer was written.
type stamps struct {
	*httptest.ResponseRecorder
	wrote time.Time
}

func (s *stamps) Write(p []byte) (int, error) {
	s.wrote = time.Now()
	return s.ResponseRecorder.Write(p)
}

// locales are all of Alexa's, with a word of what hark says in each.
var locales = map[string]string{
	"ar-SA": "عذرًا", "de-DE": "gedauert", "en-AU": "too long", "en-CA": "too long", "en-GB": "too long", "en-IN": "too long", "en-US": "too long",
	"es-ES": "tardado", "es-MX": "tardado", "es-US": "tardado", "fr-CA": "trop de temps", "fr-FR": "trop de temps", "hi-IN": "समय",
	"it-IT": "troppo tempo", "ja-JP": "時間", "nl-NL": "te lang", "pt-BR": "demorou",
}

func TestVoice_AnswersInsideTheDeadlineInEachLocale(t *testing.T) {
	for locale, word := range locales {
		for name, slowly := range map[string]func(*testing.T) body{
			"obeys": func(*testing.T) body { return until }, "is deaf": deaf, "answers half": deafReader,
		} {
			t.Run(locale+" "+name, func(t *testing.T) {
				inFakeTime(t, func(t *testing.T) {
					h := build(t, map[string]body{"A": slowly(t)})
					start, w := time.Now(), &stamps{ResponseRecorder: httptest.NewRecorder()}
					text := strings.Replace(envelope("A"), "en-US", locale, 1)
					r := httptest.NewRequest(http.MethodPost, "/alexa", strings.NewReader(text))
					r.Header, _ = h.authority.Sign([]byte(text))
					h.Public().ServeHTTP(w, r)
					took := w.wrote.Sub(start)
					if got := spoken(t, w.ResponseRecorder); got != alexa.Slow.Say(locale) || !strings.Contains(got, word) {
						t.Errorf("said %q", got)
					}
					if took >= DefaultVoiceTimeout || took < DefaultVoiceTimeout-time.Second/4 {
						t.Errorf("answered after %s", took)
					}
					if rec := h.record(t); rec["outcome"] != "timeout" || rec["stage"] != "invoke" || rec["function"] != "A" {
						t.Errorf("record %v", rec)
					}
				})
			})
		}
	}
}

func TestVoice_TheSkillsTimeoutShortensTheGateways(t *testing.T) {
	for own, want := range map[time.Duration]time.Duration{
		0: 4 * time.Second, 2 * time.Second: 2 * time.Second, 5 * time.Second: 4 * time.Second, 150 * time.Millisecond: 150 * time.Millisecond,
	} {
		inFakeTime(t, func(t *testing.T) {
			h := build(t, map[string]body{"A": until}, func(c *Config) {
				c.VoiceTimeout = 4 * time.Second
				_ = c.Skills.Replace(&intents.Skill{Name: "lights", Settings: intents.Settings{VoiceTimeout: own}})
			})
			start := time.Now()
			if got := spoken(t, h.say(t, envelope("A"))); got != slow {
				t.Errorf("said %q", got)
			}
			if took := time.Since(start); took >= want || took < want-maxSpare {
				t.Errorf("skill's %s: answered after %s, want before %s", own, took, want)
			}
		})
	}
}

func TestVoice_SaysWhatTheSkillHasForIt(t *testing.T) {
	book := alexa.Phrases{"en": {alexa.Busy: "One moment."}, "en-GB": {alexa.Busy: "One moment, please.", alexa.Apology: "Pardon."}}
	h := build(t, map[string]body{"A": fails(function.ErrUnavailable), "B": fails(&function.ExitError{Status: 1})}, func(c *Config) {
		_ = c.Skills.Replace(&intents.Skill{Name: "lights", Settings: intents.Settings{Phrases: book}})
	})
	for _, tt := range []struct{ intent, locale, want string }{
		{"A", "en-US", "One moment."}, {"A", "en-GB", "One moment, please."}, {"B", "en-GB", "Pardon."}, {"B", "en-US", apology}, {"nobody's", "en-GB", "Pardon."},
	} {
		if got := spoken(t, h.say(t, strings.Replace(envelope(tt.intent), "en-US", tt.locale, 1))); got != tt.want {
			t.Errorf("%s in %s: said %q, want %q", tt.intent, tt.locale, got, tt.want)
		}
	}
}

// The engine's own error tells more, if it comes in time.
func TestVoice_TakesTheEnginesErrorAtTheDeadline(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		h := build(t, map[string]body{"A": func(ctx context.Context, _ function.Invocation) (function.Result, error) {
			<-ctx.Done()
			time.Sleep(50 * time.Millisecond) // for its process to end
			return function.Result{}, errors.Join(function.ErrTimeout, errors.New("while it was pulled"))
		}})
		h.say(t, envelope("A"))
		if cause, _ := h.record(t)["cause"].(string); !strings.Contains(cause, "while it was pulled") {
			t.Errorf("cause %q", cause)
		}
	})
}

func TestVoice_ASpokenAnswerIsInTimeAtTheLast(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		h := build(t, map[string]body{"A": func(ctx context.Context, inv function.Invocation) (function.Result, error) {
			deadline, _ := ctx.Deadline()
			time.Sleep(time.Until(deadline) - time.Millisecond)
			return prints("just in time")(ctx, inv)
		}})
		if got := spoken(t, h.say(t, envelope("A"))); got != "just in time" {
			t.Errorf("said %q", got)
		}
	})
}
