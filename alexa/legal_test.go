package alexa_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/harkvoice/hark/alexa"
)

type typesRow struct {
	keys  []string
	types []string
}

// requestTypes are the types of ask-sdk-model 1.86, by what an answer's
// "response" may hold; nil is nothing at all, and "*" is what hark does not know.
var requestTypes = []typesRow{
	{[]string{"outputSpeech", "card", "reprompt", "directives", "shouldEndSession", "*"}, []string{
		"LaunchRequest", "IntentRequest", "SessionResumedRequest", "Display.ElementSelected",
		"GameEngine.InputHandlerEvent", "Connections.Response", "Alexa.Presentation.APL.UserEvent",
		"Alexa.Presentation.APLT.UserEvent", "Alexa.Presentation.HTML.Message", "Alexa.Presentation.HTML.RuntimeError",
		"CustomInterfaceController.EventsReceived", "CustomInterfaceController.Expired", "Dialog.InputRequest",
		"Alexa.Advertisement.AdCompleted", "Alexa.Advertisement.AdNotRendered", "Alexa.Advertisement.ReadyToEnqueueAudio",
	}},
	{[]string{"apiResponse", "directives", "shouldEndSession", "*"}, []string{"Dialog.API.Invoked"}},
	{[]string{"event"}, []string{"Alexa.Authorization.Grant"}}, // in place of a response
	{[]string{"directives"}, []string{
		"AudioPlayer.PlaybackStarted", "AudioPlayer.PlaybackFinished", "AudioPlayer.PlaybackNearlyFinished",
		"AudioPlayer.PlaybackFailed", "PlaybackController.NextCommandIssued", "PlaybackController.PauseCommandIssued",
		"PlaybackController.PlayCommandIssued", "PlaybackController.PreviousCommandIssued",
		"Connections.Request", "Alexa.Presentation.APL.LoadIndexListData", "Alexa.Presentation.APL.LoadTokenListData",
	}},
	{[]string{"canFulfillIntent"}, []string{"CanFulfillIntentRequest"}},
	{nil, []string{
		"SessionEndedRequest", "AudioPlayer.PlaybackStopped", "System.ExceptionEncountered", "Messaging.MessageReceived",
		"Alexa.Presentation.APL.RuntimeError", "Alexa.Presentation.APLA.RuntimeError",
		"AlexaSkillEvent.SkillEnabled", "AlexaSkillEvent.SkillDisabled", "AlexaSkillEvent.SkillPermissionChanged",
		"AlexaSkillEvent.SkillPermissionAccepted", "AlexaSkillEvent.SkillAccountLinked",
		"AlexaSkillEvent.ProactiveSubscriptionChanged", "AlexaSkillEvent.NotificationSubscriptionChanged",
		"AlexaHouseholdListEvent.ItemsCreated", "AlexaHouseholdListEvent.ItemsUpdated", "AlexaHouseholdListEvent.ItemsDeleted",
		"AlexaHouseholdListEvent.ListCreated", "AlexaHouseholdListEvent.ListUpdated", "AlexaHouseholdListEvent.ListDeleted",
		"Reminders.ReminderCreated", "Reminders.ReminderStarted", "Reminders.ReminderStatusChanged",
		"Reminders.ReminderUpdated", "Reminders.ReminderDeleted", "Alexa.DataStore.Error",
		"Alexa.DataStore.PackageManager.UsagesInstalled", "Alexa.DataStore.PackageManager.UsagesRemoved",
		"Alexa.DataStore.PackageManager.UpdateRequest", "Alexa.DataStore.PackageManager.InstallationError",
	}},
}

const unheardOf = "Alexa.Invented.Tomorrow"

// allTypes are those, and one that nobody knows.
func allTypes() (all []string) {
	for _, row := range requestTypes {
		all = append(all, row.types...)
	}
	return append(all, unheardOf)
}

func legalKeys(requestType string) []string {
	for _, row := range requestTypes {
		if slices.Contains(row.types, requestType) {
			return row.keys
		}
	}
	return nil
}

// known are the keys that some kind of answer has.
var known = []string{"outputSpeech", "card", "reprompt", "directives", "shouldEndSession", "canFulfillIntent", "apiResponse"}

