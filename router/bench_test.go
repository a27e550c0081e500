package router

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/internal/function"
)

// BenchmarkLine compares a voice request through the whole line, with an engine
// that does nothing and replays refused, to the floor: one RSA-2048
// verification, one SHA-256 and one json.Unmarshal of a body of the same size.
// Both take turns in rounds; what is reported are medians of CPU time, and their
// ratio. The goal is 1.5. Each request of the line is another, signed beforehand.
func BenchmarkLine(b *testing.B) {
	h := build(b, map[string]body{"ChangeColorIntent": prints("OK, red.")}, func(c *Config) {
		c.Log = slog.New(slog.NewJSONHandler(io.Discard, nil))
		c.Replays = alexa.NewReplays()
	})
	h.Engine = noop{}
	authority, text := authority(), benchEnvelope()
	credential, err := authority.Issue(alexatest.Leaf{})
	if err != nil {
		b.Fatal(err)
	}
	floorHeader, err := credential.Sign([]byte(text), authority.URL())
	if err != nil {
		b.Fatal(err)
	}
	signature, err := base64.StdEncoding.DecodeString(floorHeader.Get(alexa.HeaderSignature))
	if err != nil {
		b.Fatal(err)
	}
	key := credential.Key.Public().(*rsa.PublicKey)
	floor := func() {
		digest := sha256.Sum256([]byte(text))
		if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature); err != nil {
			b.Fatal(err)
		}
		var req alexa.Request
		if err := json.Unmarshal([]byte(text), &req); err != nil {
			b.Fatal(err)
		}
	}
	face := h.Public()
	var signed []signedEnvelope
	line := func() {
		next := signed[0]
		signed = signed[1:]
		r := httptest.NewRequest(http.MethodPost, "/alexa", strings.NewReader(next.text))
		r.Header = next.header
		w := httptest.NewRecorder()
		face.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	const calls = 300
	var floors, lines []float64
	for b.Loop() {
		for range calls {
			signed = append(signed, signEnvelope(b, authority))
		}
		floors = append(floors, cpu(calls, floor))
		lines = append(lines, cpu(calls, line))
	}
	f, l := median(floors), median(lines)
	b.ReportMetric(f, "floor-µs/req")
	b.ReportMetric(l, "line-µs/req")
	b.ReportMetric(l/f, "x-floor")
	b.ReportMetric(0, "ns/op") // of a round, which says nothing
}

type signedEnvelope struct {
	text   string
	header http.Header
}

// signEnvelope makes a request of an id of its own.
func signEnvelope(b *testing.B, authority *alexatest.Authority) signedEnvelope {
	text := benchEnvelope()
	header, err := authority.Sign([]byte(text))
	if err != nil {
		b.Fatal(err)
	}
	return signedEnvelope{text, header}
}

// cpu is the CPU time of one call in microseconds, the garbage collector's
// share included.
func cpu(calls int, f func()) float64 {
	before := usage()
	for range calls {
		f()
	}
	return float64((usage() - before).Microseconds()) / float64(calls)
}

func usage() time.Duration { return usageOf(syscall.RUSAGE_SELF) }

func usageOf(who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

type noop struct{ Engine }

func (noop) Invoke(context.Context, function.Invocation) (function.Result, error) {
	return function.Result{Status: 200, Body: io.NopCloser(strings.NewReader("OK, red."))}, nil
}

// benchEnvelope is of the size and shape that a device with a screen sends.
func benchEnvelope() string {
	return `{"version":"1.0","session":{"new":true,"sessionId":"amzn1.echo-api.session.` + strings.Repeat("s", 36) + `",
"application":{"applicationId":"amzn1.ask.skill.` + strings.Repeat("a", 36) + `"},"attributes":{"turn":3,"seen":["a","b"]},
"user":{"userId":"amzn1.ask.account.` + strings.Repeat("U", 200) + `"}},
"context":{"Viewports":[{"type":"APL","id":"main","shape":"RECTANGLE","dpi":160,"presentationType":"STANDARD","canRotate":false}],
"System":{"application":{"applicationId":"amzn1.ask.skill.` + strings.Repeat("a", 36) + `"},"user":{"userId":"amzn1.ask.account.` + strings.Repeat("U", 200) + `"},
"device":{"deviceId":"amzn1.ask.device.` + strings.Repeat("D", 150) + `","supportedInterfaces":{"AudioPlayer":{},"Display":{"templateVersion":"1.0"}}},
"apiEndpoint":"https://api.eu.amazonalexa.com","apiAccessToken":"` + strings.Repeat("t", 800) + `"}},
"request":{"type":"IntentRequest","requestId":"amzn1.echo-api.request.` + strings.Repeat("r", 20) + newID() + `","locale":"en-US",
"timestamp":"` + time.Now().UTC().Format(time.RFC3339) + `","intent":{"name":"ChangeColorIntent","confirmationStatus":"NONE","slots":{
"LedColor":{"name":"LedColor","value":"red","confirmationStatus":"NONE","source":"USER","resolutions":{"resolutionsPerAuthority":[
{"authority":"amzn1.er-authority.echo-sdk.amzn1.ask.skill.a.LED_COLOR","status":{"code":"ER_SUCCESS_MATCH"},"values":[{"value":{"name":"red","id":"red"}}]}]}}}},
"dialogState":"COMPLETED"}}`
}
