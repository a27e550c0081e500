package alexa

import (
	"slices"
	"strings"
)

// answer says which kind of answer Alexa accepts for a request type.
type answer int

const (
	acknowledged answer = iota // the empty envelope
	spoken                     // speech and all that goes with it
	directed                   // directives, and no other word
	fulfillment                // canFulfillIntent
	called                     // apiResponse
	granted                    // an event in place of a response
	carried                    // nobody knows: what a function prints as a full response
)

// kinds is what the kinds of answers may hold. A key of a response that this
// table knows and the kind has not is left out; one that it does not know is
// kept where Alexa's own list may have grown.
var kinds = [...]struct {
	name    string
	keys    []string // of "response"
	open    bool     // keys that hark does not know are kept
	session bool     // "sessionAttributes" are kept
	event   bool     // an "event" is there in place of a response
	without string   // what hark answers when no function does
}{
	acknowledged: {name: "nothing", without: "the empty envelope"},
	spoken: {name: "speech", keys: []string{"outputSpeech", "card", "reprompt", "directives", "shouldEndSession"}, open: true, session: true,
		without: "the empty envelope; launches and built-in intents are answered, other intents apologised for"},
	directed:    {name: "directives", keys: []string{"directives"}, without: "the empty envelope"},
	fulfillment: {name: "canFulfillIntent", keys: []string{"canFulfillIntent"}, without: "NO"},
	called: {name: "apiResponse", keys: []string{"apiResponse", "directives", "shouldEndSession"}, open: true, session: true,
		without: "an empty apiResponse"},
	granted: {name: "event", event: true, without: "the event ErrorResponse, ACCEPT_GRANT_FAILED"},
	carried: {name: "carried", event: true, open: true, session: true, without: "the empty envelope"},
}

// keeps reports whether a response of this kind may hold a key.
func (k answer) keeps(key string) bool {
	if k == carried || slices.Contains(kinds[k].keys, key) {
		return true
	}
	return kinds[k].open && !responseKeys[key]
}

// responseKeys are those of "response" that any kind of answer has.
var responseKeys = func() map[string]bool {
	all := make(map[string]bool)
	for _, k := range kinds {
		for _, key := range k.keys {
			all[key] = true
		}
	}
	return all
}()

// requestType is one row of the table of what Alexa sends.
type requestType struct {
	name   string
	answer answer
	// directives are the types that may be answered with, or prefixes that end
	// in ".*"; nil is any, where the kind of answer has directives.
	directives []string
}

