package swarm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/containerd/errdefs"

	"github.com/harkvoice/hark/internal/function"
)

// apiTime bounds a call of Docker's API. While the Swarm has no leader, such
// calls hang.
const apiTime = 20 * time.Second

func patient(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, apiTime)
}

// watchTime bounds what the watch reads: what was asked when the leader went hangs
// on when there is a new one, who would answer.
const watchTime = 5 * time.Second

func brief(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, watchTime)
}

// explain makes an error of Docker's one of package function, with Docker's own
// words and what to do.
func explain(err error) error {
	if err == nil {
		return nil
	}
	text := words(err)
	switch {
	case errdefs.IsInvalidArgument(err):
		return fmt.Errorf("%w: Docker says: %s", function.ErrInvalid, text)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: Docker's API did not answer in time; if the Swarm has lost its leader, more than half of its managers must be up", function.ErrEngine)
	case errors.Is(err, context.Canceled):
		return err
	case strings.Contains(text, "does not have a leader"):
		return fmt.Errorf("%w: the Swarm has no leader; more than half of its managers must be up", function.ErrEngine)
	}
	return fmt.Errorf("%w: Docker says: %s", function.ErrEngine, text)
}

// words are Docker's, without what wraps them.
func words(err error) string {
	text := strings.TrimPrefix(err.Error(), "Error response from daemon: ")
	if _, inner, ok := strings.Cut(text, " desc = "); ok { // rpc error: code = … desc = …
		text = inner
	}
	return strings.Join(strings.Fields(text), " ")
}

// isConflict reports whether somebody else changed the same object first.
func isConflict(err error) bool {
	return err != nil && strings.Contains(err.Error(), "update out of sequence")
}
