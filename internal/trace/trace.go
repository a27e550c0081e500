package trace

import (
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

type (
	traceID [16]byte
	spanID  [8]byte
)

// Trace is what is kept of one request until it has ended. It belongs to one
// goroutine at a time; a nil one does nothing.
type Trace struct {
	tracer  *Tracer
	at      time.Time // when it began
	id      traceID
	sampled bool // else nothing is kept, and functions are told so
	state   string
	parent  spanID // of the caller; zero without one
	linked  *link

	root   span
	stages []span
	room   [7]span // for a line's stages, without an allocation of its own
	attrs  []slog.Attr
	told   [14]slog.Attr // room for those
	kind   kind
	failed bool
}

// span is a part of a trace. Times are in nanoseconds since 1970.
type span struct {
	name       string
	id         spanID
	begin, end int64
}

// link is another trace that has to do with this one.
type link struct {
	trace traceID
	span  spanID
}

type kind uint64

// The kinds of spans, by OTLP's numbers.
const (
	kindInternal kind = 1
	kindServer   kind = 2
	kindClient   kind = 3
)

// Invoke is the stage in which another program answers.
const Invoke = "invoke"

// Start begins the trace of a request that came at a time. A caller who is trusted
// and names a trace is followed, in whether it is kept too; another one's is
// linked to only, or strangers would decide what is kept.
func (t *Tracer) Start(name string, h http.Header, trusted bool, at time.Time) *Trace {
	if t == nil {
		return nil
	}
	n := &Trace{tracer: t, at: at, kind: kindServer, root: span{name: name, id: newSpanID(), begin: at.UnixNano()}}
	caller := function.TraceOf(h)
	switch trace, span, sampled := parse(caller.Parent); {
	case caller.Parent == "":
		n.begin()
	case trusted:
		n.id, n.parent, n.sampled, n.state = trace, span, sampled, caller.State
	default:
		n.linked = &link{trace, span}
		n.begin()
	}
	n.stages = n.room[:0]
	return n
}

// begin makes a trace of its own.
func (n *Trace) begin() {
	high, low := rand.Uint64(), rand.Uint64()
	binary.BigEndian.PutUint64(n.id[:8], high)
	binary.BigEndian.PutUint64(n.id[8:], low)
	n.sampled = low>>1 < n.tracer.bound // as TraceIdRatioBased decides
}

// Follow begins the part of a trace that goes on beside the request, and may end
// after it.
func (n *Trace) Follow(name string, at time.Time) *Trace {
	if n == nil {
		return nil
	}
	f := &Trace{tracer: n.tracer, at: at, kind: kindInternal, id: n.id, sampled: n.sampled, state: n.state, parent: n.root.id,
		root: span{name: name, id: newSpanID(), begin: at.UnixNano()}}
	f.stages = f.room[:0]
	return f
}

// Enter ends the stage that was, and begins another.
func (n *Trace) Enter(stage string) {
	if n == nil || !n.sampled {
		return
	}
	now := n.now()
	n.leave(now)
	n.stages = append(n.stages, span{name: stage, id: newSpanID(), begin: now})
}

// now is by the clock that nobody sets, which is also read in half the time.
func (n *Trace) now() int64 { return n.root.begin + int64(time.Since(n.at)) }

func (n *Trace) leave(now int64) {
	if last := len(n.stages) - 1; last >= 0 {
		n.stages[last].end = now
	}
}

// Context is where a call stands that the stage makes.
func (n *Trace) Context() function.Trace {
	if n == nil {
		return function.Trace{}
	}
	at, flags := n.root.id, "-00"
	if n.sampled {
		flags = "-01"
		if last := len(n.stages) - 1; last >= 0 {
			at = n.stages[last].id
		}
	}
	text := make([]byte, 0, 64)
	text = hex.AppendEncode(append(text, "00-"...), n.id[:])
	text = hex.AppendEncode(append(text, '-'), at[:])
	return function.Trace{Parent: string(append(text, flags...)), State: n.state}
}

// ID names the trace, if it is kept, as logs do.
func (n *Trace) ID() string {
	if n == nil || !n.sampled {
		return ""
	}
	return hex.EncodeToString(n.id[:])
}

// End ends the request, of which attrs tell. The Trace is not to be used again. A
// failed one is marked, with the stage that failed.
func (n *Trace) End(attrs []slog.Attr, failed bool) {
	if n == nil || !n.sampled {
		return
	}
	n.root.end = n.now()
	n.leave(n.root.end)
	n.attrs, n.failed = append(n.told[:0], attrs...), failed
	n.tracer.take(n)
}

func newSpanID() (id spanID) {
	for id == (spanID{}) { // which would be none
		binary.BigEndian.PutUint64(id[:], rand.Uint64())
	}
	return id
}

// parse reads a traceparent of W3C's form.
func parse(parent string) (trace traceID, span spanID, sampled bool) {
	if parent == "" {
		return trace, span, false
	}
	_, _ = hex.Decode(trace[:], []byte(parent[3:35]))
	_, _ = hex.Decode(span[:], []byte(parent[36:52]))
	var flags [1]byte
	_, _ = hex.Decode(flags[:], []byte(parent[53:55]))
	return trace, span, flags[0]&1 == 1
}
