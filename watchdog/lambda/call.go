package lambda

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// call is one request of a process. Its methods are for the goroutine that
// serves it, except interrupt.
type call struct {
	runtime *Runtime
	w       http.ResponseWriter
	req     *http.Request
	sends   bool // the event is what its bytes are, else an answer
	whole   bool // the body was read to its end

	mu   sync.Mutex
	cut  bool // interrupted
	over bool // nothing is left to interrupt
}

func newCall(r *Runtime, w http.ResponseWriter, req *http.Request) *call {
	return &call{runtime: r, w: w, req: req, whole: req.Body == nil || req.ContentLength == 0}
}

// only answers requests of another method.
func (c *call) only(method string, serve func()) {
	if c.req.Method == method {
		serve()
		return
	}
	c.w.Header().Set("Allow", method)
	c.reply(&replyWrongMethod)
}

// Read reads the body.
func (c *call) Read(to []byte) (int, error) {
	if c.whole {
		return 0, io.EOF
	}
	n, err := c.req.Body.Read(to)
	if errors.Is(err, io.EOF) {
		c.whole = true
	}
	return n, err
}

// patience is how long an interrupted Read waits for bytes. One that fails
// spoils a chunked body for linger, so that a process in the midst of sending
// would be reset; one that is silent is not harmed.
const patience = 50 * time.Millisecond

// interrupt ends a Read, or the writing of an event, that waits for the
// process. When the call is over it does nothing: the connection may serve
// another by then.
func (c *call) interrupt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	c.cut = true
	control := http.NewResponseController(c.w)
	if c.sends {
		_ = control.SetWriteDeadline(time.Unix(1, 0))
	} else {
		_ = control.SetReadDeadline(time.Now().Add(patience))
	}
}

// interrupted reports whether the call was ended from outside.
func (c *call) interrupted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cut
}

// end lets nobody interrupt the call any more, and reports whether the
// connection can serve another.
func (c *call) end() (usable bool) {
	c.runtime.d.mu.Lock()
	delete(c.runtime.calls, c)
	c.runtime.d.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	return c.whole && !c.cut
}

// reply answers. Bytes of a body that was not read whole could be taken for
// the next request, and net/http would wait for them: such a connection
// carries no other.
func (c *call) reply(r *reply) {
	usable := c.end()
	h := c.w.Header()
	h["Content-Type"] = typeJSON
	h["Content-Length"] = r.length
	if !usable {
		h.Set("Connection", "close")
	}
	c.w.WriteHeader(r.status)
	_, _ = c.w.Write(r.body)
	if !c.whole {
		c.linger()
	}
}

// lingerTime is as long as that of net/http.
const lingerTime = 500 * time.Millisecond

// linger gives a process that still sends its body the time to see that it was
// answered, after which clients leave off sending. Were the connection closed at
// once, it would be reset: the process would see that, and perhaps end of it.
func (c *call) linger() {
	control := http.NewResponseController(c.w)
	if control.Flush() != nil || control.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	_, _ = io.Copy(io.Discard, c)
}
