package intents

import (
	"errors"
	"strings"
	"testing"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
)

func skills(t testing.TB, all ...*Skill) *Skills {
	t.Helper()
	s := &Skills{}
	if err := s.Replace(all...); err != nil {
		t.Fatal(err)
	}
	return s
}

// envelopeOf is a request that names application ids in context and session.
func envelopeOf(context, session string) *alexa.Request {
	r := &alexa.Request{}
	r.Context.System.Application.ApplicationID, r.Session.Application.ApplicationID = context, session
	return r
}

// Each skill is its name and its ids.
var (
	lights = &Skill{Name: "lights", IDs: []string{"l-1", "l-2"}}
	radio  = &Skill{Name: "radio", IDs: []string{"r-1"}}
	draft  = &Skill{Name: "draft"}
	sketch = &Skill{Name: "sketch"}
)

func TestSkills_FindTheOneThatARequestIsFor(t *testing.T) {
	const unknown, two, another = "is not served here; name it with --skill-id", "names two application ids", "and this address is for no other"
	tests := []struct {
		served           []*Skill
		only             *Skill
		context, session string
		signer           alexa.Signer
		want             string // a skill's name, or else a part of the refusal
	}{
		{[]*Skill{lights, radio}, nil, "l-1", "l-1", alexa.Amazon, "lights"},
		{[]*Skill{lights, radio}, nil, "l-2", "", alexa.Amazon, "lights"},
		{[]*Skill{lights, radio}, nil, "", "r-1", alexa.Amazon, "radio"},
		{[]*Skill{lights, radio}, nil, "r-1", "r-1", alexa.Development, "radio"},

		// Amazon signs everybody's skills.
		{[]*Skill{lights, radio}, nil, "x", "x", alexa.Amazon, `"x" ` + unknown},
		{[]*Skill{lights, radio}, nil, "x", "x", alexa.Development, `"x" ` + unknown},
		{[]*Skill{lights}, nil, "L-1", "", alexa.Amazon, unknown},
		{[]*Skill{lights}, nil, "", "", alexa.Amazon, unknown},
		{[]*Skill{lights}, nil, "l-1", "x", alexa.Amazon, two},
		{[]*Skill{lights}, nil, "x", "l-1", alexa.Development, two},
		{[]*Skill{lights}, nil, "l-1", "l-2", alexa.Amazon, two},                       // both ours, but which is it for?
		{[]*Skill{{Name: "x", IDs: []string{""}}}, nil, "", "", alexa.Amazon, unknown}, // an empty id is no wildcard
		{nil, nil, "l-1", "l-1", alexa.Amazon, unknown},
		{nil, nil, "l-1", "l-1", alexa.Development, unknown},

		// A skill without ids takes what development signs, and nothing of Amazon's.
		{[]*Skill{draft}, nil, "x", "x", alexa.Development, "draft"},
		{[]*Skill{draft}, nil, "", "", alexa.Development, "draft"},
		{[]*Skill{draft}, nil, "x", "y", alexa.Development, "draft"}, // as in envelopes that somebody made anonymous
		{[]*Skill{draft}, nil, "x", "x", alexa.Amazon, unknown},
		{[]*Skill{draft}, nil, "", "", alexa.Amazon, unknown},
		{[]*Skill{draft}, nil, "x", "x", 0, unknown},
		{[]*Skill{lights, draft}, nil, "x", "x", alexa.Development, "draft"},
		{[]*Skill{lights, draft}, nil, "l-1", "l-1", alexa.Development, "lights"},
		{[]*Skill{draft, sketch}, nil, "x", "x", alexa.Development, "several skills have none, and /alexa/NAME chooses one"},
		{[]*Skill{draft, sketch}, nil, "x", "x", alexa.Amazon, unknown},

		// The address of one skill.
		{[]*Skill{lights, radio}, radio, "r-1", "r-1", alexa.Amazon, "radio"},
		{[]*Skill{lights, radio}, radio, "l-1", "l-1", alexa.Amazon, `"l-1" is not that of the skill radio, ` + another},
		{[]*Skill{lights, radio}, radio, "x", "x", alexa.Development, unknown},
		{[]*Skill{draft, sketch}, sketch, "x", "x", alexa.Development, "sketch"},
		{[]*Skill{draft, sketch, radio}, radio, "x", "x", alexa.Development, unknown},
		{[]*Skill{lights, draft}, draft, "x", "x", alexa.Amazon, unknown},
		{[]*Skill{lights, draft}, draft, "l-1", "l-1", alexa.Development, another},
		{[]*Skill{lights, draft}, lights, "x", "x", alexa.Development, unknown},
		{[]*Skill{lights, {Name: "radio", IDs: []string{"r-1"}}}, radio, "r-1", "r-1", alexa.Amazon, "radio"}, // loaded anew in between
	}
	for _, tt := range tests {
		got, err := skills(t, tt.served...).For(envelopeOf(tt.context, tt.session), tt.only, tt.signer)
		var refusal *alexa.Refusal
		switch {
		case err == nil && got.Name == tt.want:
		case errors.As(err, &refusal) && refusal.Reason == alexa.ReasonSkill && strings.Contains(err.Error(), tt.want):
		default:
			t.Errorf("%+v: %v, %v", tt, got, err)
		}
	}
}

