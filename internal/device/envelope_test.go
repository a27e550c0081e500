package device

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
)

// paths are all paths of a JSON text, with the kind of what is there.
func paths(t *testing.T, text []byte) []string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	all := make(map[string]bool)
	var walk func(path string, v any)
	walk = func(path string, v any) {
		all[fmt.Sprintf("%s %T", path, v)] = true
		switch v := v.(type) {
		case map[string]any:
			for key, member := range v {
				walk(path+"."+key, member)
			}
		case []any:
			for _, element := range v {
				walk(path+"[]", element)
			}
		}
	}
	walk("", v)
	return slices.Sorted(maps.Keys(all))
}

// TestEnvelope_HasThePathsOfAlexas holds envelopes to such as Alexa's, written
// down here by hand.
func TestEnvelope_HasThePathsOfAlexas(t *testing.T) {
	plain := Device{SkillID: "a", Locale: "en-US"}
	full := Device{SkillID: "a", Locale: "en-US", Screen: true, Person: "p", Location: &Location{48.1, 11.5}, AccessToken: "l", Consent: true}
	begun := Session{ID: "s", Begun: true}
	order := Wants(intents.Meaning{Intent: "OrderIntent", Slots: []intents.Slot{
		{Name: "one", Type: "DISH", Custom: true, Dynamic: true, Confirmation: intents.Confirmed,
			Values: []intents.Value{{Value: "noodle soup", Entities: []*intents.SlotValue{value("R", "ramen")}}}},
		{Name: "several", Type: "AMAZON.NUMBER", Values: append(said("four"), said("five")...)},
		{Name: "city", Type: "AMAZON.City", Listed: true, Values: said("paris")},
		{Name: "empty", Type: "DISH", Custom: true},
	}})
	order.DialogState = alexa.DialogInProgress
	for name, tt := range map[string]struct {
		device  Device
		session Session
		request Request
	}{
		"launch": {plain, NewSession(), Wants(intents.Meaning{Launch: true})},
		"intent": {full, Session{ID: "s", Begun: true, Attributes: []byte(`{"turn":1}`)}, order},
		"ended":  {plain, begun, Request{Type: alexa.SessionEndedRequest, Reason: "ERROR", Error: &SkillError{"INVALID_RESPONSE", "m"}}},
	} {
		want, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		got, err := tt.device.Envelope(tt.session, tt.request, now)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(paths(t, want), paths(t, got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if _, err := alexa.Decode(got); err != nil {
			t.Error(err)
		}
	}
}

func TestEnvelope_IsReadAsItWasMeant(t *testing.T) {
	d := Device{SkillID: "a", Locale: "en-US", Screen: true, Person: "ada", Location: &Location{-48.25, 11}, AccessToken: "linked", Consent: true, Token: "t"}
	raw, err := d.Envelope(NewSession(), Wants(intents.Meaning{Intent: "I", Confirmation: intents.Denied, Slots: []intents.Slot{
		{Name: "dish", Type: "DISH", Custom: true, Dynamic: true, Confirmation: intents.Denied, Values: []intents.Value{
			{Value: "starter", Matches: []*intents.SlotValue{value("S", "salad"), value("", "soup")}, Entities: []*intents.SlotValue{value("R", "ramen")}},
			{Value: "brick"},
		}},
	}}), now)
	if err != nil {
		t.Fatal(err)
	}
	req, err := alexa.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	system := req.Context.System
	got := []string{
		system.Person.PersonID, req.AccessToken(), req.ConsentToken(), req.Context.Geolocation.Position(),
		strings.Join(slices.Sorted(maps.Keys(req.Interfaces())), " "),
		req.Body.Intent.Confirmation, req.Body.Intent.Slots["dish"].Confirmation, fmt.Sprint(req.Body.Intent.Slots["dish"].Heard()),
	}
	want := []string{
		"amzn1.ask.person.ada", "linked", "t", "-48.25,11,10", "Alexa.Presentation.APL AudioPlayer Geolocation",
		"DENIED", "DENIED", "[{starter R ramen true} {brick   false}]",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if !strings.Contains(string(raw), `[{"value":{"id":"S","name":"salad"}},{"value":{"id":"98a5f537c46e6a2bcd1066ec72b9a612","name":"soup"}}]`) {
		t.Errorf("not all matches of %s", raw)
	}
}

func TestParseLocation_TakesDegreesOnly(t *testing.T) {
	for text, want := range map[string]string{
		"48.14,11.58": "48.14,11.58", " -90 , 180": "-90,180", "": "", "48": "", "91,0": "", "0,-181": "", "NaN,0": "", "Inf,0": "", "a,b": "", "1,2,3": "",
	} {
		l, err := ParseLocation(text)
		if l.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q: %v, %v", text, l, err)
		}
	}
}
