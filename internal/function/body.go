package function

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Body is the body of a generic request as STDIN of a function: bounded, and
// with errors that tell whose fault they are. A function may answer while it
// reads and need not read at all, so the server takes both ways at once and no
// longer looks after what was not read; Settle and Release do.
type Body struct {
	from    io.Reader
	control *http.ResponseController
	http1   bool
	limit   int64
	whole   atomic.Bool // read to its end

	mu       sync.Mutex // held while from is read
	left     int64      // of limit; -1 when there was more
	released bool
}

// NewBody takes over the body of r, of which at most limit bytes may be read.
func NewBody(w http.ResponseWriter, r *http.Request, limit int64) *Body {
	b := &Body{from: r.Body, control: http.NewResponseController(w), http1: r.ProtoMajor == 1, limit: limit, left: limit}
	b.whole.Store(r.Body == nil || r.Body == http.NoBody)
	_ = b.control.EnableFullDuplex() // HTTP/2 has it always
	return b
}

// Read returns ErrInputTooLarge for a body over the limit, and ErrInputBroken
// for one that does not arrive as its sender announced it.
func (b *Body) Read(to []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.released {
		return 0, ErrInputBroken
	}
	if b.left < 0 {
		return 0, b.tooLarge()
	}
	if int64(len(to)) > b.left {
		to = to[:b.left+1] // one more tells whether there is more
	}
	n, err := b.from.Read(to)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, b.tooLarge()
	}
	switch {
	case errors.Is(err, io.EOF):
		b.whole.Store(true)
		return n, io.EOF
	case err != nil:
		return n, fmt.Errorf("%w: %w", ErrInputBroken, err)
	}
	return n, nil
}

func (b *Body) tooLarge() error {
	return fmt.Errorf("%w: more than %d bytes", ErrInputTooLarge, b.limit)
}

// Settle must be called before the header of the answer is written. Bytes of a
// body that was not read whole could be taken for the next request: such a
// connection carries no other.
func (b *Body) Settle(h http.Header) {
	if b.http1 && !b.whole.Load() {
		h.Set("Connection", "close")
	}
}

// Release must be called when the answer is written. It ends a Read that still
// waits for a client who never sends the rest, and lets none begin: the server
// would take the deadline back for it, and then wait for the rest itself.
func (b *Body) Release() {
	if b.whole.Load() || b.control.SetReadDeadline(time.Unix(1, 0)) != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.released = true
}
