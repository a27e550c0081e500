package watchdog

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/harkvoice/hark/internal/function"
)

// hopByHop are the headers that are about one connection and go no further
// (RFC 9110, section 7.6.1).
var hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func dropHopByHop(h http.Header) {
	for _, line := range h["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range hopByHop {
		delete(h, name)
	}
}

func hasToken(lines []string, token string) bool {
	for _, line := range lines {
		for word := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(word), token) {
				return true
			}
		}
	}
	return false
}

func orEmpty(r io.Reader) io.Reader {
	if r == nil {
		return strings.NewReader("")
	}
	return r
}

// readAll reads a body to its end or that of ctx, if it has a method Release.
func readAll(ctx context.Context, body io.Reader, limit int64) ([]byte, error) {
	if waiting, ok := body.(interface{ Release() }); ok {
		defer context.AfterFunc(ctx, waiting.Release)()
	}
	all, err := io.ReadAll(function.Bounded(orEmpty(body), limit))
	if err != nil && ctx.Err() != nil && !errors.Is(err, function.ErrInputSlow) {
		return nil, function.Ended(ctx)
	}
	return all, err
}

// watched remembers what reading has failed with: what hands the error on may
// hide it.
type watched struct {
	from io.Reader
	mu   sync.Mutex
	err  error
}

// Read implements io.Reader.
func (w *watched) Read(to []byte) (int, error) {
	n, err := w.from.Read(to)
	if err != nil && err != io.EOF {
		w.mu.Lock()
		w.err = err
		w.mu.Unlock()
	}
	return n, err
}

func (w *watched) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}
