package alexa_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa"
)

// onIntent is a request from a device that plays audio and has no screen, for
// an intent with one slot.
const onIntent = `{"context":{"System":{"device":{"deviceId":"d","supportedInterfaces":{"AudioPlayer":{}}}}},
"request":{"type":"IntentRequest","requestId":"r","intent":{"name":"PaintIntent","slots":{"Color":{"name":"Color"}}}}}`

// say is a full response that speaks SSML, with is one with more in it.
func say(ssml string) string {
	return fmt.Sprintf(`{"version":"1.0","response":{"outputSpeech":{"type":"SSML","ssml":%q}}}`, "<speak>"+ssml+"</speak>")
}

func with(body string) string { return `{"version":"1.0","response":{` + body + `}}` }

func direct(directives string) string { return with(`"directives":[` + directives + `]`) }

const (
	play   = `{"type":"AudioPlayer.Play","playBehavior":"REPLACE_ALL","audioItem":{"stream":{"url":"https://example.com/a.mp3","token":"t"}}}`
	launch = `{"type":"VideoApp.Launch","videoItem":{"source":"https://example.com/a.mp4"}}`
	ssml   = "response.outputSpeech.ssml"
	first  = "response.directives[0]"
)

// Each row is what a function prints and the one rule that it breaks, with
// where: "path rule"; empty where there is nothing to find.
var ruleTests = []struct{ name, stdout, want string }{
	{"all is well", say(`<p><s>One.</s><s>Two.</s></p> <break time="1.5s"/> <audio src="https://example.com/a.mp3"/>`), ""},
	{"sound library", say(`<audio src="soundbank://soundlibrary/animals/amzn_sfx_bear_01"/>`), ""},
	{"every tag", say(`<break strength="x-strong"/><emphasis level="strong">a</emphasis><lang xml:lang="fr-FR">b</lang>` +
		`<phoneme alphabet="ipa" ph="pɪˈkɑːn">c</phoneme><prosody rate="90%" pitch="+10%" volume="-3dB">d</prosody><say-as interpret-as="date" format="mdy">e</say-as>` +
		`<sub alias="x">f</sub><voice name="Hans">g</voice><w role="amazon:VB">h</w><amazon:effect name="whispered">i</amazon:effect>` +
		`<amazon:emotion name="excited" intensity="low">j</amazon:emotion><amazon:domain name="music">k</amazon:domain><alexa:name type="first" personId="p"/>`), ""},
	{"comment", say(`<!-- <b> -->Hi`), ""},

	{"unknown tag", say(`<b>bold</b>`), ssml + " ssml-tag"},
	{"tag of another case", say(`<Break/>`), ssml + " ssml-tag"},
	{"unknown attribute", say(`<p class="x">a</p>`), ssml + " ssml-attribute"},
	{"value out of the list", say(`<break strength="very"/>`), ssml + " ssml-attribute"},
	{"break too long", say(`<break time="11s"/>`), ssml + " ssml-attribute"},
	{"break without unit", say(`<break time="3"/>`), ssml + " ssml-attribute"},
	{"break below nothing", say(`<break time="-1s"/>`), ssml + " ssml-attribute"},
	{"break of no number", say(`<break time="NaNs"/>`), ssml + " ssml-attribute"},
	{"rate too slow", say(`<prosody rate="10%">a</prosody>`), ssml + " ssml-attribute"},
	{"volume in percent", say(`<prosody volume="50%">a</prosody>`), ssml + " ssml-attribute"},
	{"missing attribute", say(`<say-as>1</say-as>`), ssml + " ssml-attribute"},
	{"locale of a language alone", say(`<lang xml:lang="fr">a</lang>`), ssml + " ssml-attribute"},
	{"p in p", say(`<p><emphasis><p>a</p></emphasis></p>`), ssml + " ssml-nesting"},
	{"tag in say-as", say(`<say-as interpret-as="digits"><emphasis>1</emphasis></say-as>`), ssml + " ssml-nesting"},
	{"text in break", say(`<break>a</break>`), ssml + " ssml-nesting"},
	{"speak in speak", say(`<speak>a</speak>`), ssml + " ssml-nesting"},
	{"a style of a Polly voice", say(`<voice name="Matthew"><amazon:domain name="conversational">a</amazon:domain></voice>`), ""},
	{"voice in domain", say(`<amazon:domain name="news"><voice name="Hans">a</voice></amazon:domain>`), ssml + " ssml-nesting"},
	{"audio over http", say(`<audio src="http://example.com/a.mp3"/>`), ssml + " audio"},
	{"audio without source", say(`<audio/>`), ssml + " ssml-attribute"},
	{"six audio files", say(strings.Repeat(`<audio src="https://example.com/a.mp3"/>`, 6)), ssml + " audio"},
	{"in the reprompt", with(`"reprompt":{"outputSpeech":{"type":"SSML","ssml":"<speak><b>a</b></speak>"}}`), "response.reprompt.outputSpeech.ssml ssml-tag"},

	{"speech of no type", with(`"outputSpeech":{"text":"Hi"}`), "response.outputSpeech.type form"},
	{"speech of an unknown type", with(`"outputSpeech":{"type":"Plain","text":"Hi"}`), "response.outputSpeech.type form"},
	{"speech without text", with(`"outputSpeech":{"type":"PlainText"}`), "response.outputSpeech required"},
	{"unknown playBehavior", with(`"outputSpeech":{"type":"PlainText","text":"Hi","playBehavior":"NOW"}`), "response.outputSpeech.playBehavior form"},
	{"reprompt that says nothing", with(`"reprompt":{}`), "response.reprompt.outputSpeech required"},
	{"reprompt that a document speaks", with(`"reprompt":{"directives":[{"type":"Alexa.Presentation.APLA.RenderDocument"}]}`), ""},

	{"simple card", with(`"card":{"type":"Simple","title":"a","content":"b"}`), ""},
	{"standard card", with(`"card":{"type":"Standard","title":"a","text":"b","image":{"smallImageUrl":"https://example.com/a.png"}}`), ""},
	{"account linking", with(`"card":{"type":"LinkAccount"}`), ""},
	{"permissions", with(`"card":{"type":"AskForPermissionsConsent","permissions":["read::alexa:device:all:address"]}`), ""},
	{"unknown card", with(`"card":{"type":"Fancy"}`), "response.card.type card"},
	{"card of no type", with(`"card":{"title":"a"}`), "response.card.type card"},
	{"card that is text", with(`"card":"a"`), "response.card card"},
	{"standard card with content", with(`"card":{"type":"Standard","title":"a","content":"b"}`), "response.card.content card"},
	{"card with a number", with(`"card":{"type":"Simple","title":1}`), "response.card.title card"},
	{"image over http", with(`"card":{"type":"Standard","image":{"largeImageUrl":"http://example.com/a.png"}}`), "response.card.image.largeImageUrl card"},
	{"long address", with(`"card":{"type":"Standard","image":{"largeImageUrl":"https://` + strings.Repeat("x", 2000) + `"}}`), "response.card.image.largeImageUrl card-size"},
	{"permissions of nothing", with(`"card":{"type":"AskForPermissionsConsent","permissions":[]}`), "response.card.permissions card"},
	{"permission that is none", with(`"card":{"type":"AskForPermissionsConsent","permissions":["a",1]}`), "response.card.permissions[1] card"},
	{"card too long", with(`"card":{"type":"Simple","title":"a","content":"` + strings.Repeat("語", 8000) + `"}`), "response.card card-size"},
	{"card long enough", with(`"card":{"type":"Simple","title":"a","content":"` + strings.Repeat("語", 7999) + `"}`), ""},

	{"stream", direct(play), ""},
	{"directive of tomorrow", direct(`{"type":"Alexa.Tomorrow.Do","x":1}`), ""},
	{"directive that is a word", direct(`"Play"`), first + " directive"},
	{"directive of no type", direct(`{}`), first + ".type directive"},
	{"directive without its key", direct(`{"type":"AudioPlayer.ClearQueue"}`), first + ".clearBehavior directive"},
	{"unknown clearBehavior", direct(`{"type":"AudioPlayer.ClearQueue","clearBehavior":"SOME"}`), first + ".clearBehavior form"},
	{"stream over http", direct(strings.Replace(play, "https", "http", 1)), first + ".audioItem.stream.url audio"},
	{"stream without token", direct(strings.Replace(play, `,"token":"t"`, "", 1)), first + ".audioItem.stream.token directive"},
	{"stream that is none", direct(`{"type":"AudioPlayer.Play","playBehavior":"REPLACE_ALL","audioItem":{}}`), first + ".audioItem.stream directive"},
	{"enqueued after nothing", direct(strings.Replace(play, "REPLACE_ALL", "ENQUEUE", 1)), first + ".audioItem.stream.expectedPreviousToken directive"},
	{"replaced after something", direct(strings.Replace(play, `"token"`, `"expectedPreviousToken":"p","token"`, 1)), first + ".audioItem.stream.expectedPreviousToken directive"},
	{"no screen", direct(`{"type":"Alexa.Presentation.APL.RenderDocument","token":"t","document":{}}`), first + " interface"},
	{"no screen for a hint", direct(`{"type":"Hint","hint":{}}`), first + " interface"},
	{"audio document on any device", direct(`{"type":"Alexa.Presentation.APLA.RenderDocument","document":{}}`), ""},
	{"two streams", direct(play + "," + play), "response.directives[1] exclusive"},
	{"play and stop", direct(`{"type":"AudioPlayer.Stop"},` + play), "response.directives[1] exclusive"},
	{"no gadget is told of in a request", direct(`{"type":"GameEngine.StopInputHandler","originatingRequestId":"r"},{"type":"GadgetController.SetLight","parameters":{}}`), ""},
	{"elicit and confirm", direct(`{"type":"Dialog.ConfirmIntent"},{"type":"Dialog.ElicitSlot","slotToElicit":"Color"}`), "response.directives[1] exclusive"},
	{"dynamic entities beside a dialog", direct(`{"type":"Dialog.UpdateDynamicEntities","updateBehavior":"CLEAR"},{"type":"Dialog.ElicitSlot","slotToElicit":"Color"}`), ""},

	{"elicits a slot that is not there", direct(`{"type":"Dialog.ElicitSlot","slotToElicit":"Colour"}`), first + ".slotToElicit dialog"},
	{"confirms a slot that is not there", direct(`{"type":"Dialog.ConfirmSlot","slotToConfirm":"Colour"}`), first + ".slotToConfirm dialog"},
	{"elicits a slot of another intent", direct(`{"type":"Dialog.ElicitSlot","slotToElicit":"Size","updatedIntent":{"name":"SizeIntent"}}`), ""},
	{"as alexa-go spells it", direct(`{"type":"Dialog.Delegate","UpdatedIntent":{"name":"X"}}`), first + ".UpdatedIntent dialog"},
	{"delegates and speaks", with(`"outputSpeech":{"type":"PlainText","text":"Hi"},"directives":[{"type":"Dialog.Delegate"}]`), "response.outputSpeech dialog"},
	{"delegates and ends", with(`"shouldEndSession":true,"directives":[{"type":"Dialog.Delegate"}]`), "response.shouldEndSession dialog"},
	{"delegates", with(`"shouldEndSession":false,"directives":[{"type":"Dialog.Delegate"}]`), ""},

	{"reprompt nobody hears", with(`"shouldEndSession":true,"reprompt":{"outputSpeech":{"type":"PlainText","text":"Yes?"}}`), "response.shouldEndSession end-session"},
	{"stream in an open session", with(`"shouldEndSession":false,"directives":[` + play + `]`), "response.shouldEndSession end-session"},
	{"stream in a session that ends", with(`"shouldEndSession":true,"directives":[` + play + `]`), ""},
	{"end that is a word", with(`"shouldEndSession":"yes"`), "response.shouldEndSession form"},
	{"attributes that are a list", `{"version":"1.0","sessionAttributes":[1],"response":{}}`, "sessionAttributes attributes-size"},
	{"attributes too large", `{"version":"1.0","sessionAttributes":{"a":"` + strings.Repeat("x", alexa.MaxAttributes) + `"},"response":{}}`, "sessionAttributes attributes-size"},
	{"a key twice", with(`"shouldEndSession":true,"shouldEndSession":false`), "response.shouldEndSession duplicate-key"},
	{"canFulfillIntent of an intent", with(`"canFulfillIntent":{}`), "response.canFulfillIntent not-here"},

	{"shorthand elicits", `{"speech":"Which?","elicit":"Color"}`, ""},
	{"shorthand elicits what is not there", `{"speech":"Which?","directives":[{"type":"Dialog.UpdateDynamicEntities","updateBehavior":"CLEAR"}],"elicit":"Colour"}`, "elicit dialog"},
	{"shorthand speaks an unknown tag", `{"speech":"<speak><b>a</b></speak>"}`, "speech ssml-tag"},
	{"shorthand goes on in two ways", `{"speech":"Which?","elicit":"Color","confirm":true}`, "confirm shorthand"},
	{"shorthand delegates and speaks", `{"speech":"Hm","delegate":true}`, "speech dialog"},
	{"shorthand's own directive", `{"speech":"Hm","directives":[{"type":"Hint"},` + play + `]}`, "directives[0].hint directive"},
	{"shorthand's card with a key too many", `{"speech":"Hm","card":{"title":"a","image":"b"}}`, "card.image shorthand"},
	{"shorthand with a key twice", `{"speech":"Hm","speech":"Ha"}`, "speech duplicate-key"},
	{"card with a key twice in the shorthand", `{"speech":"Hm","card":{"title":"a","title":"b"}}`, "card.title duplicate-key"},
	{"plain text that is SSML", with(`"outputSpeech":{"type":"PlainText","text":"<speak>Hi</speak>"}`), "response.outputSpeech.text ssml"},
	{"SSML after a declaration", `<?xml version="1.0"?><speak>Hi</speak>`, " ssml"},
	{"SSML in capitals", `<SPEAK>Hi</SPEAK>`, " ssml"},
	{"null", "null\n", " output"},
	{"speak in speak", say(`a<speak>b</speak>`), ssml + " ssml-nesting"},
	{"version that is a number", `{"version":1,"response":{}}`, "version form"},
	{"SSML alone", `<speak><b>a</b></speak>`, " ssml-tag"},
}

