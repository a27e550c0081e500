package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func removeCommand() *cobra.Command {
	r := newRemote()
	return with(&cobra.Command{
		Use:     "remove NAME…",
		Aliases: []string{"rm"},
		Short:   "Remove functions",
		Args:    wantsFunction(true, "NAME…"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.remove(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, r.options())
}

// remove is `hark remove`. It stops at the first name that cannot be removed.
func (r *remote) remove(ctx context.Context, names []string, out, errs io.Writer) error {
	if err := r.connect("", errs); err != nil {
		return err
	}
	for _, name := range names {
		if err := r.api.Remove(ctx, name); err != nil {
			return r.explainFunction(ctx, name, err)
		}
		fmt.Fprintf(out, "removed %s\n", name)
	}
	return nil
}
