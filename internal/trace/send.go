package trace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"
)

const (
	// sendTime bounds one try, as OTLP has it by default.
	sendTime = 10 * time.Second
	// tries is how often a batch is sent that the receiver could not take.
	tries = 3
	// firstPause is that before the second try, each other is twice as long.
	firstPause = time.Second
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 64 << 10
)

func newClient() *http.Client {
	return &http.Client{
		Transport:     http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// send has a batch taken, or dropped, and empties it.
func (t *Tracer) send(b *batch) {
	if b.n == 0 {
		return
	}
	lost, err := t.patiently(request(t.config.Resource, t.config.Version, b.spans), b.n)
	t.sent.Add(uint64(b.n - lost))
	t.dropped.Add(uint64(lost))
	t.tell(err)
	b.spans, b.n = b.spans[:0], 0
}

// patiently sends a request of n spans until it is taken or was tried often enough,
// and tells how many of them were lost.
func (t *Tracer) patiently(text []byte, n int) (lost int, err error) {
	pause := firstPause
	for try := 1; ; try++ {
		lost, err := t.post(text, n)
		if try == tries || !errors.Is(err, errLater) {
			return lost, err
		}
		select {
		case <-time.After(pause):
		case <-t.leaving:
			return lost, err
		}
		pause *= 2
	}
}

// tell logs that traces are not taken, once, and that they are again.
func (t *Tracer) tell(err error) {
	failing := err != nil
	if failing == t.failing {
		return
	}
	t.failing = failing
	if failing {
		t.config.Log.Warn("traces are not taken, and dropped; what is served is not touched by it", "url", t.config.URL, "cause", err)
		return
	}
	t.config.Log.Info("traces are taken again", "url", t.config.URL)
}

// errLater: the receiver may take the same later (OTLP, "Retryable Response Codes").
var errLater = errors.New("not now")

// post sends a request of n spans once, and tells how many of them were lost.
func (t *Tracer) post(text []byte, n int) (lost int, err error) {
	ctx, cancel := context.WithTimeout(t.over, sendTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.config.URL, bytes.NewReader(text))
	if err != nil {
		return n, err
	}
	maps.Copy(r.Header, t.config.Header)
	r.Header.Set("Content-Type", "application/x-protobuf")
	r.Header.Set("User-Agent", "hark/"+t.config.Version)
	resp, err := t.client.Do(r)
	if err != nil {
		if broken := (*url.Error)(nil); errors.As(err, &broken) {
			err = broken.Err // the log has the address beside it
		}
		return n, fmt.Errorf("%w: %w", errLater, err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch s := resp.StatusCode; {
	case s/100 == 2:
		if lost, why := rejected(answer); lost > 0 {
			lost = min(lost, n)
			return lost, fmt.Errorf("it took all but %d of %d spans: %.200s", lost, n, why)
		}
		return 0, nil
	case s == http.StatusTooManyRequests, s == http.StatusBadGateway, s == http.StatusServiceUnavailable, s == http.StatusGatewayTimeout:
		return n, fmt.Errorf("%w: it answers %s", errLater, resp.Status)
	}
	return n, fmt.Errorf("it answers %s", resp.Status)
}
