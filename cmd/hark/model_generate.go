package main

import (
	"fmt"
	"io"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/intents/draft"
	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/internal/stack"
)

// generation is `hark model generate`.
type generation struct {
	locale string
	dryRun bool
}

func (g *generation) options() []option.Option {
	return []option.Option{
		{Name: "locale", Usage: "the one locale to make the model of; without it, all that the labels are for", Value: option.Text(&g.locale, "locale")},
		{Name: "dry-run", Usage: "write nothing, and print what would change as a diff", Value: option.Switch(&g.dryRun)},
	}
}

func generateCommand() *cobra.Command {
	g := &generation{}
	return with(&cobra.Command{
		Use:   "generate [DIR]",
		Short: "Make interaction models from the labels of functions, or add to them",
		Long: "generate reads the labels hark.samples and hark.slots of the functions in\nDIR/stack.yaml and makes the skill's interaction models from them. To a model that\nis there it adds what is missing: it changes nothing and takes nothing out, and\n" +
			"tells what the model has besides. docs/functions.md tells how labels are written.",
		Example: "  hark model generate\n  hark model generate --dry-run samples/christmas-lights\n  hark model generate --locale de-DE",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return g.run(dir, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, g.options())
}

func (g *generation) run(dir string, out, errs io.Writer) error {
	functions, err := stack.LoadDir(dir)
	if err != nil {
		return err
	}
	changes, err := draft.New(dir, functions, g.locale)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if g.dryRun {
			printChange(errs, c, "would be ")
			_, err = out.Write(difference(c))
		} else if err = writeChange(c); err == nil {
			printChange(out, c, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func writeChange(c draft.Change) error {
	if !c.Changed() {
		return nil
	}
	return c.Write()
}

// printChange tells what became of a model, or would be.
func printChange(out io.Writer, c draft.Change, would string) {
	became := "nothing to add"
	switch {
	case c.Old == nil:
		became = would + "new"
	case c.Changed():
		became = would + "added to"
	}
	fmt.Fprintf(out, "%s: %s\n", c.File, became)
	for _, line := range c.Added {
		fmt.Fprintf(out, "  + %s\n", shown(out, line))
	}
	if len(c.Kept) == 0 {
		return
	}
	fmt.Fprintln(out, "  left as it is, other than the labels:")
	for _, line := range c.Kept {
		fmt.Fprintf(out, "    %s\n", shown(out, line))
	}
}

// difference is what would change, as patch takes it.
func difference(c draft.Change) []byte {
	old := c.File
	if c.Old == nil {
		old = "/dev/null"
	}
	return diff.Diff(old, c.Old, c.File, c.New)
}
