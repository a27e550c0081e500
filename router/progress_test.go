package router

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

// progressing is an intent whose request tells where progressive responses go.
func progressing(intent, endpoint string) string {
	api := `"context":{"System":{"apiEndpoint":"` + endpoint + `","apiAccessToken":"secret-api-token"}},"request":{"requestId":"r1",`
	return strings.Replace(envelope(intent), `"request":{`, api, 1)
}

// labelled gives every function these labels, by pairs.
func labelled(pairs ...string) func(*Config) {
	return func(c *Config) {
		labels := make(map[string]string)
		for i := 0; i < len(pairs); i += 2 {
			labels[pairs[i]] = pairs[i+1]
		}
		_ = c.Catalogue.Update([]function.Status{{Spec: function.Spec{Name: "A", Labels: labels}}})
	}
}

func soon(c *Config) { c.ProgressAfter = 10 * time.Millisecond }

// takes is a function that answers after a while.
func takes(d time.Duration) body {
	return func(ctx context.Context, inv function.Invocation) (function.Result, error) {
		select {
		case <-time.After(d):
			return prints("the answer")(ctx, inv)
		case <-ctx.Done():
			return function.Result{}, function.Ended(ctx)
		}
	}
}

// transport is an API without a network.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func noContent(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
}

func TestProgress_IsSaidBeforeTheAnswer(t *testing.T) {
	var mu sync.Mutex
	var order []string
	happens := func(what string) { mu.Lock(); defer mu.Unlock(); order = append(order, what) }
	arrived, answered := make(chan struct{}), make(chan struct{})
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		want := `{"header":{"requestId":"r1"},"directive":{"type":"VoicePlayer.Speak","speech":"<speak>One moment &amp; a half.</speak>"}}` + "\n"
		if r.Method != "POST" || r.URL.Path != "/v1/directives" || string(sent) != want || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s %s %v", r.Method, r.URL, sent, r.Header)
		}
		if r.Header.Get("Authorization") != "Bearer secret-api-token" {
			t.Error("the token is not sent")
		}
		happens("the API is asked")
		close(arrived)
		<-answered
		time.Sleep(50 * time.Millisecond) // the answer would be out by now if it did not wait
		happens("the API answers")
		w.WriteHeader(http.StatusNoContent)
	}))
	defer api.Close()
	h := build(t, map[string]body{"A": func(ctx context.Context, inv function.Invocation) (function.Result, error) {
		<-arrived
		happens("the function answers")
		close(answered)
		return prints("the answer")(ctx, inv)
	}}, labelled("hark.progress", "One moment & a half."), soon)
	if got := spoken(t, h.say(t, progressing("A", api.URL))); got != "the answer" {
		t.Errorf("said %q", got)
	}
	happens("the answer is out")
	if d := cmp.Diff([]string{"the API is asked", "the function answers", "the API answers", "the answer is out"}, order); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if h.metric(t, "hark_progressive_total", "outcome", "sent") != 1 || !strings.Contains(h.log.String(), `"msg":"progress"`) {
		t.Errorf("it is not counted or logged:\n%s", h.log)
	}
	if strings.Contains(h.log.String(), "secret") {
		t.Errorf("the log has the token:\n%s", h.log)
	}
}

func TestProgress_IsSaidOnceAndOnlyWhileTheFunctionIsSlow(t *testing.T) {
	for _, tt := range []struct {
		takes, gateways, skills time.Duration
		want                    time.Duration // after which it is said; 0: not at all
	}{
		{0, 0, 0, 0},
		{1400 * time.Millisecond, 0, 0, 0},
		{1600 * time.Millisecond, 0, 0, 1500 * time.Millisecond},
		{6 * time.Second, 0, 0, 1500 * time.Millisecond},
		{time.Minute, 0, 0, 1500 * time.Millisecond}, // the apology comes after it
		{6 * time.Second, 4 * time.Second, 0, 4 * time.Second},
		{6 * time.Second, 4 * time.Second, 500 * time.Millisecond, 500 * time.Millisecond},
		{6 * time.Second, 0, 3 * time.Second, 3 * time.Second},
		{time.Minute, 10 * time.Second, 0, 0}, // after the deadline there is nothing to wait for
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				h := build(t, map[string]body{"A": takes(tt.takes)}, labelled("hark.progress", "x"), func(c *Config) {
					c.ProgressAfter = tt.gateways
					_ = c.Skills.Replace(&intents.Skill{Name: "lights", Settings: intents.Settings{ProgressAfter: tt.skills}})
				})
				start := time.Now()
				var said []time.Duration
				h.speaker.local.Transport = transport(func(r *http.Request) (*http.Response, error) {
					said = append(said, time.Since(start))
					return noContent(r)
				})
				h.say(t, progressing("A", "http://127.0.0.1"))
				time.Sleep(time.Hour) // nothing comes after the answer
				var want []time.Duration
				if tt.want > 0 {
					want = append(want, tt.want)
				}
				if d := cmp.Diff(want, said); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
			})
		})
	}
}

