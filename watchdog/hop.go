package watchdog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/harkvoice/hark/internal/function"
)

// hopByHop are the headers that are about one connection and go no further
// (RFC 9110, section 7.6.1).
var hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func dropHopByHop(h http.Header) {
	for _, name := range listed(h["Connection"]) {
		h.Del(name)
	}
	for _, name := range hopByHop {
		delete(h, name)
	}
}

// listed are the words of a header that is a list.
func listed(lines []string) (words []string) {
	for _, line := range lines {
		for word := range strings.SplitSeq(line, ",") {
			words = append(words, strings.TrimSpace(word))
		}
	}
	return words
}

func orEmpty(r io.Reader) io.Reader {
	if r == nil {
		return strings.NewReader("")
	}
	return r
}

// readAll reads a body to its end or that of ctx, after which it may go on being
// read if it has no method Release.
func readAll(ctx context.Context, body io.Reader, limit int64) ([]byte, error) {
	from, atHand := function.Bounded(orEmpty(body), limit), false
	room := bytes.MinRead
	if known, ok := body.(interface{ Len() int }); ok {
		atHand, room = true, min(known.Len(), maxRoom)+1 // in which the end is seen
	}
	if waiting, ok := body.(interface{ Release() }); ok {
		defer releasing(ctx, waiting.Release)()
	} else if body != nil && !atHand {
		return readWithin(ctx, from)
	}
	all, err := readTo(make([]byte, 0, room), from)
	if err != nil && ctx.Err() != nil && !errors.Is(err, function.ErrInputSlow) {
		return nil, function.Ended(ctx)
	}
	return all, err
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

// readTo is io.ReadAll with room to begin with.
func readTo(all []byte, from io.Reader) ([]byte, error) {
	for {
		n, err := from.Read(all[len(all):cap(all)])
		all = all[:len(all)+n]
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if len(all) == cap(all) {
			all = append(all, 0)[:len(all)]
		}
	}
}

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
		return nil, function.Ended(ctx)
	}
}

// takeShort reads what is short: most requests are. All else is rest.
func takeShort(ctx context.Context, body io.Reader, limit int64) (head []byte, rest io.Reader, err error) {
	if body == nil {
		return nil, nil, nil
	}
	known, ok := body.(interface{ Len() int })
	if !ok || known.Len() > short {
		return nil, body, nil
	}
	if head, err = readAll(ctx, body, limit); err != nil {
		err = fmt.Errorf("reading the request: %w", err)
	}
	return head, nil, err
}

// short is a length that a pipe takes at once, whoever reads it.
const short = 4 << 10
