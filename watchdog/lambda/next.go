package lambda

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// next answers GET /runtime/invocation/next.
func (c *call) next() {
	if !c.whole { // only when it is read would net/http see the client go
		c.reply(&replyNextBody)
		return
	}
	if refusal := c.runtime.enter(); refusal != nil {
		c.reply(refusal)
		return
	}
	c.sends = true
	inv, e := c.await()
	switch {
	case inv != nil:
		c.give(inv, e)
	case c.req.Context().Err() == nil:
		c.reply(&replyClosed)
	}
}

// enter counts a call of /next as waiting, or returns why it may not wait.
func (r *Runtime) enter() *reply {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	switch {
	case r.closing:
		return &replyClosed
	case r.phase == broken:
		return &replyInitFailed
	case r.concurrency == 1 && r.live+r.waiting > 0:
		return &replyBusy
	}
	r.waiting++
	if r.phase == starting {
		r.phase = running
		close(r.ready)
	}
	return nil
}

// await returns the next event, or none if the client goes or the Runtime is
// closed.
func (c *call) await() (*invocation, Event) {
	r := c.runtime
	retired := r.retired
	for {
		events, freed := r.open()
		select {
		case inv := <-events:
			if e, ok := c.take(inv); ok {
				return inv, e
			}
			continue
		case <-freed:
			continue
		case <-retired:
			retired = nil
			continue
		case <-c.req.Context().Done():
		case <-r.closed:
		}
		r.d.mu.Lock()
		defer r.d.mu.Unlock()
		r.waiting--
		return nil, Event{}
	}
}

// open is where events come from, while the process may have another, and what
// tells when that may have changed.
func (r *Runtime) open() (events <-chan *invocation, freed <-chan struct{}) {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	if r.retiring || r.live >= r.concurrency {
		return nil, r.freed
	}
	return r.d.events, nil
}

// take makes an event the Runtime's. A select picks at random among what is
// ready, so only here is it known whether the event is still wanted, and the
// process still there to have it: if not, Invoke offers it again.
func (c *call) take(inv *invocation) (Event, bool) {
	r := c.runtime
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	if inv.abandoned || inv.ctx.Err() != nil {
		return Event{}, false
	}
	if r.closing || r.retiring || r.live >= r.concurrency || c.req.Context().Err() != nil {
		inv.done <- outcome{again: true}
		return Event{}, false
	}
	inv.runtime = r
	r.waiting--
	r.inflight++
	r.live++
	r.calls[c] = struct{}{}
	e := inv.event
	if e.Taken != nil {
		e.Taken(r, inv.answered)
	}
	inv.event = Event{} // an answer may be long in coming
	return e, true
}

// give writes the event to the process. Without a flush its failure would not
// be known.
func (c *call) give(inv *invocation, e Event) {
	c.header(inv, e)
	_, err := c.w.Write(e.Payload)
	if err == nil {
		err = http.NewResponseController(c.w).Flush()
	}
	c.end()
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		err = fmt.Errorf("%w: giving it the event: %w", function.ErrBroken, err)
		c.runtime.d.settle(inv, outcome{err: err})
	}
}

// header sets the header of an event. The names are canonical, so that the map
// can be written without looking at each again.
func (c *call) header(inv *invocation, e Event) {
	config := &c.runtime.d.config
	deadline, ok := inv.ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(config.Deadline)
	}
	h := c.w.Header()
	h["Content-Type"] = typeJSON
	h["Lambda-Runtime-Invoked-Function-Arn"] = c.runtime.d.arn
	values := make([]string, 0, 6)
	set := func(name, value string) {
		if value != "" && validValue(value) {
			values = append(values, value)
			h[name] = values[len(values)-1 : len(values) : len(values)]
		}
	}
	set("Content-Length", strconv.Itoa(len(e.Payload)))
	set("Lambda-Runtime-Aws-Request-Id", inv.id)
	set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(deadline.UnixMilli(), 10))
	set("Lambda-Runtime-Trace-Id", e.TraceID)
	set("Lambda-Runtime-Client-Context", e.ClientContext)
	set("Lambda-Runtime-Cognito-Identity", e.CognitoIdentity)
}
