package lambda

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// MaxPayload is the largest event and the largest buffered answer, in bytes.
const MaxPayload = 6 << 20

const (
	defaultARN      = "arn:aws:lambda:local:000000000000:function:function"
	defaultDeadline = 15 * time.Minute // the longest that AWS allows
)

// Config says what functions are told and within which bounds they answer. The
// zero value has the defaults.
type Config struct {
	// ARN is what functions are told that they are invoked as. Empty, or with
	// bytes that no header can have, it is
	// "arn:aws:lambda:local:000000000000:function:function".
	ARN string
	// Deadline is how long a function is told that it has when the context of
	// the call has no deadline; 0 or less means 15 minutes. It ends nothing.
	Deadline time.Duration
	// MaxStream bounds a streamed answer in bytes, without its prelude; 0 is
	// without bound.
	MaxStream int64
}

// Event is one invocation.
type Event struct {
	// ID is the request id. Empty, longer than 128 bytes, with characters
	// other than A-Z, a-z, 0-9, ".", "_" and "-", or while an event of the
	// same id is unanswered, a random UUID is used in its place.
	ID string
	// Payload is JSON of at most MaxPayload bytes; empty means {}. It must
	// not be changed later: a process may be reading it when Invoke gives up.
	Payload []byte
	// TraceID, ClientContext and CognitoIdentity become headers unless they
	// are empty or have bytes that no header can have.
	TraceID, ClientContext, CognitoIdentity string
	// Taken, if it is not nil, is told which Runtime has taken the event, before
	// Invoke returns. Answered is closed when the process has answered it,
	// whether somebody waits or not, or is gone. Taken must neither wait nor
	// call this package.
	Taken func(by *Runtime, answered <-chan struct{})
}

// Dispatcher hands events to whichever Runtime asks next, the oldest first. It
// is safe for concurrent use and needs no closing.
type Dispatcher struct {
	config Config
	arn    []string         // as a header
	events chan *invocation // from Invoke to a /next

	mu         sync.Mutex // guards what changes of invocations and runtimes, too
	unanswered map[string]*invocation
}

// NewDispatcher returns a Dispatcher without any Runtime.
func NewDispatcher(c Config) *Dispatcher {
	if c.ARN == "" || !validValue(c.ARN) {
		c.ARN = defaultARN
	}
	if c.Deadline <= 0 {
		c.Deadline = defaultDeadline
	}
	return &Dispatcher{
		config:     c,
		arn:        []string{c.ARN},
		events:     make(chan *invocation),
		unanswered: map[string]*invocation{},
	}
}

// Invoke waits until a Runtime has taken the event and answered it. An answer
// that is streamed is returned when it begins, and ctx governs it until its
// Body has ended or is closed.
//
// When ctx ends first, the error is function.ErrTimeout for a deadline and
// context.Cause(ctx) otherwise. The other errors are
//
//   - function.ErrInputTooLarge for more than MaxPayload bytes, and
//     function.ErrInputInvalid for a payload that is not JSON: no function has
//     seen the event;
//   - a *FunctionError if the function reported an error;
//   - function.ErrOutputTooLarge for more than MaxPayload bytes of an answer
//     that is not streamed;
//   - function.ErrBroken if the event could not be given to the process whole,
//     or its answer does not arrive whole or has a malformed prelude;
//   - whatever Runtime.Close was given, if it was called meanwhile.
func (d *Dispatcher) Invoke(ctx context.Context, e Event) (*Answer, error) {
	if len(e.Payload) == 0 {
		e.Payload = emptyPayload
	}
	if len(e.Payload) > MaxPayload {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", function.ErrInputTooLarge, len(e.Payload), MaxPayload)
	}
	if !json.Valid(e.Payload) {
		return nil, fmt.Errorf("%w: an event has to be JSON", function.ErrInputInvalid)
	}
	if ctx.Err() != nil {
		return nil, function.Ended(ctx)
	}
	inv := d.admit(ctx, e)
	for {
		select {
		case d.events <- inv:
		case <-ctx.Done():
			return d.giveUp(inv)
		}
		select {
		case out := <-inv.done:
			if !out.again {
				return out.answer, out.err
			}
		case <-ctx.Done():
			return d.giveUp(inv)
		}
	}
}

var emptyPayload = []byte("{}")
