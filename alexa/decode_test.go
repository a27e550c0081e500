package alexa_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa"
)

const intentEnvelope = ` {
  "version": "1.0",
  "unknown": {"kept": [1, 2.50, "<é>"]},
  "session": {"new": true, "sessionId": "s1", "attributes": {"n": 1.0},
    "application": {"applicationId": "skill-1"}, "user": {"userId": "session-user"}},
  "context": {"System": {"application": {"applicationId": "skill-1"}, "user": {"userId": "user-1"}},
    "Viewport": {"shape": "ROUND"}},
  "request": {"type": "IntentRequest", "requestId": "r1", "timestamp": "2026-03-01T12:00:00Z",
    "locale": "en-US", "dialogState": "COMPLETED",
    "intent": {"name": "ChangeColorIntent", "confirmationStatus": "NONE", "slots": {
      "LedColor": {"name": "LedColor", "value": "red", "slotValue": {"type": "Simple", "value": "red"}},
      "Empty": {"name": "Empty", "value": null}}}}
}
`

func TestDecode_ShowsTheEnvelope(t *testing.T) {
	t.Parallel()
	r, err := alexa.Decode([]byte(intentEnvelope))
	if err != nil {
		t.Fatal(err)
	}
	type view struct {
		Version, Type, Locale, User, Session, Attributes, Request, Intent, Dialog, Slot, Empty string
		New                                                                                    bool
	}
	got := view{
		r.Version, r.Type(), r.Locale(), r.UserID(), r.Session.SessionID, string(r.Session.Attributes), r.Body.RequestID,
		r.Body.Intent.Name, r.Body.DialogState, r.Body.Intent.Slots["LedColor"].Value, r.Body.Intent.Slots["Empty"].Value,
		r.Session.New,
	}
	want := view{
		"1.0", "IntentRequest", "en-US", "user-1", "s1", `{"n": 1.0}`, "r1",
		"ChangeColorIntent", "COMPLETED", "red", "", true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the view differs (-want +got):\n%s", diff)
	}
}

func TestDecode_KeepsTheEnvelopeByteForByte(t *testing.T) {
	t.Parallel()
	r, err := alexa.Decode([]byte(intentEnvelope))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(intentEnvelope, string(r.Raw)); diff != "" {
		t.Errorf("Raw differs (-want +got):\n%s", diff)
	}
}

func TestDecode_TakesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, envelope := range []string{
		`{"request":{"type":"LaunchRequest"}}`, // no context and no session, as in old samples
		`{"request":{"type":"LaunchRequest"},"context":null,"session":null}`,
		`{"request":{"type":"LaunchRequest"},"context":{},"session":{}}`,
		`{"request":{"type":"Alexa.Invented.Tomorrow","payload":[{}]}}`,
		`{"request":{"type":"LaunchRequest","timestamp":1499513033284}}`,
		`{"request":{"type":"LaunchRequest","timestamp":{}}}`, // CheckTime's to refuse
		`{"request":{"type":"IntentRequest","intent":null}}`,
		`{"request":{"type":"IntentRequest","intent":{"name":"AMAZON.HelpIntent","slots":null}}}`,
		`{"request":{"type":"IntentRequest","intent":{"name":"AMAZON.AddAction<object@Book,targetCollection@ReadingList>"}}}`,
		`{"request":{"type":"IntentRequest","intent":{"name":"I","slots":{"S":{"name":"S","slotValue":{"type":"List","values":[{}]}}}}}}`,
		`{"request":{"type":"IntentRequest","intent":{"name":"I","slots":{"S":{"resolutions":{"resolutionsPerAuthority":[{"status":{}}]}}}}}}`,
		`{"session":{"attributes":["not","an","object"]},"request":{"type":"LaunchRequest"}}`,
	} {
		if _, err := alexa.Decode([]byte(envelope)); err != nil {
			t.Errorf("Decode(%s): %v", envelope, err)
		}
	}
}

