package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/conversation"
	"github.com/harkvoice/hark/internal/replay"
	"github.com/harkvoice/hark/internal/transcript"
)

// talker is `hark say` as a conversation.
type talker struct {
	*simulator
	base   target         // before a skill was chosen
	record *replay.Replay // what was said since the conversation began
	typed  bool           // at a terminal
	named  bool           // that a skill is to be named was told
	said   bool           // something was said in this conversation

	one   sync.Mutex // event is shown at a time: progressive responses come when they like
	show  transcript.Writer
	wrong bool // something did not go well
}

// converse is `hark say` without anything to say.
func (s *settings) converse(ctx context.Context, in io.Reader, out, errs io.Writer) error {
	base, err := s.target()
	if err != nil {
		return err
	}
	to := base
	skill, err := s.choose(&to, nil)
	if err != nil {
		return err
	}
	t := &talker{base: base, record: &replay.Replay{}, show: transcript.Writer{Out: out, Dim: func(text string) string { return inColor(out, dim, text) }}}
	t.simulator, err = s.simulate(to, skill, out, errs, func(ssml string) {
		t.present(ctx, conversation.Speech{Text: ssml, SSML: true}, nil)
	})
	if err != nil {
		return err
	}
	defer t.progress.close()
	words, err := t.words(in)
	if err != nil {
		return err
	}
	defer words.close()
	if err := t.loop(ctx, words); err != nil {
		return err
	}
	if t.wrong && !t.typed {
		return errors.New("not everything was understood and answered: see above")
	}
	return nil
}

// loop takes line after line until there are no more.
func (t *talker) loop(ctx context.Context, words words) error {
	for {
		line, err := words.next(ctx)
		line = strings.TrimSpace(line)
		if err != nil || ctx.Err() != nil || !t.talk.Open() && t.skill.Leaves(t.talk.Locale(), line) {
			return t.leave(context.WithoutCancel(ctx), err)
		}
		if line == "" {
			continue
		}
		if !t.typed {
			fmt.Fprintln(t.out, "> "+shown(t.out, line))
		}
		quit, err := t.take(ctx, line)
		if ctx.Err() != nil { // what was broken off is no fault of anybody's
			return t.leave(context.WithoutCancel(ctx), nil)
		}
		if err == nil && t.failed != nil {
			err, t.failed = notUnderstood{t.failed}, nil
		}
		switch {
		case err != nil && t.typed:
			complain(t.errs, err)
		case err != nil && !errors.Is(err, errNotUnderstood):
			return err
		case err != nil:
			t.wrong = true
			complain(t.errs, err)
		case quit:
			return t.leave(ctx, nil)
		}
	}
}

// errNotUnderstood is of a line on a pipe after which the next may still do.
var errNotUnderstood = errors.New("")

// notUnderstood wraps what is wrong with a line, or with the skill, and not with
// the way there.
type notUnderstood struct{ error }

func (notUnderstood) Is(target error) bool { return target == errNotUnderstood }
func (n notUnderstood) Unwrap() error      { return n.error }

// leave ends the session, if one is open, and the conversation.
func (t *talker) leave(ctx context.Context, err error) error {
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, context.Canceled) {
		return err
	}
	step, err := t.talk.Leave()
	if err != nil {
		return err
	}
	return t.carry(ctx, step, nil)
}

// take takes a line: a command, or an utterance.
func (t *talker) take(ctx context.Context, line string) (quit bool, err error) {
	if name, rest, _ := strings.Cut(line, " "); strings.HasPrefix(name, "/") {
		return t.command(ctx, name, strings.Fields(rest))
	}
	if err := t.chooseSkill(line); err != nil {
		return false, err
	}
	return false, t.hold(ctx, line)
}

// hold has come of a line what it may, and keeps that for /save.
func (t *talker) hold(ctx context.Context, line string) error {
	wasOpen := t.talk.Open()
	t.said, t.simulator.failed = true, nil
	step, turn, err := t.start(line)
	if err != nil {
		return notUnderstood{err}
	}
	if !wasOpen && !t.named && utterance(line) && !t.skill.Addressed(t.talk.Locale(), line) {
		t.named = true
		t.present(ctx, conversation.Note{Text: "no session is open: to a device, say the skill's name too, such as: " +
			cmp.Or(t.skill.Example(t.talk.Locale()), "open NAME")}, nil)
	}
	if err := t.carry(ctx, step, turn); err != nil {
		return err
	}
	turn.failed(t.failed)
	t.record.Add(line, turn.Turn)
	return nil
}

// carry sends what a step asks for until it is the person's turn. What comes of
// it is noted in turn, if that is not nil.
func (t *talker) carry(ctx context.Context, step conversation.Step, turn *taken) error {
	return t.talk.Carry(ctx, step, t, t.now, func(e conversation.Event) { t.present(ctx, e, turn) })
}

// present shows an event, speaks it, and notes it in turn. What a skill says
// before its answer is in no turn: it hangs on how long the function takes.
func (t *talker) present(ctx context.Context, e conversation.Event, turn *taken) {
	t.one.Lock()
	defer t.one.Unlock()
	t.show.Write(e)
	if turn != nil {
		turn.see(e)
	}
	switch e := e.(type) {
	case conversation.Speech:
		t.speak(ctx, e)
	case conversation.Ended:
		t.wrong = t.wrong || e.Reason == conversation.EndedByError
	}
}

// chooseSkill goes over to the skill that an utterance names, of several that are
// up, while no session is open.
func (t *talker) chooseSkill(utterance string) error {
	if t.talk.Open() || len(t.base.others) == 0 {
		return nil
	}
	for _, r := range append([]runningSkill{t.base.skill}, t.base.others...) {
		if r == t.target.skill {
			continue
		}
		skill, err := t.read(r) // one that is broken now is not named
		if err == nil && skill.Addressed(t.talk.Locale(), utterance) && !t.skill.Addressed(t.talk.Locale(), utterance) {
			return t.goTo(r, skill)
		}
	}
	return nil
}

// goTo begins a conversation with another skill.
func (t *talker) goTo(r runningSkill, skill *intents.Skill) (err error) {
	to := t.base
	to.skill = r
	if err := to.narrow(r.Name); err != nil {
		return err
	}
	if t.sender, err = t.settings.sender(to.url); err != nil {
		return err
	}
	t.target, t.echo.SkillID = to, r.ID
	t.begin(skill)
	t.show.Write(conversation.Note{Text: "the skill is " + r.Name})
	return nil
}

// begin begins a conversation anew.
func (t *talker) begin(skill *intents.Skill) {
	t.skill, t.talk, t.record, t.said = skill, conversation.New(skill, t.echo, time.Now), &replay.Replay{}, false
}
