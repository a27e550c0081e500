package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/internal/openfaas"
	"github.com/harkvoice/hark/internal/option"
)

// listing is `hark list`, and what other commands that print answers need.
type listing struct{ remote }

func (l *listing) options() []option.Option {
	return append([]option.Option{
		{Name: "json", Usage: "print the API's answer", Value: option.Switch(&l.JSON)},
	}, l.remote.options()...)
}

func listCommand() *cobra.Command {
	l := &listing{newRemote()}
	return with(&cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the functions that are deployed",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return l.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, l.options())
}

func (l *listing) run(ctx context.Context, out, errs io.Writer) error {
	if err := l.connect("", errs); err != nil {
		return err
	}
	all, err := l.api.Functions(ctx)
	if err != nil {
		return l.explain(err)
	}
	if l.JSON {
		return printJSON(out, orEmpty(all))
	}
	if len(all) == 0 {
		_, err := fmt.Fprintf(out, "No function is deployed at %s. Deploy some with: hark deploy -f stack.yaml\n", l.api.Address())
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tIMAGE\tREPLICAS\tINVOCATIONS\tAGE\tNOTE")
	for _, f := range all {
		fmt.Fprintf(table, "%s\t%s\t%d/%d\t%.0f\t%s\t%s\n", f.Name, cmp.Or(shortImage(f.Image), "-"),
			f.AvailableReplicas, f.Replicas, f.InvocationCount, age(f.CreatedAt, time.Now()), shorten(shown(out, f.Trouble)))
	}
	return table.Flush()
}

// orEmpty has JSON say [] for none.
func orEmpty[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// shortImage leaves out of an image's name what says little.
func shortImage(image string) string {
	const digits = 12
	image = strings.TrimPrefix(image, "docker.io/")
	if name, digest, found := strings.Cut(image, "sha256:"); found && len(digest) > digits {
		return name + "sha256:" + digest[:digits]
	}
	return image
}

// age is how long ago something was, in its largest unit.
func age(since, now time.Time) string {
	d := now.Sub(since)
	switch {
	case since.IsZero():
		return "-"
	case d < time.Minute:
		return fmt.Sprintf("%ds", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours())/24)
}

// status is one word, or why it is not that word.
func status(f openfaas.Status) string {
	switch {
	case !ready(f):
		return "Not ready: " + missing(f)
	case f.Replicas == 0:
		return "Scaled to 0"
	}
	return "Ready"
}
