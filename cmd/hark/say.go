package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/device"
)

func sayCommand() *cobra.Command {
	s := defaults()
	return with(&cobra.Command{
		Use:   "say [--intent NAME [SLOT=VALUE…] | UTTERANCE]",
		Short: "Say something to a running hark and print what Alexa would speak",
		Example: `  hark say "open christmas lights"
  hark say "ask christmas lights to turn the tree red"
  hark say --intent ChangeColorIntent LedColor=red`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.say(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, s.sayOptions())
}

func sendCommand() *cobra.Command {
	s := defaults()
	return with(&cobra.Command{
		Use:   "send FILE",
		Short: "Sign a stored request envelope, send it and print the response",
		Long:  "send dates the request envelope in FILE now, gives it a fresh id, signs it and\nsends it to a running hark. FILE may be - for standard input.",
		Args:  wants("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.send(cmd.Context(), args[0], cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, s.sendOptions())
}

// say is `hark say`.
func (s *settings) say(ctx context.Context, args []string, out, errs io.Writer) error {
	target, err := s.target()
	if err != nil {
		return err
	}
	skill, err := s.choose(&target, args)
	if err != nil {
		return err
	}
	echo := device.Device{SkillID: target.skill.ID, Locale: cmp.Or(s.Locale, skill.DefaultLocale())}
	if s.Dir != "" && len(skill.IDs) > 0 {
		echo.SkillID = skill.IDs[0]
	}
	heard, err := s.meaning(skill, echo.Locale, args)
	if s.Why {
		explain(out, heard)
	}
	if err != nil {
		return err
	}
	progress, err := s.hearProgress(&echo, target.url, out)
	if err != nil {
		return err
	}
	defer progress.close()
	envelope, err := echo.Envelope(heard.Meaning, time.Now())
	if err != nil {
		return err
	}
	reply, err := s.exchange(ctx, target.url, envelope)
	progress.close() // what comes now comes too late
	if err != nil {
		return err
	}
	if err := s.tell(out, envelope, progress, reply); err != nil {
		return err
	}
	return report(reply, errs)
}

// tell prints what was said, or all that went both ways.
func (s *settings) tell(out io.Writer, envelope []byte, progress *progress, reply *device.Reply) error {
	switch {
	case s.JSON:
		return printJSON(out, struct {
			Request  json.RawMessage `json:"request"`
			Progress []string        `json:"progress,omitempty"`
			Response json.RawMessage `json:"response"`
		}{envelope, progress.heard, jsonOrText(reply.Body)})
	case reply.Status == 200:
		_, err := fmt.Fprintln(out, shownLines(out, orSilence(reply.Speech())))
		return err
	}
	return nil
}

// send is `hark send`.
func (s *settings) send(ctx context.Context, file string, in io.Reader, out, errs io.Writer) error {
	target, err := s.target()
	if err != nil {
		return err
	}
	envelope, err := readFile(file, in)
	if err != nil {
		return err
	}
	if !s.AsIs {
		if envelope, err = device.Stamp(envelope, time.Now()); err != nil {
			return hinted{fmt.Errorf("%s: %w", file, err), "--as-is sends it untouched."}
		}
	}
	reply, err := s.exchange(ctx, target.url, envelope)
	if err != nil {
		return err
	}
	if reply.Status == 200 {
		if err := printJSON(out, jsonOrText(reply.Body)); err != nil {
			return err
		}
	}
	return report(reply, errs)
}

func readFile(file string, in io.Reader) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(in)
	}
	return os.ReadFile(file)
}

// meaning is what the arguments ask of a skill.
func (s *settings) meaning(skill *intents.Skill, locale string, args []string) (heard intents.Heard, err error) {
	if s.Intent == "" {
		if len(args) == 0 {
			return heard, hinted{errors.New("nothing to say"), `Say it in quotes: hark say "open NAME", or name an intent: hark say --intent NAME`}
		}
		at := time.Now()
		if s.At != "" {
			if at, err = time.Parse(time.RFC3339, s.At); err != nil {
				return heard, fmt.Errorf("--at %q is not a time such as 2026-03-04T10:00:00+01:00", s.At)
			}
		}
		return skill.Understand(locale, strings.Join(args, " "), at)
	}
	slots := make(map[string]string, len(args))
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok || name == "" {
			return heard, fmt.Errorf("%q is not SLOT=VALUE; with --intent, arguments fill slots", a)
		}
		slots[name] = value
	}
	heard.Meaning, err = skill.Meaning(locale, s.Intent, slots)
	return heard, err
}

// exchange signs an envelope with the development authority and sends it.
func (s *settings) exchange(ctx context.Context, url string, envelope []byte) (*device.Reply, error) {
	dir, err := s.authorityDir()
	if err != nil {
		return nil, err
	}
	authority, err := alexatest.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hinted{fmt.Errorf("there is no development authority in %s to sign with", dir), "The first `hark up` makes it."}
	}
	if err != nil {
		return nil, fmt.Errorf("development authority: %w", err)
	}
	reply, err := device.NewSender(url, authority).Send(ctx, envelope)
	if err != nil {
		return nil, hinted{fmt.Errorf("nothing answered at %s: %w", url, err), "Is hark still up there? Start it with: hark up DIR"}
	}
	return reply, nil
}

// report tells what the developer should know beside the answer, and returns
// the error that ends the command.
func report(reply *device.Reply, errs io.Writer) error {
	for _, note := range reply.Notes {
		fmt.Fprintln(errs, "note:", shown(errs, note))
	}
	return reply.Failed()
}

func orSilence(speech string) string {
	if speech == "" {
		return "(Alexa says nothing)"
	}
	return speech
}

// jsonOrText is body if it is JSON, else a JSON string of it.
func jsonOrText(body []byte) json.RawMessage {
	if json.Valid(body) {
		return body
	}
	text, _ := json.Marshal(string(body)) // a string always can
	return text
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