// hangs is an API that does not answer.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestProgress_TheAnswerWaitsForItNoLongerThanTheDeadlineLets(t *testing.T) {
	for _, tt := range []struct{ takes, after, want time.Duration }{
		{2 * time.Second, 1500 * time.Millisecond, 3 * time.Second}, // progressTime after it began
		{5 * time.Second, 1500 * time.Millisecond, 5 * time.Second},
		{time.Minute, 7 * time.Second, DefaultVoiceTimeout - maxSpare},
	} {
		inFakeTime(t, func(t *testing.T) {
			h := build(t, map[string]body{"A": takes(tt.takes)}, labelled("hark.progress", "x"), func(c *Config) { c.ProgressAfter = tt.after })
			h.speaker.local.Transport = transport(hangs)
			start := time.Now()
			h.say(t, progressing("A", "http://127.0.0.1"))
			if took := time.Since(start); took != tt.want {
				t.Errorf("%+v: answered after %s", tt, took)
			}
			if h.metric(t, "hark_progressive_total", "outcome", "timeout") != 1 {
				t.Errorf("%+v: not counted", tt)
			}
		})
	}
}

func TestProgress_EndsWithAListenerWhoIsGone(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		h := build(t, map[string]body{"A": until}, labelled("hark.progress", "x"))
		h.speaker.local.Transport = transport(hangs)
		ctx, leave := context.WithTimeout(t.Context(), 2*time.Second)
		defer leave()
		gone, cancel := context.WithCancel(t.Context())
		defer context.AfterFunc(ctx, cancel)()
		start := time.Now()
		h.send(t, progressing("A", "http://127.0.0.1"), func(r *http.Request) { *r = *r.WithContext(gone) })
		if took := time.Since(start); took != 2*time.Second || h.metric(t, "hark_progressive_total", "outcome", "canceled") != 1 {
			t.Errorf("after %s; %s", took, h.log)
		}
	})
}

func TestProgress_OfAnAPIThatFails(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	for name, tt := range map[string]struct {
		api     http.HandlerFunc
		outcome string
	}{
		"refuses": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "secret-api-token", http.StatusForbidden) }, "rejected"},
		"redirects": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, "rejected"},
		"is no HTTP": {func(w http.ResponseWriter, r *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			_, _ = io.WriteString(conn, "HTTP/1.1 echo "+r.Header.Get("Authorization")+"\r\n\r\n")
			conn.Close()
		}, "failed"},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "failed"},
		"tells without end": {func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 32<<10)); err != nil {
					return
				}
			}
		}, "sent"},
	} {
		t.Run(name, func(t *testing.T) {
			api := httptest.NewServer(tt.api)
			defer api.Close()
			h := build(t, map[string]body{"A": takes(200 * time.Millisecond)}, labelled("hark.progress", "x"), soon)
			if got := spoken(t, h.say(t, progressing("A", api.URL))); got != "the answer" {
				t.Errorf("said %q", got)
			}
			if h.metric(t, "hark_progressive_total", "outcome", tt.outcome) != 1 || strings.Contains(h.log.String(), "secret") {
				t.Errorf("%s", h.log)
			}
		})
	}
}

