package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/internal/reading"
)

// top is `hark top`.
type top struct {
	remote
	Once     bool
	Interval time.Duration

	window []*reading.Reading // the last ones, the oldest first
}

// windowTime is over how much rates and times are told, if that much was seen: over
// a second, they would flicker.
const windowTime = 10 * time.Second

func newTop() *top { return &top{remote: newRemote(), Interval: time.Second} }

func (t *top) options() []option.Option {
	return append([]option.Option{
		{Name: "once", Usage: "print one table and end, as it does where there is no terminal", Value: option.Switch(&t.Once)},
		{Name: "interval", Usage: "time between two looks", Value: option.Duration(&t.Interval, 100*time.Millisecond, time.Hour)},
		{Name: "json", Usage: "print an object for each look, one a line", Value: option.Switch(&t.JSON)},
	}, t.remote.options()...)
}

func topCommand() *cobra.Command {
	t := newTop()
	return with(&cobra.Command{
		Use:   "top",
		Short: "Show what functions do, live: rate, latency, calls under way, replicas, errors",
		Long:  "top looks at the gateway's metrics each second, and shows the calls of each\nfunction a second, the times within which one half and 95 of 100 of them were\nanswered, those under way, replicas, and failed calls a second. q ends it.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return t.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, t.options())
}

func (t *top) run(ctx context.Context, in io.Reader, out, errs io.Writer) error {
	if err := t.connect("", errs); err != nil {
		return err
	}
	if err := t.look(ctx); err != nil {
		return err
	}
	screen, keys := terminal(out), terminal(in)
	var err error
	switch {
	case t.JSON:
		err = t.lines(ctx, out)
	case t.Once || screen == nil || keys == nil:
		if err = t.wait(ctx); err == nil {
			err = t.print(out, t.report())
		}
	default:
		return t.live(ctx, keys, screen)
	}
	if t.JSON && !t.Once && errors.Is(err, context.Canceled) { // which is how it is meant to end
		return nil
	}
	return t.explain(err)
}

// look reads the metrics once more.
func (t *top) look(ctx context.Context) error {
	text, err := t.api.Metrics(ctx)
	if err != nil {
		return t.explain(err)
	}
	defer text.Close()
	now, err := reading.Read(text, time.Now())
	if err != nil {
		return hinted{fmt.Errorf("%s: %w", t.api.Address(), err), "Name the operator's listener of a hark with --gateway or HARK_GATEWAY."}
	}
	for len(t.window) > 1 && now.At().Sub(t.window[1].At()) >= windowTime {
		t.window = t.window[1:]
	}
	t.window = append(t.window, now)
	return nil
}

func (t *top) report() reading.Report { return t.window[len(t.window)-1].Since(t.window[0]) }

// wait looks once more after an interval.
func (t *top) wait(ctx context.Context) error {
	if !sleep(ctx, t.Interval, func() {}) {
		return ctx.Err()
	}
	return t.look(ctx)
}

// lines prints reports as JSON until ctx ends.
func (t *top) lines(ctx context.Context, out io.Writer) error {
	for {
		if err := t.wait(ctx); err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(t.report()); err != nil || t.Once {
			return err
		}
	}
}

// live draws the table over itself until a key that ends it.
func (t *top) live(ctx context.Context, keys, screen *os.File) error {
	before, err := term.MakeRaw(int(keys.Fd()))
	if err != nil {
		return err
	}
	defer func() { _ = term.Restore(int(keys.Fd()), before) }()
	fmt.Fprint(screen, "\x1b[?1049h\x1b[?25l") // another screen, without a cursor
	defer fmt.Fprint(screen, "\x1b[?25h\x1b[?1049l")

	ctx, quit := context.WithCancel(ctx)
	defer quit()
	go func() { // until a key or the end of the program
		defer quit()
		awaitQuit(keys)
	}()
	for ctx.Err() == nil {
		width, height, sizeErr := term.GetSize(int(screen.Fd()))
		if sizeErr != nil {
			width, height = 80, 24
		}
		t.draw(screen, width, height, err)
		err = t.wait(ctx)
	}
	return nil
}

// awaitQuit returns when q, Ctrl-C or Ctrl-D was typed.
func awaitQuit(keys io.Reader) {
	var key [1]byte
	for {
		if n, err := keys.Read(key[:]); n == 0 || err != nil {
			return
		}
		switch key[0] {
		case 'q', 'Q', 3, 4:
			return
		}
	}
}
