package swarm

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/upstream"
)

// table is what calls read: the functions by name. The watch replaces it whole.
type table struct {
	functions atomic.Pointer[map[string]*target]
	chores    chores
}

func (t *table) find(name string) *target {
	if all := t.functions.Load(); all != nil {
		return (*all)[name]
	}
	return nil
}

// close ends all that goes on beside calls.
func (t *table) close() {
	if all := t.functions.Load(); all != nil {
		for _, f := range *all {
			f.set(nil)
		}
	}
	t.chores.close()
}

// chores are goroutines that calls have started and nobody waits for until the
// end.
type chores struct {
	ctx     context.Context // of them all
	stop    context.CancelFunc
	mu      sync.Mutex
	running sync.WaitGroup
}

func (c *chores) start(f func(context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() == nil {
		c.running.Go(func() { f(c.ctx) })
	}
}

func (c *chores) close() {
	c.mu.Lock()
	c.stop()
	c.mu.Unlock()
	c.running.Wait()
}

// target is a function as calls see it.
type target struct {
	name, service string // service is an id
	asleep        atomic.Bool
	waking        atomic.Bool
	next          atomic.Uint32 // endpoint to look at first

	mu        sync.Mutex
	endpoints []*endpoint // replaced, never changed
	changed   chan struct{}
}

func newTarget(name, service string) *target {
	return &target{name: name, service: service, changed: make(chan struct{})}
}

// set replaces the endpoints. Those that are dropped are asked no more; their
// calls go on.
func (t *target) set(to []*endpoint) {
	kept := make(map[*endpoint]bool, len(to))
	for _, ep := range to {
		kept[ep] = true
	}
	t.mu.Lock()
	old := t.endpoints
	t.endpoints = to
	t.mu.Unlock()
	for _, ep := range old {
		if !kept[ep] {
			ep.drop()
		}
	}
	t.tell()
}

// tell wakes up the calls that wait for an endpoint.
func (t *target) tell() {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.changed)
	t.changed = make(chan struct{})
}

// pick enters the endpoint that has the fewest calls under way. Without one that
// answers it returns what tells when there may be.
func (t *target) pick() (*endpoint, <-chan struct{}) {
	t.mu.Lock()
	list, changed := t.endpoints, t.changed
	t.mu.Unlock()
	first := int(t.next.Add(1))
	for {
		var best *endpoint
		var least int64
		for i := range list {
			ep := list[(first+i)%len(list)]
			if ep.silent.Load() || ep.circuit.trial.Load() == trialTaken {
				continue
			}
			if n := ep.inflight.Load(); best == nil || n < least {
				best, least = ep, n
			}
		}
		if best == nil {
			return nil, changed
		}
		if best.circuit.admits() { // else another call has just begun its trial
			best.inflight.Add(1)
			return best, changed
		}
	}
}

const (
	// dialTime bounds a connection to a task: they are one network apart.
	dialTime = 500 * time.Millisecond
	// firstTry is when a task that did not answer is tried again.
	firstTry = 5 * time.Millisecond
	// lastWords is how long a container may take until it listens no more that was
	// told to end.
	lastWords = 100 * time.Millisecond
	// lostTime is how long a task's node may leave a short request unacknowledged.
	lostTime = 800 * time.Millisecond
)

// endpoint is a task that answers calls.
type endpoint struct {
	client   upstream.Client
	node     string // id
	inflight atomic.Int64
	silent   atomic.Bool // it did not answer, and is not asked until it does
	felt     atomic.Bool // its pulse is
	circuit  circuit

	dropped context.Context // ends when the task is not to be asked any more
	drop    context.CancelFunc
	life    atomic.Pointer[life]
}

// life is the time from a loss of an endpoint's node to the next.
type life struct {
	context.Context // of the calls
	end             context.CancelCauseFunc
}

func newLife() *life {
	ctx, end := context.WithCancelCause(context.Background())
	return &life{ctx, end}
}

// lose ends the calls that are under way.
func (ep *endpoint) lose(cause error) { ep.life.Swap(newLife()).end(cause) }

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

func newEndpoint(address, node string, dial dialer) *endpoint {
	ep := &endpoint{client: upstream.Client{Address: address, Lost: lostTime}, node: node}
	ep.client.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, dialTime)
		defer cancel()
		return dial(ctx, network, address)
	}
	ep.dropped, ep.drop = context.WithCancel(context.Background())
	context.AfterFunc(ep.dropped, ep.client.Close)
	ep.life.Store(newLife())
	return ep
}

// errNodeLost is the error of calls whose node is gone.
var errNodeLost = fmt.Errorf("%w: its node is down", function.ErrBroken)

// leave ends a call that pick has begun.
func (ep *endpoint) leave() { ep.inflight.Add(-1) }

// neighbours are the endpoints on the node of one of them, with it.
func (t *target) neighbours(of *endpoint) (all []*endpoint) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, ep := range t.endpoints {
		if ep.node == of.node {
			all = append(all, ep)
		}
	}
	return all
}

// awaitVoice tries a silent endpoint after a wait, and then now and then until it
// can be connected to, or is dropped.
func (ep *endpoint) awaitVoice(t *target, wait time.Duration) {
	for ; ; wait = min(2*wait, 250*time.Millisecond) {
		select {
		case <-time.After(wait):
		case <-ep.dropped.Done():
			return
		}
		conn, err := ep.client.Dial(ep.dropped, "tcp", ep.client.Address)
		if err == nil {
			conn.Close()
			ep.circuit.offer()
			ep.silent.Store(false)
			t.tell()
			return
		}
	}
}
