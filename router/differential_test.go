package router

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
)

// ofType is an envelope of a type, or of an intent.
func ofType(requestType, locale, more string) string {
	return fmt.Sprintf(`{"version":"1.0","session":{"new":false,"sessionId":"s","attributes":{"turn":1},"application":{"applicationId":"skill-1"}},
		"request":{"type":%q,"requestId":"%d","timestamp":%q,"locale":%q%s}}`, requestType, time.Now().UnixNano(), time.Now().UTC().Format(time.RFC3339Nano), locale, more)
}

// Every response that hark makes itself passes its own checker: to each request
// type, in each language, for each of Amazon's intents, without a function, for
// one that fails and one that delegates.
func TestSkill_AnswersPassTheChecker(t *testing.T) {
	h := build(t, map[string]body{"Fails": fails(function.ErrFailed), "Slow": fails(function.ErrTimeout), "Busy": fails(function.ErrOverloaded), "Delegates": prints("")})
	delegating := function.Status{Spec: function.Spec{Name: "Delegates", Labels: map[string]string{function.LabelDelegate: "true"}}}
	all := []function.Status{{Spec: function.Spec{Name: "Fails"}}, {Spec: function.Spec{Name: "Slow"}}, {Spec: function.Spec{Name: "Busy"}}, delegating}
	if err := h.Catalogue.Update(all); err != nil {
		t.Fatal(err)
	}
	var envelopes []string
	for locale := range locales {
		for _, name := range append(alexa.RequestTypes(), "Alexa.Tomorrow.Happened") {
			envelopes = append(envelopes, ofType(name, locale, ""))
		}
		for _, intent := range strings.Fields("Help Stop Cancel Fallback NavigateHome Yes No Repeat Next More") {
			envelopes = append(envelopes, ofType("IntentRequest", locale, fmt.Sprintf(`,"intent":{"name":"AMAZON.%sIntent"}`, intent)))
		}
		for _, intent := range []string{"Fails", "Slow", "Busy", "Delegates", "Nobody"} {
			envelopes = append(envelopes, ofType("IntentRequest", locale, fmt.Sprintf(`,"dialogState":"IN_PROGRESS","intent":{"name":%q}`, intent)))
		}
	}
	for _, envelope := range envelopes {
		w := h.say(t, envelope)
		req, err := alexa.Decode([]byte(envelope))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := alexa.Wrap(req, w.Body.Bytes())
		if w.Code != http.StatusOK || err != nil || len(answer.Findings) > 0 || answer.Findings == nil && string(answer.JSON) != w.Body.String() {
			t.Errorf("%s: %d %s: %v %v", envelope, w.Code, w.Body, err, answer.Findings)
		}
	}
}
