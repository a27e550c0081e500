package intents

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
)

// slotsInput is the environment of an intent with these slots, less what is not
// about them.
func slotsInput(t testing.TB, slots string) map[string]string {
	t.Helper()
	env := input(request(t, `{"request":{"type":"IntentRequest","intent":{"name":"X","slots":`+slots+`}}}`))
	delete(env, "ALEXA_REQUEST_TYPE")
	delete(env, "ALEXA_INTENT")
	return env
}

// resolutions of a value: each authority is "code", its type and the id, or no
// id.
func resolutions(authorities ...[3]string) string {
	var all []string
	for _, a := range authorities {
		values := ""
		if a[2] != "" {
			values = fmt.Sprintf(`,"values":[{"value":{"name":"the %s","id":%q}},{"value":{"name":"second","id":"SECOND"}}]`, a[2], a[2])
		}
		all = append(all, fmt.Sprintf(`{"authority":"amzn1.er-authority.echo-sdk.%s","status":{"code":%q}%s}`, a[1], a[0], values))
	}
	return `"resolutions":{"resolutionsPerAuthority":[` + strings.Join(all, ",") + `]}`
}

const (
	match, noMatch = "ER_SUCCESS_MATCH", "ER_SUCCESS_NO_MATCH"
	static         = "amzn1.ask.skill.x.COLOR"
	dynamic        = "dynamic.amzn1.ask.skill.x.COLOR"
)

