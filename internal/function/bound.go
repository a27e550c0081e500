package function

import (
	"fmt"
	"io"
)

// Bounded returns a reader that yields ErrInputTooLarge where from has more than limit
// bytes; 0 is without bound.
func Bounded(from io.Reader, limit int64) io.Reader {
	if limit <= 0 {
		return from
	}
	return &bound{from: from, limit: limit, left: limit}
}

type bound struct {
	from        io.Reader
	limit, left int64 // left is -1 when there was more
}

// Read implements io.Reader.
func (b *bound) Read(to []byte) (int, error) {
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
	return n, err
}

func (b *bound) tooLarge() error {
	return fmt.Errorf("%w: more than %d bytes", ErrInputTooLarge, b.limit)
}
