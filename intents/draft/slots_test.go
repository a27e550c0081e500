package draft

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSlots_AreRead(t *testing.T) {
	for _, tt := range []struct {
		name, label string
		want        []Slot
	}{
		{"values and one of Amazon's types", "LedColor=red,green,blue; Count=AMAZON.NUMBER",
			[]Slot{{"LedColor", "", []Value{{Value: "red"}, {Value: "green"}, {Value: "blue"}}}, {"Count", "AMAZON.NUMBER", nil}}},
		{"ids and synonyms, with room", " Drink = TEA : tea , COCOA:cocoa | hot  chocolate |cocoa\n",
			[]Slot{{"Drink", "", []Value{{"TEA", "tea", nil}, {"COCOA", "cocoa", []string{"hot chocolate"}}}}}},
		{"a type that is named", "Color:LED_COLOR = red", []Slot{{"Color", "LED_COLOR", []Value{{Value: "red"}}}}},
		{"a type from elsewhere", "Color:LED_COLOR", []Slot{{"Color", "LED_COLOR", nil}}},
		{"more values for one of Amazon's", "Town:AMAZON.City=Entenhausen", []Slot{{"Town", "AMAZON.City", []Value{{Value: "Entenhausen"}}}}},
		{"a value with a colon", "At=:half past: noon", []Slot{{"At", "", []Value{{Value: "half past: noon"}}}}},
		{"other scripts", "飲み物=x", nil},
		{"lines", "A=x\n\nB=y;", []Slot{{"A", "", []Value{{Value: "x"}}}, {"B", "", []Value{{Value: "y"}}}}},
	} {
		got, err := parseSlots(tt.label)
		if d := cmp.Diff(tt.want, got); d != "" || (err != nil) != (tt.want == nil) {
			t.Errorf("%s: %v (-want +got)\n%s", tt.name, err, d)
		}
	}
}

func TestSlots_FaultsAreNamed(t *testing.T) {
	for _, tt := range []struct{ label, want string }{
		{"Color", "slot Color has neither values nor a type; write Color=red,green"},
		{"Color=", "neither values nor a type"},
		{"Color= , ", "neither values nor a type"},
		{"=red", `no slot can be called ""`},
		{"Led Color=red", `no slot can be called "Led Color"`},
		{"Color=red;color=blue", "slot color is there twice"},
		{"Color=red, Red", `the value "Red" is there twice`},
		{"Color:LED COLOR=red", `no type can be called "LED COLOR"`},
		{"Color:=red", `no type can be called ""`},
		{"Color=RED:", "a value or synonym is empty"},
		{"Color=red||crimson", "a value or synonym is empty"},
		{"Color=light red:red", `no value can have the id "light red"`},
		{"Count=AMAZON.NUMBER,seven", `no type can be called "AMAZON.NUMBER,seven"`},
	} {
		if _, err := parseSlots(tt.label); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.label, err, tt.want)
		}
	}
}

func TestTypeName_IsMadeOfTheSlots(t *testing.T) {
	for slot, want := range map[string]string{"LedColor": "LED_COLOR", "drink": "DRINK", "TVShow": "TVSHOW", "led_color": "LED_COLOR", "Led_Color": "LED_COLOR"} {
		if got := typeName(slot); got != want {
			t.Errorf("%s: %s, want %s", slot, got, want)
		}
	}
}

func TestInvocation_IsWhatAmazonTakes(t *testing.T) {
	for dir, want := range map[string]string{
		"christmas-lights": "christmas lights", "TeaHouse": "tea house", "tea_house.v2": "tea house v", "lights": "my lights",
		"alexa-skill": "my voice", "2048": "my voice", "lights-app": "my lights", "tee-küche": "tee küche", "ask": "my voice",
	} {
		if got := Invocation(dir); got != want {
			t.Errorf("%s: %q, want %q", dir, got, want)
		}
	}
}
