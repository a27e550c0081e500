package swarm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// told is the deadline that the watchdog is told, zero if there is none. It is a
// little before that of ctx: the watchdog shall see a deadline, not a caller who
// hangs up, and have time to say so.
func told(ctx context.Context) time.Time {
	deadline, ok := ctx.Deadline()
	if !ok {
		return time.Time{}
	}
	left := time.Until(deadline)
	return deadline.Add(-min(left/10, 50*time.Millisecond))
}

// late makes an answer that broke off at the deadline one that took too long: once
// it has begun, the watchdog can only end the connection.
func late(err error, until time.Time) error {
	if errors.Is(err, function.ErrBroken) && !until.IsZero() && !time.Now().Before(until) {
		return fmt.Errorf("%w: %w", function.ErrTimeout, err)
	}
	return err
}

// lateBody has the errors of late.
func lateBody(body io.ReadCloser, until time.Time) io.ReadCloser {
	if _, both := body.(io.Writer); both || until.IsZero() {
		return body
	}
	return &timed{body, until}
}

type timed struct {
	io.ReadCloser
	until time.Time
}

// Read implements io.Reader.
func (t *timed) Read(to []byte) (int, error) {
	n, err := t.ReadCloser.Read(to)
	if err != nil && err != io.EOF {
		err = late(err, t.until)
	}
	return n, err
}
