//go:build sdk

package main

import (
	"bytes"
	"testing"
)

// The samples of samples/alexa-hosted with the SDKs that they are written for,
// which their first start fetches from npm and PyPI: `make samples-sdk`.

func TestSDK_Node(t *testing.T) {
	need(t, "node")
	need(t, "npm")
	dir := t.TempDir()
	copySample(t, "alexa-hosted/node", dir)
	s, _ := upIn(t, dir)
	for _, tt := range []struct{ said, want string }{
		{"open capital quiz", "Welcome to Capital Quiz. What is the capital of Norway?"},
		{"ask capital quiz Oslo", "well done. What is the capital of Kenya?"},
		{"ask capital quiz Bergen", "No, it is Oslo. What is the capital of Kenya?"},
	} {
		if got := saying(t, s, "en-US", tt.said); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.said, got, tt.want)
		}
	}
	const wellDone = `<say-as interpret-as="interjection">well done</say-as>. `
	session := newSession(t, s)
	body := session.says("LaunchRequest", "", `Welcome to Capital Quiz. <break time="300ms"/> What is the capital of Norway?`)
	hasPart(t, body, `{"version": "1.0", "sessionAttributes": {"asked": 0, "right": 0}, "response": {"shouldEndSession": false,
		"reprompt": {"outputSpeech": {"type": "SSML", "ssml": "<speak>What is the capital of Norway?</speak>"}}}}`)
	body = session.says("AnswerIntent", `{"City":{"name":"City","value":"oslo"}}`, wellDone+"What is the capital of Kenya?")
	hasPart(t, body, `{"sessionAttributes": {"asked": 1, "right": 1}}`)
	if bytes.Contains(body, []byte("directives")) {
		t.Errorf("a device without a screen is to show something: %s", body)
	}

	session.interfaces = `{"Alexa.Presentation.APL":{"runtime":{"maxVersion":"2023.3"}}}`
	body = session.says("AnswerIntent", `{"City":{"name":"City","value":"Mombasa"}}`, "No, it is Nairobi. What is the capital of Peru?")
	hasPart(t, body, `{"sessionAttributes": {"asked": 2, "right": 1}, "response": {"directives": [{
		"type": "Alexa.Presentation.APL.RenderDocument", "token": "scoreboard", "datasources": {"score": {"text": "1 of 2"}},
		"document": {"type": "APL", "version": "2023.3", "mainTemplate": {"parameters": ["score"], "items": [
			{"type": "Text", "text": "${score.text}", "fontSize": "20vh", "textAlign": "center", "width": "100vw", "height": "100vh"}]}}}]}}`)
	session.says("AMAZON.HelpIntent", "", "I name a country, and you its capital. What is the capital of Peru?")
	body = session.says("AnswerIntent", `{"City":{"name":"City","value":"Lima"}}`, wellDone+"You knew 2 of 3.")
	hasPart(t, body, `{"response": {"shouldEndSession": true, "card": {"type": "Standard", "title": "Capital Quiz", "text": "You knew 2 of 3.",
		"image": {"smallImageUrl": "https://example.com/small.png", "largeImageUrl": "https://example.com/large.png"}}}}`)
	session.ends()
}

func TestSDK_Python(t *testing.T) {
	need(t, "python3")
	dir := t.TempDir()
	copySample(t, "alexa-hosted/python", dir)
	s, _ := upIn(t, dir)
	for _, tt := range []struct{ said, want string }{
		{"open kitchen grams", "Scales ready. What would you like to weigh?"},
		{"ask kitchen grams for 2 cups of flour", "2 cups of flour weigh 250 grams."},
		{"ask kitchen grams what does a cup of cocoa weigh", "I can weigh flour, sugar, butter, rice. What would you like to weigh?"},
	} {
		if got := saying(t, s, "en-US", tt.said); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.said, got, tt.want)
		}
	}
	session := newSession(t, s)
	body := session.says("LaunchRequest", "", `Scales ready. <break time="300ms"/> What would you like to weigh?`)
	hasPart(t, body, `{"response": {"shouldEndSession": false, "reprompt": {"outputSpeech": {"type": "SSML", "ssml": "<speak>What would you like to weigh?</speak>"}}}}`)
	body = session.says("WeighIntent", `{"Cups":{"name":"Cups","value":"3"},"Ingredient":{"name":"Ingredient","value":"flour"}}`, "3 cups of flour weigh 375 grams.")
	hasPart(t, body, `{"version": "1.0", "sessionAttributes": {"cups": 3}, "response": {"card": {"type": "Simple", "title": "Kitchen Grams", "content": "3 cups of flour weigh 375 grams."}}}`)
	session.says("WeighIntent", `{"Ingredient":{"name":"Ingredient","value":"sugar"}}`, "3 cups of sugar weigh 600 grams.")
	session.says("WeighIntent", `{"Cups":{"name":"Cups","value":"?"},"Ingredient":{"name":"Ingredient","value":"sugar"}}`, "Sorry, I lost the thread. Please say it again.")
	session.says("AMAZON.HelpIntent", "", "Say, for instance: two cups of flour. What would you like to weigh?")
	session.says("AMAZON.StopIntent", "", "Goodbye.")
	if session.open {
		t.Error("the session is open after a goodbye")
	}
	session.ends()
}