// requestTypes is the one table of which answer is legal for which type: those
// of ask-sdk-model 1.86. docs/request-types.md is made from it.
//
// Clause: "Request Types Reference" and the references of the interfaces.
var requestTypes = []requestType{
	{LaunchRequest, spoken, nil},
	{IntentRequest, spoken, nil},
	{SessionEndedRequest, acknowledged, nil},
	{CanFulfillRequest, fulfillment, nil},
	{"SessionResumedRequest", spoken, nil},

	{"AudioPlayer.PlaybackStarted", directed, []string{"AudioPlayer.Stop", "AudioPlayer.ClearQueue"}},
	{"AudioPlayer.PlaybackFinished", directed, audioPlayer},
	{"AudioPlayer.PlaybackStopped", acknowledged, nil},
	{"AudioPlayer.PlaybackNearlyFinished", directed, audioPlayer},
	{"AudioPlayer.PlaybackFailed", directed, audioPlayer},
	{"PlaybackController.NextCommandIssued", directed, audioPlayer},
	{"PlaybackController.PauseCommandIssued", directed, audioPlayer},
	{"PlaybackController.PlayCommandIssued", directed, audioPlayer},
	{"PlaybackController.PreviousCommandIssued", directed, audioPlayer},

	{"System.ExceptionEncountered", acknowledged, nil},
	{"Display.ElementSelected", spoken, nil},
	{"GameEngine.InputHandlerEvent", spoken, nil},
	{"Connections.Response", spoken, nil},
	{"Connections.Request", directed, []string{"Connections.SendResponse"}},
	{"Messaging.MessageReceived", acknowledged, nil},

	{"Alexa.Presentation.APL.UserEvent", spoken, nil},
	{"Alexa.Presentation.APL.RuntimeError", acknowledged, nil},
	{"Alexa.Presentation.APL.LoadIndexListData", directed, []string{"Alexa.Presentation.APL.SendIndexListData"}},
	{"Alexa.Presentation.APL.LoadTokenListData", directed, []string{"Alexa.Presentation.APL.SendTokenListData"}},
	{"Alexa.Presentation.APLT.UserEvent", spoken, nil},
	{"Alexa.Presentation.APLA.RuntimeError", acknowledged, nil},
	{"Alexa.Presentation.HTML.Message", spoken, nil},
	{"Alexa.Presentation.HTML.RuntimeError", spoken, nil},

	{"CustomInterfaceController.EventsReceived", spoken, nil},
	{"CustomInterfaceController.Expired", spoken, nil},
	{"Dialog.API.Invoked", called, nil},
	{"Dialog.InputRequest", spoken, nil},
	{"Alexa.Authorization.Grant", granted, nil},

	{"AlexaSkillEvent.SkillEnabled", acknowledged, nil},
	{"AlexaSkillEvent.SkillDisabled", acknowledged, nil},
	{"AlexaSkillEvent.SkillPermissionChanged", acknowledged, nil},
	{"AlexaSkillEvent.SkillPermissionAccepted", acknowledged, nil},
	{"AlexaSkillEvent.SkillAccountLinked", acknowledged, nil},
	{"AlexaSkillEvent.ProactiveSubscriptionChanged", acknowledged, nil},
	{"AlexaSkillEvent.NotificationSubscriptionChanged", acknowledged, nil},
	{"AlexaHouseholdListEvent.ItemsCreated", acknowledged, nil},
	{"AlexaHouseholdListEvent.ItemsUpdated", acknowledged, nil},
	{"AlexaHouseholdListEvent.ItemsDeleted", acknowledged, nil},
	{"AlexaHouseholdListEvent.ListCreated", acknowledged, nil},
	{"AlexaHouseholdListEvent.ListUpdated", acknowledged, nil},
	{"AlexaHouseholdListEvent.ListDeleted", acknowledged, nil},
	{"Reminders.ReminderCreated", acknowledged, nil},
	{"Reminders.ReminderStarted", acknowledged, nil},
	{"Reminders.ReminderStatusChanged", acknowledged, nil},
	{"Reminders.ReminderUpdated", acknowledged, nil},
	{"Reminders.ReminderDeleted", acknowledged, nil},
	{"Alexa.DataStore.Error", acknowledged, nil},
	{"Alexa.DataStore.PackageManager.UsagesInstalled", acknowledged, nil},
	{"Alexa.DataStore.PackageManager.UsagesRemoved", acknowledged, nil},
	{"Alexa.DataStore.PackageManager.UpdateRequest", acknowledged, nil},
	{"Alexa.DataStore.PackageManager.InstallationError", acknowledged, nil},

	{"Alexa.Advertisement.AdCompleted", spoken, nil},
	{"Alexa.Advertisement.AdNotRendered", spoken, nil},
	{"Alexa.Advertisement.ReadyToEnqueueAudio", spoken, nil},
}

var audioPlayer = []string{"AudioPlayer.*"}

var typesByName = func() map[string]*requestType {
	types := make(map[string]*requestType, len(requestTypes))
	for i := range requestTypes {
		types[requestTypes[i].name] = &requestTypes[i]
	}
	return types
}()

// RequestTypes lists the types that hark knows, in the order of the table.
func RequestTypes() []string {
	names := make([]string, len(requestTypes))
	for i, t := range requestTypes {
		names[i] = t.name
	}
	return names
}

// row is that of the request's type. A type that nobody knows yet has one of
// its own: what is legal there only its function can know.
func (r *Request) row() requestType {
	if t := typesByName[r.Type()]; t != nil {
		return *t
	}
	return requestType{r.Type(), carried, nil}
}

// Spoken reports whether the answer to this request may say something.
func (r *Request) Spoken() bool { return r.row().answer == spoken }

// takes reports whether this type may be answered with a directive.
func (t requestType) takes(directive string) bool {
	if t.directives == nil {
		return true
	}
	return slices.ContainsFunc(t.directives, func(pattern string) bool { return matches(pattern, directive) })
}

// matches reports whether a name is the pattern or, for one that ends in ".*",
// begins with what is before the star.
func matches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}