func TestProgress_IsNotSentWhereItMustNot(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was sent") }))
	defer api.Close()
	event := strings.Replace(progressing("A", api.URL), `"IntentRequest"`, `"Alexa.A"`, 1)
	for name, tt := range map[string]struct {
		envelope string
		labels   []string
		outcome  string // empty: it is not due at all
	}{
		"no label":             {progressing("A", api.URL), nil, ""},
		"an event":             {event, []string{"hark.progress", "x"}, ""},
		"no endpoint":          {envelope("A"), []string{"hark.progress", "x"}, ""},
		"empty for the locale": {progressing("A", api.URL), []string{"hark.progress", "x", "hark.progress.en", ""}, ""},
		"Amazon's endpoint":    {progressing("A", "https://api.amazonalexa.com"), []string{"hark.progress", "x"}, "endpoint"},
		"a malformed label":    {progressing("A", api.URL), []string{"hark.progress", "<speak>x"}, "speech"},
		"a label too long":     {progressing("A", api.URL), []string{"hark.progress", strings.Repeat("x", 601)}, "speech"},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, map[string]body{"A": takes(100 * time.Millisecond)}, labelled(tt.labels...), soon)
			h.say(t, tt.envelope)
			for _, outcome := range progressOutcomes {
				want := 0.0
				if outcome == tt.outcome {
					want = 1
				}
				if got := h.metric(t, "hark_progressive_total", "outcome", outcome); got != want {
					t.Errorf("%s: %v", outcome, got)
				}
			}
		})
	}
}

func TestProgress_IsInTheListenersLanguage(t *testing.T) {
	labels := labelled("hark.progress", "any", "hark.progress.de", "German", "hark.progress.de-AT", "Austrian")
	for locale, want := range map[string]string{"de-AT": "Austrian", "de-DE": "German", "en-US": "any", "": "any"} {
		inFakeTime(t, func(t *testing.T) {
			h := build(t, map[string]body{"A": takes(2 * time.Second)}, labels)
			said := ""
			h.speaker.local.Transport = transport(func(r *http.Request) (*http.Response, error) {
				var sent struct{ Directive struct{ Speech string } }
				_ = json.NewDecoder(r.Body).Decode(&sent)
				said = alexa.SpokenText(sent.Directive.Speech)
				return noContent(r)
			})
			h.say(t, strings.Replace(progressing("A", "http://127.0.0.1"), "en-US", locale, 1))
			if said != want {
				t.Errorf("%s: said %q, want %q", locale, said, want)
			}
		})
	}
}

// What Amazon signed is never sent to this machine, and the other way round, and
// neither by a proxy.
func TestSpeaker_HasAClientForEachSigner(t *testing.T) {
	for _, c := range []*http.Client{newSpeaker().amazon, newSpeaker().local} {
		if c.Transport.(*http.Transport).Proxy != nil {
			t.Error("there may be a proxy")
		}
	}
	for signer, want := range map[alexa.Signer]string{
		alexa.Amazon:      "amazon https://api.eu.amazonalexa.com/v1/directives",
		alexa.Development: "",
		0:                 "",
	} {
		s, got := newSpeaker(), ""
		s.amazon.Transport = transport(func(r *http.Request) (*http.Response, error) { got += "amazon " + r.URL.String(); return noContent(r) })
		s.local.Transport = transport(func(r *http.Request) (*http.Response, error) { got += "local " + r.URL.String(); return noContent(r) })
		req, err := alexa.Decode([]byte(progressing("A", "https://api.eu.amazonalexa.com")))
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := s.speak(t.Context(), req, signer, "x")
		if got != want || (want != "") != (outcome == progressSent) {
			t.Errorf("signer %d: %q, outcome %s, %v", signer, got, outcome, err)
		}
	}
}

// The transport goes on connecting for whoever comes next when a request has
// given up; that has an end too.
func TestSpeaker_LeavesNoConnectionHalfMade(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]func(*speaker) *http.Client{
		"amazon": func(s *speaker) *http.Client { return s.amazon },
		"local":  func(s *speaker) *http.Client { return s.local },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silent, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer silent.Close()
			closed := make(chan error, 1)
			go func() {
				conn, err := silent.Accept()
				if err == nil {
					defer conn.Close()
					_, err = io.Copy(io.Discard, conn) // until the other side ends it
				}
				closed <- err
			}()
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+silent.Addr().String(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp, err := client(newSpeaker()).Do(r); err == nil {
				resp.Body.Close()
				t.Fatal("nobody answers, and yet there is an answer")
			}
			select {
			case err := <-closed:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(3 * progressTime):
				t.Error("the connection is open still")
			}
		})
	}
}

func TestOnlyLoopback_LooksAtTheAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:80": true, "[::1]:80": true, "10.0.0.1:80": false, "[fe80::1%eth0]:80": false, "169.254.169.254:80": false, "nonsense": false,
	} {
		if got := onlyLoopback("tcp", address, nil) == nil; got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}
