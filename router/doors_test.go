package router

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/internal/door"
	"github.com/harkvoice/hark/internal/function"
)

// doored is a house of one public function, f, with labels, and the secrets key,
// of two values, and tokens.
func doored(t testing.TB, labels map[string]string, run body, change ...func(*Config)) *house {
	t.Helper()
	dir := t.TempDir()
	for name, value := range map[string]string{"key": "SECRET-old\nSECRET-new\n", "tokens": "SECRET-a\nSECRET-b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := maps.Clone(labels)
	if _, ok := all[function.LabelPublic]; !ok {
		all[function.LabelPublic] = "true"
	}
	change = append(change, func(c *Config) {
		c.Secrets = door.NewSecrets(dir, "make NAME")
		_ = c.Catalogue.Update([]function.Status{{Spec: function.Spec{Name: "f", Labels: all}}}) // which labels are wrong is the test's matter
	})
	return build(t, map[string]body{"f": run}, change...)
}

func signed(secret, text string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

// call is POST /function/f with a header of names and values.
func call(face http.Handler, text string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/function/f", strings.NewReader(text))
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	face.ServeHTTP(w, r)
	return w
}

const hub = "X-Hub-Signature-256"

var github = map[string]string{"hark.webhook": "github", "hark.webhook.secret": "key"}

func TestDoors_AWebhookIsVerifiedOnBothListeners(t *testing.T) {
	for name, listener := range map[string]func(*house) http.Handler{
		"public":   func(h *house) http.Handler { return h.Public() },
		"operator": func(h *house) http.Handler { return h.Operator() },
	} {
		h := doored(t, github, echo)
		face := listener(h)
		for i, step := range []struct {
			text, signature string
			status          int
			want, reason    string
		}{
			{"a", "", 403, "f: hark refused this call: the call is not signed: it has no header X-Hub-Signature-256", "unsigned"},
			{"a", "sha256=", 403, "is no signature", "malformed"},
			{"a", "sha256=" + signed("SECRET-other", "a"), 403, "the signature is not that of this body", "signature"},
			{"a", "sha256=" + signed("SECRET-new", "a"), 200, "a", ""},
			{"b", "sha256=" + signed("SECRET-old", "b"), 200, "b", ""},
			{"b", "sha256=" + signed("SECRET-new", "b"), 403, "the call was here before", "replay"},
			{"", "sha256=" + signed("SECRET-new", ""), 200, "", ""},
		} {
			calls := len(h.engine.called())
			w := call(face, step.text, hub, step.signature)
			if w.Code != step.status || !strings.Contains(w.Body.String(), step.want) {
				t.Errorf("%s %d: %d %q", name, i, w.Code, w.Body)
			}
			if started := len(h.engine.called()) > calls; started != (step.status == 200) {
				t.Errorf("%s %d: the function was started: %v", name, i, started)
			}
			if step.reason == "" {
				continue
			}
			if n := h.metric(t, "hark_door_refused_total", "reason", step.reason); n == 0 {
				t.Errorf("%s %d: %s is not counted", name, i, step.reason)
			}
			if rec := h.record(t); rec["reason"] != step.reason || rec["door"] != "webhook" || rec["outcome"] != "unverified" || rec["stage"] != "doors" {
				t.Errorf("%s %d: record %v", name, i, rec)
			}
		}
		h.tellsNothing(t)
	}
}

// A sender who hears of a failure sends the same again.
func TestDoors_AWebhookThatFailedMayComeAgain(t *testing.T) {
	failing := true
	h := doored(t, github, func(ctx context.Context, inv function.Invocation) (function.Result, error) {
		if failing {
			return function.Result{}, function.ErrTimeout
		}
		return echo(ctx, inv)
	})
	for i, want := range []int{504, 504, 200, 403} {
		failing = i < 2
		if w := call(h.Public(), "a", hub, "sha256="+signed("SECRET-new", "a")); w.Code != want {
			t.Errorf("call %d: %d %s", i, w.Code, w.Body)
		}
	}
}

func TestDoors_TimesAreHeldAgainstTheClock(t *testing.T) {
	now := time.Unix(1700000000, 0)
	h := doored(t, map[string]string{"hark.webhook": "slack", "hark.webhook.secret": "key"}, echo, func(c *Config) { c.Now = func() time.Time { return now } })
	slack := func(at int64) int {
		stamp := fmt.Sprint(at)
		return call(h.Public(), "a", "X-Slack-Request-Timestamp", stamp, "X-Slack-Signature", "v0="+signed("SECRET-new", "v0:"+stamp+":a")).Code
	}
	for at, want := range map[int64]int{1700000000: 200, 1700000300: 200, 1700000301: 403, 1699999700: 200, 1699999699: 403} {
		if got := slack(at); got != want {
			t.Errorf("%d: %d", at, got)
		}
	}
}

func TestDoors_WhatIsWrongIsShut(t *testing.T) {
	for name, labels := range map[string]map[string]string{
		"an unknown scheme":     {"hark.webhook": "gitlab", "hark.webhook.secret": "key"},
		"no name of a secret":   {"hark.webhook": "github"},
		"a secret that is none": {"hark.webhook": "github", "hark.webhook.secret": "SECRET-none"},
		"a token that is none":  {"hark.token": "SECRET-none"},
		"a rate that is none":   {"hark.rate": "fast"},
		"a misspelt label":      {"hark.webhok": "github"},
	} {
		h := doored(t, labels, echo)
		w := call(h.Public(), "a", hub, "sha256="+signed("SECRET-new", "a"), "Authorization", "Bearer SECRET-a")
		if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "SECRET") || len(h.engine.called()) > 0 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if cause := h.record(t)["cause"]; len(cause.(string)) < len(errShut.Error())+5 {
			t.Errorf("%s: the operator is told %v", name, cause)
		}
	}
	if w := call(doored(t, map[string]string{"hark.webhok": "github"}, echo).Operator(), "a"); w.Code != http.StatusOK {
		t.Errorf("a misspelt label shuts the operator's listener: %d", w.Code)
	}
}

func TestDoors_SignedBodiesAreBounded(t *testing.T) {
	h := doored(t, github, echo, func(c *Config) { c.MaxBody = 10 })
	r := httptest.NewRequest("POST", "/function/f", io.NopCloser(strings.NewReader(strings.Repeat("x", 11))))
	r.ContentLength = -1
	r.Header.Set(hub, "sha256="+signed("SECRET-new", ""))
	w := httptest.NewRecorder()
	h.Public().ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h = doored(t, github, echo)
	if !h.places.signed.TryAcquire(DefaultMaxSigned) {
		t.Fatal("there is less room")
	}
	sign := []string{hub, "sha256=" + signed("SECRET-new", "a")}
	if w := call(h.Public(), "a", sign...); w.Code != http.StatusTooManyRequests || len(h.engine.called()) > 0 {
		t.Errorf("without room: %d %s", w.Code, w.Body)
	}
	h.places.signed.Release(DefaultMaxSigned)
	if w := call(h.Public(), "a", sign...); w.Code != http.StatusOK {
		t.Errorf("with room: %d %s", w.Code, w.Body)
	}
	if !h.places.signed.TryAcquire(DefaultMaxSigned) {
		t.Error("a call has kept its room")
	}
}

func TestDoors_ATokenIsWantedOnThePublicListener(t *testing.T) {
	h := doored(t, map[string]string{"hark.token": "tokens"}, readsAll)
	for header, want := range map[string]int{"Bearer SECRET-a": 200, "bearer SECRET-b": 200, "Bearer SECRET-c": 401, "Basic U0VDUkVULWE6": 401, "": 401} {
		w := call(h.Public(), "", "Authorization", header)
		if w.Code != want || (w.Header().Get("WWW-Authenticate") != "") != (want == 401) {
			t.Errorf("%q: %d %v", header, w.Code, w.Header())
		}
	}
	for _, c := range h.engine.called() {
		if c.HTTP.Header.Get("Authorization") != "" {
			t.Error("the function is told the token")
		}
	}
	if w := call(h.Public(), "", "Authorization", "Bearer SECRET-c", "Authorization", "Bearer SECRET-a"); w.Code != 401 {
		t.Errorf("two headers: %d", w.Code)
	}
	if w := call(h.Operator(), ""); w.Code != 200 {
		t.Errorf("the operator is asked for a token: %d", w.Code)
	}
	h.tellsNothing(t)
}

func TestDoors_RatesAreKept(t *testing.T) {
	now := time.Unix(1700000000, 0)
	h := doored(t, map[string]string{"hark.rate": "6/m,burst=3", "hark.rate.client": "60/m,burst=2"}, echo, func(c *Config) { c.Now = func() time.Time { return now } })
	from := func(address string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/function/f", nil)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		h.Public().ServeHTTP(w, r)
		return w
	}
	for i, c := range []struct {
		address string
		status  int
		retry   string
	}{
		{"192.0.2.1:1", 200, ""}, {"192.0.2.1:2", 200, ""}, {"192.0.2.1:3", 429, "1"}, // of this client
		{"192.0.2.2:1", 200, ""}, {"192.0.2.3:1", 429, "10"}, // of all
	} {
		if w := from(c.address); w.Code != c.status || w.Header().Get("Retry-After") != c.retry {
			t.Errorf("call %d: %d, again in %q", i, w.Code, w.Header().Get("Retry-After"))
		}
	}
	now = now.Add(10 * time.Second)
	if w := from("192.0.2.1:4"); w.Code != 200 {
		t.Errorf("after a while: %d", w.Code)
	}
}

// Strangers must not use up what senders who sign are given.
func TestDoors_ForgeriesDoNotCountForTheFunction(t *testing.T) {
	h := doored(t, map[string]string{"hark.webhook": "github", "hark.webhook.secret": "key", "hark.rate": "1/h"}, echo)
	for range 10 {
		call(h.Public(), "a", hub, "sha256="+signed("SECRET-x", "a"))
	}
	if w := call(h.Public(), "a", hub, "sha256="+signed("SECRET-new", "a")); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for range 2 { // refused for the rate is not answered, and so no replay
		if w := call(h.Public(), "b", hub, "sha256="+signed("SECRET-new", "b")); w.Code != 429 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

func TestDoors_VoiceIsNeverLimited(t *testing.T) {
	h := doored(t, map[string]string{"hark.rate": "1/h", "hark.rate.client": "1/h", "hark.token": "none", "hark.webhook": "github", "hark.webhook.secret": "none"}, prints("Hello."))
	for range 5 {
		if w := h.say(t, envelope("f")); spoken(t, w) != "Hello." {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}

func TestDoors_CORSIsOffUnlessAsked(t *testing.T) {
	own := func(context.Context, function.Invocation) (function.Result, error) {
		return function.Result{Status: 200, Header: http.Header{"Access-Control-Allow-Origin": {"https://own.example"}}, Body: io.NopCloser(strings.NewReader("own"))}, nil
	}
	const page = "https://page.example"
	for _, c := range []struct {
		cors, method, origin string
		status               int
		allow                string
		calls                int
	}{
		{"", "OPTIONS", page, 200, "https://own.example", 1}, // a function's own matter
		{page, "OPTIONS", page, 204, page, 0},
		{page, "OPTIONS", "https://evil.example", 403, "", 0},
		{page, "POST", page, 200, page, 1},
		{page, "POST", "https://evil.example", 200, "", 1}, // which the browser keeps from the page
		{"*", "POST", page, 200, "*", 1},
	} {
		labels := map[string]string{}
		if c.cors != "" {
			labels["hark.cors"] = c.cors
		}
		h := doored(t, labels, own)
		r := httptest.NewRequest(c.method, "/function/f", nil)
		r.Header.Set("Origin", c.origin)
		if c.method == "OPTIONS" {
			r.Header.Set("Access-Control-Request-Method", "PUT")
		}
		w := httptest.NewRecorder()
		h.Public().ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Access-Control-Allow-Origin") != c.allow || len(h.engine.called()) != c.calls {
			t.Errorf("%+v: %d %v, %d calls", c, w.Code, w.Header(), len(h.engine.called()))
		}
	}
}

// A page has to be able to read why it was refused.
func TestDoors_ErrorsAreReadableForPages(t *testing.T) {
	h := doored(t, map[string]string{"hark.cors": "https://a.example", "hark.token": "tokens"}, echo)
	if w := call(h.Public(), "", "Origin", "https://a.example"); w.Code != 401 || w.Header().Get("Access-Control-Allow-Origin") != "https://a.example" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