func TestSkills_RefuseTwoOfOneNameOrID(t *testing.T) {
	s := skills(t, lights)
	err := s.Replace(radio, &Skill{Name: "tuner", IDs: []string{"x", "r-1"}})
	if err == nil || err.Error() != "two skills have the application id r-1: radio and tuner" {
		t.Errorf("one id: %v", err)
	}
	err = s.Replace(&Skill{Name: "a", Dir: "/one/a"}, &Skill{Name: "a", Dir: "/two/a"})
	if err == nil || !strings.Contains(err.Error(), "two skills are called a: /one/a and /two/a") {
		t.Errorf("one name: %v", err)
	}
	if s.Named("lights") != lights || len(s.All()) != 1 {
		t.Error("the set before is gone")
	}
	if err := s.Replace(&Skill{Name: "a", IDs: []string{"x", "x"}}); err != nil {
		t.Errorf("one skill with an id twice: %v", err)
	}
}

func TestSkills_AreNoneAtFirst(t *testing.T) {
	var s Skills
	if s.Named("x") != nil || len(s.All()) != 0 {
		t.Error("there is one")
	}
}

func TestCheckSkillName_WantsWhatFitsAnAddress(t *testing.T) {
	for _, name := range []string{"a", "Christmas-Lights", "v1.2_x", "0"} {
		if err := CheckSkillName(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", ".", "..", "-a", "_a", "a b", "a/b", "ä", "a?", "a%20b"} {
		if err := CheckSkillName(name); err == nil || !strings.Contains(err.Error(), "letters, digits, - _ . only") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestCatalogue_KeepsSkillsApart(t *testing.T) {
	var c Catalogue
	of := func(skill, name string, labels ...string) function.Status {
		return status(name, append(labels, function.LabelSkill, skill)...)
	}
	if err := c.Update([]function.Status{
		of("lights", "lights_LaunchRequest"), of("radio", "radio_LaunchRequest"), // same name, the prefix of each ignored
		of("radio", "Paint", function.LabelStack, "x"), of("lights", "s_lights_Paint", function.LabelStack, "s"),
		of("v1.2", "v1-2_Tune"), of("lights", "radio_Off"), // another skill's prefix is none
		of("radio", "all", function.LabelRequests, "*"),
		status("Shared"),
	}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ skill, intent, want string }{
		{"lights", "LaunchRequest", "lights_LaunchRequest"},
		{"radio", "LaunchRequest", "radio_LaunchRequest"},
		{"other", "LaunchRequest", ""},
		{"lights", "lights_LaunchRequest", ""},
		{"lights", "Paint", "s_lights_Paint"},
		{"radio", "Paint", "Paint"},
		{"v1.2", "Tune", "v1-2_Tune"},
		{"v1.2", "Paint", ""},
		{"lights", "Off", ""},
		{"lights", "radio_Off", "radio_Off"},
		{"lights", "Shared", "Shared"},
		{"radio", "Shared", "Shared"},
		{"other", "Shared", "Shared"},
		{"", "Shared", "Shared"},
	} {
		if got, err := c.Answering(tt.skill, tt.intent); got != tt.want || err != nil {
			t.Errorf("%+v: %q, %v", tt, got, err)
		}
	}
	for skill, want := range map[string]string{"radio": "all", "lights": "", "other": ""} {
		if got, _ := c.AnsweringType(skill, "X.Y"); got != want {
			t.Errorf("of %s, %q answers every type", skill, got)
		}
	}
	if f, _ := c.Function("Tune"); f.Name != "v1-2_Tune" {
		t.Errorf("by its short name: %v", f)
	}
	if f, ok := c.Function("LaunchRequest"); ok {
		t.Errorf("of two short names, %v", f)
	}
}

func TestCatalogue_TellsForWhichSkillTwoFunctionsAnswer(t *testing.T) {
	var c Catalogue
	err := c.Update([]function.Status{
		status("Paint"), status("paint"),
		status("Play"), status("radio_Play", function.LabelSkill, "radio"),
	})
	want := "two functions answer Paint: Paint and paint; rename one or change its label hark.intents\n" +
		"two functions answer Play of the skill radio: Play and radio_Play; rename one or change its label hark.intents"
	if err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
	if got, err := c.Answering("lights", "Play"); got != "Play" || err != nil {
		t.Errorf("of another skill: %q, %v", got, err)
	}
	if _, err := c.Answering("radio", "Play"); !errors.Is(err, ErrAmbiguous) {
		t.Errorf("of the skill: %v", err)
	}
	if _, err := c.Answering("radio", "paint"); !errors.Is(err, ErrAmbiguous) {
		t.Errorf("what is ambiguous for all: %v", err)
	}
}
