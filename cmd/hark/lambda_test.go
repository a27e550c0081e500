package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// Two skills as they were on AWS: the one for Node under AWS's aws-lambda-ric,
// which compiles a curl and a C++ library when it is installed, the other under
// aws-lambda-go.

// forRIC are the programs that aws-lambda-ric is compiled by.
var forRIC = []string{"node", "npm", "autoconf", "automake", "cmake", "g++", "libtoolize", "make", "python3"}

func TestSample_FromLambda(t *testing.T) {
	for _, program := range forRIC {
		need(t, program)
	}
	// node-gyp fetches Node's headers from nodejs.org, unless it is told where
	// they are: most packages of Node bring them.
	prefix := filepath.Dir(filepath.Dir(need(t, "node")))
	if _, err := os.Stat(filepath.Join(prefix, "include", "node", "node.h")); err == nil && os.Getenv("npm_config_nodedir") == "" {
		t.Setenv("npm_config_nodedir", prefix)
	}
	s, _ := up(t, installed(t))
	for _, tt := range []struct{ said, want string }{
		{"open garden birds", "Binoculars ready. Which bird do you see?"},
		{"ask garden birds to count 3 robins", "That makes 3 robins. What else?"},
		{"ask garden birds to count 1 jenny wren", "That makes one wren. What else?"},
		{"ask garden birds how many so far", "You have seen no birds yet. What else?"}, // another session
		{"ask garden birds what does a wren sound like", "The wren sounds like a tiny alarm clock, and louder than any of the others."},
		{"ask garden birds how does the redbreast sing", "The robin sounds like a thin, silvery trickle of notes, in winter too."},
	} {
		if got := saying(t, s, "en-US", tt.said); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.said, got, tt.want)
		}
	}

	session := newSession(t, s)
	session.says("LaunchRequest", "", "Binoculars ready. Which bird do you see?")
	session.says("CountBirdIntent", `{"Bird":{"name":"Bird","value":"magpie"},"Number":{"name":"Number","value":"2"}}`, "That makes 2 magpies. What else?")
	session.says("CountBirdIntent", `{"Bird":{"name":"Bird"},"Number":{"name":"Number","value":"4"}}`, "4 of which bird?")
	session.says("CountBirdIntent", `{"Bird":{"name":"Bird","value":"wren"},"Number":{"name":"Number"}}`, "That makes 4 wrens. What else?")
	session.says("BirdSongIntent", `{"Bird":{"name":"Bird","value":"Magpie"}}`, "The magpie sounds like a box of matches, shaken.")
	session.says("TallyIntent", "", "You have seen 2 magpies and 4 wrens. What else?")
	session.says("AMAZON.FallbackIntent", "", "I only know about birds. Which bird do you see?")
	if !session.open {
		t.Error("the session was closed while it went on")
	}
	session.says("AMAZON.StopIntent", "", "You have seen 2 magpies and 4 wrens. Goodbye.")
	if session.open {
		t.Error("the session is open after a goodbye")
	}
	if body := session.send(`{"type":"SessionEndedRequest","reason":"USER_INITIATED"}`); bytes.Contains(body, []byte("outputSpeech")) {
		t.Errorf("something was said after the end of the session: %s", body)
	}
	if errs := session.fails("NavigateHomeIntent"); !strings.Contains(errs, "NavigateHomeIntent") {
		t.Errorf("an intent that no function answers: %q", errs)
	}
}