func TestDecode_RefusesWhatIsNoEnvelope(t *testing.T) {
	t.Parallel()
	const noType = "has no request type at request.type"
	tests := []struct{ envelope, want string }{
		{``, "is not JSON: it ends too early"},
		{`{`, "is not JSON: it ends too early"},
		{`{"request":{"type":"LaunchRequest"}`, "is not JSON: it ends too early (at byte 35)"},
		{`{"request":{"type":"LaunchRequest"}} {}`, "is not JSON: invalid character '{' after top-level value"},
		{"\xef\xbb\xbf" + `{"request":{"type":"LaunchRequest"}}`, "is not JSON"}, // a byte order mark
		{`<html>`, "is not JSON: invalid character '<'"},
		{`NaN`, "is not JSON"},
		{strings.Repeat("[", 100_000), "is a list, not an object"},
		{strings.Repeat(`{"request":`, 100_000), "is not JSON: exceeded max depth"},

		{`[]`, "is a list, not an object"},
		{`"LaunchRequest"`, "is a string, not an object"},
		{`5`, "is a number, not an object"},
		{`true`, "is a boolean, not an object"},

		{`null`, noType},
		{`{}`, noType},
		{`{"request":null}`, noType},
		{`{"request":{}}`, noType},
		{`{"request":{"type":""}}`, noType},
		{`{"request":{"type":null}}`, noType},

		// The path is one of the sender's, without the names of Go's types.
		{`{"request":[]}`, "has a list at request"},
		{`{"request":{"type":5}}`, "has a number at request.type"},
		{`{"request":{"type":"IntentRequest","intent":"Help"}}`, "has a string at request.intent"},
		{`{"request":{"type":"IntentRequest","intent":{"slots":[]}}}`, "has a list at request.intent.slots"},
		{`{"request":{"type":"IntentRequest","intent":{"slots":{"A":{"value":5}}}}}`, "has a number at request.intent.slots.A.value"},
		{`{"request":{"type":"LaunchRequest"},"session":{"new":"yes"}}`, "has a string at session.new"},
		{`{"request":{"type":"LaunchRequest"},"context":{"System":{"application":{"applicationId":1}}}}`, "has a number at context.System.application.applicationId"},
		{`{"request":{"type":"LaunchRequest"},"version":1.0}`, "has a number at version"},
	}
	for _, tt := range tests {
		r, err := alexa.Decode([]byte(tt.envelope))
		if r != nil || err == nil {
			t.Errorf("Decode(%.60q) took it", tt.envelope)
			continue
		}
		wantRefusal(t, err, alexa.ReasonMalformed, "the request envelope "+tt.want)
	}
}

