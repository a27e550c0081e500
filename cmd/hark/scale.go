package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/internal/openfaas"
	"github.com/harkvoice/hark/internal/option"
)

// scaling is `hark scale`.
type scaling struct {
	remote
	waiting
}

func newScaling() *scaling { return &scaling{newRemote(), waiting{Timeout: time.Minute}} }

func (s *scaling) options() []option.Option {
	return append(s.waiting.options(), s.remote.options()...)
}

func scaleCommand() *cobra.Command {
	s := newScaling()
	return with(&cobra.Command{
		Use:   "scale NAME N",
		Short: "Run N replicas of a function",
		Args:  wantsFunction(false, "NAME", "N"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.run(cmd.Context(), args[0], args[1], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, s.options())
}

func (s *scaling) run(ctx context.Context, name, number string, out, errs io.Writer) error {
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return fmt.Errorf("%q is no number of replicas; want a whole number from 0 to %d", number, uint32(math.MaxUint32))
	}
	if err := s.connect("", errs); err != nil {
		return err
	}
	begun := time.Now()
	if err := s.api.Scale(ctx, name, n); err != nil {
		return s.explainFunction(ctx, name, err)
	}
	b := newBoard(out, name)
	if s.NoWait {
		b.end(0, fmt.Sprintf("asked for %s", replicas(n)))
		return nil
	}
	b.passing(0, fmt.Sprintf("scaling to %d", n))
	last, ok, err := s.await(ctx, s.api, b, 0, fmt.Sprintf("scaling to %d", n), func(f openfaas.Status) bool {
		return f.Replicas == n && f.AvailableReplicas == n
	})
	if err != nil {
		b.fail(0, "asked for "+replicas(n))
		return s.explainFunction(ctx, name, err)
	}
	if !ok {
		b.fail(0, fmt.Sprintf("%d of %d available after %s", last.AvailableReplicas, n, seconds(begun)))
		return hinted{fmt.Errorf("function %s: %s", name, missing(last)), fmt.Sprintf("`hark describe %s` tells more; it may still get there.", name)}
	}
	b.end(0, fmt.Sprintf("%s, in %s", replicas(n), seconds(begun)))
	return nil
}

func replicas(n uint64) string {
	if n == 1 {
		return "1 replica"
	}
	return fmt.Sprintf("%d replicas", n)
}
