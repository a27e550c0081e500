package alexa

import "strings"

// answer says which kind of answer Alexa accepts for a request type.
type answer int

const (
	acknowledged answer = iota // the empty envelope: nothing may be said
	spoken                     // speech, reprompt, card, directives, shouldEndSession
	playback                   // AudioPlayer directives only
	fulfillment                // canFulfillIntent only
	carried                    // whatever the function printed as a full response; nothing is spoken
)

// answers has the types whose answer is not the empty envelope. All events and
// all types that nobody knows yet are acknowledged.
//
// Clause: "Request Types Reference" and the references of the interfaces.
var answers = map[string]answer{
	LaunchRequest:           spoken,
	IntentRequest:           spoken,
	"SessionResumedRequest": spoken,

	"Display.ElementSelected":                  spoken,
	"GameEngine.InputHandlerEvent":             spoken,
	"Connections.Response":                     spoken,
	"Alexa.Presentation.APL.UserEvent":         spoken,
	"Alexa.Presentation.APLT.UserEvent":        spoken,
	"Alexa.Presentation.HTML.Message":          spoken,
	"Alexa.Presentation.HTML.RuntimeError":     spoken,
	"CustomInterfaceController.EventsReceived": spoken,
	"CustomInterfaceController.Expired":        spoken,
	"Dialog.InputRequest":                      spoken,
	"Alexa.Advertisement.AdCompleted":          spoken,
	"Alexa.Advertisement.AdNotRendered":        spoken,
	"Alexa.Advertisement.ReadyToEnqueueAudio":  spoken,

	"AudioPlayer.PlaybackStarted":              playback,
	"AudioPlayer.PlaybackFinished":             playback,
	"AudioPlayer.PlaybackNearlyFinished":       playback,
	"AudioPlayer.PlaybackFailed":               playback,
	"PlaybackController.NextCommandIssued":     playback,
	"PlaybackController.PauseCommandIssued":    playback,
	"PlaybackController.PlayCommandIssued":     playback,
	"PlaybackController.PreviousCommandIssued": playback,

	CanFulfillRequest: fulfillment,

	"Connections.Request":                      carried,
	"Alexa.Presentation.APL.LoadIndexListData": carried,
	"Alexa.Presentation.APL.LoadTokenListData": carried,
	"Dialog.API.Invoked":                       carried,
	"Alexa.Authorization.Grant":                carried,
}

// Spoken reports whether the answer to this request may say something.
func (r *Request) Spoken() bool { return answers[r.Type()] == spoken }

// plays reports whether the answer to this request may hold this directive of
// the audio player. Clause: "AudioPlayer Interface Reference".
func (r *Request) plays(directive string) bool {
	if r.Type() == "AudioPlayer.PlaybackStarted" {
		return directive == "AudioPlayer.Stop" || directive == "AudioPlayer.ClearQueue"
	}
	return strings.HasPrefix(directive, "AudioPlayer.")
}

// LastPart is the part of the request's type after its last dot, by which a
// function can be named: "SkillEnabled" for "AlexaSkillEvent.SkillEnabled".
func (r *Request) LastPart() string {
	t := r.Type()
	return t[strings.LastIndexByte(t, '.')+1:]
}
