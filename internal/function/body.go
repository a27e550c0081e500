package function

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Body is the body of a generic request as STDIN of a function: bounded, and
// with errors that tell whose fault they are. A function may answer while it
// reads and need not read at all, so the server takes both ways at once and no
// longer looks after what was not read; Settle and Finish do.
type Body struct {
	from    io.Reader // raw within the limit
	raw     io.Reader
	asks    bool // its sender waits until it is wanted
	control *http.ResponseController
	http1   bool
	length  int64       // as announced, -1 if it was not
	whole   atomic.Bool // read to its end
	timed   bool        // there is a bound to the time that it takes

	ended    atomic.Bool   // no Read is to wait any more
	mu       sync.Mutex    // held while from is read
	time     time.Duration // that is left to wait for it
	err      error         // the last of Read, besides io.EOF
	released bool
}

// NewBody takes over the body of r, of which at most limit bytes may be read;
// 0 is without bound.
func NewBody(w http.ResponseWriter, r *http.Request, limit int64) *Body {
	b := &Body{raw: r.Body, asks: r.Header.Get("Expect") != "", from: Bounded(r.Body, limit), control: http.NewResponseController(w), http1: r.ProtoMajor == 1, length: r.ContentLength}
	b.whole.Store(r.Body == nil || r.Body == http.NoBody)
	_ = b.control.EnableFullDuplex() // HTTP/2 has it always
	return b
}

// Within has Read return ErrInputSlow when the body has been waited for as long
// as d; 0 is without bound. Time in which nobody reads does not count: it may be
// the function that is slow. It must be called before Read.
func (b *Body) Within(d time.Duration) { b.time, b.timed = d, d > 0 }

// Len is the length of the body as it was announced, or more than any is.
func (b *Body) Len() int {
	if b.length < 0 {
		return math.MaxInt
	}
	return int(min(b.length, math.MaxInt))
}

// Read returns ErrInputTooLarge for a body over the limit, ErrInputSlow for one
// that is late, and ErrInputBroken for one that does not arrive as its sender
// announced it.
func (b *Body) Read(to []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.released {
		return 0, ErrInputBroken
	}
	n, err := b.read(to)
	switch {
	case errors.Is(err, ErrInputTooLarge):
		return n, err
	case errors.Is(err, io.EOF):
		if b.timed { // were it to pass, the server would take the connection for broken
			_ = b.control.SetReadDeadline(time.Time{})
		}
		b.whole.Store(true)
		return n, io.EOF
	case b.timed && errors.Is(err, os.ErrDeadlineExceeded):
		b.err = fmt.Errorf("%w: %w", ErrInputSlow, err)
	case err != nil:
		b.err = fmt.Errorf("%w: %w", ErrInputBroken, err)
	}
	return n, b.err
}

func (b *Body) read(to []byte) (int, error) {
	if !b.timed || b.whole.Load() {
		return b.from.Read(to)
	}
	begun := time.Now()
	_ = b.control.SetReadDeadline(begun.Add(max(b.time, time.Millisecond)))
	if b.ended.Load() { // Release may have come in between
		_ = b.control.SetReadDeadline(time.Unix(1, 0))
	}
	n, err := b.from.Read(to)
	b.time -= time.Since(begun)
	return n, err
}

// Err is what a Read has failed with. The server ends the context of a request
// whose body fails, perhaps before Read returns: Err tells which came first.
func (b *Body) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// Settle must be called before the header of the answer is written. Bytes of a
// body that was not read whole could be taken for the next request: such a
// connection carries no other.
func (b *Body) Settle(h http.Header) {
	if b.http1 && !b.whole.Load() {
		h.Set("Connection", "close")
	}
}

// lingerTime is as long as that of net/http.
const lingerTime = 500 * time.Millisecond

// Release ends a Read that still waits for a client who never sends the rest, and
// lets none begin.
func (b *Body) Release() {
	if b.whole.Load() {
		return
	}
	b.ended.Store(true)
	if !b.mu.TryLock() {
		if b.control.SetReadDeadline(time.Unix(1, 0)) != nil {
			return
		}
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	b.released = true
	b.whole.Store(false) // even if it is by now: the deadline may have met what the server reads next
	_ = b.control.SetReadDeadline(time.Now().Add(lingerTime))
}

// Finish must be called when the answer is written. It releases the body, of which
// the server then reads on for lingerTime at most, once the answer is on its way:
// were the connection of a client who still sends closed at once, it would be
// reset, and the answer lost. net/http does not do that for a client that asked
// before it sent (Expect: 100-continue).
func (b *Body) Finish() {
	b.Release()
	if b.asks && b.http1 && !b.whole.Load() && b.control.Flush() == nil {
		_, _ = io.Copy(io.Discard, b.raw)
	}
}