func TestRequest_FindsTheUserInTheSessionOfOldRequests(t *testing.T) {
	t.Parallel()
	r, err := alexa.Decode([]byte(`{"session":{"user":{"userId":"old"}},"request":{"type":"LaunchRequest"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if r.UserID() != "old" {
		t.Errorf("UserID() = %q", r.UserID())
	}
}

func TestRequest_FindsTheTokensOfTheUser(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ envelope, access, consent string }{
		{`{"session":{"user":{"accessToken":"s","permissions":{"consentToken":"sc"}}},"context":{"System":{"user":{"accessToken":"c","permissions":{"consentToken":"cc"}}}}`, "c", "cc"},
		{`{"session":{"user":{"accessToken":"s","permissions":{"consentToken":"sc"}}}`, "s", "sc"}, // old requests
		{`{"session":{"user":{"accessToken":null,"permissions":null}}`, "", ""},
		{`{"context":{"System":{"user":{"permissions":["x"]}}}`, "", ""},
	} {
		r, err := alexa.Decode([]byte(tt.envelope + `,"request":{"type":"LaunchRequest"}}`))
		if err != nil {
			t.Fatal(err)
		}
		if r.AccessToken() != tt.access || r.ConsentToken() != tt.consent {
			t.Errorf("%s: %q, %q", tt.envelope, r.AccessToken(), r.ConsentToken())
		}
	}
}

func TestRequest_TellsTheInterfacesOfTheDevice(t *testing.T) {
	t.Parallel()
	set := func(names ...string) map[string]alexa.Interface {
		s := make(map[string]alexa.Interface)
		for _, name := range names {
			s[name] = struct{}{}
		}
		return s
	}
	for device, want := range map[string]map[string]alexa.Interface{
		`{"supportedInterfaces":{"AudioPlayer":{},"Alexa.Presentation.APL":{"runtime":{"maxVersion":"1.9"}}}}`: set("AudioPlayer", "Alexa.Presentation.APL"),
		`{"supportedInterfaces":{}}`: set(),

		// Nothing is said, so nothing can be held against a directive.
		`{}`:                              nil,
		`null`:                            nil,
		`"x"`:                             nil,
		`{"supportedInterfaces":null}`:    nil,
		`{"supportedInterfaces":["APL"]}`: nil,
	} {
		r, err := alexa.Decode([]byte(`{"context":{"System":{"device":` + device + `}},"request":{"type":"LaunchRequest"}}`))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, r.Interfaces()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", device, diff)
		}
	}
}

func TestGeolocation_IsAsItWasReceived(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`{"coordinate":{"latitudeInDegrees":38.2,"longitudeInDegrees":-28.30,"accuracyInMeters":12.1}}`: "38.2,-28.30,12.1",
		`{"coordinate":{"latitudeInDegrees":0,"longitudeInDegrees":0}}`:                                 "0,0",
		`{"coordinate":{"latitudeInDegrees":38.2}}`:                                                     "",
		`{"coordinate":{"latitudeInDegrees":"north","longitudeInDegrees":1}}`:                           "",
		`{"coordinate":[]}`: "",
		`null`:              "",
		`7`:                 "",
	} {
		r, err := alexa.Decode([]byte(`{"context":{"Geolocation":` + value + `},"request":{"type":"LaunchRequest"}}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Context.Geolocation.Position(); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}

func TestApplicationID_IsOneOrNone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ context, session, want string }{
		{"skill-1", "skill-1", "skill-1"},
		{"skill-1", "", "skill-1"}, // requests without a session
		{"", "skill-1", "skill-1"}, // old requests without a context
		{"", "", ""},
	} {
		if id, err := addressed(tt.context, tt.session).ApplicationID(); id != tt.want || err != nil {
			t.Errorf("%+v: %q, %v", tt, id, err)
		}
	}
	_, err := addressed("skill-1", "skill-2").ApplicationID()
	wantRefusal(t, err, alexa.ReasonSkill, "names two application ids")
}

func addressed(context, session string) *alexa.Request {
	r := &alexa.Request{}
	r.Context.System.Application.ApplicationID = context
	r.Session.Application.ApplicationID = session
	return r
}

func TestReasons_AreDistinctLabels(t *testing.T) {
	t.Parallel()
	seen := make(map[alexa.Reason]bool)
	for _, reason := range alexa.Reasons() {
		if seen[reason] || strings.Trim(string(reason), "abcdefghijklmnopqrstuvwxyz_") != "" || reason == "" {
			t.Errorf("%q is there twice or is no label", reason)
		}
		seen[reason] = true
	}
}

func TestRefusal_WrapsItsCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	err := alexa.Refuse(alexa.ReasonFetch, "no certificate: %w", cause)
	if !errors.Is(err, cause) || err.Error() != "no certificate: cause" {
		t.Errorf("Refuse made %q", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		intentEnvelope, `null`, `[]`, `{"request":{"type":"LaunchRequest","timestamp":1499513033284}}`,
		`{"request":{"type":"X","intent":{"slots":{"A":{"resolutions":{"resolutionsPerAuthority":[{"values":[{}]}]}}}}}}`,
		`{"request":{"type":"X","intent":{"slots":{"A":{"slotValue":{"type":"List","values":[{"value":"x"},{"type":"List","values":[{}]}]}}}}}}`,
		`{"request":{"type":"X"},"context":{"System":{"device":{"supportedInterfaces":{"A":1}},"person":[]},"Geolocation":{"coordinate":{"latitudeInDegrees":1}}}}`,
		strings.Repeat("[", 20_000),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := string(raw)
		r, err := alexa.Decode(raw)
		if err != nil {
			wantRefusal(t, err, alexa.ReasonMalformed, "the request envelope ")
			return
		}
		if string(r.Raw) != before {
			t.Error("Raw is not what was decoded")
		}
		if r.Type() == "" {
			t.Error("the type is empty")
		}
		// These never panic either, whatever the parts hold.
		_ = r.CheckTime(time.Now())
		_, _ = r.ApplicationID()
		_, _, _ = r.UserID(), r.Acknowledged(), r.Spoken()
		_, _, _ = r.Interfaces(), r.ConsentToken(), r.Context.Geolocation.Position()
		for _, slot := range r.Body.Intent.Slots {
			_ = slot.Heard()
		}
	})
}
