package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/harkvoice/hark/internal/function"
)

// Answer is what a server has answered as the result of a call that ends as ctx
// does. Its body has at most limit bytes; 0 is without bound.
func Answer(ctx context.Context, resp *http.Response, limit int64) function.Result {
	protocol := resp.Header["Upgrade"]
	DropHopByHop(resp.Header)
	result := function.Result{Status: resp.StatusCode, Header: resp.Header, Body: resp.Body}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Header["Connection"], resp.Header["Upgrade"] = []string{"Upgrade"}, protocol
		return result
	}
	if _, named := resp.Header["Content-Type"]; !named {
		resp.Header["Content-Type"] = nil // or net/http would guess one
	}
	result.Body = &bounded{resp.Body, ctx, limit, 0}
	return result
}

// bounded is the body of an answer whose errors are those of a Result's.
type bounded struct {
	io.ReadCloser
	ctx   context.Context
	limit int64
	read  int64
}

// Read implements io.Reader.
func (b *bounded) Read(to []byte) (int, error) {
	n, err := b.ReadCloser.Read(to)
	b.read += int64(n)
	switch {
	case b.limit > 0 && b.read > b.limit:
		return 0, fmt.Errorf("%w: more than %d bytes", function.ErrOutputTooLarge, b.limit)
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	}
	return n, Explain(b.ctx, err)
}

// Explain finds the reason of a failed request among those that may be.
func Explain(ctx context.Context, err error) error {
	var input *InputError
	switch {
	case errors.As(err, &input): // after which the server ends ctx too
		return input.error
	case ctx.Err() != nil:
		return function.Ended(ctx)
	}
	return fmt.Errorf("%w: %w", function.ErrBroken, err)
}
