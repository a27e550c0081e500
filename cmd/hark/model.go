package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/intents/lint"
	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/internal/stack"
)

func modelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "model",
		Short: "Look after the skill package: interaction models and manifest",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(lintCommand(), generateCommand())
	return cmd
}

// linting is `hark model lint`.
type linting struct{ json bool }

func (l *linting) options() []option.Option {
	return []option.Option{
		{Name: "json", Usage: "print the findings as JSON", Value: option.Switch(&l.json)},
	}
}

func lintCommand() *cobra.Command {
	l := &linting{}
	return with(&cobra.Command{
		Use:   "lint [DIR]",
		Short: "Hold the skill package in DIR against Amazon's rules, and against its functions",
		Long: "lint reads the interaction models and the manifest of the skill in DIR, and the\nstack file beside them. It tells what Amazon would refuse, under Amazon's own codes,\n" +
			"what is likely a mistake, and which intents and functions do not find each other.\nIt fails if there is an error; warnings and advice are no errors. It changes nothing.\ndocs/lint.md lists the codes.",
		Example: "  hark model lint\n  hark model lint samples/christmas-lights\n  hark model lint --json | jq -r '.findings[].code'",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return l.run(dir, cmd.OutOrStdout())
		},
	}, l.options())
}

func (l *linting) run(dir string, out io.Writer) error {
	functions, err := functionsBeside(dir)
	if err != nil {
		return err
	}
	report, err := lint.Check(dir, functions)
	if err != nil {
		return err
	}
	if l.json {
		err = printJSON(out, report)
	} else {
		err = printReport(out, report)
	}
	if err != nil {
		return err
	}
	if report.Count(lint.Error) > 0 {
		return fmt.Errorf("%s: %s", dir, summed(report))
	}
	return nil
}

// functionsBeside are those that the stack file of a skill declares; nil if there
// is no such file.
func functionsBeside(dir string) (*lint.Stack, error) {
	path, err := stack.Find(dir)
	if err != nil {
		return nil, nil // Check tells of a directory that is none
	}
	functions, err := stack.Load(path)
	if err != nil {
		return nil, err
	}
	return &lint.Stack{File: path, Functions: functions}, nil
}

// summed is how much was found: 1 error, 2 warnings.
func summed(r *lint.Report) string {
	var parts []string
	for _, s := range []lint.Severity{lint.Error, lint.Warning} {
		if n := r.Count(s); n > 0 {
			parts = append(parts, counted(n, string(s)))
		}
	}
	if n := r.Count(lint.Advice); n > 0 {
		parts = append(parts, counted(n, "piece")+" of advice")
	}
	if r.Left > 0 {
		parts = append(parts, fmt.Sprintf("%d more", r.Left))
	}
	return strings.Join(parts, ", ")
}

var severityColors = map[lint.Severity]int{lint.Error: red, lint.Warning: yellow}

// alike is how many findings of one code are printed of a file.
const alike = 10

// printReport prints the findings by file, each with how to mend it below it.
func printReport(out io.Writer, r *lint.Report) error {
	var b strings.Builder
	place, code := 0, 0
	for _, f := range r.Findings {
		place, code = max(place, len(position(f))), max(code, len(f.Code))
	}
	for rest := r.Findings; len(rest) > 0; {
		file := rest[0].File
		n := slices.IndexFunc(rest, func(f lint.Finding) bool { return f.File != file })
		if n < 0 {
			n = len(rest)
		}
		fmt.Fprintf(&b, "%s\n", shown(out, file))
		printFindings(&b, out, rest[:n], place, code)
		rest = rest[n:]
	}
	if found := summed(r); found != "" {
		fmt.Fprintf(&b, "\n%s in %s\n", found, counted(len(r.Files), "file"))
	} else {
		fmt.Fprintf(&b, "nothing found in %s\n", counted(len(r.Files), "file"))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// printFindings prints those of one file, for out, in columns of these widths.
func printFindings(b *strings.Builder, out io.Writer, findings []lint.Finding, place, code int) {
	printed := make(map[lint.Code]int)
	for _, f := range findings {
		if printed[f.Code]++; printed[f.Code] > alike {
			continue
		}
		severity := inColor(out, severityColors[f.Severity], fmt.Sprintf("%-7s", f.Severity))
		fmt.Fprintf(b, "  %-*s  %s  %-*s  %s\n", place, position(f), severity, code, f.Code, shown(out, f.Text))
		fmt.Fprintf(b, "  %-*s  %-7s  %-*s  → %s\n", place, "", "", code, "", shown(out, mending(f)))
	}
	for _, c := range slices.Sorted(maps.Keys(printed)) {
		if more := printed[c] - alike; more > 0 {
			fmt.Fprintf(b, "  … %d more of %s; --json has them all\n", more, c)
		}
	}
}

// mending is how to mend a finding, and where.
func mending(f lint.Finding) string {
	if f.Path == "" {
		return f.Mend
	}
	return f.Mend + "  (" + f.Path + ")"
}

// position is the line and column of a finding, as editors take them.
func position(f lint.Finding) string {
	if f.Line == 0 {
		return "-"
	}
	return fmt.Sprintf("%d:%d", f.Line, f.Column)
}
