package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/internal/doctor"
	"github.com/harkvoice/hark/internal/option"
)

// examination is what `hark doctor` is told.
type examination struct {
	connect string
	json    bool
}

func (e *examination) options() []option.Option {
	return []option.Option{
		{Name: "connect", Usage: "address to connect to in place of the URL's, such as 127.0.0.1:8443: what answers there is looked at as if it were the URL's", Value: option.Address(&e.connect)},
		{Name: "json", Usage: "print the report as JSON", Value: option.Switch(&e.json)},
	}
}

func doctorCommand() *cobra.Command {
	e := &examination{}
	return with(&cobra.Command{
		Use:     "doctor URL",
		Short:   "Look at a skill's endpoint as Amazon does, and say what is wrong",
		Long:    "doctor looks at a skill's endpoint from outside: port, name, TLS, certificate, that\nwhat is not signed is refused, clock and round-trip time. It says what to do about\neach fault, and which sslCertificateType is right. It fails if Amazon would.",
		Example: "  hark doctor https://skill.example.org/alexa\n  hark doctor --connect 127.0.0.1:8443 https://skill.example.org/alexa",
		Args:    wants("URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.run(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}, e.options())
}

// run is `hark doctor`.
func (e *examination) run(ctx context.Context, url string, out io.Writer) error {
	report := doctor.Examine(ctx, url, doctor.Config{Connect: e.connect})
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted")
	}
	if err := e.print(report, out); err != nil || report.OK {
		return err
	}
	failed := slices.DeleteFunc(slices.Clone(report.Checks), func(c doctor.Check) bool { return c.State != doctor.Failed })
	return fmt.Errorf("%s: %s failed", url, counted(len(failed), "check"))
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
	if e.json {
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
