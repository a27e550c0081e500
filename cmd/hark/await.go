package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/harkvoice/hark/internal/openfaas"
)

const (
	pollFirst = 100 * time.Millisecond
	pollLast  = time.Second
)

// waiting is how long a command waits for what it has asked for.
type waiting struct {
	NoWait  bool
	Timeout time.Duration
}

// await polls a function until done and shows meanwhile why it is not. It
// returns what it saw last, and whether that is done.
func (w waiting) await(ctx context.Context, api *openfaas.Client, b *board, i int, doing string, done func(openfaas.Status) bool) (last openfaas.Status, ok bool, err error) {
	end := time.Now().Add(w.Timeout)
	name := b.rows[i].name
	for pause := pollFirst; ; pause = min(pause*3/2, pollLast) {
		now, err := api.Function(ctx, name)
		switch {
		case err != nil && unanswered(err) && ctx.Err() == nil: // a gateway may be replaced meanwhile
			now = last
			now.Trouble = "the gateway does not answer"
		case err != nil:
			return last, false, err
		case done(now):
			return now, true, nil
		}
		if now.Trouble != last.Trouble && now.Trouble != "" {
			b.note(i, fmt.Sprintf("%s, not ready yet: %s", doing, shown(b.w, now.Trouble)))
		}
		last = now
		left := time.Until(end)
		if left <= 0 {
			return last, false, nil
		}
		if !sleep(ctx, min(pause, left), b.tick) {
			return last, false, ctx.Err()
		}
	}
}

// unanswered reports whether an error is no answer of the gateway's.
func unanswered(err error) bool {
	var e *openfaas.Error
	return !errors.As(err, &e) || e.Status >= 500
}

// sleep calls tick ten times a second. It returns early, and false, when ctx
// ends.
func sleep(ctx context.Context, d time.Duration, tick func()) bool {
	end := time.After(d)
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-end:
			return true
		case <-ticker.C:
			tick()
		}
	}
}

// ready reports whether as many replicas take calls as are asked for.
func ready(s openfaas.Status) bool {
	return s.Trouble == "" && s.AvailableReplicas >= s.Replicas
}

// missing says why a function is not ready.
func missing(s openfaas.Status) string {
	if s.Trouble != "" {
		return s.Trouble
	}
	return fmt.Sprintf("%d of %d replicas take calls", s.AvailableReplicas, s.Replicas)
}
