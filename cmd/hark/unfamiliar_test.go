package main

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/shelf"
)

func TestUnfamiliar_WarnsOfWhatFitsNoType(t *testing.T) {
	for label, want := range map[string]string{
		"LaunchRequest, audioplayer.*,*": "",
		"":                               "",
		"IntentRequest":                  "",
		"LaunchReqest":                   "LaunchReqest fits no request type that hark knows. Did you mean LaunchRequest? It counts all the same",
		"LaunchRequest,AudioPlayr.*":     "AudioPlayr.* fits no request type",
		"Alexa.Tomorrow.Happened":        "It counts all the same, should Alexa send it.",
	} {
		var log strings.Builder
		g := &gateway{log: slog.New(slog.NewTextHandler(&log, nil))}
		g.unfamiliar([]function.Spec{{Name: "F", Labels: map[string]string{function.LabelRequests: label}}, {Name: "Plain"}})
		if got := log.String(); !strings.Contains(got, want) || (want == "") != (got == "") || want != "" && !strings.Contains(got, "function=F") {
			t.Errorf("%s: %s", label, got)
		}
	}
}

func TestUnfamiliar_WarnsOfASkillThatIsNotHere(t *testing.T) {
	var log strings.Builder
	g := &gateway{log: slog.New(slog.NewTextHandler(&log, nil)), entries: []*shelf.Entry{{Skill: &intents.Skill{Name: "lights"}}}}
	for skill, warned := range map[string]bool{"lights": false, "": false, "Lights": true} {
		log.Reset()
		g.unfamiliar([]function.Spec{{Name: "F", Labels: map[string]string{function.LabelSkill: skill}}})
		if got := strings.Contains(log.String(), "there is no skill "+skill+" here"); got != warned {
			t.Errorf("%q: %s", skill, log.String())
		}
	}
}

func TestAnswers_ListsEachOnce(t *testing.T) {
	got := answers(function.Spec{Name: "F", Labels: map[string]string{function.LabelIntents: "A,LaunchRequest, A", function.LabelRequests: "LaunchRequest, *"}})
	if got != "F, A, LaunchRequest, *" {
		t.Error(got)
	}
}
