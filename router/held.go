package router

import (
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/semaphore"

	"github.com/harkvoice/hark/internal/function"
)

// held is the room that a body takes which is read whole. What it takes is counted
// as it comes, not as it is announced, and given back when the request ends.
type held struct {
	room  *semaphore.Weighted
	free  int64 // bytes that need no room
	taken int64
}

// errBodies is the error of a body that there is no room for.
var errBodies = fmt.Errorf("%w: bodies take as much memory as they may", function.ErrOverloaded)

// firstRoom is how long a body may be until it is moved to a longer place.
const firstRoom = 4 << 10

// read reads a body to its end, whose length was announced, if that is not
// negative. An error is that of the body, or errBodies.
func (h *held) read(from io.Reader, announced int64) (body []byte, err error) {
	for {
		if len(body) == cap(body) {
			if body, err = h.grow(body, announced); err != nil {
				return nil, err
			}
		}
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return nil, err
		}
	}
}

// grow moves a body to where it has twice the room, or as much as it needs. Both
// count for a moment.
func (h *held) grow(body []byte, announced int64) ([]byte, error) {
	size := max(2*int64(cap(body)), firstRoom)
	if left := announced + 1; left > int64(len(body)) { // one more, to see the end
		size = min(size, left)
	}
	needs, had := max(size-h.free, 0), h.taken
	if !h.room.TryAcquire(needs) {
		return nil, errBodies
	}
	longer := append(make([]byte, 0, size), body...)
	h.taken = needs
	h.room.Release(had)
	return longer, nil
}

func (h *held) release() {
	if h.taken > 0 {
		h.room.Release(h.taken)
	}
	h.taken = 0
}
