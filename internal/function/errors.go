package function

import (
	"context"
	"errors"
	"fmt"
)

// The errors that an engine returns, wrapped with detail. Everything else that
// an engine returns is a fault of the engine itself.
var (
	// ErrNotFound: no function of that name is deployed.
	ErrNotFound = errors.New("no such function")
	// ErrInvalid: what is asked of the engine cannot be; what wraps it says why and
	// may be shown to who asked.
	ErrInvalid = errors.New("it cannot be")
	// ErrExists: there is a secret of that name already.
	ErrExists = errors.New("it exists already")
	// ErrNoSecret: there is no secret of that name.
	ErrNoSecret = errors.New("no such secret")
	// ErrConflict: others changed the same at the same time, again and again.
	ErrConflict = errors.New("others change it at the same time")
	// ErrEngine: the engine itself cannot be reached, or refuses; what wraps it may
	// be shown to the operator.
	ErrEngine = errors.New("the engine does not answer")
	// ErrTimeout: the deadline of the call passed before the answer was whole.
	ErrTimeout = errors.New("the function did not answer in time")
	// ErrOverloaded: the function already runs as often at once as it may.
	ErrOverloaded = errors.New("the function is busy")
	// ErrUnavailable: the function cannot be started or reached now.
	ErrUnavailable = errors.New("the function is not available")
	// ErrInputTooLarge: the body of the call is larger than is allowed.
	ErrInputTooLarge = errors.New("the request body is too large")
	// ErrInputSlow: the body of the call took too long to arrive.
	ErrInputSlow = errors.New("the request body took too long to arrive")
	// ErrInputBroken: the body of the call did not arrive whole.
	ErrInputBroken = errors.New("the request body did not arrive whole")
	// ErrInputInvalid: the function takes no request of that form. What wraps
	// it may be shown to the sender.
	ErrInputInvalid = errors.New("the function does not take such a request")
	// ErrOutputTooLarge: the answer is larger than is allowed.
	ErrOutputTooLarge = errors.New("the answer is too large")
	// ErrFailed: the function itself reported that it failed.
	ErrFailed = errors.New("the function failed")
	// ErrBroken: the function broke its answer off, or its answer is none.
	ErrBroken = errors.New("the function broke its answer off")
)

// Ended turns the end of a context into the error of a call: ErrTimeout for a
// deadline, else the context's cause.
func Ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrTimeout
	}
	return context.Cause(ctx)
}

// ExitError says that the program of a function ended in failure.
type ExitError struct {
	// Status is the exit status, or 128 plus the number of the signal that
	// ended the program, as shells count.
	Status int
	// Signal is the name of that signal, or empty.
	Signal string
}

// Error returns one line without any detail from inside the function.
func (e *ExitError) Error() string {
	if e.Signal != "" {
		return fmt.Sprintf("the function was ended by a signal: %s", e.Signal)
	}
	return fmt.Sprintf("the function ended with exit status %d", e.Status)
}
