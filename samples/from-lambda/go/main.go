// Bird Songs, an Alexa skill: tells what a bird sounds like.
package main

import (
	"context"
	"fmt"
	"strings"

	alexa "github.com/arienmalec/alexa-go"
	"github.com/aws/aws-lambda-go/lambda"
)

const title = "Bird Songs"

var songs = map[string]string{
	"robin":      "a thin, silvery trickle of notes, in winter too",
	"blackbird":  "a slow flute from the top of the roof, at dusk",
	"sparrow":    "one chirp, over and over, and never alone",
	"wren":       "a tiny alarm clock, and louder than any of the others",
	"magpie":     "a box of matches, shaken",
	"woodpecker": "a drum roll on a dead branch",
}

func main() { lambda.Start(handle) }

func handle(_ context.Context, request alexa.Request) (alexa.Response, error) {
	switch request.Body.Type {
	case "LaunchRequest":
		return ask("Which bird would you like to know about?"), nil
	case "SessionEndedRequest":
		return alexa.Response{Version: "1.0"}, nil
	}
	switch intent := request.Body.Intent; intent.Name {
	case "BirdSongIntent":
		return song(intent.Slots["Bird"]), nil
	case alexa.HelpIntent:
		return ask("Ask me what a robin sounds like. Which bird is it to be?"), nil
	case alexa.StopIntent, alexa.CancelIntent:
		return alexa.NewSimpleResponse(title, "Goodbye."), nil
	default:
		return alexa.Response{}, fmt.Errorf("no answer to the intent %q", intent.Name)
	}
}

func song(bird alexa.Slot) alexa.Response {
	name := meaning(bird)
	if name == "" {
		return ask("Which bird would you like to know about?")
	}
	sound, ok := songs[name]
	if !ok {
		return ask("I have not heard the " + name + " yet. Which other bird?")
	}
	return alexa.NewSimpleResponse(title, "The "+name+" sounds like "+sound+".")
}

// ask leaves the session open for an answer.
func ask(question string) alexa.Response {
	r := alexa.NewSimpleResponse(title, question)
	r.Body.Card = nil
	r.Body.Reprompt = &alexa.Reprompt{OutputSpeech: alexa.Payload{Type: "PlainText", Text: question}}
	r.Body.ShouldEndSession = false
	return r
}

// meaning is the name of the value that entity resolution found, or else what
// was heard.
func meaning(slot alexa.Slot) string {
	for _, authority := range slot.Resolutions.ResolutionPerAuthority {
		for _, v := range authority.Values {
			return v.Value.Name
		}
	}
	return strings.ToLower(slot.Value)
}
