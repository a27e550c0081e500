package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/internal/doctor"
	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/swarm"
)

// examination is what `hark doctor` is told.
type examination struct {
	remote
	at    string // to connect to
	house bool
}

func (e *examination) options() []option.Option {
	return append([]option.Option{
		{Name: "connect", Usage: "address to connect to in place of the URL's, such as 127.0.0.1:8443: what answers there is looked at as if it were the URL's", Value: option.Address(&e.at)},
		{Name: "house", Usage: "look at the gateway, its engine and its functions besides the URL", Value: option.Switch(&e.house)},
		{Name: "dir", Env: "HARK_DIR", Usage: "directory of the skill package whose intents are looked at; without it, those of the hark that is up here", Value: option.Text(&e.Dir, "directory")},
		{Name: "network", Env: "HARK_NETWORK", Usage: "overlay network of the functions", Value: option.Text(&e.Network, "name")},
		{Name: "json", Usage: "print the report as JSON", Value: option.Switch(&e.JSON)},
	}, e.remote.options()...)
}

func doctorCommand() *cobra.Command {
	e := &examination{remote: newRemote()}
	return with(&cobra.Command{
		Use:   "doctor [URL]",
		Short: "Look at a skill's endpoint as Amazon does, or at the house from inside, and say what is wrong",
		Long: "doctor looks at a skill's endpoint from outside: port, name, TLS, certificate, that\nwhat is not signed is refused, clock and round-trip time. It says what to do about\neach fault, and which sslCertificateType is right. It fails if Amazon would.\n\n" +
			"Without a URL it looks at the house from inside: gateway, Docker, network, functions\nthat are not ready, intents and functions that do not find each other, secrets.",
		Example: "  hark doctor https://skill.example.org/alexa\n  hark doctor --connect 127.0.0.1:8443 https://skill.example.org/alexa\n  hark doctor --dir samples/christmas-lights",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			url := ""
			if len(args) > 0 {
				url = args[0]
			}
			return e.run(cmd.Context(), url, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, e.options())
}

// run is `hark doctor`.
func (e *examination) run(ctx context.Context, url string, out, errs io.Writer) error {
	report := &doctor.Report{}
	if url != "" {
		doctor.Examine(ctx, url, doctor.Config{Connect: e.at}, report)
	}
	if url == "" || e.house {
		if err := e.connect("", errs); err != nil {
			return err
		}
		doctor.Inspect(ctx, doctor.House{Gateway: e.api, Skills: e.skills(), Survey: e.survey}, report)
	}
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	if err := e.print(report, out); err != nil || report.OK {
		return err
	}
	return fmt.Errorf("%s: %s failed", cmp.Or(report.URL, report.Gateway), counted(len(report.Failed()), "check"))
}

func (e *examination) survey(ctx context.Context) (swarm.Survey, error) {
	return swarm.Look(ctx, swarm.Config{Network: e.Network})
}

// skills are the directories of the packages.
func (e *examination) skills() (dirs []string) {
	if e.Dir != "" {
		return []string{e.Dir}
	}
	here, err := readRunning(e.State)
	if err != nil || !here.alive() || here.Operator != e.api.Address() {
		return nil
	}
	for _, s := range here.Skills {
		dirs = append(dirs, s.Dir)
	}
	return dirs
}

// signs are those of a check's state.
var signs = map[doctor.State]struct {
	text  string
	color int
}{
	doctor.OK:      {"✔", green},
	doctor.Warning: {"!", yellow},
	doctor.Failed:  {"✘", red},
}

func (e *examination) print(report *doctor.Report, out io.Writer) error {
	if e.JSON {
		return printJSON(out, report)
	}
	for _, c := range report.Checks {
		sign := signs[c.State]
		line := fmt.Sprintf("%s %-10s  %s", inColor(out, sign.color, sign.text), c.Name, shown(out, c.Text))
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
		if c.Mend != "" {
			fmt.Fprintf(out, "              → %s\n", shown(out, c.Mend))
		}
	}
	return nil
}
