package trace

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Config is where traces go, and which. URL and Log are needed.
type Config struct {
	URL     string      // of an OTLP/HTTP receiver, with the path
	Header  http.Header // of requests to it, such as of an API key
	Service string      // what hark is called there
	Version string
	// Resource is what else is told of this hark.
	Resource []slog.Attr
	Ratio    float64 // of the traces that hark begins, those that are kept: 0 to 1
	Log      *slog.Logger
}

const (
	// room is how many traces wait at most, of some 1 kB each.
	room = 4096
	// batchSpans and batchTime say when spans are sent: once there are so many, and
	// else that often.
	batchSpans = 2048
	batchTime  = 5 * time.Second
)

// Tracer makes traces and sends them. It is safe for concurrent use.
type Tracer struct {
	config  Config
	bound   uint64 // what half of an id has to be below
	queue   queue
	client  *http.Client
	leaving chan struct{}   // closed once nothing is tried again
	over    context.Context // ends what is being sent
	end     context.CancelFunc
	done    chan struct{} // closed once nothing is sent any more
	failing bool          // the last batch was not taken whole

	sent, dropped atomic.Uint64
}

// New returns a Tracer, which is to be closed.
func New(c Config) *Tracer {
	t := &Tracer{config: c, bound: bound(c.Ratio), queue: queue{ready: make(chan struct{}, 1)}, client: newClient(), leaving: make(chan struct{}), done: make(chan struct{})}
	t.config.Resource = append([]slog.Attr{slog.String("service.name", c.Service), slog.String("service.version", c.Version)}, c.Resource...)
	t.over, t.end = context.WithCancel(context.Background())
	go t.run()
	return t
}

// bound is a part of all halves of ids.
func bound(ratio float64) uint64 {
	if ratio >= 1 {
		return math.MaxUint64
	}
	return uint64(max(ratio, 0) * (1 << 63))
}

// Counts are the spans that were taken so far, and those that were not.
func (t *Tracer) Counts() (sent, dropped uint64) {
	if t == nil {
		return 0, 0
	}
	return t.sent.Load(), t.dropped.Load()
}

// take queues a trace that has ended.
func (t *Tracer) take(n *Trace) {
	if !t.queue.add(n) {
		t.dropped.Add(uint64(1 + len(n.stages)))
	}
}

// queue is what waits to be sent. Its reader is woken for many traces at once: for
// each, that would cost more than all else that is done for it.
type queue struct {
	mu      sync.Mutex
	waiting []*Trace
	ready   chan struct{} // of room for one
}

// wakeAt is how many traces the reader is woken for.
const wakeAt = batchSpans / 8

func (q *queue) add(n *Trace) (ok bool) {
	q.mu.Lock()
	if ok = len(q.waiting) < room; ok {
		q.waiting = append(q.waiting, n)
	}
	wake := len(q.waiting) == wakeAt
	q.mu.Unlock()
	if wake {
		select {
		case q.ready <- struct{}{}:
		default:
		}
	}
	return ok
}

// take empties the queue. Spare is what it has returned the last time.
func (q *queue) take(spare []*Trace) []*Trace {
	clear(spare)
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting := q.waiting
	q.waiting = spare[:0]
	return waiting
}

// Close sends what waits, once, until ctx ends. Traces that end later go nowhere.
// It is to be called once.
func (t *Tracer) Close(ctx context.Context) {
	if t == nil {
		return
	}
	close(t.leaving)
	defer t.client.CloseIdleConnections()
	defer t.end()
	select {
	case <-t.done:
	case <-ctx.Done():
		t.end()
		<-t.done
	}
}

// batch is what is sent at once.
type batch struct {
	spans []byte
	n     int
}

func (b *batch) add(n *Trace) {
	var more int
	b.spans, more = n.appendSpans(b.spans)
	b.n += more
}

// run gathers what has ended into batches, until the tracer is closed.
func (t *Tracer) run() {
	defer close(t.done)
	var b batch
	var spare []*Trace
	every := time.NewTicker(batchTime)
	defer every.Stop()
	for leaving := false; !leaving; {
		least := 1
		select {
		case <-t.queue.ready:
			least = batchSpans
		case <-every.C:
		case <-t.leaving:
			leaving = true
		}
		spare = t.queue.take(spare)
		for _, n := range spare {
			if b.add(n); b.n >= batchSpans {
				t.send(&b)
			}
		}
		if b.n >= least {
			t.send(&b)
		}
	}
}
