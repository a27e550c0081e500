package device

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func value(id, name string) *intents.SlotValue {
	v := &intents.SlotValue{ID: id}
	v.Name.Value = name
	return v
}

func said(text string, matches ...*intents.SlotValue) []intents.Value {
	return []intents.Value{{Heard: text, Value: text, Matches: matches}}
}

func TestEnvelope_IsWhatAlexaSends(t *testing.T) {
	d := Device{SkillID: "amzn1.ask.skill.x", Locale: "en-GB"}
	raw, err := d.Envelope(NewSession(), Wants(intents.Meaning{Intent: "PaintIntent", Slots: []intents.Slot{
		{Name: "color", Type: "COLOR", Custom: true, Values: said("crimson", value("", "red"))},
		{Name: "room", Type: "ROOM", Custom: true, Values: said("attic")},
		{Name: "when", Type: "AMAZON.DATE", Values: said("tomorrow")},
		{Name: "empty", Type: "AMAZON.DATE"},
	}}), now)
	if err != nil {
		t.Fatal(err)
	}
	req, err := alexa.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := req.CheckTime(now); err != nil {
		t.Error(err)
	}
	if id, err := req.ApplicationID(); id != "amzn1.ask.skill.x" || err != nil {
		t.Error(err)
	}
	if req.Type() != "IntentRequest" || req.Locale() != "en-GB" || !req.Session.New || req.UserID() == "" {
		t.Errorf("got %s", raw)
	}
	var envelope struct {
		Request struct {
			Intent struct{ Slots map[string]any }
		}
	}
	if err := json.Unmarshal(raw, &envelope); err != nil {
		t.Fatal(err)
	}
	resolution := func(typ, code string, more map[string]any) map[string]any {
		r := map[string]any{"authority": "amzn1.er-authority.echo-sdk.amzn1.ask.skill.x." + typ, "status": map[string]any{"code": code}}
		for k, v := range more {
			r[k] = v
		}
		return map[string]any{"resolutionsPerAuthority": []any{r}}
	}
	// A value without an id carries the MD5 of its name.
	match := resolution("COLOR", "ER_SUCCESS_MATCH", map[string]any{"values": []any{map[string]any{
		"value": map[string]any{"name": "red", "id": "bda9643ac6601722a28f238714274da4"}}}})
	miss := resolution("ROOM", "ER_SUCCESS_NO_MATCH", nil)
	want := map[string]any{
		"color": map[string]any{"name": "color", "value": "crimson", "confirmationStatus": "NONE", "source": "USER", "resolutions": match,
			"slotValue": map[string]any{"type": "Simple", "value": "crimson", "resolutions": match}},
		"room": map[string]any{"name": "room", "value": "attic", "confirmationStatus": "NONE", "source": "USER", "resolutions": miss,
			"slotValue": map[string]any{"type": "Simple", "value": "attic", "resolutions": miss}},
		"when": map[string]any{"name": "when", "value": "tomorrow", "confirmationStatus": "NONE", "source": "USER",
			"slotValue": map[string]any{"type": "Simple", "value": "tomorrow"}},
		"empty": map[string]any{"name": "empty", "confirmationStatus": "NONE"},
	}
	if d := cmp.Diff(want, envelope.Request.Intent.Slots); d != "" {
		t.Errorf("slots (-want +got):\n%s", d)
	}
}

func TestEnvelope_OfALaunch(t *testing.T) {
	raw, err := Device{SkillID: DevelopmentID, Locale: "en-US"}.Envelope(NewSession(), Wants(intents.Meaning{Launch: true}), now)
	if err != nil {
		t.Fatal(err)
	}
	if req, err := alexa.Decode(raw); err != nil || req.Type() != alexa.LaunchRequest {
		t.Errorf("%v %s", err, raw)
	}
}

