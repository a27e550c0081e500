package intents

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/harkvoice/hark/internal/function"
)

func TestCatalogue_FindsTheFunctionOfARequestType(t *testing.T) {
	c := catalogue(t,
		status("rest", function.LabelRequests, "*"),
		status("player", function.LabelRequests, "AudioPlayer.*, playbackcontroller.NEXTcommandissued"),
		status("apl", function.LabelRequests, "Alexa.Presentation.APL.*"),
		status("screens", function.LabelRequests, "Alexa.Presentation.*"),
		status("PlaybackStarted"),
		status("finished", function.LabelRequests, "AudioPlayer.PlaybackFinished"),
		status("PlaybackFinished"),
		status("listed", function.LabelIntents, "SkillEnabled, Display.ElementSelected"),
		status("enabled", function.LabelRequests, "AlexaSkillEvent.SkillEnabled"),
		status("LaunchRequest"),
	)
	for requestType, want := range map[string]string{
		"AudioPlayer.PlaybackStopped":           "player", // the prefix
		"AudioPlayer.PlaybackStarted":           "PlaybackStarted",
		"AudioPlayer.PlaybackFinished":          "finished", // a label goes before a name
		"PlaybackController.NextCommandIssued":  "player",   // without case
		"PlaybackController.PauseCommandIssued": "rest",
		"Alexa.Presentation.APL.UserEvent":      "apl", // the longest prefix
		"Alexa.Presentation.APLT.UserEvent":     "screens",
		"Alexa.Presentation":                    "rest", // nothing below it
		"AlexaSkillEvent.SkillEnabled":          "enabled",
		"Another.SkillEnabled":                  "listed", // its last part
		"Display.ElementSelected":               "listed", // hark.intents may have whole types
		"LaunchRequest":                         "LaunchRequest",
		"IntentRequest":                         "rest",
		"Never.Heard.Of":                        "rest",
		"..":                                    "rest",
		".":                                     "rest",
		strings.Repeat("a.", 10_000):            "rest",
	} {
		if got, err := c.AnsweringType("lights", requestType); got != want || err != nil {
			t.Errorf("%.40s: %q, %v; want %q", requestType, got, err, want)
		}
	}
	if got, _ := catalogue(t, status("player", function.LabelRequests, "AudioPlayer.*")).AnsweringType("lights", "Audio.X"); got != "" {
		t.Errorf("without *: %q", got)
	}
}

