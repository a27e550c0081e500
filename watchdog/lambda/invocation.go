package lambda

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"strings"

	"github.com/harkvoice/hark/internal/function"
)

// invocation is an event on its way to a Runtime and back. What changes of it
// is guarded by Dispatcher.mu.
type invocation struct {
	id   string
	ctx  context.Context // of Invoke, whose end is that of a stream
	done chan outcome    // holds one, so that nobody waits to deliver it

	event     Event          // until it is taken
	answered  chan struct{}  // closed when its process has no more to do with it
	runtime   *Runtime       // that took it
	stream    *io.PipeWriter // the answer, once it is known to be streamed
	answering bool           // a response or an error to it is being read
	delivered bool           // done has, or had, the outcome
	abandoned bool           // nobody waits for the outcome
}

// outcome is what Invoke returns.
type outcome struct {
	answer *Answer
	err    error
	again  bool // nothing yet: who took the event could not have it
}

// admit makes an event known by an id that no unanswered one has.
func (d *Dispatcher) admit(ctx context.Context, e Event) *invocation {
	id := e.ID
	if !validID(id) {
		id = newID()
	}
	inv := &invocation{ctx: ctx, done: make(chan outcome, 1), event: e, answered: make(chan struct{})}
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.unanswered[id] != nil {
		id = newID()
	}
	inv.id = id
	d.unanswered[id] = inv
	return inv
}

// giveUp abandons an event whose context ended, unless there is an outcome
// after all: it would be lost, and a stream never be closed.
func (d *Dispatcher) giveUp(inv *invocation) (*Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if inv.delivered {
		out := <-inv.done
		return out.answer, out.err
	}
	inv.abandoned = true
	if inv.runtime == nil {
		delete(d.unanswered, inv.id)
	} else {
		inv.runtime.live--
		inv.runtime.told()
	}
	return nil, function.Ended(inv.ctx)
}

// deliver needs Dispatcher.mu.
func (inv *invocation) deliver(out outcome) {
	if inv.delivered || inv.abandoned {
		return
	}
	inv.delivered = true
	inv.done <- out
}

// fate is what became of an answer.
type fate int

const (
	wanted    fate = iota
	unwanted       // nobody waits for it any more
	forgotten      // by Close, or it was answered otherwise
)

func (inv *invocation) fate() fate {
	switch {
	case inv.runtime.d.unanswered[inv.id] != inv:
		return forgotten
	case inv.abandoned:
		return unwanted
	}
	return wanted
}

// settle ends an invocation that was taken. Of a stream the outcome has been
// delivered before.
func (d *Dispatcher) settle(inv *invocation, out outcome) fate {
	d.mu.Lock()
	defer d.mu.Unlock()
	was := inv.fate()
	if was != forgotten {
		inv.deliver(out)
		inv.runtime.forget(inv)
	}
	return was
}

// stream delivers an answer that is only beginning.
func (d *Dispatcher) stream(inv *invocation, to *io.PipeWriter, a *Answer) fate {
	d.mu.Lock()
	defer d.mu.Unlock()
	was := inv.fate()
	if was == wanted {
		inv.stream = to
		inv.deliver(outcome{answer: a})
	}
	return was
}

// maxID is the longest request id in bytes.
const maxID = 128

// validID refuses what would have to be escaped in a path, and the two names
// that clients take out of one.
func validID(id string) bool {
	if id == "" || len(id) > maxID || id == "." || id == ".." {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool {
		return !alphanumeric(r) && !strings.ContainsRune("._-", r)
	}) < 0
}

func alphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// newID returns a random UUID, version 4.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	var text [36]byte
	at := 0
	for _, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		if at > 0 {
			text[at] = '-'
			at++
		}
		at += hex.Encode(text[at:], part)
	}
	return string(text[:])
}
