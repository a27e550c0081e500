package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/conversation"
	"github.com/harkvoice/hark/internal/device"
)

func sayCommand() *cobra.Command {
	s := defaults()
	return with(&cobra.Command{
		Use:   "say [--intent NAME [SLOT=VALUE…] | UTTERANCE]",
		Short: "Say something to a running hark and print what Alexa would speak",
		Long: "say plays the Echo and Alexa to a running hark. With an utterance or an intent it\nsays that in a session of its own and prints what Alexa would speak; without, it is\n" +
			"a conversation, with line editing on a terminal and one utterance a line on a pipe.\nThere, /help lists what else can be done.",
		Example: `  hark say
  hark say "open christmas lights"
  hark say "ask christmas lights to turn the tree red"
  hark say --intent ChangeColorIntent LedColor=red`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && s.Intent == "" {
				return s.converse(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
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

// say is `hark say` with something to say: one turn of a new session.
func (s *settings) say(ctx context.Context, args []string, out, errs io.Writer) error {
	target, err := s.target()
	if err != nil {
		return err
	}
	skill, err := s.choose(&target, args)
	if err != nil {
		return err
	}
	sim, err := s.simulate(target, skill, out, errs, func(ssml string) { fmt.Fprintln(out, shownLines(out, alexa.SpokenText(ssml))) })
	if err != nil {
		return err
	}
	defer sim.progress.close()
	var step conversation.Step
	if s.Intent != "" {
		step, err = sim.ask(s.Intent, args)
	} else {
		step, err = sim.hear(strings.Join(args, " "))
	}
	if err != nil {
		return err
	}
	return sim.once(ctx, step)
}

// once carries a step through and prints what is spoken.
func (sim *simulator) once(ctx context.Context, step conversation.Step) error {
	said := sim.print(ctx, step)
	for step.Request != nil && sim.failed == nil {
		reply, err := sim.Send(ctx, step.Request)
		if err != nil {
			return err
		}
		if reply.Status != http.StatusOK {
			return sim.failed
		}
		if step, err = sim.talk.Answered(reply.Status, reply.Body, sim.now()); err != nil {
			return err
		}
		said = sim.print(ctx, step) || said
	}
	sim.progress.close() // what comes now comes too late
	if !said && !sim.JSON {
		fmt.Fprintln(sim.out, "(Alexa says nothing)")
	}
	return sim.failed
}

// print prints what is spoken in a step, and reports whether anything is.
func (sim *simulator) print(ctx context.Context, step conversation.Step) (said bool) {
	why := ""
	for _, e := range step.Events {
		switch e := e.(type) {
		case conversation.Note:
			why = e.Text
			fmt.Fprintln(sim.errs, "note:", e.Text)
		case conversation.Ended:
			if e.Reason == conversation.EndedByError {
				sim.failed = fmt.Errorf("the session would end: %s", why)
			}
		case conversation.Speech:
			said = true
			switch {
			case !sim.JSON:
				fmt.Fprintln(sim.out, shownLines(sim.out, spoken(e)))
			case e.Prompt != "":
				_ = printJSON(sim.out, map[string]string{"prompt": e.Text})
			}
			sim.speak(ctx, e)
		}
	}
	return said
}

// spoken is speech in a line.
func spoken(s conversation.Speech) string {
	if s.SSML {
		return alexa.SpokenText(s.Text)
	}
	return s.Text
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
	sender, err := s.sender(target.url)
	if err != nil {
		return err
	}
	reply, err := sender.Send(ctx, envelope)
	if err != nil {
		return noAnswer(target.url, err)
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

// meaning is an intent with SLOT=VALUE arguments, whose values are what is said.
func meaning(skill *intents.Skill, locale, intent string, args []string, at time.Time) (intents.Meaning, error) {
	slots := make(map[string][]string, len(args))
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok || name == "" {
			return intents.Meaning{}, fmt.Errorf("%q is not SLOT=VALUE; after an intent, arguments fill slots", a)
		}
		slots[name] = append(slots[name], skill.AsSent(locale, intent, name, value, at))
	}
	return skill.Meaning(locale, intent, slots)
}

// report tells what the developer should know beside the answer, and returns
// the error that ends the command.
func report(reply *device.Reply, errs io.Writer) error {
	for _, note := range reply.Notes {
		fmt.Fprintln(errs, "note:", shown(errs, note))
	}
	return reply.Failed()
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
