package trace

import (
	"context"
	"log/slog"
	"math"
	"net/http"
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
	room = 2048
	// batchSpans and batchTime say when spans are sent: so many, or so long after
	// the first, whatever is sooner.
	batchSpans = 512
	batchTime  = 5 * time.Second
)

// Tracer makes traces and sends them. It is safe for concurrent use.
type Tracer struct {
	config  Config
	bound   uint64 // what half of an id has to be below
	queue   chan *Trace
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
	t := &Tracer{config: c, bound: bound(c.Ratio), queue: make(chan *Trace, room), client: newClient(), leaving: make(chan struct{}), done: make(chan struct{})}
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
	select {
	case t.queue <- n:
	default:
		t.dropped.Add(uint64(1 + len(n.stages)))
	}
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
	timer := time.NewTimer(batchTime)
	defer timer.Stop()
	for {
		select {
		case n := <-t.queue:
			if b.n == 0 {
				timer.Reset(batchTime)
			}
			if b.add(n); b.n >= batchSpans {
				t.send(&b)
			}
		case <-timer.C:
			t.send(&b)
		case <-t.leaving:
			for len(t.queue) > 0 {
				b.add(<-t.queue)
			}
			t.send(&b)
			return
		}
	}
}
