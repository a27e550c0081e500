package alexa_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/alexa"
)

var update = flag.Bool("update", false, "write the answers of testdata/wrap anew")

// Each directory of testdata/wrap proves what its name says, each of
// testdata/types what is legal in answer to the type that it is named after:
// request.json and stdout go in, response.json and, if there are any, findings
// come out.
func TestWrap_Golden(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Glob("testdata/*/*/stdout")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, c := range cases {
		dir := filepath.Dir(c)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			req, err := alexa.Decode(read(t, dir, "request.json"))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := alexa.Wrap(req, read(t, dir, "stdout"))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, dir, "response.json", string(answer.JSON)+"\n")
			golden(t, dir, "findings", lines(answer.Findings))
			checkLegal(t, req, answer)
			if strings.HasPrefix(filepath.Base(dir), "raw_unchanged_") {
				wantSame(t, bytes.TrimSpace(read(t, dir, "stdout")), answer.JSON)
			}
		})
	}
}

func TestWrap_HasACaseForEachRequestType(t *testing.T) {
	t.Parallel()
	types := alexa.RequestTypes()
	if len(types) != 59 {
		t.Errorf("there are %d types in the table", len(types))
	}
	for _, name := range append(types, "Alexa.Tomorrow.Happened") {
		req, err := alexa.Decode(read(t, filepath.Join("testdata/types", name), "request.json"))
		if err != nil || req.Type() != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// golden compares got with a file, or writes it under -update; an empty file
// is none.
func golden(t *testing.T, dir, name, got string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if *update {
		if err := rewrite(path, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

func rewrite(path, data string) error {
	if data != "" {
		return os.WriteFile(path, []byte(data), 0o644)
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func lines(findings []alexa.Finding) (text string) {
	for _, f := range findings {
		text += f.String() + "\n"
	}
	return text
}

func wantSame(t *testing.T, want, got []byte) {
	t.Helper()
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("not byte for byte (-want +got):\n%s", diff)
	}
}

// ofType is a request of a type with nothing else in it.
func ofType(requestType string) *alexa.Request {
	r := new(alexa.Request)
	r.Body.Type = requestType
	return r
}

func TestWrap_FailsWhereNoAnswerIsLegal(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", alexa.MaxResponse)
	tests := []struct{ name, requestType, stdout, want string }{
		{"raw over the limit", "IntentRequest", `{"version":"1.0","response":{"directives":["` + long + `"]}}`, "the response has 120048 bytes, Alexa accepts 120000"},
		{"raw over the limit once mended", "IntentRequest", `{"response":{"directives":["` + long[:alexa.MaxResponse-40] + `"]}}`, "Alexa accepts 120000"},
		{"carried over the limit", "Dialog.API.Invoked", `{"version":"1.0","response":{"apiResponse":"` + long + `"}}`, "Alexa accepts 120000"},
		{"event over the limit", "Alexa.Authorization.Grant", `{"event":"` + long + `"}`, "Alexa accepts 120000"},
		{"shorthand over the limit", "IntentRequest", `{"speech":"Hi","directives":["` + long + `"]}`, "Alexa accepts 120000"},

		{"response is a string", "IntentRequest", `{"version":"1.0","response":"Hi"}`, `"response" is not a JSON object`},
		{"response is null", "IntentRequest", `{"version":"1.0","response":null}`, `"response" is not a JSON object`},
		{"response is a list", "SessionEndedRequest", `{"version":"1.0","response":[]}`, `"response" is not a JSON object`},
		{"response of a carried answer is a number", "Dialog.API.Invoked", `{"version":"1.0","response":5}`, `"response" is not a JSON object`},
		{"outputSpeech is a string", "IntentRequest", `{"version":"1.0","response":{"outputSpeech":"Hi"}}`, "response.outputSpeech: it is a string, not an object"},
		{"text is a number", "IntentRequest", `{"version":"1.0","response":{"outputSpeech":{"type":"PlainText","text":5}}}`, "response.outputSpeech.text is a number, not a string"},
		{"reprompt is a string", "IntentRequest", `{"version":"1.0","response":{"reprompt":"Hi?"}}`, "response.reprompt: it is a string, not an object"},
		{"reprompt's speech is a string", "IntentRequest", `{"version":"1.0","response":{"reprompt":{"outputSpeech":"Hi?"}}}`, "response.reprompt.outputSpeech: it is a string, not an object"},
		{"directives are an object", "AudioPlayer.PlaybackFinished", `{"version":"1.0","response":{"directives":{}}}`, "response.directives: it is an object, not a list"},

		{"shorthand speech is a number", "IntentRequest", `{"speech":5}`, "the shorthand answer has a number at speech"},
		{"shorthand end is a string", "IntentRequest", `{"speech":"Hi","end":"yes"}`, "the shorthand answer has a string at end"},
		{"shorthand card is a string", "IntentRequest", `{"speech":"Hi","card":"Hi"}`, "the shorthand answer has a string at card"},
		{"shorthand card's title is a number", "IntentRequest", `{"speech":"Hi","card":{"title":1}}`, "the shorthand answer has a number at card.title"},
		{"shorthand attributes are a list", "IntentRequest", `{"speech":"Hi","attributes":[]}`, `"attributes" is not an object`},
		{"shorthand directives are an object", "IntentRequest", `{"speech":"Hi","directives":{}}`, `"directives" is not a list`},
		{"shorthand of a wrong type where nothing is said", "SessionEndedRequest", `{"speech":["Hi"]}`, "the shorthand answer has a list at speech"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer, err := alexa.Wrap(ofType(tt.requestType), []byte(tt.stdout))
			if !errors.Is(err, alexa.ErrAnswer) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want …%s…", err, tt.want)
			}
			if answer.JSON != nil {
				t.Errorf("answer %.80s beside an error", answer.JSON)
			}
		})
	}
}

func TestWrap_TakesAnswersUpToTheLimit(t *testing.T) {
	t.Parallel()
	const head, tail = `{"version":"1.0","response":{"directives":["`, `"]}}`
	stdout := head + strings.Repeat("x", alexa.MaxResponse-len(head)-len(tail)) + tail
	answer, err := alexa.Wrap(ofType("IntentRequest"), []byte(stdout))
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, []byte(stdout), answer.JSON)
}

// An endless output is cut rather than refused, at the end of a word.
func TestWrap_CutsLongSpeech(t *testing.T) {
	t.Parallel()
	for name, stdout := range map[string]string{
		"text":     strings.Repeat("word ", 100_000),
		"Japanese": strings.Repeat("日本語", 100_000),
		"blank":    strings.Repeat(" ", 10_000) + "word",
		"escapes":  strings.Repeat("\x01", 100_000),
		"SSML":     "<speak>" + strings.Repeat("<p>word</p> ", 10_000) + "</speak>",
		"both":     fmt.Sprintf(`{"speech":%q,"reprompt":%[1]q,"card":{"title":%[1]q,"text":%[1]q}}`, strings.Repeat("語 ", 9000)),
	} {
		answer, err := alexa.Wrap(ofType("IntentRequest"), []byte(stdout))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkLegal(t, ofType("IntentRequest"), answer)
		if cut := name != "blank"; cut != strings.Contains(lines(answer.Findings), "was cut") {
			t.Errorf("%s: the findings are %q", name, answer.Findings)
		}
	}
}

func TestSay_SpeaksWhereSpeechIsAllowed(t *testing.T) {
	t.Parallel()
	const empty = `{"version":"1.0","response":{}}`
	tests := []struct {
		requestType string
		speech      alexa.Speech
		want        string
	}{
		{"IntentRequest", alexa.Speech{Text: "Goodbye."}, `{"version":"1.0","response":{"outputSpeech":{"type":"PlainText","text":"Goodbye."},"shouldEndSession":true}}`},
		{"LaunchRequest", alexa.Speech{Text: "Hi & hello.", Reprompt: "Yes?", Open: true}, `{"version":"1.0","response":{"outputSpeech":{"type":"PlainText","text":"Hi & hello."},"reprompt":{"outputSpeech":{"type":"PlainText","text":"Yes?"}},"shouldEndSession":false}}`},
		{"IntentRequest", alexa.Speech{}, `{"version":"1.0","response":{"shouldEndSession":true}}`},
		{"SessionEndedRequest", alexa.Speech{Text: "Goodbye."}, empty},
		{"AudioPlayer.PlaybackFailed", alexa.Speech{Text: "Sorry."}, empty},
		{"CanFulfillIntentRequest", alexa.Speech{Text: "Sorry."}, `{"version":"1.0","response":{"canFulfillIntent":{"canFulfill":"NO"}}}`},
		{"Alexa.Invented.Tomorrow", alexa.Speech{Text: "Sorry."}, empty},
	}
	for _, tt := range tests {
		answer := alexa.Say(ofType(tt.requestType), tt.speech)
		wantSame(t, []byte(tt.want), answer.JSON)
		if len(answer.Findings) > 0 {
			t.Errorf("%s: findings %q", tt.requestType, answer.Findings)
		}
	}
}

// Say keeps the session's attributes while the session goes on: the next
// request shall find them.
func TestSay_KeepsAttributesOfAnOpenSession(t *testing.T) {
	t.Parallel()
	req, err := alexa.Decode([]byte(`{"session":{"attributes":{"n":1.0}},"request":{"type":"IntentRequest"}}`))
	if err != nil {
		t.Fatal(err)
	}
	open := alexa.Say(req, alexa.Speech{Open: true})
	wantSame(t, []byte(`{"version":"1.0","sessionAttributes":{"n":1.0},"response":{"shouldEndSession":false}}`), open.JSON)
	closed := alexa.Say(req, alexa.Speech{})
	wantSame(t, []byte(`{"version":"1.0","response":{"shouldEndSession":true}}`), closed.JSON)
}

// runes is the length that Alexa counts.
func runes(s string) int { return utf8.RuneCountInString(s) }
