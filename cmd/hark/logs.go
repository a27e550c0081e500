package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
	"github.com/harkvoice/hark/internal/option"
)

// logs is `hark logs`.
type logs struct {
	remote
	Follow   bool
	Since    time.Duration
	Tail     int
	Instance string
}

func (l *logs) options() []option.Option {
	const ever = 100 * 365 * 24 * time.Hour
	return append([]option.Option{
		{Name: "follow", Short: "f", Usage: "go on with what is logged from now on, until Ctrl-C", Value: option.Switch(&l.Follow)},
		{Name: "since", Usage: "only what was logged within this time, such as 10m; 0s is all", Value: option.Duration(&l.Since, 0, ever)},
		{Name: "tail", Usage: "only the last so many lines of what is there; 0 is all", Value: option.Int(&l.Tail, 0, 1<<30)},
		{Name: "instance", Usage: "only what this replica has logged, as the lines name it", Value: option.Text(&l.Instance, "id")},
		{Name: "json", Usage: "print the API's answer, one object a line", Value: option.Switch(&l.JSON)},
	}, l.remote.options()...)
}

func logsCommand() *cobra.Command {
	l := &logs{remote: newRemote()}
	return with(&cobra.Command{
		Use:   "logs NAME",
		Short: "Print what a function has logged",
		Args:  wantsFunction(false, "NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return l.run(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, l.options())
}

func (l *logs) run(ctx context.Context, name string, out, errs io.Writer) error {
	if err := l.connect("", errs); err != nil {
		return err
	}
	q := function.LogQuery{Name: name, Instance: l.Instance, Tail: l.Tail, Follow: l.Follow}
	if l.Since > 0 {
		q.Since = time.Now().Add(-l.Since)
	}
	err := l.api.Logs(ctx, q, l.printer(out))
	switch {
	case l.Follow && errors.Is(err, context.Canceled): // which is how it is meant to end
		return nil
	case err != nil:
		return l.explainFunction(ctx, name, err)
	case l.Follow:
		fmt.Fprintln(errs, "the gateway has ended the log")
	}
	return nil
}

func (l *logs) printer(out io.Writer) func(openfaas.LogLine) error {
	if l.JSON {
		return func(line openfaas.LogLine) error { return json.NewEncoder(out).Encode(line) }
	}
	return func(line openfaas.LogLine) error {
		head := line.Timestamp.Local().Format("2006-01-02 15:04:05.000")
		if line.Instance != "" {
			head += "  " + inColor(out, instanceColor(line.Instance), shown(out, shortInstance(line.Instance)))
		}
		_, err := fmt.Fprintf(out, "%s  %s\n", head, shown(out, line.Text))
		return err
	}
}

// shortInstance is as much of an id as tells replicas apart.
func shortInstance(id string) string {
	const most = 12
	return id[:min(most, len(id))]
}

// instanceColor is the same for an instance always, and never red.
func instanceColor(id string) int {
	h := fnv.New32a()
	_, _ = io.WriteString(h, id)
	return green + int(h.Sum32()%5) // to cyan
}