func TestInput_OfASlot(t *testing.T) {
	several := `{"slotValue":{"type":"List","values":[
		{"type":"Simple","value":"cheese",` + resolutions([3]string{match, static, "CHEESE"}) + `},
		{"type":"List","values":[{"type":"Simple","value":"ham\nand eggs"},{"type":"Simple","value":""}]},
		{"type":"Simple","value":"olives",` + resolutions([3]string{noMatch, static, ""}, [3]string{match, dynamic, "OLIVES"}) + `}]}}`
	tests := []struct {
		name, slot, value, id, confirmation string
	}{
		{"not filled", `{"name":"S","confirmationStatus":"NONE"}`, "", "", ""},
		{"null", `null`, "", "", ""},
		{"not resolved", `{"value":"red"}`, "red", "", ""},
		{"an id", `{"value":"crimson",` + resolutions([3]string{match, static, "RED"}) + `}`, "crimson", "RED", ""},
		{"no match", `{"value":"x",` + resolutions([3]string{noMatch, static, ""}) + `}`, "x", "", ""},
		{"an id without a match", `{"value":"x",` + resolutions([3]string{noMatch, static, "RED"}) + `}`, "x", "", ""},
		{"an id of an error", `{"value":"x",` + resolutions([3]string{"ER_ERROR_TIMEOUT", static, "RED"}, [3]string{"ER_ERROR_EXCEPTION", dynamic, "RED"}) + `}`, "x", "", ""},
		{"the second authority", `{"value":"x",` + resolutions([3]string{noMatch, static, ""}, [3]string{match, "AlexaEntities", "http://x"}) + `}`, "x", "http://x", ""},
		{"dynamic first", `{"value":"x",` + resolutions([3]string{match, dynamic, "D"}, [3]string{match, static, "S"}) + `}`, "x", "D", ""},
		{"dynamic last", `{"value":"x",` + resolutions([3]string{match, static, "S"}, [3]string{match, dynamic, "D"}, [3]string{match, dynamic, "D2"}) + `}`, "x", "D", ""},
		{"dynamic without a match", `{"value":"x",` + resolutions([3]string{noMatch, dynamic, ""}, [3]string{match, static, "S"}) + `}`, "x", "S", ""},
		{"a match without values", `{"value":"x",` + resolutions([3]string{match, dynamic, ""}, [3]string{match, static, "S"}) + `}`, "x", "S", ""},
		{"simple alone", `{"slotValue":{"type":"Simple","value":"red",` + resolutions([3]string{match, static, "RED"}) + `}}`, "red", "RED", ""},
		{"several", several, "cheese\nham and eggs\nolives", "CHEESE\n\nOLIVES", ""},
		{"several, none resolved", `{"slotValue":{"type":"List","values":[{"type":"Simple","value":"a"},{"type":"Simple","value":"b"}]}}`, "a\nb", "", ""},
		{"a list goes before the value", `{"value":"a b","slotValue":{"type":"List","values":[{"value":"a"},{"value":"b"}]}}`, "a\nb", "", ""},
		{"an empty list does not", `{"value":"a b","slotValue":{"type":"List","values":[]}}`, "a b", "", ""},
		{"one of a list", `{"slotValue":{"type":"List","values":[{"value":"a"}]}}`, "a", "", ""},
		{"confirmed", `{"value":"red","confirmationStatus":"CONFIRMED"}`, "red", "", "CONFIRMED"},
		{"denied", `{"value":"red","confirmationStatus":"DENIED"}`, "red", "", "DENIED"},

		// What is of a wrong type is left out with the rest of its part.
		{"wrong resolutions", `{"value":"red","resolutions":[1]}`, "red", "", ""},
		{"wrong authority", `{"value":"red","resolutions":{"resolutionsPerAuthority":[7,{"authority":7,"status":{"code":"ER_SUCCESS_MATCH"},"values":[{"value":{"name":7,"id":"RED"}}]}]}}`, "red", "", ""},
		{"wrong slotValue", `{"value":"red","slotValue":"List"}`, "red", "", ""},
		{"wrong values", `{"value":"red","slotValue":{"type":"List","values":{}}}`, "red", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := slotsInput(t, `{"S":`+tt.slot+`}`)
			delete(got, "ALEXA_SLOTS")
			want := map[string]string{}
			for name, value := range map[string]string{"ALEXA_SLOT_S": tt.value, "ALEXA_SLOT_S_ID": tt.id, "ALEXA_SLOT_S_CONFIRMATION": tt.confirmation} {
				if value != "" {
					want[name] = value
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestInput_TellsAllSlotsAsJSON(t *testing.T) {
	got := slotsInput(t, `{
		"LedColor": {"value":"crimson <3","confirmationStatus":"CONFIRMED",`+resolutions([3]string{match, dynamic, "RED"})+`},
		"Toppings": {"slotValue":{"type":"List","values":[{"value":"cheese",`+resolutions([3]string{match, static, "CHEESE"})+`},{"value":"\u0000\n"}]}},
		"näme": {"value":"x"},
		"Empty": {"name":"Empty","confirmationStatus":"NONE"}}`)["ALEXA_SLOTS"]
	want := `{"Empty":{},` +
		`"LedColor":{"value":"crimson <3","id":"RED","name":"the RED","dynamic":true,` +
		`"values":[{"value":"crimson <3","id":"RED","name":"the RED","dynamic":true}],"confirmation":"CONFIRMED"},` +
		`"Toppings":{"value":"cheese","id":"CHEESE","name":"the CHEESE","values":[{"value":"cheese","id":"CHEESE","name":"the CHEESE"},{"value":"\u0000\n"}]},` +
		`"näme":{"value":"x","values":[{"value":"x"}]}}`
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got, there := slotsInput(t, `{}`)["ALEXA_SLOTS"]; there {
		t.Errorf("without slots it is %q", got)
	}
}

func TestInput_ASlotNamedLikeAnIDGoesBeforeTheID(t *testing.T) {
	got := slotsInput(t, `{"a": {"value":"v","confirmationStatus":"DENIED",`+resolutions([3]string{match, static, "resolved"})+`},
		"a_id": {"value":"said"}, "a_confirmation": {"value":"said too"}}`)
	if got["ALEXA_SLOT_A_ID"] != "said" || got["ALEXA_SLOT_A_CONFIRMATION"] != "said too" {
		t.Errorf("%q", got)
	}
}

func TestInput_TellsWhetherTheIntentIsConfirmed(t *testing.T) {
	for status, want := range map[string]string{"NONE": "", "": "", "CONFIRMED": "CONFIRMED", "DENIED": "DENIED"} {
		req := request(t, `{"request":{"type":"IntentRequest","intent":{"name":"X","confirmationStatus":"`+status+`"}}}`)
		if got, there := input(req)["ALEXA_INTENT_CONFIRMATION"]; got != want || there != (want != "") {
			t.Errorf("%q: %q, set %v", status, got, there)
		}
	}
}

func TestInput_TellsOfThePerson(t *testing.T) {
	for name, tt := range map[string]struct {
		parts string
		want  map[string]string
	}{
		"all": {`"session":{"user":{"userId":"session's","accessToken":"session's"}},"context":{"System":{
			"user":{"userId":"u","accessToken":"linked","permissions":{"consentToken":"consent"}},"person":{"personId":"p","accessToken":"person's"},
			"device":{"deviceId":"d","supportedInterfaces":{"Geolocation":{},"Alexa.Presentation.APL":{},"AudioPlayer":{}}},
			"apiEndpoint":"https://api.eu.amazonalexa.com","apiAccessToken":"api"},
			"Geolocation":{"coordinate":{"latitudeInDegrees":38.20,"longitudeInDegrees":28.3,"accuracyInMeters":12.1}}}`, map[string]string{
			"ALEXA_USER_ID": "u", "ALEXA_ACCESS_TOKEN": "linked", "ALEXA_CONSENT_TOKEN": "consent",
			"ALEXA_PERSON_ID": "p", "ALEXA_PERSON_ACCESS_TOKEN": "person's",
			"ALEXA_DEVICE_ID": "d", "ALEXA_INTERFACES": "Alexa.Presentation.APL,AudioPlayer,Geolocation",
			"ALEXA_API_ENDPOINT": "https://api.eu.amazonalexa.com", "ALEXA_API_ACCESS_TOKEN": "api",
			"ALEXA_GEOLOCATION": "38.20,28.3,12.1",
		}},
		"an old request": {`"session":{"user":{"userId":"u","accessToken":"linked","permissions":{"consentToken":"consent"}}}`, map[string]string{
			"ALEXA_USER_ID": "u", "ALEXA_ACCESS_TOKEN": "linked", "ALEXA_CONSENT_TOKEN": "consent",
		}},
		"nobody": {`"session":{}`, map[string]string{}},
		"wrong types": {`"context":{"System":{"user":{"permissions":7},"person":["p"],"device":{"deviceId":"d","supportedInterfaces":{"AudioPlayer":7}}},
			"Geolocation":"here"}`, map[string]string{"ALEXA_DEVICE_ID": "d", "ALEXA_INTERFACES": "AudioPlayer"}},
		"a wrong device": {`"context":{"System":{"device":{"deviceId":7,"supportedInterfaces":{"AudioPlayer":{}}}}}`, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := input(request(t, `{`+tt.parts+`,"request":{"type":"LaunchRequest"}}`))
			delete(got, "ALEXA_REQUEST_TYPE")
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestInput_IsBounded(t *testing.T) {
	list := `{"slotValue":{"type":"List","values":[` + strings.Repeat(`{"type":"Simple","value":"v"},`, 30_000) + `{"value":"v"}]}}`
	nested := strings.Repeat(`{"type":"List","values":[`, 4000) + `{"value":"deep"}` + strings.Repeat(`]}`, 4000)
	many := func(n int, value string) string {
		slots := make(map[string]map[string]string, n)
		for i := range n {
			slots[fmt.Sprint("slot", i)] = map[string]string{"value": value}
		}
		text, _ := json.Marshal(slots)
		return string(text)
	}
	for name, slots := range map[string]string{
		"thousands of slots":   many(20_000, "v"),
		"slots of 30 kB":       many(30, strings.Repeat("v", 30_000)),
		"slots of Japanese":    many(30, strings.Repeat("赤", 5000)),
		"a slot of 1 MB":       many(1, strings.Repeat("v", 1<<20)),
		"thousands of values":  `{"S":` + list + `}`,
		"thousands of levels":  `{"S":{"slotValue":` + nested + `}}`,
		"percent signs":        many(1, strings.Repeat("%", 32<<10)),
		"the longest variable": many(1, strings.Repeat("v", maxVariable)),
	} {
		env := slotsInput(t, slots)
		if size := len(function.EncodeVoice(env)); size > 60_000 {
			t.Errorf("%s: the environment has %d bytes on its way", name, size)
		}
		for variable := range env {
			if !function.VoiceVariable(variable) {
				t.Errorf("%s: %s may not cross to a program", name, variable)
			}
		}
	}
	if got := slotsInput(t, `{"S":{"slotValue":`+nested+`}}`)["ALEXA_SLOT_S"]; got != "deep" {
		t.Errorf("of thousands of levels: %q", got)
	}
}

// What fits does not depend on the order of a map.
func TestInput_IsTheSameEachTime(t *testing.T) {
	slots := make([]string, 200)
	for i := range slots {
		slots[i] = fmt.Sprintf(`"s.%d":{"value":"%s"},"s-%d":{"value":"other"}`, i, strings.Repeat("v", 1000), i)
	}
	text := "{" + strings.Join(slots, ",") + "}"
	want := slotsInput(t, text)
	for range 10 {
		if d := cmp.Diff(want, slotsInput(t, text)); d != "" {
			t.Fatalf("(-first +then):\n%s", d)
		}
	}
}

// everyField has each field that is known, once.
const everyField = `{"version":"1.0","session":{"new":false,"sessionId":"s","attributes":{"a":1},"application":{"applicationId":"a"},
	"user":{"userId":"u","accessToken":"t","permissions":{"consentToken":"c"}}},
	"context":{"System":{"application":{"applicationId":"a"},"user":{"userId":"u","accessToken":"t","permissions":{"consentToken":"c"}},
	"person":{"personId":"p","accessToken":"t"},"device":{"deviceId":"d","supportedInterfaces":{"AudioPlayer":{}}},
	"apiEndpoint":"https://api.amazonalexa.com","apiAccessToken":"t"},
	"Geolocation":{"coordinate":{"latitudeInDegrees":1.5,"longitudeInDegrees":2.5,"accuracyInMeters":3}}},
	"request":{"type":"IntentRequest","requestId":"r","timestamp":"2026-01-01T00:00:00Z","locale":"en-US","reason":"x","dialogState":"STARTED",
	"intent":{"name":"X","confirmationStatus":"NONE","slots":{"S":{"name":"S","value":"v","confirmationStatus":"NONE",
	"resolutions":{"resolutionsPerAuthority":[{"authority":"a","status":{"code":"ER_SUCCESS_MATCH"},"values":[{"value":{"name":"n","id":"i"}}]}]},
	"slotValue":{"type":"List","value":"v","values":[{"type":"Simple","value":"v","resolutions":{"resolutionsPerAuthority":[
	{"authority":"a","status":{"code":"ER_SUCCESS_MATCH"},"values":[{"value":{"name":"n","id":"i"}}]}]}}]}}}}}}`

func TestInput_OfAnyTypeInAnyFieldIsARefusalOrAnInput(t *testing.T) {
	var whole any
	if err := json.Unmarshal([]byte(everyField), &whole); err != nil {
		t.Fatal(err)
	}
	tried, taken := 0, 0
	try := func() {
		text, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		tried++
		req, err := alexa.Decode(text)
		var refusal *alexa.Refusal
		switch {
		case err == nil:
			taken++
			_ = input(req)
			_, _ = testSkill(t).Route(&Catalogue{}, req)
		case !errors.As(err, &refusal) || refusal.Reason != alexa.ReasonMalformed:
			t.Errorf("%s: %v", text, err)
		}
	}
	replaceEach(&whole, try)
	if tried < 300 || taken < 150 {
		t.Errorf("%d tried, %d taken", tried, taken)
	}
}

// replaceEach calls try once for each node of v and each JSON type in its place.
func replaceEach(v *any, try func()) {
	original := *v
	for _, other := range []any{nil, true, 1.5e300, "", "x", []any{}, []any{nil, 1, "x"}, map[string]any{}, map[string]any{"value": []any{}}} {
		*v = other
		try()
	}
	*v = original
	switch node := original.(type) {
	case map[string]any:
		for key, below := range node {
			replaceEach(&below, func() { node[key] = below; try() })
			node[key] = below
		}
	case []any:
		for i := range node {
			replaceEach(&node[i], try)
		}
	}
}
