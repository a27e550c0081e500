package alexa_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/harkvoice/hark/alexa"
)

// gate is a transport that gives the good chain to whoever asks, but not
// before it is opened. In a synctest bubble it shows exactly who waits.
type gate struct {
	open chan struct{}

	mu    sync.Mutex
	asked int
}

func newGate() *gate { return &gate{open: make(chan struct{})} }

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	g.asked++
	g.mu.Unlock()
	select {
	case <-g.open:
		return answer(http.StatusOK, goodChain().PEM()), nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func (g *gate) wantAsked(t *testing.T, want int) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.asked != want {
		t.Errorf("%d fetches, want %d", g.asked, want)
	}
}

// verifier trusts the good chain, whose validity is not of the bubble's time.
func (g *gate) verifier(t *testing.T) *alexa.Verifier {
	t.Helper()
	now := goodChain().Chain[0].NotBefore.Add(time.Hour)
	return newVerifier(t, alexa.VerifierConfig{
		Client: &http.Client{Transport: g},
		Roots:  amazon().Pool(),
		Now:    func() time.Time { return now },
	})
}

// verifying is a call of Verify that runs until done is closed.
type verifying struct {
	done   chan struct{}
	signer alexa.Signer
	err    error
}

func start(ctx context.Context, v *alexa.Verifier, header http.Header) *verifying {
	call := &verifying{done: make(chan struct{})}
	go func() {
		defer close(call.done)
		call.signer, call.err = v.Verify(ctx, header, body)
	}()
	return call
}

func (c *verifying) wantSigner(t *testing.T, want alexa.Signer) {
	t.Helper()
	<-c.done
	if c.err != nil || c.signer != want {
		t.Errorf("Verify: signer %d, error %v; want signer %d", c.signer, c.err, want)
	}
}

func (c *verifying) wantRefused(t *testing.T, reason alexa.Reason, text string) {
	t.Helper()
	<-c.done
	wantRefusal(t, c.err, reason, text)
}

func TestVerify_FetchesOnceForAllWhoWait(t *testing.T) {
	t.Parallel()
	header := sign(t, goodChain(), bucketURL+"good.pem", body)
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		v := g.verifier(t)
		var calls []*verifying
		for range 50 {
			calls = append(calls, start(t.Context(), v, header))
		}
		synctest.Wait() // all fifty wait
		g.wantAsked(t, 1)
		close(g.open)
		for _, call := range calls {
			call.wantSigner(t, alexa.Amazon)
		}
		g.wantAsked(t, 1)
	})
}

func TestVerify_OutlivesItsFirstCaller(t *testing.T) {
	t.Parallel()
	header := sign(t, goodChain(), bucketURL+"good.pem", body)
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		v := g.verifier(t)
		ctx, cancel := context.WithCancel(t.Context())
		first := start(ctx, v, header)
		synctest.Wait()
		second := start(t.Context(), v, header)
		synctest.Wait()
		cancel()
		first.wantRefused(t, alexa.ReasonFetch, "did not arrive in time")
		close(g.open)
		second.wantSigner(t, alexa.Amazon)
		g.wantAsked(t, 1)
	})
}

func TestVerify_EndsAtItsCallersDeadline(t *testing.T) {
	t.Parallel()
	header := sign(t, goodChain(), bucketURL+"slow.pem", body)
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
		defer cancel()
		g := newGate()
		start(ctx, g.verifier(t), header).wantRefused(t, alexa.ReasonFetch, "did not arrive in time")
		if took := time.Since(begin); took != 700*time.Millisecond { // the bubble's time is exact
			t.Errorf("it took %s", took)
		}
		close(g.open) // the fetch goes on without the caller
		synctest.Wait()
	})
}

// Without a deadline of the caller's, two attempts of two seconds are made.
func TestVerify_EndsThoughTheServerNeverAnswers(t *testing.T) {
	t.Parallel()
	header := sign(t, goodChain(), bucketURL+"slow.pem", body)
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		begin := time.Now()
		start(t.Context(), g.verifier(t), header).wantRefused(t, alexa.ReasonFetch, "did not arrive within 2s")
		if took := time.Since(begin); took != 4*time.Second {
			t.Errorf("it took %s", took)
		}
		g.wantAsked(t, 2)
	})
}

// The places for fetches are few. Who finds none is refused at once, and that
// is not remembered.
func TestVerify_BoundsFetchesAtOnce(t *testing.T) {
	t.Parallel()
	header := sign(t, goodChain(), bucketURL+"good.pem", body)
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		v := g.verifier(t)
		var calls []*verifying
		for i := range 4 {
			calls = append(calls, start(t.Context(), v, at(header, fmt.Sprintf("%s%d.pem", bucketURL, i))))
		}
		synctest.Wait()
		start(t.Context(), v, header).wantRefused(t, alexa.ReasonFetch, "too many signing certificates")
		g.wantAsked(t, 4)

		close(g.open)
		for _, call := range calls {
			call.wantSigner(t, alexa.Amazon)
		}
		start(t.Context(), v, header).wantSigner(t, alexa.Amazon)
	})
}
