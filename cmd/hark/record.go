package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/harkvoice/hark/internal/conversation"
	"github.com/harkvoice/hark/internal/replay"
	"github.com/harkvoice/hark/internal/transcript"
)

// taken is what came of an utterance, as a replay keeps it.
type taken struct{ replay.Turn }

// see takes note of an event.
func (t *taken) see(e conversation.Event) {
	switch e := e.(type) {
	case conversation.Speech:
		if said := strings.Join(transcript.Speech(e.Text, e.SSML), " "); said != "" {
			t.Alexa = append(t.Alexa, said)
		}
	case conversation.Ended:
		t.Ended = true
		if e.Reason == conversation.EndedByError {
			t.Problem = "the skill's answer is refused"
		}
	}
}

// failed takes note of what the skill said in place of an answer.
func (t *taken) failed(err error) {
	if err != nil {
		t.Problem = "the function failed"
	}
}

// understood takes note of what an utterance was taken for.
func (t *taken) understood(c *conversation.Conversation) {
	h := c.Heard()
	if t.Intent = h.Intent; h.Launch {
		t.Intent = "LaunchRequest"
	}
	for _, s := range h.Slots {
		if s.Value == "" {
			continue
		}
		if t.Slots == nil {
			t.Slots = make(map[string]string)
		}
		values := make([]string, len(s.Values))
		for i, v := range s.Values {
			values[i] = v.Value
		}
		t.Slots[s.Name] = strings.Join(values, ", ")
	}
}

// save is /save: what was said so far, and what came of it, as a file.
func (t *talker) save(_ context.Context, args []string) error {
	if len(args) != 1 {
		return notUnderstood{errors.New("/save wants the name of a file, such as /save tests/booking.json")}
	}
	if len(t.record.Input) == 0 {
		return notUnderstood{errors.New("nothing was said yet that could be saved")}
	}
	t.record.Device = replay.Device{Screen: t.Screen, Person: t.Person, Location: t.Location, Consent: t.Consent}
	t.record.SkillID, t.record.Locale, t.record.At = t.echo.SkillID, t.talk.Locale(), t.now().Format(time.RFC3339)
	text, err := t.record.Text()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return notUnderstood{fmt.Errorf("%s is there already; name another file", args[0])}
	}
	if err != nil {
		return notUnderstood{err}
	}
	if _, err = f.Write(text); err == nil {
		err = f.Close()
	}
	if err != nil {
		return notUnderstood{err}
	}
	fmt.Fprintf(t.out, "saved %s; hark test %s holds it again\n", counted(len(t.record.Input), "utterance"), args[0])
	return nil
}

// utterance reports whether a line is said, and is no command.
func utterance(line string) bool { return !strings.HasPrefix(line, "/") }

// start begins the turn of a line: an utterance, or a command that is one too.
func (sim *simulator) start(line string) (step conversation.Step, turn *taken, err error) {
	turn = &taken{}
	words := strings.Fields(line)
	switch {
	case line == silenceCommand:
		step, err = sim.talk.Silence()
		return step, turn, err
	case len(words) > 1 && words[0] == intentCommand:
		step, err = sim.ask(words[1], joined(words[2:]))
	default:
		step, err = sim.hear(line)
	}
	turn.understood(sim.talk)
	return step, turn, err
}

// joined are SLOT=VALUE arguments of which a value may have several words.
func joined(words []string) (args []string) {
	for _, w := range words {
		if last := len(args) - 1; last >= 0 && !strings.Contains(w, "=") {
			args[last] += " " + w
			continue
		}
		args = append(args, w)
	}
	return args
}

// replay holds a conversation again and returns what comes of each input. One
// that is not understood is part of what comes.
func (sim *simulator) replay(ctx context.Context, r *replay.Replay, now func(input int, turn replay.Turn)) error {
	for i, said := range r.Input {
		sim.failed = nil
		step, turn, err := sim.start(said)
		if err != nil {
			turn.Problem = err.Error()
			now(i, turn.Turn)
			continue
		}
		if err := sim.talk.Carry(ctx, step, sim, sim.now, turn.see); err != nil {
			return err
		}
		turn.failed(sim.failed)
		now(i, turn.Turn)
	}
	step, err := sim.talk.Leave()
	if err != nil {
		return err
	}
	return sim.talk.Carry(ctx, step, sim, sim.now, func(conversation.Event) {})
}