func TestRules_NameThePlace(t *testing.T) {
	t.Parallel()
	req, err := alexa.Decode([]byte(onIntent))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range ruleTests {
		t.Run(tt.name, func(t *testing.T) {
			answer, err := alexa.Wrap(req, []byte(tt.stdout))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(answer.Findings) > 0 {
				got = answer.Findings[0].Path + " " + string(answer.Findings[0].Rule)
			}
			if got != tt.want {
				t.Errorf("found %q, want %q, in\n%s", got, tt.want, lines(answer.Findings))
			}
			if len(answer.Findings) > 1 && !strings.HasPrefix(tt.name, "shorthand's") {
				t.Errorf("found more:\n%s", lines(answer.Findings))
			}
			checkLegal(t, req, answer)
		})
	}
}

// What a device has is only known where the request tells.
func TestRules_TakeADeviceThatSaysNothingToHaveAll(t *testing.T) {
	t.Parallel()
	answer, err := alexa.Wrap(ofType("IntentRequest"), []byte(direct(launch)))
	if err != nil || len(answer.Findings) > 0 {
		t.Errorf("%v, %q", err, answer.Findings)
	}
	answer, _ = alexa.Wrap(ofType("IntentRequest"), []byte(with(`"shouldEndSession":false,"directives":[`+launch+`]`)))
	if len(answer.Findings) != 1 || answer.Findings[0].Rule != alexa.RuleEndSession {
		t.Errorf("%q", answer.Findings)
	}
}

