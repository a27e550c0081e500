package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The samples of samples/alexa-hosted: skills as the SDKs' users have them, and
// glue. Here the glue runs handlers of the SDKs' form that need no SDK;
// hosted_sdk_test.go has the samples with the SDKs.

func TestHosted_GlueIsFiveLines(t *testing.T) {
	const most = 5
	for _, tt := range []struct{ file, begin, comment string }{
		{"node/lambda/hark.js", "", "//"},
		{"python/lambda/hark.py", "", "#"},
		{"go/lambda/main.go", "func main() {\n", "//"}, // the rest of a file in Go is the same in each
	} {
		text, err := os.ReadFile(filepath.Join("../../samples/alexa-hosted", tt.file))
		if err != nil {
			t.Fatal(err)
		}
		_, body, found := strings.Cut(string(text), tt.begin)
		lines := 0
		for line := range strings.Lines(body) {
			if line == "}\n" {
				break
			}
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, tt.comment) {
				lines++
			}
			if len(line) > 140 {
				t.Errorf("%s: a line of %d characters is none: %s", tt.file, len(line), line)
			}
		}
		if !found || lines == 0 || lines > most {
			t.Errorf("%s has %d lines, want %d at most", tt.file, lines, most)
		}
	}
}

// handlers are files of testdata/hosted, each of another form.
var handlers = []struct{ name, language, program, file, as string }{
	{"a callback in Node", "node", "node", "callback.js", "index.js"},
	{"a promise in Node", "node", "node", "async.js", "index.js"},
	{"Python", "python", "python3", "lambda_function.py", "lambda_function.py"},
}

func TestHosted_GlueRunsHandlers(t *testing.T) {
	t.Setenv("PYTHONIOENCODING", "latin-1") // JSON is UTF-8 wherever Python takes itself to be
	for _, tt := range handlers {
		t.Run(tt.name, func(t *testing.T) {
			need(t, tt.program)
			dir := hosted(t, tt.language, tt.file, tt.as)
			s, _ := upIn(t, dir)
			awaitLoaded(t, filepath.Join(dir, "lambda", "loaded"))
			session := newSession(t, s)
			session.says("LaunchRequest", "", "nothing, 1")
			session.says(intentOf(tt.language), `{"Word":{"name":"Word","value":"Grüße, 木"}}`, "Grüße, 木, 2")
			if !session.open {
				t.Error("the session was closed")
			}
			begun := time.Now()
			body := session.says(intentOf(tt.language), `{"Word":{"name":"Word","value":"`+strings.Repeat("x", 7000)+`"}}`, strings.Repeat("x", 7000)+", 3")
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("what the handler left behind held its answer up for %s", took)
			}
			if bytes.Contains(body, []byte("a line that")) {
				t.Errorf("what the handler printed is in its answer: %s", body)
			}
		})
	}
}

func TestHosted_GlueFailsAsItsHandlerDoes(t *testing.T) {
	for _, tt := range handlers {
		t.Run(tt.name, func(t *testing.T) {
			need(t, tt.program)
			dir := hosted(t, tt.language, tt.file, tt.as)
			s, _ := upIn(t, dir)
			session := newSession(t, s)
			if errs := session.fails("FailIntent"); !strings.Contains(errs, "status 1") {
				t.Errorf("told: %s", errs)
			}
			session.says("LaunchRequest", "", "nothing, 1")
		})
	}
}

// hosted is a copy of a sample with another handler and without the SDK.
func hosted(t *testing.T, language, handler, as string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	copySample(t, "alexa-hosted/"+language, dir)
	replace(t, filepath.Join(dir, "stack.yaml"), `(?s)\n +hark\.build: .*`, "\n")
	for file, name := range map[string]string{handler: as, "answer.js": "answer.js"} {
		text, err := os.ReadFile(filepath.Join("testdata", "hosted", file))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "lambda", name), string(text))
	}
	return dir
}

// replace changes what a file must have.
func replace(t *testing.T, file, pattern, with string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := regexp.MustCompile(pattern).ReplaceAllString(string(text), with)
	if changed == string(text) {
		t.Fatalf("%s has no %s", file, pattern)
	}
	write(t, file, changed)
}

// intentOf is an intent of a sample that has a slot.
func intentOf(language string) string {
	return map[string]string{"node": "AnswerIntent", "python": "WeighIntent"}[language]
}

// awaitLoaded waits until a handler is loaded, which nobody has called.
func awaitLoaded(t *testing.T, file string) {
	t.Helper()
	for end := time.Now().Add(deadline); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(file); err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("no handler was loaded ahead of its request")
		}
	}
}

func TestHosted_Go(t *testing.T) {
	s, _ := up(t, "alexa-hosted/go")
	for _, tt := range []struct{ said, want string }{
		{"open paint mixer", "Which two colours shall I mix?"},
		{"ask paint mixer to mix red and yellow", "red and yellow make orange."},
		{"ask paint mixer to mix white and black", "white and black make grey."},
	} {
		if got := saying(t, s, "en-US", tt.said); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.said, got, tt.want)
		}
	}
	session := newSession(t, s)
	session.says("LaunchRequest", "", "Which two colours shall I mix?")
	body := session.says("MixIntent", `{"First":{"name":"First","value":"Blue"}}`, "blue and what?")
	hasPart(t, body, `{"sessionAttributes": {"first": "blue"}, "response": {"reprompt": {"outputSpeech": {"type": "PlainText", "text": "blue and what?"}}}}`)
	body = session.says("MixIntent", `{"First":{"name":"First","value":"red"}}`, `blue and red make <emphasis level="strong">purple</emphasis>.`)
	hasPart(t, body, `{"response": {"card": {"type": "Simple", "title": "Paint Mixer", "content": "blue and red make purple."}, "shouldEndSession": true}}`)
	session.says("AMAZON.StopIntent", "", "Goodbye.")
	session.ends()
}

// ends sends the end of the session, to which nothing may be answered.
func (s *session) ends() {
	s.Helper()
	hasPart(s.T, s.send(`{"type":"SessionEndedRequest","reason":"USER_INITIATED","locale":"en-US"}`), `{"version": "1.0", "response": {}}`)
}

// hasPart wants a response to have every key of part, with the same values
// below it.
func hasPart(t *testing.T, response []byte, part string) {
	t.Helper()
	var got, want any
	if err := json.Unmarshal(response, &got); err != nil {
		t.Fatalf("%v in %s", err, response)
	}
	if err := json.Unmarshal([]byte(part), &want); err != nil {
		t.Fatalf("%v in %s", err, part)
	}
	if d := cmp.Diff(want, shared(got, want)); d != "" {
		t.Errorf("the response lacks something (-want +got):\n%s", d)
	}
}

// shared is got without the keys of objects that want does not have.
func shared(got, want any) any {
	g, isObject := got.(map[string]any)
	w, wanted := want.(map[string]any)
	if !isObject || !wanted {
		return got
	}
	kept := map[string]any{}
	for key, value := range w {
		if _, ok := g[key]; ok {
			kept[key] = shared(g[key], value)
		}
	}
	return kept
}
