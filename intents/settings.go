package intents

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/harkvoice/hark/alexa"
)

// Settings are what a skill has its own way. The zero value leaves everything to
// the gateway.
type Settings struct {
	// VoiceTimeout shortens the gateway's; 0 does not.
	VoiceTimeout time.Duration
	// ProgressAfter is when a progressive response is sent; 0 is when the gateway
	// says.
	ProgressAfter time.Duration
	// Phrases are what hark says for the skill in its place.
	Phrases alexa.Phrases
}

// settingsFile is hark's own file in a skill package; the ASK CLI leaves what it
// does not know alone.
var settingsFile = filepath.Join("skill-package", "hark.json")

// Bounds of the settings.
const (
	maxSettings = 1 << 20
	minDuration = 100 * time.Millisecond
	maxDuration = time.Minute
)

// loadSettings reads skill-package/hark.json in dir if it is there. Unlike
// Amazon's files, of which hark reads what it needs, this one is hark's own: what
// it does not know in it is an error, for it would be silently without effect.
func (s *Skill) loadSettings(dir string) error {
	file := filepath.Join(dir, settingsFile)
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Size() > maxSettings {
		return fmt.Errorf("%s has %d bytes; at most %d are read", file, info.Size(), maxSettings)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := s.applySettings(text); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// settingsKeys read the keys of the file.
var settingsKeys = map[string]func(s *Skill, value json.RawMessage) error{
	"skillIds":      (*Skill).readIDs,
	"voiceTimeout":  func(s *Skill, v json.RawMessage) error { return readDuration(v, &s.Settings.VoiceTimeout) },
	"progressAfter": func(s *Skill, v json.RawMessage) error { return readDuration(v, &s.Settings.ProgressAfter) },
	"phrases":       (*Skill).readPhrases,
}

func (s *Skill) applySettings(text []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), &keys); err != nil || keys == nil {
		if wrong := (*json.UnmarshalTypeError)(nil); err == nil || errors.As(err, &wrong) {
			return errors.New("it is not a JSON object")
		}
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		read := settingsKeys[key]
		if read == nil {
			return fmt.Errorf("there is no setting %.40q; there are %s", key, strings.Join(slices.Sorted(maps.Keys(settingsKeys)), ", "))
		}
		if err := read(s, keys[key]); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// maxID is far more than the ids that Amazon gives have.
const maxID = 200

var idForm = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func (s *Skill) readIDs(value json.RawMessage) error {
	var ids []string
	if err := json.Unmarshal(value, &ids); err != nil {
		return errors.New(`it is not a list of application ids, such as ["amzn1.ask.skill.…"]`)
	}
	for _, id := range ids {
		if len(id) > maxID || !idForm.MatchString(id) {
			return fmt.Errorf("%.60q is not an application id, such as amzn1.ask.skill.…", id)
		}
	}
	s.IDs = append(s.IDs, ids...)
	slices.Sort(s.IDs)
	s.IDs = slices.Compact(s.IDs)
	return nil
}

func readDuration(value json.RawMessage, to *time.Duration) error {
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return errors.New(`it is not a duration in quotes, such as "1.5s"`)
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%.40q is not a duration, such as 1.5s", text)
	}
	if d < minDuration || d > maxDuration {
		return fmt.Errorf("%s is not between %s and %s", text, minDuration, maxDuration)
	}
	*to = d
	return nil
}

func (s *Skill) readPhrases(value json.RawMessage) error {
	var places map[string]map[string]string
	if err := json.Unmarshal(value, &places); err != nil {
		return errors.New(`it is not an object of locales with phrases, such as {"de-DE": {"slow": "…"}}`)
	}
	book := make(alexa.Phrases)
	for _, place := range slices.Sorted(maps.Keys(places)) {
		for _, name := range slices.Sorted(maps.Keys(places[place])) {
			if err := book.Add(place, name, places[place][name]); err != nil {
				return fmt.Errorf("%s.%s: %w", place, name, err)
			}
		}
	}
	s.Settings.Phrases = book
	return nil
}