// A document without a token cannot be spoken of later, and is shown.
func TestRules_TakeADocumentWithoutAToken(t *testing.T) {
	t.Parallel()
	answer, err := alexa.Wrap(ofType("IntentRequest"), []byte(direct(`{"type":"Alexa.Presentation.APL.RenderDocument","document":{}}`)))
	if err != nil || len(answer.Findings) > 0 {
		t.Errorf("%v, %q", err, answer.Findings)
	}
}

// Each directive is held against the types before it, once: what a function
// prints a thousand times is not a million pairs.
func TestRules_HoldDirectivesAgainstEachOther(t *testing.T) {
	t.Parallel()
	answer, err := alexa.Wrap(ofType("IntentRequest"), []byte(direct(play+`,{"type":"AudioPlayer.Stop"},`+play+`,`+play)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range answer.Findings {
		got = append(got, f.Path+" "+strings.Join(strings.Fields(f.Text)[:6], " "))
	}
	want := []string{
		"response.directives[1] AudioPlayer.Stop is not sent with AudioPlayer.Play:",
		"response.directives[2] AudioPlayer.Play is not sent with AudioPlayer.Play:",
		"response.directives[2] AudioPlayer.Play is not sent with AudioPlayer.Stop:",
		"response.directives[3] AudioPlayer.Play is not sent with AudioPlayer.Play:",
		"response.directives[3] AudioPlayer.Play is not sent with AudioPlayer.Stop:",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, one := range []string{`{"type":"a"},`, `{"type":"Dialog.Delegate"},`} {
		start := time.Now()
		_, _ = alexa.Wrap(ofType("IntentRequest"), []byte(direct(strings.TrimSuffix(strings.Repeat(one, 1_000_000/len(one)), ","))))
		if took := time.Since(start); took > 10*time.Second { // 0.1 s; by pairs it was a minute
			t.Errorf("1 MB of %s took %s", one, took)
		}
	}
}

func TestRules_OfCanFulfill(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"canFulfill":"YES","slots":{"A":{"canUnderstand":"MAYBE","canFulfill":"NO"}}}`: "",
		`{"canFulfill":"PERHAPS"}`: "response.canFulfillIntent.canFulfill can-fulfill",
		`{}`:                       "response.canFulfillIntent.canFulfill can-fulfill",
		`"YES"`:                    "response.canFulfillIntent can-fulfill",
		`{"canFulfill":"NO","slots":{"A":{"canUnderstand":"NO","canFulfill":"MAYBE"}}}`: "response.canFulfillIntent.slots.A.canFulfill can-fulfill",
		`{"canFulfill":"NO","slots":{"A":{}}}`:                                          "response.canFulfillIntent.slots.A.canUnderstand can-fulfill",
		`{"canFulfill":"NO","slots":{"A":1}}`:                                           "response.canFulfillIntent.slots.A can-fulfill",
		`{"canFulfill":"NO","slots":[]}`:                                                "response.canFulfillIntent.slots can-fulfill",
	} {
		answer, err := alexa.Wrap(ofType("CanFulfillIntentRequest"), []byte(with(`"canFulfillIntent":`+body)))
		wantFinding(t, body, answer, err, want)
	}
}

func TestRules_OfAGrant(t *testing.T) {
	t.Parallel()
	for stdout, want := range map[string]string{
		``:                        "",
		`Kept.`:                   " not-here",
		`{"speech":"Kept."}`:      "speech not-here",
		`{"response":{}}`:         "response event",
		`{"event":"yes"}`:         "event event",
		`{"event":{}}`:            "event.header event",
		`{"event":{"header":{}}}`: "event.header.namespace event",
		`{"event":{"header":{"namespace":"Alexa.Authorization","name":"Response"}}}`:      "event.header.name event",
		`{"event":{"header":{"namespace":"Alexa.Authorization","name":"ErrorResponse"}}}`: "",
	} {
		answer, err := alexa.Wrap(ofType("Alexa.Authorization.Grant"), []byte(stdout))
		wantFinding(t, stdout, answer, err, want)
	}
}

func wantFinding(t *testing.T, of string, answer alexa.Answer, err error, want string) {
	t.Helper()
	got := ""
	if len(answer.Findings) > 0 {
		got = answer.Findings[0].Path + " " + string(answer.Findings[0].Rule)
	}
	if err != nil || got != want {
		t.Errorf("%s: found %q, want %q, error %v", of, got, want, err)
	}
}

// Each rule has a case above that breaks it, but for those which Wrap's other
// tests break.
func TestRules_AreAllTried(t *testing.T) {
	t.Parallel()
	tried := map[alexa.Rule]bool{
		alexa.RuleOutput: true, alexa.RuleEnvelope: true, alexa.RuleSpeechSize: true, alexa.RuleSSML: true, // golden cases
		alexa.RuleFulfillment: true, alexa.RuleEvent: true, // above
	}
	for _, tt := range ruleTests {
		if _, rule, ok := strings.Cut(tt.want, " "); ok {
			tried[alexa.Rule(rule)] = true
		}
	}
	for _, r := range alexa.Rules {
		if !tried[r.Rule] {
			t.Errorf("nothing breaks %s", r.Rule)
		}
	}
}

// An address can be a key to what is there, and findings go to logs.
func TestFindings_HaveNoMoreOfAnAddressThanItsScheme(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://user:SECRET@example.com/a.mp3?key=SECRET": `"http://…"`,
		"SECRET":                                "no address",
		"SECRET-SECRET-SECRET-SECRET://example": "no address",
	} {
		for _, stdout := range []string{say(`<audio src="` + address + `"/>`), direct(strings.Replace(play, "https://example.com/a.mp3", address, 1))} {
			answer, err := alexa.Wrap(ofType("IntentRequest"), []byte(stdout))
			if err != nil || len(answer.Findings) != 1 {
				t.Fatalf("%v, %q", err, answer.Findings)
			}
			if text := answer.Findings[0].String(); strings.Contains(text, "SECRET") || !strings.Contains(text, "is "+want) {
				t.Errorf("%s, want %s and no more", text, want)
			}
		}
	}
}

func TestFindings_AreFewAndShort(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, `{"type":%q},`, strings.Repeat("x", i))
	}
	list := strings.TrimSuffix(b.String()[:100_000], ",")
	list = list[:strings.LastIndex(list, ",")]
	answer, err := alexa.Wrap(ofType("AudioPlayer.PlaybackFinished"), []byte(direct(list)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(20, len(answer.Findings)); diff != "" {
		t.Error(diff)
	}
	for _, f := range answer.Findings {
		if len(f.String()) > 1000 {
			t.Errorf("%d bytes: %s", len(f.String()), f)
		}
	}
}
