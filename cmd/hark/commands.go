package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/harkvoice/hark/internal/near"
)

// command is one of a conversation's.
type command struct {
	name, args, does string
	run              func(t *talker, ctx context.Context, args []string) error
}

// The commands that are turns of a conversation, which /save keeps too.
const (
	intentCommand  = "/intent"
	silenceCommand = "/silence"
)

// commands are in the order of /help.
var commands []command

func init() { // not a variable's value, as /help reads it
	commands = []command{
		{intentCommand, "NAME [SLOT=VALUE…]", "want an intent instead of saying an utterance", (*talker).intent},
		{silenceCommand, "", "say nothing: Alexa asks again, then gives up", (*talker).silence},
		{"/why", "", "how the last utterance was understood", (*talker).why},
		{"/json", "", "the last request and its response", (*talker).json},
		{"/locale", "xx-YY", "set the device to another language; begins anew", (*talker).locale},
		{"/save", "FILE", "keep what was said since /reset, and what came of it, for hark test and ask dialog --replay", (*talker).save},
		{"/reset", "", "begin anew, with the skill package read again", (*talker).reset},
		{"/help", "", "this list", (*talker).help},
		{"/quit", "", "leave; Ctrl-D does too, and \"exit\" a session", nil},
	}
}

func commandNames() []string {
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = c.name
	}
	return names
}

// command runs one by its name.
func (t *talker) command(ctx context.Context, name string, args []string) (quit bool, err error) {
	at := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if at < 0 {
		return false, notUnderstood{hinted{fmt.Errorf("there is no %s here", name), near.Hint(name, commandNames(), "/help lists what there is.")}}
	}
	c := commands[at]
	if c.run == nil {
		return true, nil
	}
	return false, c.run(t, ctx, args)
}

func (t *talker) intent(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return notUnderstood{fmt.Errorf("/intent wants the name of an intent, such as /intent AMAZON.HelpIntent")}
	}
	return t.hold(ctx, intentCommand+" "+strings.Join(args, " "))
}

func (t *talker) silence(ctx context.Context, _ []string) error {
	if !t.talk.Open() {
		fmt.Fprintln(t.out, "no session is open: nobody listens")
		return nil
	}
	return t.hold(ctx, silenceCommand)
}

func (t *talker) why(context.Context, []string) error {
	h := t.talk.Heard()
	if !t.said {
		fmt.Fprintln(t.out, "nothing was said yet")
		return nil
	}
	explain(t.out, h)
	return nil
}

func (t *talker) json(context.Context, []string) error {
	if t.last.Request == nil {
		fmt.Fprintln(t.out, "nothing was sent yet")
		return nil
	}
	return printJSON(t.out, t.last)
}

func (t *talker) locale(ctx context.Context, args []string) error {
	if len(args) != 1 || len(t.skill.Models) > 0 && t.skill.Models[args[0]] == nil {
		return notUnderstood{hinted{fmt.Errorf("/locale wants one of the skill's locales"), "It has " + strings.Join(t.skill.Locales(), ", ") + "."}}
	}
	if err := t.leave(ctx, nil); err != nil {
		return err
	}
	t.echo.Locale = args[0]
	t.begin(t.skill)
	return nil
}

func (t *talker) reset(ctx context.Context, _ []string) error {
	if err := t.leave(ctx, nil); err != nil {
		return err
	}
	skill, err := t.read(t.target.skill)
	if err != nil {
		return notUnderstood{err}
	}
	t.begin(skill)
	return nil
}

func (t *talker) help(context.Context, []string) error {
	table := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, c := range commands {
		fmt.Fprintf(table, "%s\t%s\n", strings.TrimSpace(c.name+" "+c.args), c.does)
	}
	return table.Flush()
}