func TestCatalogue_LooksATypeUpWithoutAllocating(t *testing.T) {
	c := catalogue(t, status("player", function.LabelRequests, "A.*"))
	deep := "A." + strings.Repeat("b.", 60)
	if n := testing.AllocsPerRun(100, func() { _, _ = c.AnsweringType("lights", deep) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestCatalogue_LeavesARequestTypeOfTwoFunctionsToNone(t *testing.T) {
	for name, labels := range map[string][4]string{
		"a type":              {function.LabelRequests, "LaunchRequest", function.LabelRequests, "launchrequest"},
		"a prefix":            {function.LabelRequests, "LaunchRequest,X.*", function.LabelRequests, "X.*"},
		"every type":          {function.LabelRequests, "*", function.LabelRequests, "*"},
		"both labels":         {function.LabelRequests, "LaunchRequest", function.LabelIntents, "LaunchRequest"},
		"both, of whole type": {function.LabelRequests, "A.B", function.LabelIntents, "A.B"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := status("one", labels[0], labels[1]), status("two", labels[2], labels[3])
			var c Catalogue
			updated := c.Update([]function.Status{a, b})
			clash := catalogue(t, a).Clash(b)
			for _, err := range []error{updated, clash} {
				if !errors.Is(err, ErrAmbiguous) || !strings.Contains(err.Error(), "one and two; change the label hark.requests of one") {
					t.Errorf("error %v", err)
				}
			}
		})
	}
	var c Catalogue
	_ = c.Update([]function.Status{status("a", function.LabelRequests, "X.*"), status("b", function.LabelRequests, "X.*"), status("rest", function.LabelRequests, "*")})
	if got, err := c.AnsweringType("lights", "X.Y"); got != "" || !errors.Is(err, ErrAmbiguous) {
		t.Errorf("%q, %v: what is ambiguous falls through to another", got, err)
	}
}

func TestCatalogue_TellsAMalformedLabel(t *testing.T) {
	for label, want := range map[string]string{
		"":                       "a request type is empty; write types such as LaunchRequest",
		"LaunchRequest,":         "a request type is empty",
		"Audio*Player":           `"Audio*Player" is no request type; write LaunchRequest, a prefix such as AudioPlayer.*, or * for every type`,
		"AudioPlayer*":           "is no request type",
		"*.AudioPlayer":          "is no request type",
		".*":                     "is no request type",
		"A..B":                   "is no request type",
		"A.*.*":                  "is no request type",
		"Launch Request":         "is no request type",
		"LaunchRequest;X":        "is no request type",
		"Läunch":                 "is no request type",
		"AMAZON.HelpIntent":      "is an intent; intents go into the label hark.intents",
		strings.Repeat("a", 200): "is too long: a request type has at most 128 characters",
	} {
		f := status("F", function.LabelRequests, label)
		var c Catalogue
		for _, err := range []error{c.Update([]function.Status{f, status("X")}), c.Clash(f)} {
			if err == nil || !strings.Contains(err.Error(), "function F: label hark.requests: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("%.20q: error %v", label, err)
			}
		}
		if err := c.Clash(f); !errors.Is(err, function.ErrInvalid) {
			t.Errorf("%.20q: Clash does not tell of bad input: %v", label, err)
		}
		if got, _ := c.Answering("lights", "X"); got != "X" {
			t.Errorf("%.20q: another function does not answer", label)
		}
	}
}

func TestCatalogue_TellsAMalformedDelegation(t *testing.T) {
	for _, label := range []string{"", "yes", "TRUE", "STARTED", "in_progress", "COMPLETED"} {
		var c Catalogue
		err := c.Update([]function.Status{status("F", function.LabelDelegate, label)})
		if err == nil || !strings.Contains(err.Error(), `function F: label hark.delegate: "`+label+`" is none of "true"`) {
			t.Errorf("%q: %v", label, err)
		}
	}
	catalogue(t, status("F", function.LabelDelegate, "false"))
}

func TestRoute_DelegatesTheDialogsThatALabelNames(t *testing.T) {
	c := catalogue(t, status("Both", function.LabelDelegate, "true"), status("Later", function.LabelDelegate, "IN_PROGRESS"),
		status("Never", function.LabelDelegate, "false"), status("Plain"), status("LaunchRequest", function.LabelDelegate, "true"))
	for intent, states := range map[string][]string{"Both": {"STARTED", "IN_PROGRESS"}, "Later": {"IN_PROGRESS"}, "Never": nil, "Plain": nil} {
		for _, state := range []string{"", "STARTED", "IN_PROGRESS", "COMPLETED", "OTHER"} {
			route, err := testSkill(t).Route(c, request(t, `{"session":{"attributes":{"a":1}},"request":{"type":"IntentRequest","dialogState":"`+state+`","intent":{"name":"`+intent+`"}}}`))
			delegated := strings.Contains(string(route.Answer.JSON), `"Dialog.Delegate"`) && strings.Contains(string(route.Answer.JSON), `{"a":1}`)
			if want := slices.Contains(states, state); err != nil || delegated != want || (route.Function == "") != want || route.Intent != intent {
				t.Errorf("%s in state %q: %+v, %v", intent, state, route, err)
			}
		}
	}
	route, _ := testSkill(t).Route(c, request(t, `{"request":{"type":"LaunchRequest","dialogState":"STARTED"}}`))
	if route.Function != "LaunchRequest" {
		t.Errorf("a launch is delegated: %+v", route)
	}
}

// One function can be the whole skill, as it is for AWS Lambda.
func TestRoute_GivesAFunctionForEveryTypeAllThatNoOtherTakes(t *testing.T) {
	c := catalogue(t, status("Whole", function.LabelRequests, "*"), status("PaintIntent"))
	for _, name := range []string{"AMAZON.HelpIntent", "AMAZON.StopIntent", "Custom", ""} {
		route, err := testSkill(t).Route(c, intentRequest(t, "en-US", name))
		if err != nil || route.Function != "Whole" || route.Observe {
			t.Errorf("%q: %+v, %v", name, route, err)
		}
		if name == "Custom" && route.Intent != "unknown" {
			t.Errorf("an undeclared intent is %q in the record", route.Intent)
		}
	}
	if route, _ := testSkill(t).Route(c, intentRequest(t, "en-US", "PaintIntent")); route.Function != "PaintIntent" {
		t.Errorf("its own function does not go first: %+v", route)
	}
	if route, _ := testSkill(t).Route(c, request(t, `{"request":{"type":"LaunchRequest"}}`)); route.Function != "Whole" {
		t.Errorf("launch: %+v", route)
	}
}

func TestRoute_HasWhatNeedsNoAnswerObserved(t *testing.T) {
	c := catalogue(t, status("Whole", function.LabelRequests, "*"))
	for requestType, observed := range map[string]bool{
		"SessionEndedRequest":          true,
		"AudioPlayer.PlaybackStopped":  true,
		"System.ExceptionEncountered":  true,
		"AlexaSkillEvent.SkillEnabled": true,
		"Reminders.ReminderStarted":    true,
		"AudioPlayer.PlaybackStarted":  false, // may be answered
		"CanFulfillIntentRequest":      false,
		"LaunchRequest":                false,
		"Never.Heard.Of":               false, // who knows what it wants
	} {
		route, err := testSkill(t).Route(c, request(t, `{"request":{"type":"`+requestType+`"}}`))
		if err != nil || route.Function != "Whole" || route.Observe != observed || route.Voice["ALEXA_REQUEST_TYPE"] != requestType {
			t.Errorf("%s: %+v, %v", requestType, route, err)
		}
		if observed && string(route.Answer.JSON) != `{"version":"1.0","response":{}}` {
			t.Errorf("%s: answered %s", requestType, route.Answer.JSON)
		}
	}
}