// What a function plays on an Echo is not told to be wrong.
func TestEnvelope_IsOfADeviceThatPlaysAudio(t *testing.T) {
	raw, err := Device{SkillID: DevelopmentID, Locale: "en-US"}.Envelope(NewSession(), Wants(intents.Meaning{Launch: true}), now)
	if err != nil {
		t.Fatal(err)
	}
	req, err := alexa.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	for directive, want := range map[string]int{
		`{"type":"AudioPlayer.Stop"}`:                                    0,
		`{"type":"Alexa.Presentation.APL.RenderDocument","document":{}}`: 1, // it has no screen
	} {
		answer, err := alexa.Wrap(req, []byte(`{"version":"1.0","response":{"directives":[`+directive+`]}}`))
		if err != nil || len(answer.Findings) != want {
			t.Errorf("%s: %v, %q", directive, err, answer.Findings)
		}
	}
}

func TestStamp_ChangesTheTimestampAndTheIDAlone(t *testing.T) {
	stored := []byte(`{"version":"1.0","x":[1.50,{"<":"&"}],"request":{"type":"T","requestId":"r","timestamp":1499513033284,"big":12345678901234567890}}`)
	form := regexp.MustCompile(`^{"request":{"big":12345678901234567890,"requestId":"(amzn1\.echo-api\.request\.[0-9a-f-]{36})",` +
		`"timestamp":"2026-11-22T12:00:00Z","type":"T"},"version":"1\.0","x":\[1\.50,{"<":"&"}\]}$`)
	ids := map[string]bool{}
	for range 3 {
		got, err := Stamp(stored, now)
		if err != nil {
			t.Fatal(err)
		}
		parts := form.FindSubmatch(got)
		if parts == nil {
			t.Fatalf("got %s", got)
		}
		ids[string(parts[1])] = true
	}
	if len(ids) != 3 {
		t.Errorf("the ids are %v", ids)
	}
	for _, bad := range []string{"", "[]", "{}", `{"request":null}`, `{"request":[]}`, "{"} {
		if _, err := Stamp([]byte(bad), now); err == nil || !strings.Contains(err.Error(), "not a request envelope") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestSender_ReadsWhatTheGatewaySays(t *testing.T) {
	authority, err := alexatest.New()
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.ServerCertificate("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	var answer http.HandlerFunc
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	server.StartTLS()
	defer server.Close()
	server.TLS.Certificates = append(server.TLS.Certificates[:0], certificate)
	sender := NewSender(server.URL, authority)
	send := func(h http.HandlerFunc) *Reply {
		t.Helper()
		answer = h
		reply, err := sender.Send(context.Background(), []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}

	reply := send(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(alexa.HeaderSignature) == "" || r.Header.Get("SignatureCertChainUrl") != authority.URL() {
			t.Error("the request is not signed")
		}
		_, _ = w.Write([]byte(`{"response":{"outputSpeech":{"type":"SSML","ssml":"<speak>a <break/> b</speak>"}}}`))
	})
	if reply.Failed() != nil || !strings.Contains(string(reply.Body), "<break/>") {
		t.Errorf("%v, %s", reply.Failed(), reply.Body)
	}

	reply = send(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(function.HeaderOutcome, "exit")
		w.Header().Set(function.HeaderReason, `"caf\u00e9"`)
		w.Header().Add(function.HeaderNote, `"one"`)
		w.Header().Add(function.HeaderNote, `"two"`)
		_, _ = w.Write([]byte(`{"response":{}}`))
	})
	if err := reply.Failed(); err == nil || !strings.Contains(err.Error(), "café") || len(reply.Notes) != 2 {
		t.Errorf("%v, %v", err, reply.Notes)
	}

	reply = send(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 400) })
	if err := reply.Failed(); err == nil || err.Error() != "HTTP 400: no" {
		t.Errorf("%v", err)
	}
	reply = send(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://example.com/", http.StatusFound)
	})
	if reply.Failed() == nil {
		t.Error("a redirect was followed or taken for an answer")
	}
	server.Close()
	if _, err := sender.Send(context.Background(), []byte(`{}`)); err == nil || strings.Contains(err.Error(), "Post ") {
		t.Errorf("%v", err)
	}
}
