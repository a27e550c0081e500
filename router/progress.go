package router

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
)

// progressTime is how long sending a progressive response may take: the answer
// waits for it, so that it can never come after it.
const progressTime = 1500 * time.Millisecond

// What becomes of a progressive response: the values of the label "outcome".
const (
	progressSent     = "sent"
	progressSpeech   = "speech"   // the label cannot be said
	progressEndpoint = "endpoint" // it would go elsewhere than to Alexa
	progressRejected = "rejected" // the API does not take it
	progressTimeout  = "timeout"
	progressFailed   = "failed" // the API cannot be reached
	progressCanceled = "canceled"
)

var progressOutcomes = []string{progressSent, progressSpeech, progressEndpoint, progressRejected, progressTimeout, progressFailed, progressCanceled}

// speaker sends progressive responses.
type speaker struct {
	amazon *http.Client
	local  *http.Client // for requests of the development authority
}

func newSpeaker() *speaker {
	transport := func(dialer net.Dialer) *http.Transport {
		dialer.Timeout = progressTime // the transport connects on when a request has given up
		return &http.Transport{       // without a proxy: the token is for Alexa alone
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    progressTime,
			ForceAttemptHTTP2:      true,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 16 << 10,
			DisableCompression:     true,
		}
	}
	local := transport(net.Dialer{Control: onlyLoopback})
	local.DisableKeepAlives = true
	return &speaker{amazon: client(transport(net.Dialer{})), local: client(local)}
}

func client(t *http.Transport) *http.Client {
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// onlyLoopback looks at the address that a name has turned out to be.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	if to, err := netip.ParseAddrPort(address); err != nil || !to.Addr().IsLoopback() {
		return errors.New("it is not on loopback")
	}
	return nil
}

// progressTimer tells when the listener has waited long enough for a function
// that has something to be said meanwhile. stop is to be called.
func (rt *Router) progressTimer(rec *record, route intents.Route) (late <-chan time.Time, stop func()) {
	if route.Progress == "" {
		return nil, func() {}
	}
	after := rt.ProgressAfter
	if own := rec.skill.Settings.ProgressAfter; own > 0 {
		after = own
	}
	timer := time.NewTimer(after)
	return timer.C, func() { timer.Stop() }
}

// progress sends a progressive response and returns when that is over, for well
// or ill: the function's answer does not depend on it.
func (rt *Router) progress(ctx context.Context, rec *record, route intents.Route, req *alexa.Request) {
	start := time.Now()
	outcome, err := rt.speaker.speak(ctx, req, rec.signer, route.Progress)
	rt.metrics.progressive.WithLabelValues(outcome).Inc()
	attrs := []slog.Attr{
		slog.String("request_id", rec.id), slog.String("function", route.Function), slog.String("outcome", outcome),
		slog.Float64("duration_ms", float64(time.Since(start).Microseconds())/1000),
	}
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("cause", err.Error()))
	}
	rt.Log.LogAttrs(context.Background(), level, "progress", attrs...)
}

// speak makes a progressive response and sends it, once. Nothing of req is in
// the error.
func (s *speaker) speak(ctx context.Context, req *alexa.Request, signer alexa.Signer, text string) (outcome string, err error) {
	p, err := alexa.Progressive(req, signer, text)
	switch {
	case errors.Is(err, alexa.ErrProgressSpeech):
		return progressSpeech, err
	case err != nil:
		return progressEndpoint, err
	}
	ctx, cancel := context.WithTimeout(ctx, progressTime)
	defer cancel()
	status, err := s.post(ctx, p, signer)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return progressCanceled, ctx.Err()
	case err != nil && ctx.Err() != nil:
		return progressTimeout, fmt.Errorf("it was not taken within %s, or the deadline was near", progressTime)
	case err != nil:
		return progressFailed, err
	case status/100 != 2:
		return progressRejected, fmt.Errorf("the API answers with HTTP status %d", status)
	}
	return progressSent, nil
}

func (s *speaker) post(ctx context.Context, p alexa.Progress, signer alexa.Signer) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, bytes.NewReader(p.JSON))
	if err != nil {
		return 0, errors.New("the address cannot be used")
	}
	r.Header.Set("Authorization", "Bearer "+p.Token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "hark")
	client := s.local
	if signer == alexa.Amazon {
		client = s.amazon
	}
	resp, err := client.Do(r)
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err // without the address
	}
	if err != nil {
		if strings.Contains(err.Error(), p.Token) { // from an answer that is not HTTP
			err = errors.New("the answer cannot be read")
		}
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 4<<10) // so that the connection can be kept
	return resp.StatusCode, nil
}
