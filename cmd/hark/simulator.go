package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/conversation"
	"github.com/harkvoice/hark/internal/device"
	"github.com/harkvoice/hark/internal/voice"
)

// simulator plays the device and the cloud behind it for `hark say`.
type simulator struct {
	*settings
	target target
	skill  *intents.Skill
	at     time.Time // zero: now
	out    io.Writer
	errs   io.Writer

	echo     device.Device
	talk     *conversation.Conversation
	sender   *device.Sender
	progress *progress
	voice    *voice.Voice
	last     exchange
	failed   error // what the last answer was not
}

// exchange is what went both ways.
type exchange struct {
	Request  json.RawMessage `json:"request"`
	Progress []string        `json:"progress,omitempty"`
	Response json.RawMessage `json:"response"`
}

// simulate begins a conversation with the skill at a target. Tell is called with
// what the skill says before its answers, unless both ways are printed.
func (s *settings) simulate(target target, skill *intents.Skill, out, errs io.Writer, tell func(ssml string)) (*simulator, error) {
	sim := &simulator{settings: s, target: target, skill: skill, out: out, errs: errs}
	var err error
	if sim.echo, err = s.echo(target, skill); err != nil {
		return nil, err
	}
	if s.At != "" {
		if sim.at, err = time.Parse(time.RFC3339, s.At); err != nil {
			return nil, fmt.Errorf("--at %q is not a time such as 2026-03-04T10:00:00+01:00", s.At)
		}
	}
	if sim.sender, err = s.sender(target.url); err != nil {
		return nil, err
	}
	if s.Speak {
		if sim.voice, err = voice.Find(); err != nil {
			fmt.Fprintln(errs, "note:", err)
		}
	}
	if s.JSON {
		tell = nil
	}
	if sim.progress, err = hearProgress(&sim.echo, target.url, tell); err != nil {
		return nil, err
	}
	sim.talk = conversation.New(skill, sim.echo, time.Now)
	return sim, nil
}

// echo is the device that the options describe.
func (s *settings) echo(target target, skill *intents.Skill) (device.Device, error) {
	echo := device.Device{
		SkillID: target.skill.ID, Locale: cmp.Or(s.Locale, skill.DefaultLocale()),
		Screen: s.Screen, Person: s.Person, Consent: s.Consent,
	}
	if s.Dir != "" && len(skill.IDs) > 0 {
		echo.SkillID = skill.IDs[0]
	}
	var err error
	if s.Location != "" {
		if echo.Location, err = device.ParseLocation(s.Location); err != nil {
			return echo, fmt.Errorf("--location %q: %w", s.Location, err)
		}
	}
	if s.AccessTokenFile != "" {
		echo.AccessToken, err = readCredential("--access-token-file", s.AccessTokenFile)
	}
	return echo, err
}

// sender signs with the development authority.
func (s *settings) sender(url string) (*device.Sender, error) {
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
	return device.NewSender(url, authority), nil
}

// Send sends an envelope, prints what went both ways if that is wanted, and
// keeps it.
func (sim *simulator) Send(ctx context.Context, envelope []byte) (*device.Reply, error) {
	reply, err := sim.sender.Send(ctx, envelope)
	if err != nil {
		return nil, noAnswer(sim.target.url, err)
	}
	sim.failed = reply.Failed()
	sim.last = exchange{envelope, sim.progress.take(), jsonOrText(reply.Body)}
	if sim.JSON {
		err = printJSON(sim.out, sim.last)
	}
	for _, note := range reply.Notes {
		fmt.Fprintln(sim.errs, "note:", shown(sim.errs, note))
	}
	return reply, err
}

func noAnswer(url string, err error) error {
	return hinted{fmt.Errorf("nothing answered at %s: %w", url, err), "Is hark still up there? Start it with: hark up DIR"}
}

// now is the person's time.
func (sim *simulator) now() time.Time {
	if sim.at.IsZero() {
		return time.Now()
	}
	return sim.at
}

// hear takes an utterance, and tells how it was understood if that is wanted.
func (sim *simulator) hear(utterance string) (conversation.Step, error) {
	step, err := sim.talk.Hear(utterance, sim.now())
	if sim.Why {
		explain(sim.out, sim.talk.Heard())
	}
	return step, err
}

// ask takes an intent with SLOT=VALUE arguments, where a slot may come again.
func (sim *simulator) ask(intent string, args []string) (conversation.Step, error) {
	m, err := meaning(sim.skill, sim.talk.Locale(), intent, args, sim.now())
	if err != nil {
		return conversation.Step{}, err
	}
	step, err := sim.talk.Ask(m, sim.now())
	if sim.Why {
		explain(sim.out, sim.talk.Heard())
	}
	return step, err
}

// speak says something aloud, as far as it can be.
func (sim *simulator) speak(ctx context.Context, s conversation.Speech) {
	if sim.voice == nil {
		return
	}
	if err := sim.voice.Say(ctx, s.Text, s.SSML, sim.talk.Locale()); err != nil {
		fmt.Fprintln(sim.errs, "note:", err)
		sim.voice = nil
	}
}
