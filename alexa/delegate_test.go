package alexa_test

import (
	"strings"
	"testing"

	"github.com/harkvoice/hark/alexa"
)

func TestDelegate_LeavesTheNextTurnToAlexa(t *testing.T) {
	t.Parallel()
	const rest = `"response":{"directives":[{"type":"Dialog.Delegate"}],"shouldEndSession":false}}`
	huge := `{"x":"` + strings.Repeat("x", alexa.MaxResponse) + `"}`
	for attributes, want := range map[string]string{
		`{"turn":3,"tag":"<b>"}`: `{"version":"1.0","sessionAttributes":{"turn":3,"tag":"<b>"},` + rest,
		`{}`:                     `{"version":"1.0","sessionAttributes":{},` + rest,
		`null`:                   `{"version":"1.0",` + rest,
		`"text"`:                 `{"version":"1.0","sessionAttributes":{},` + rest,
		huge:                     `{"version":"1.0","sessionAttributes":{},` + rest,
	} {
		req, err := alexa.Decode([]byte(`{"session":{"attributes":` + attributes + `},"request":{"type":"IntentRequest","dialogState":"STARTED"}}`))
		if err != nil {
			t.Fatal(err)
		}
		answer := alexa.Delegate(req)
		if string(answer.JSON) != want {
			t.Errorf("%.40s: %s", attributes, answer.JSON)
		}
		checkLegal(t, req, answer)
		if (len(answer.Findings) > 0) != (attributes == huge) {
			t.Errorf("%.40s: findings %v", attributes, answer.Findings)
		}
	}
}
