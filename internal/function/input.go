package function

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// OrEmpty is r, or an empty reader in place of none.
func OrEmpty(r io.Reader) io.Reader {
	if r == nil {
		return strings.NewReader("")
	}
	return r
}

// ReadAll reads a body to its end or that of ctx, after which it may go on being
// read if it has no method Release.
func ReadAll(ctx context.Context, body io.Reader, limit int64) ([]byte, error) {
	from := Bounded(OrEmpty(body), limit)
	waiting, canBeReleased := body.(interface{ Release() })
	known, hasLength := body.(interface{ Len() int })
	switch {
	case canBeReleased:
		defer releasing(ctx, waiting.Release)()
	case body != nil && !hasLength: // it is not at hand
		return readWithin(ctx, from)
	}
	var all bytes.Buffer
	if hasLength {
		all.Grow(min(known.Len(), maxRoom) + bytes.MinRead) // or it would grow to see the end
	}
	_, err := all.ReadFrom(from)
	if err != nil && ctx.Err() != nil && !errors.Is(err, ErrInputSlow) {
		return nil, Ended(ctx)
	}
	return all.Bytes(), err
}

// releasing has a body released when ctx ends. The function undoes that, or waits
// until it is done: the connection may serve another request next.
func releasing(ctx context.Context, release func()) (undo func()) {
	released := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(released)
		release()
	})
	return func() {
		if !stop() {
			<-released
		}
	}
}

// maxRoom is what is made room for because a client has announced it, in bytes.
const maxRoom = 1 << 20

// readWithin leaves a body alone that does not end in time.
func readWithin(ctx context.Context, from io.Reader) ([]byte, error) {
	type outcome struct {
		all []byte
		err error
	}
	read := make(chan outcome, 1)
	go func() {
		all, err := io.ReadAll(from)
		read <- outcome{all, err}
	}()
	select {
	case got := <-read:
		return got.all, got.err
	case <-ctx.Done():
		return nil, Ended(ctx)
	}
}

// TakeShort reads what is short: most requests are. All else is rest.
func TakeShort(ctx context.Context, body io.Reader, limit int64) (head []byte, rest io.Reader, err error) {
	if body == nil {
		return nil, nil, nil
	}
	known, ok := body.(interface{ Len() int })
	if !ok || known.Len() > short {
		return nil, body, nil
	}
	if head, err = ReadAll(ctx, body, limit); err != nil {
		err = fmt.Errorf("reading the request: %w", err)
	}
	return head, nil, err
}

// short is a length that a pipe takes at once, whoever reads it.
const short = 4 << 10