// checkLegal fails unless an answer is one that Alexa takes for the request,
// and that hark itself has nothing to change in.
func checkLegal(t *testing.T, req *alexa.Request, answer alexa.Answer) {
	t.Helper()
	requestType := req.Type()
	if len(answer.JSON) > alexa.MaxResponse {
		t.Errorf("%s: %d bytes", requestType, len(answer.JSON))
	}
	again, err := alexa.Wrap(req, answer.JSON)
	if err != nil {
		t.Fatalf("%s: %v of hark's own answer %.200s", requestType, err, answer.JSON)
	}
	wantSame(t, answer.JSON, again.JSON)
	for _, f := range again.Findings {
		if f.Done != "" {
			t.Errorf("%s: %s, of hark's own answer %.200s", requestType, f, answer.JSON)
		}
	}
	if !slices.ContainsFunc(requestTypes, func(row typesRow) bool { return slices.Contains(row.types, requestType) }) {
		return // what is legal there nobody knows
	}
	var envelope, response map[string]json.RawMessage
	if err := json.Unmarshal(answer.JSON, &envelope); err != nil {
		t.Fatalf("%s: %v in %.200s", requestType, err, answer.JSON)
	}
	if slices.Contains(legalKeys(requestType), "event") {
		if envelope["event"] == nil {
			t.Errorf("%s: no event in %.200s", requestType, answer.JSON)
		}
		return
	}
	if envelope["version"] == nil {
		t.Errorf("%s: no version in %.200s", requestType, answer.JSON)
	}
	if err := json.Unmarshal(envelope["response"], &response); err != nil || response == nil {
		t.Fatalf("%s: no response in %.200s", requestType, answer.JSON)
	}
	keys := legalKeys(requestType)
	for key := range response {
		if !slices.Contains(keys, key) && (slices.Contains(known, key) || !slices.Contains(keys, "*")) {
			t.Errorf("%s: response.%s is not legal", requestType, key)
		}
	}
	checkSpeech(t, requestType, response["outputSpeech"])
}

func checkSpeech(t *testing.T, requestType string, value json.RawMessage) {
	t.Helper()
	if value == nil || !ofType(requestType).Spoken() {
		return
	}
	var keys map[string]any // as they are spelled
	if err := json.Unmarshal(value, &keys); err != nil {
		t.Errorf("%s: outputSpeech %.200s: %v", requestType, value, err)
	}
	kind, _ := keys["type"].(string)
	text, _ := keys["text"].(string)
	ssml, _ := keys["ssml"].(string)
	if runes(text) > alexa.MaxSpeech && kind != "SSML" || runes(ssml) > alexa.MaxSpeech && kind == "SSML" {
		t.Errorf("%s: the speech has %d and %d characters", requestType, runes(text), runes(ssml))
	}
	if err := alexa.CheckSSML(ssml); kind == "SSML" && err != nil {
		t.Errorf("%s: %v", requestType, err)
	}
}

// outputs are what functions print.
var outputs = []string{
	"", "\n", "Hello.\n", "Tom & Jerry <3", "\xff\xfe", "\x00\x1b[1mbold",
	"<speak>Hello</speak>", "<speak>Tom & Jerry</speak>", "<speak>Hello", "<speak></speak>", "<speak/>", "<speak><p></speak>",
	strings.Repeat("word ", 5000), "<speak>" + strings.Repeat("<p>word</p>", 3000) + "</speak>",
	`{}`, `{"a":1}`, `{"speech":`, `{"response":`, `[]`, `null`, `5`, `"text"`,
	`{"speech":"Hello"}`, `{"speech":null}`, `{"speech":" ","reprompt":" "}`, `{"speech":"Hello","unknown":1}`,
	`{"speech":"Hello","reprompt":"Yes?","end":true,"attributes":{"n":1},"card":{"title":"T","text":"X"},"directives":[{"type":"AudioPlayer.Stop"},{"type":"Dialog.Delegate"},5]}`,
	`{"speech":"<speak><p></speak>","reprompt":"<speak>&</speak>"}`,
	`{"response":{}}`, `{"version":null,"response":{}}`, `{"version":"1.0","response":{"directives":null}}`,
	`{"version":"1.0","sessionAttributes":{"n":1},"response":{"outputSpeech":{"type":"PlainText","text":"Hi","playBehavior":"ENQUEUE"},"card":{"type":"LinkAccount"},"reprompt":{"outputSpeech":{"type":"SSML","ssml":"Hi & ho"}},"directives":[{"type":"AudioPlayer.Play"},{"type":"AudioPlayer.Stop"}],"shouldEndSession":null,"canFulfillIntent":{"canFulfill":"YES"},"apiResponse":{}}}`,
	`{"version":"1.0","response":{"outputSpeech":{"type":"SSML","ssml":"<speak><p></speak>"}}}`,
	`{"version":"1.0","response":{"outputSpeech":{"type":"SSML"}}}`, `{"version":"1.0","response":{"outputSpeech":null,"reprompt":null}}`,
	`{"event":{"header":{"namespace":"Alexa.Authorization","name":"AcceptGrant.Response"},"payload":{}}}`,
	`{"event":{},"response":{}}`,
	// keys that come again, beside parts that are left out
	`{"version":"1.0","version":null,"sessionAttributes":{"n":1},"x":1,"x":2,"response":{"card":null,"card":{"type":"Simple","type":"Standard"},"outputSpeech":{"type":"PlainText","text":"a","text":"b"},"directives":[{"type":"AudioPlayer.Stop","type":"AudioPlayer.Play","a":1,"a":2}],"response":{}},"x":3}`,
	`{"response":{"apiResponse":null,"canFulfillIntent":null,"outputSpeech":{"type":"SSML","ssml":"<p>","text":"t"}}}`,
	`{"version":"1.0","response":{"outputSpeech":{"type":"PlainText","text":"\ud83d"},"\ud83d":1,"directives":[1,null,[],{},{"type":"Dialog.ElicitSlot","slotToElicit":"\ud83d"}]}}`,
	`{"speech":"Hello","elicit":"a","confirm":true,"delegate":true,"directives":[ ]}`, `{"delegate":true}`, `{"confirm":"Color","directives":[{"type":"Hint"}]}`, `{"confirm":5}`,
	`{"response":null}`, `{"response":[]}`, `{"speech":5}`, `{"version":"1.0","response":{"outputSpeech":5,"directives":5}}`,
}

