package intents

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
)

func testSkill(t testing.TB) *Skill {
	t.Helper()
	s, err := LoadSkill("testdata/lights")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func request(t testing.TB, envelope string) *alexa.Request {
	t.Helper()
	req, err := alexa.Decode([]byte(envelope))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func intentRequest(t testing.TB, locale, name string) *alexa.Request {
	t.Helper()
	text, _ := json.Marshal(name)
	return request(t, `{"session":{"new":true},"request":{"type":"IntentRequest","locale":"`+locale+`","intent":{"name":`+string(text)+`}}}`)
}

func speech(t testing.TB, a alexa.Answer) (text string, open bool) {
	t.Helper()
	var r struct {
		Response struct {
			OutputSpeech     struct{ Text string }
			ShouldEndSession bool
		}
	}
	if err := json.Unmarshal(a.JSON, &r); err != nil {
		t.Fatal(err)
	}
	return r.Response.OutputSpeech.Text, !r.Response.ShouldEndSession
}

func TestRoute_GivesAnIntentToItsFunctionWithItsInput(t *testing.T) {
	c := catalogue(t, status("ChangeColorIntent"))
	req := request(t, `{
		"session": {"sessionId": "s1", "user": {"userId": "u1"}},
		"request": {"type": "IntentRequest", "locale": "en-GB", "dialogState": "COMPLETED", "intent": {"name": "ChangeColorIntent", "slots": {
			"LedColor": {"name": "LedColor", "value": "crimson", "resolutions": {"resolutionsPerAuthority": [
				{"status": {"code": "ER_SUCCESS_NO_MATCH"}},
				{"status": {"code": "ER_SUCCESS_MATCH"}, "values": [{"value": {"name": "red", "id": "RED"}}, {"value": {"name": "other", "id": "OTHER"}}]}]}},
			"room.name": {"name": "room.name", "value": "the den"},
			"Empty": {"name": "Empty"},
			"näme": {"name": "näme", "value": "x"},
			"nul": {"name": "nul", "value": "a\u0000b"},
			"huge": {"name": "huge", "value": "`+strings.Repeat("x", 40_000)+`"}
		}}}}`)
	got, err := testSkill(t).Route(c, req)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"ALEXA_REQUEST_TYPE":     "IntentRequest",
		"ALEXA_INTENT":           "ChangeColorIntent",
		"ALEXA_LOCALE":           "en-GB",
		"ALEXA_DIALOG_STATE":     "COMPLETED",
		"ALEXA_SESSION_ID":       "s1",
		"ALEXA_USER_ID":          "u1",
		"ALEXA_SLOT_LEDCOLOR":    "crimson",
		"ALEXA_SLOT_LEDCOLOR_ID": "RED",
		"ALEXA_SLOT_ROOM_NAME":   "the den",
	}
	delete(got.Voice, "ALEXA_SLOTS") // see TestInput_TellsAllSlotsAsJSON
	if got.Function != "ChangeColorIntent" {
		t.Errorf("function = %q", got.Function)
	}
	if d := cmp.Diff(want, got.Voice); d != "" {
		t.Errorf("input (-want +got):\n%s", d)
	}
	for name := range got.Voice {
		if !function.VoiceVariable(name) {
			t.Errorf("%s may not cross to a program", name)
		}
	}
}

func TestRoute_GivesLaunchesAndEventsToFunctionsNamedLikeThem(t *testing.T) {
	c := catalogue(t, status("LaunchRequest"), status("SkillEnabled"), status("viewer", function.LabelIntents, "ElementSelected"), status("SessionEndedRequest"))
	for typ, want := range map[string]string{
		"LaunchRequest":                "LaunchRequest",
		"AlexaSkillEvent.SkillEnabled": "SkillEnabled",
		"Display.ElementSelected":      "viewer",
		"AlexaSkillEvent.SkillUnknown": "",
		"SessionEndedRequest":          "SessionEndedRequest",
	} {
		route, err := testSkill(t).Route(c, request(t, `{"request":{"type":"`+typ+`"}}`))
		if err != nil || route.Function != want {
			t.Errorf("%s: function %q, error %v; want %q", typ, route.Function, err, want)
		}
		if want == "" && string(route.Answer.JSON) != `{"version":"1.0","response":{}}` {
			t.Errorf("%s: answered %s", typ, route.Answer.JSON)
		}
	}
}

func TestRoute_HarkAnswersBuiltInIntentsInTheRequestsLanguage(t *testing.T) {
	tests := []struct {
		locale, intent string
		want           string
		open           bool
	}{
		{"en-US", "", "Welcome to christmas lights. You can say: turn the tree red.", true},
		{"en-GB", "", "Welcome to christmas lights. You can say: turn the tree red.", true}, // the language's other locale
		{"fr-FR", "", "Bienvenue dans lumières de noël. Vous pouvez dire : mettre le sapin en rouge.", true},
		{"de-DE", "", "Willkommen bei lights. Was möchtest du tun?", true}, // no model: no samples in another language
		{"en-US", "AMAZON.HelpIntent", "You can say: turn the tree red. Or: what is your hostname.", true},
		{"en-US", "AMAZON.FallbackIntent", "Sorry, I didn't get that. You can say: turn the tree red.", true},
		{"es-MX", "AMAZON.StopIntent", "Adiós.", false},
		{"it-IT", "AMAZON.CancelIntent", "Arrivederci.", false},
		{"pt-BR", "AMAZON.StopIntent", "Até logo.", false},
		{"ja-JP", "AMAZON.StopIntent", "さようなら。", false},
		{"hi-IN", "AMAZON.StopIntent", "फिर मिलेंगे।", false},
		{"ar-SA", "AMAZON.StopIntent", "مع السلامة.", false},
		{"nl-NL", "AMAZON.StopIntent", "Tot ziens.", false},
		{"xx-XX", "AMAZON.StopIntent", "Goodbye.", false},
		{"en-US", "AMAZON.NavigateHomeIntent", "", false},
		{"en-US", "AMAZON.NextIntent", "Sorry, I can't do that here.", false},
	}
	for _, tt := range tests {
		req := intentRequest(t, tt.locale, tt.intent)
		if tt.intent == "" {
			req = request(t, `{"request":{"type":"LaunchRequest","locale":"`+tt.locale+`"}}`)
		}
		route, err := testSkill(t).Route(&Catalogue{}, req)
		if err != nil {
			t.Errorf("%s %s: %v", tt.locale, tt.intent, err)
			continue
		}
		if text, open := speech(t, route.Answer); text != tt.want || open != tt.open {
			t.Errorf("%s %s: said %q (open %v), want %q (open %v)", tt.locale, tt.intent, text, open, tt.want, tt.open)
		}
	}
}

func TestRoute_ARefusedBuiltInLeavesAConversationOpen(t *testing.T) {
	req := request(t, `{"session":{"new":false},"request":{"type":"IntentRequest","locale":"en-US","intent":{"name":"AMAZON.NextIntent"}}}`)
	route, err := testSkill(t).Route(&Catalogue{}, req)
	if err != nil {
		t.Fatal(err)
	}
	if _, open := speech(t, route.Answer); !open {
		t.Error("the session was ended")
	}
}

func TestRoute_OtherIntentsWithoutAFunctionAreNotFound(t *testing.T) {
	for _, name := range []string{"ChangeColorIntent", "../../etc", "a b", "", "AMAZON.AddAction<object@Book,x@Y>", "AMAZON.Nonsense", strings.Repeat("n", 10_000)} {
		_, err := testSkill(t).Route(&Catalogue{}, intentRequest(t, "en-US", name))
		if !errors.Is(err, function.ErrNotFound) {
			t.Errorf("%.20q: %v", name, err)
		}
		if len(err.Error()) > 200 {
			t.Errorf("%.20q: the error repeats %d bytes", name, len(err.Error()))
		}
	}
}

func TestRoute_NamesOnlyIntentsThatAreKnown(t *testing.T) {
	s, c := testSkill(t), catalogue(t, status("Deployed"))
	for name, want := range map[string]string{
		"deployed":          "deployed",
		"ChangeColorIntent": "ChangeColorIntent",
		"AMAZON.HelpIntent": "AMAZON.HelpIntent",
		"made up":           "unknown",
	} {
		route, err := s.Route(c, intentRequest(t, "en-US", name))
		if route.Intent != want {
			t.Errorf("%q is %q in the record (error %v), want %q", name, route.Intent, err, want)
		}
	}
}

func TestRoute_NamesBothFunctionsOfAnIntent(t *testing.T) {
	var c Catalogue
	_ = c.Update([]function.Status{status("PaintIntent"), status("paintintent")})
	route, err := testSkill(t).Route(&c, intentRequest(t, "en-US", "PaintIntent"))
	if !errors.Is(err, ErrAmbiguous) || !strings.Contains(err.Error(), "PaintIntent and paintintent") || route.Function != "" || route.Intent != "PaintIntent" {
		t.Errorf("%+v, error %v", route, err)
	}
}
