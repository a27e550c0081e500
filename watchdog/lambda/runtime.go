package lambda

import (
	"net/http"
	"slices"
	"strings"

	"github.com/harkvoice/hark/internal/function"
)

// Runtime is the API of one process. It is safe for concurrent use.
type Runtime struct {
	d           *Dispatcher
	concurrency int
	ready       chan struct{}
	failed      chan struct{}
	retired     chan struct{}
	closed      chan struct{}

	// Guarded by Dispatcher.mu.
	phase    phase
	retiring bool
	closing  bool
	initErr  error
	waiting  int                // calls of /next
	inflight int                // events that it took and has not answered
	live     int                // those of them that somebody waits for
	calls    map[*call]struct{} // whose bytes are on their way
	answered [16]string         // the ids that it answered last
	oldest   int                // of answered
	freed    chan struct{}      // closed when live is less than before
}

// told tells the calls of /next that there may be room for another event. It
// needs Dispatcher.mu.
func (r *Runtime) told() {
	close(r.freed)
	r.freed = make(chan struct{})
}

// phase is how far a process has come. It starts once, well or not.
type phase int

const (
	starting phase = iota
	running        // it has called /next
	broken         // it has called /init/error
)

// NewRuntime returns the API of another process. Concurrency is how many
// events it may have at once, which it is told by AWS_LAMBDA_MAX_CONCURRENCY;
// less than 1 means 1. A process of one event at a time that asks for a second
// is refused; one of several may ask ahead, and waits.
func (d *Dispatcher) NewRuntime(concurrency int) *Runtime {
	return &Runtime{
		d:           d,
		concurrency: max(1, concurrency),
		ready:       make(chan struct{}),
		failed:      make(chan struct{}),
		retired:     make(chan struct{}),
		closed:      make(chan struct{}),
		calls:       map[*call]struct{}{},
		freed:       make(chan struct{}),
	}
}

// Ready is closed when the process first asks for an event.
func (r *Runtime) Ready() <-chan struct{} { return r.ready }

// Failed is closed when the process has reported that it cannot start. It is
// never closed after Ready, nor Ready after it.
func (r *Runtime) Failed() <-chan struct{} { return r.failed }

// InitError returns the *FunctionError that the process reported, or nil before
// Failed is closed.
func (r *Runtime) InitError() error {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	return r.initErr
}

// Inflight returns how many events the process has taken and not answered:
// those of which the answer is being streamed, and those that nobody waits for
// any longer, count. After Close it is 0.
func (r *Runtime) Inflight() int {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	return r.inflight
}

// Silent reports whether the process has started and has neither an event nor
// asks for one.
func (r *Runtime) Silent() bool {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	return r.phase == running && !r.closing && r.inflight == 0 && r.waiting == 0
}

// Retire lets the process take no further event, beginning with its return:
// /next waits until the client goes or Close. What it has taken it may answer.
// Retire does not wait and may be called again.
func (r *Runtime) Retire() {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	if !r.retiring {
		r.retiring = true
		close(r.retired)
	}
}

// Close ends every call of the process that waits, also one whose bytes do not
// come or go. What it had taken and not answered fails with cause, a stream
// ends in it; nil means function.ErrBroken. Later calls of the process are
// answered 500. Only the first Close counts; none waits.
func (r *Runtime) Close(cause error) {
	if cause == nil {
		cause = function.ErrBroken
	}
	for _, c := range r.shut(cause) {
		c.interrupt()
	}
}

func (r *Runtime) shut(cause error) []*call {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	if r.closing {
		return nil
	}
	r.closing = true
	close(r.closed)
	for _, inv := range r.d.unanswered {
		if inv.runtime != r {
			continue
		}
		inv.deliver(outcome{err: cause})
		if inv.stream != nil {
			inv.stream.CloseWithError(cause)
		}
		r.forget(inv)
	}
	calls := make([]*call, 0, len(r.calls))
	for c := range r.calls {
		calls = append(calls, c)
	}
	return calls
}

// forget ends what the process has to do with an event. It needs
// Dispatcher.mu.
func (r *Runtime) forget(inv *invocation) {
	delete(r.d.unanswered, inv.id)
	close(inv.answered)
	r.inflight--
	if !inv.abandoned {
		r.live--
		r.told()
	}
	r.answered[r.oldest] = inv.id
	r.oldest = (r.oldest + 1) % len(r.answered)
}

// claim finds the event that a process answers by the call c. When there is no
// such event, it returns what the process is to be told.
func (r *Runtime) claim(id string, c *call) (*invocation, *reply) {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	inv := r.d.unanswered[id]
	mine := inv != nil && inv.runtime == r
	switch {
	case r.closing:
		return nil, &replyClosed
	case mine && !inv.answering:
		inv.answering = true
		r.calls[c] = struct{}{}
		return inv, nil
	case mine, id != "" && slices.Contains(r.answered[:], id):
		return nil, &replyAnswered
	}
	return nil, &replyUnknownID
}

const root = "/2018-06-01/runtime/"

// ServeHTTP answers one request of the process.
func (r *Runtime) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	c := newCall(r, w, req)
	path, ok := strings.CutPrefix(req.URL.Path, root)
	if !ok {
		c.reply(&replyNotFound)
		return
	}
	switch path {
	case "invocation/next":
		c.only(http.MethodGet, c.next)
		return
	case "init/error":
		c.only(http.MethodPost, c.initError)
		return
	}
	path, ok = strings.CutPrefix(path, "invocation/")
	switch id, verb, _ := strings.Cut(path, "/"); {
	case ok && verb == "response":
		c.only(http.MethodPost, func() { c.response(id) })
	case ok && verb == "error":
		c.only(http.MethodPost, func() { c.invocationError(id) })
	default:
		c.reply(&replyNotFound)
	}
}