// The function in Go alone, as it was on AWS: it answers everything.
func TestSample_FromLambdaInGo(t *testing.T) {
	dir := t.TempDir()
	copySample(t, "from-lambda", dir)
	file := filepath.Join(dir, "stack.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	alone := regexp.MustCompile(`(?s)\n  GardenBirds:.*?(\n  BirdSongs:)`).ReplaceAll(text, []byte("$1"))
	alone = bytes.Replace(alone, []byte("hark.intents: BirdSongIntent"),
		[]byte("hark.intents: LaunchRequest, SessionEndedRequest, BirdSongIntent, AMAZON.HelpIntent, AMAZON.StopIntent, TallyIntent"), 1)
	if bytes.Contains(alone, []byte("GardenBirds")) || !bytes.Contains(alone, []byte("TallyIntent")) {
		t.Fatalf("stack.yaml has another form than this test expects:\n%s", text)
	}
	if err := os.WriteFile(file, alone, 0o600); err != nil {
		t.Fatal(err)
	}
	s, _ := up(t, besideSamples(t, dir))
	session := newSession(t, s)
	session.says("LaunchRequest", "", "Which bird would you like to know about?")
	session.says("AMAZON.HelpIntent", "", "Ask me what a robin sounds like. Which bird is it to be?")
	session.says("BirdSongIntent", `{"Bird":{"name":"Bird","value":"Woodpecker"}}`, "The woodpecker sounds like a drum roll on a dead branch.")
	session.says("BirdSongIntent", `{"Bird":{"name":"Bird","value":"emu"}}`, "I have not heard the emu yet. Which other bird?")
	if errs := session.fails("TallyIntent"); !strings.Contains(errs, "failed") || strings.Contains(errs, "no answer to the intent") {
		t.Errorf("an intent that the function returns an error for: %q", errs)
	}
	session.says("BirdSongIntent", `{"Bird":{"name":"Bird","value":"wren"}}`, "The wren sounds like a tiny alarm clock, and louder than any of the others.")
	if body := session.send(`{"type":"SessionEndedRequest","reason":"USER_INITIATED"}`); bytes.Contains(body, []byte("outputSpeech")) {
		t.Errorf("something was said after the end of the session: %s", body)
	}
}

// installed is a copy of the sample that keeps what `npm ci` installs from one
// run of the tests to the next, until package-lock.json changes.
func installed(t *testing.T) (sample string) {
	t.Helper()
	lock, err := os.ReadFile("../../samples/from-lambda/node/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	dir := filepath.Join(cache, "hark-test", fmt.Sprintf("from-lambda-%x", sha256.Sum256(lock))[:32])
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	exclusive(t, dir+".lock")
	if _, err := os.Stat(filepath.Join(dir, "node", "node_modules", ".package-lock.json")); err != nil {
		t.Log("npm ci compiles aws-lambda-ric now, which takes a minute or two; later runs find it in", dir)
	}
	copySample(t, "from-lambda", dir)
	return besideSamples(t, dir)
}

// exclusive waits until no other test uses what is behind a file.
func exclusive(t *testing.T, file string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
}

// copySample copies a sample without what was built in it. A file that has not
// changed keeps its time, by which the sample tells what to build.
func copySample(t *testing.T, sample, to string) {
	t.Helper()
	from := os.DirFS(filepath.Join("..", "..", "samples", sample))
	err := fs.WalkDir(from, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"node_modules", "packages", "__pycache__", "bin"}, entry.Name()):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o755)
		}
		text, err := fs.ReadFile(from, path)
		if err != nil {
			return err
		}
		if old, err := os.ReadFile(filepath.Join(to, path)); err == nil && bytes.Equal(old, text) {
			return nil
		}
		return os.WriteFile(filepath.Join(to, path), text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// besideSamples is a directory as up takes it.
func besideSamples(t *testing.T, dir string) string {
	t.Helper()
	samples, err := filepath.Abs("../../samples")
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Rel(samples, dir)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// session is an open conversation: each request carries the attributes that the
// last answer left, as Alexa does.
type session struct {
	*testing.T
	settings   *settings
	file       string
	asked      int
	attributes json.RawMessage
	interfaces string // of the device, JSON
	open       bool
}

func newSession(t *testing.T, s *settings) *session {
	return &session{T: t, settings: s, file: filepath.Join(t.TempDir(), "request.json"), attributes: json.RawMessage("{}"), interfaces: "{}"}
}

// says sends a request type or an intent with its slots, and wants that answer.
// It returns the whole response.
func (s *session) says(name, slots, want string) (body []byte) {
	s.Helper()
	body = s.send(request(name, slots))
	var answer struct {
		SessionAttributes json.RawMessage
		Response          struct {
			OutputSpeech     struct{ Text, SSML string }
			ShouldEndSession *bool
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		s.Fatalf("%s: %v in %s", name, err, body)
	}
	if r := answer.Response; r.OutputSpeech.Text != want && r.OutputSpeech.SSML != "<speak>"+want+"</speak>" {
		s.Errorf("%s: %+v, want %q", name, r.OutputSpeech, want)
	}
	if answer.SessionAttributes != nil {
		s.attributes = answer.SessionAttributes
	}
	end := answer.Response.ShouldEndSession
	s.open = end != nil && !*end
	return body
}

// fails sends an intent that nobody answers, and returns what `hark send` says.
func (s *session) fails(intent string) string {
	s.Helper()
	_, err := s.exchange(request(intent, ""))
	if err == nil {
		s.Errorf("%s was answered", intent)
		return ""
	}
	return err.Error()
}

func request(name, slots string) string {
	if strings.HasSuffix(name, "Request") {
		return fmt.Sprintf(`{"type":%q,"locale":"en-US"}`, name)
	}
	if slots == "" {
		slots = "{}"
	}
	return fmt.Sprintf(`{"type":"IntentRequest","locale":"en-US","intent":{"name":%q,"confirmationStatus":"NONE","slots":%s}}`, name, slots)
}

func (s *session) send(request string) []byte {
	s.Helper()
	body, err := s.exchange(request)
	if err != nil {
		s.Fatalf("%s: %v", request, err)
	}
	return body
}

// exchange is `hark send` of an envelope with that request.
func (s *session) exchange(request string) ([]byte, error) {
	s.Helper()
	here, err := readRunning(s.settings.State)
	if err != nil {
		s.Fatal(err)
	}
	s.asked++
	envelope := fmt.Sprintf(`{"version":"1.0",
		"session":{"new":%t,"sessionId":"amzn1.echo-api.session.1","application":{"applicationId":%q},"attributes":%s,"user":{"userId":"amzn1.ask.account.A"}},
		"context":{"System":{"application":{"applicationId":%[2]q},"user":{"userId":"amzn1.ask.account.A"},"device":{"deviceId":"d","supportedInterfaces":%[6]s},"apiEndpoint":"https://api.amazonalexa.com"}},
		"request":{"requestId":"amzn1.echo-api.request.%[4]d","timestamp":"",%[5]s}`, s.asked == 1, here.Skills[0].ID, s.attributes, s.asked, request[1:], s.interfaces)
	if err := os.WriteFile(s.file, []byte(envelope), 0o600); err != nil {
		s.Fatal(err)
	}
	var out, errs bytes.Buffer
	err = s.settings.send(s.Context(), s.file, nil, &out, &errs)
	return out.Bytes(), err
}
