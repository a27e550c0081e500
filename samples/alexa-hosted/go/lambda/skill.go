// Paint Mixer, an Alexa skill: tells what two colours make.
package main

import (
	"strings"

	alexa "github.com/arienmalec/alexa-go"
)

const title = "Paint Mixer"

var mixtures = map[[2]string]string{
	{"red", "yellow"}:   "orange",
	{"blue", "yellow"}:  "green",
	{"blue", "red"}:     "purple",
	{"black", "white"}:  "grey",
	{"red", "white"}:    "pink",
	{"green", "yellow"}: "lime",
}

// DispatchIntents answers a request.
func DispatchIntents(request alexa.Request) alexa.Response {
	switch request.Body.Type {
	case "LaunchRequest":
		return ask("Which two colours shall I mix?", nil)
	case "SessionEndedRequest":
		return alexa.Response{Version: "1.0"}
	}
	switch request.Body.Intent.Name {
	case "MixIntent":
		return mix(request)
	case alexa.StopIntent, alexa.CancelIntent:
		return alexa.NewSimpleResponse(title, "Goodbye.")
	default:
		return ask("Say, for instance: mix red and yellow. Which two colours?", nil)
	}
}

// mix takes the first colour from the session where only one was said.
func mix(request alexa.Request) alexa.Response {
	first, second := color(request, "First"), color(request, "Second")
	if second == "" {
		known, _ := request.Session.Attributes["first"].(string)
		first, second = known, first
	}
	if first == "" {
		return ask(second+" and what?", map[string]any{"first": second})
	}
	pair := [2]string{min(first, second), max(first, second)}
	made, ok := mixtures[pair]
	if !ok {
		return ask("I have never mixed "+first+" and "+second+". Which other colours?", nil)
	}
	r := alexa.NewSimpleResponse(title, first+" and "+second+" make "+made+".")
	r.Body.OutputSpeech = &alexa.Payload{
		Type: "SSML",
		SSML: "<speak>" + first + " and " + second + ` make <emphasis level="strong">` + made + "</emphasis>.</speak>",
	}
	return r
}

func color(request alexa.Request, slot string) string {
	return strings.ToLower(request.Body.Intent.Slots[slot].Value)
}

// ask leaves the session open for an answer.
func ask(question string, attributes map[string]any) alexa.Response {
	r := alexa.NewSimpleResponse(title, question)
	r.SessionAttributes = attributes
	r.Body.Card = nil
	r.Body.Reprompt = &alexa.Reprompt{OutputSpeech: *r.Body.OutputSpeech}
	r.Body.ShouldEndSession = false
	return r
}