func TestWrap_IsLegalForEachRequestType(t *testing.T) {
	t.Parallel()
	types := allTypes()
	if len(types) != 59+1 {
		t.Fatalf("there are %d types, want 59 and an unknown one", len(types))
	}
	for _, requestType := range types {
		for _, stdout := range outputs {
			answer, err := alexa.Wrap(ofType(requestType), []byte(stdout))
			if err == nil {
				checkLegal(t, ofType(requestType), answer)
			} else if !errors.Is(err, alexa.ErrAnswer) {
				t.Errorf("%s, %.80q: %v", requestType, stdout, err)
			}
		}
		checkLegal(t, ofType(requestType), alexa.Acknowledge(ofType(requestType)))
		checkLegal(t, ofType(requestType), alexa.Say(ofType(requestType), alexa.Speech{Text: "Hello.", Reprompt: "Yes?"}))
	}
}

// What is said in answer to the types that take no speech is noted, so that
// its author does not look for it in vain.
func TestWrap_TellsWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	const stdout = `{"speech":"Hello","reprompt":"Yes?","card":{"title":"T"},"attributes":{"n":1},"directives":[{"type":"Dialog.Delegate"}]}`
	for _, requestType := range allTypes() {
		req := ofType(requestType)
		answer, err := alexa.Wrap(req, []byte(stdout))
		if err != nil {
			t.Fatal(err)
		}
		told := make(map[string]bool)
		for _, f := range answer.Findings {
			told[f.Path] = told[f.Path] || f.Rule == alexa.RuleNotHere
		}
		for part, key := range map[string]string{"speech": "outputSpeech", "reprompt": "reprompt", "card": "card"} {
			legal := slices.Contains(legalKeys(requestType), key)
			if requestType == "Alexa.Authorization.Grant" {
				legal = part != "speech" // nothing else is looked at
			}
			if told[part] == legal {
				t.Errorf("%s: %s told of: %t, in %v", requestType, part, told[part], answer.Findings)
			}
		}
	}
}

func FuzzWrap(f *testing.F) {
	types := allTypes()
	for i, stdout := range outputs {
		if len(stdout) < 1000 { // long seeds make each step slow
			f.Add(uint8(i), []byte(stdout))
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, stdout []byte) {
		requestType := types[int(kind)%len(types)]
		before := string(stdout)
		answer, err := alexa.Wrap(ofType(requestType), stdout)
		if string(stdout) != before {
			t.Error("Wrap changed what it was given")
		}
		if err == nil {
			checkLegal(t, ofType(requestType), answer)
		} else if !errors.Is(err, alexa.ErrAnswer) {
			t.Errorf("%s: %v", requestType, err)
		}
	})
}
