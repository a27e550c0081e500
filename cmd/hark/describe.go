package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
)

func describeCommand() *cobra.Command {
	l := &listing{newRemote()}
	return with(&cobra.Command{
		Use:   "describe NAME",
		Short: "Tell all that is known of a function, and why it is not ready",
		Args:  wantsFunction(false, "NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return l.describe(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, l.options())
}

// describe is `hark describe`.
func (l *listing) describe(ctx context.Context, name string, out, errs io.Writer) error {
	if err := l.connect("", errs); err != nil {
		return err
	}
	f, err := l.api.Function(ctx, name)
	if err != nil {
		return l.explainFunction(ctx, name, err)
	}
	if l.JSON {
		return printJSON(out, f)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.DiscardEmptyColumns)
	for _, p := range l.properties(f) {
		if len(p.values) == 0 || p.values[0] == "" {
			continue
		}
		for i, v := range p.values {
			label := p.label + ":"
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(table, "%s\t%s\n", label, shown(out, v))
		}
	}
	return table.Flush()
}

// property is one thing that is known; without a value it is left out.
type property struct {
	label  string
	values []string
}

func (l *listing) properties(f openfaas.Status) []property {
	deployed := ""
	if !f.CreatedAt.IsZero() {
		deployed = fmt.Sprintf("%s (%s ago)", f.CreatedAt.Local().Format(time.DateTime), age(f.CreatedAt, time.Now()))
	}
	readOnly := ""
	if f.ReadOnlyRootFilesystem {
		readOnly = "read-only"
	}
	return []property{
		{"Name", []string{f.Name}},
		{"Status", []string{status(f)}},
		{"Replicas", []string{fmt.Sprintf("%d available of %d", f.AvailableReplicas, f.Replicas)}},
		{"Invocations", []string{fmt.Sprintf("%.0f", f.InvocationCount)}},
		{"Deployed", []string{deployed}},
		{"Image", []string{f.Image}},
		{"Process", []string{f.EnvProcess}},
		{"URL", l.urls(f)},
		{"Intents", []string{f.Labels[function.LabelIntents]}},
		{"Request types", []string{f.Labels[function.LabelRequests]}},
		{"Environment", pairs(f.EnvVars)},
		{"Labels", pairs(f.Labels)},
		{"Annotations", pairs(f.Annotations)},
		{"Secrets", f.Secrets},
		{"Constraints", f.Constraints},
		{"Limits", amounts(f.Limits)},
		{"Requests", amounts(f.Requests)},
		{"Root filesystem", []string{readOnly}},
	}
}

// urls are where a function can be called; the public one is known only of the
// hark that is up here.
func (l *listing) urls(f openfaas.Status) []string {
	path := "/function/" + f.Name
	urls := []string{l.api.Address() + path}
	here, err := readRunning(l.State)
	if err == nil && here.Operator == l.api.Address() && f.Labels[function.LabelPublic] == "true" {
		urls = append(urls, strings.TrimSuffix(here.URL, "/alexa")+path+" (public)")
	}
	return urls
}

func pairs(m map[string]string) (lines []string) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, k+"="+m[k])
	}
	return lines
}

func amounts(r *openfaas.Resources) (lines []string) {
	if r == nil {
		return nil
	}
	if r.Memory != "" {
		lines = append(lines, "memory "+r.Memory)
	}
	if r.CPU != "" {
		lines = append(lines, "cpu "+r.CPU)
	}
	return lines
}
