package conversation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/conversation"
	"github.com/harkvoice/hark/internal/device"
	"github.com/harkvoice/hark/internal/transcript"
)

var update = flag.Bool("update", false, "write the transcripts anew")

// now is a Wednesday.
var now = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

// table is the skill of the transcripts.
func table(t *testing.T) *intents.Skill {
	t.Helper()
	skill := &intents.Skill{Name: "table", Models: make(map[string]*intents.Model)}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		locale := strings.TrimSuffix(filepath.Base(file), ".json")
		if skill.Models[locale], err = intents.ParseModel(locale, text); err != nil {
			t.Fatal(err)
		}
	}
	return skill
}

// deviceOf is the device that a transcript's comment tells of: its locale before
// a colon, and whether it has a screen.
func deviceOf(comment string) device.Device {
	d := device.Device{SkillID: device.DevelopmentID, Locale: "en-US", Screen: strings.Contains(comment, "screen")}
	if locale, _, ok := strings.Cut(strings.TrimPrefix(comment, "# "), ":"); ok && len(locale) == len("en-US") {
		d.Locale = locale
	}
	return d
}

// scripted is a skill that answers what it was told to, then says Done and ends.
type scripted struct {
	answers [][]byte
	heard   func(*alexa.Request)
}

func (s *scripted) Send(_ context.Context, envelope []byte) (*device.Reply, error) {
	req, err := alexa.Decode(envelope)
	if err != nil {
		return nil, err
	}
	s.heard(req)
	answer := []byte(`{"response":{"outputSpeech":{"text":"Done."},"shouldEndSession":true}}`)
	if req.Type() != alexa.SessionEndedRequest && len(s.answers) > 0 {
		answer, s.answers = s.answers[0], s.answers[1:]
	}
	status := 200
	if bytes.HasPrefix(answer, []byte("HTTP 500")) {
		status = 500
	}
	return &device.Reply{Status: status, Body: answer}, nil
}

// summary is a request in a line.
func summary(req *alexa.Request) string {
	out := []string{"→", req.Type()}
	if req.Session.New {
		out = append(out, "new")
	}
	var more struct {
		Request struct {
			DialogState, Reason string
			Error               *device.SkillError
		}
	}
	if err := json.Unmarshal(req.Raw, &more); err != nil {
		return err.Error()
	}
	in := req.Body.Intent
	out = append(out, in.Name, more.Request.DialogState, more.Request.Reason)
	if more.Request.Error != nil {
		out = append(out, more.Request.Error.Type+": "+more.Request.Error.Message)
	}
	if in.Confirmation == "CONFIRMED" || in.Confirmation == "DENIED" {
		out = append(out, in.Confirmation)
	}
	var slots []string
	for name, s := range in.Slots {
		slots = append(slots, name+"="+values(s))
	}
	slices.Sort(slots)
	out = append(out, slots...)
	if a := string(req.Session.Attributes); a != "{}" {
		out = append(out, a)
	}
	return strings.Join(slices.DeleteFunc(out, func(s string) bool { return s == "" }), " ")
}

// values are those of a slot: as heard, and the ids that they resolve to.
func values(s alexa.Slot) string {
	var all []string
	for _, v := range s.Heard() {
		text := v.Heard
		if v.ID != "" {
			text += ">" + v.ID
		}
		if v.Dynamic {
			text += " (dynamic)"
		}
		all = append(all, text)
	}
	text := strings.Join(all, "+")
	if s.Confirmation != "NONE" {
		text += " " + s.Confirmation
	}
	return text
}

// TestTranscripts holds whole conversations to what they were. Each file has what
// is said, a line each, and what the skill answers, a line for each request.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := func(name string) *txtar.File {
				at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
				if at < 0 {
					t.Fatalf("%s has no %s", file, name)
				}
				return &archive.Files[at]
			}
			got := play(t, lines(part("said").Data), part("answers").Data, deviceOf(string(archive.Comment)))
			if *update {
				part("transcript").Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(string(part("transcript").Data), got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func lines(text []byte) []string {
	return slices.DeleteFunc(strings.Split(string(text), "\n"), func(s string) bool { return s == "" })
}

// play holds a conversation and returns its transcript.
func play(t *testing.T, said []string, answers []byte, d device.Device) string {
	t.Helper()
	var out bytes.Buffer
	skill := &scripted{heard: func(req *alexa.Request) { fmt.Fprintln(&out, summary(req)) }}
	for _, line := range lines(answers) {
		skill.answers = append(skill.answers, []byte(line))
	}
	c := conversation.New(table(t), d, clock)
	show := transcript.Writer{Out: &out}
	for _, line := range said {
		fmt.Fprintln(&out, "> "+line)
		step, err := turn(c, line)
		if err == nil {
			err = c.Carry(t.Context(), step, skill, clock, show.Write)
		}
		if err != nil {
			fmt.Fprintln(&out, "error:", err)
		}
	}
	return out.String()
}

func turn(c *conversation.Conversation, line string) (conversation.Step, error) {
	switch line {
	case "/silence":
		return c.Silence()
	case "/leave":
		return c.Leave()
	}
	return c.Hear(line, now)
}
