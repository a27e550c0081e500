// Package voice speaks, by the program espeak-ng.
package voice

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/harkvoice/hark/alexa"
)

const program = "espeak-ng"

// ErrNone says that the machine has no voice.
var ErrNone = errors.New("espeak-ng is not here to speak with; install the package espeak-ng")

// Voice speaks one text at a time.
type Voice struct{ path string }

// Find returns the voice of this machine, or ErrNone.
func Find() (*Voice, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, ErrNone
	}
	return &Voice{path}, nil
}

// Say speaks a text, or SSML, in the language of a locale, and returns when it
// is spoken or ctx has ended.
func (v *Voice) Say(ctx context.Context, text string, ssml bool, locale string) error {
	if !ssml {
		text = "<speak>" + alexa.EscapeSSML(text) + "</speak>"
	}
	cmd := exec.CommandContext(ctx, v.path, "-m", "-v", voiceOf(locale), "--stdin")
	cmd.Stdin = strings.NewReader(text)
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("%s: %w: %.200s", program, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// voices are espeak-ng's names of what is not its language's main one.
var voices = map[string]string{
	"en-US": "en-us", "en-GB": "en-gb", "en-AU": "en-gb", "en-CA": "en-us", "en-IN": "en-gb",
	"es-MX": "es-419", "es-US": "es-419", "pt-BR": "pt-br",
}

func voiceOf(locale string) string {
	if v, ok := voices[locale]; ok {
		return v
	}
	return alexa.Language(locale)
}
