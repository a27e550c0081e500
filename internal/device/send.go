package device

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/internal/function"
)

// patience is how long the sender waits: a little longer than Alexa.
const patience = 10 * time.Second

// maxResponse bounds what is read of a response.
const maxResponse = 1 << 20

// Reply is what a gateway answered.
type Reply struct {
	Status    int
	Body      []byte
	RequestID string
	// Outcome is "ok" or what went wrong; empty when the request was refused
	// or the gateway is not hark.
	Outcome string
	// Reason and Notes are hark's explanations.
	Reason string
	Notes  []string
}

// Failed returns why a reply is not what a person wants to hear, or nil.
func (r *Reply) Failed() error {
	switch {
	case r.Status != http.StatusOK:
		return fmt.Errorf("HTTP %d: %s", r.Status, strings.TrimSpace(string(r.Body)))
	case r.Outcome != "" && r.Outcome != "ok":
		return fmt.Errorf("the skill failed (%s): %s; hark's log tells more under request %s", r.Outcome, r.Reason, r.RequestID)
	}
	return nil
}

// Sender signs envelopes and sends them to a gateway.
type Sender struct {
	url       string
	authority *alexatest.Authority
	client    *http.Client
}

// NewSender sends to the skill endpoint at url. It accepts the gateway's
// certificate if the system does or if authority issued it.
func NewSender(url string, authority *alexatest.Authority) *Sender {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	roots.AddCert(authority.Root())
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	return &Sender{url: url, authority: authority, client: &http.Client{
		Transport:     transport,
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Send signs an envelope as it is and sends it. The error is about the way
// there and back; what the gateway answered is in the Reply.
func (s *Sender) Send(ctx context.Context, envelope []byte) (*Reply, error) {
	header, err := s.authority.Sign(envelope)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(envelope))
	if err != nil {
		return nil, err
	}
	req.Header = header
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, unwrapURL(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	reply := &Reply{
		Status:    resp.StatusCode,
		Body:      body,
		RequestID: resp.Header.Get(function.HeaderRequestID),
		Outcome:   resp.Header.Get(function.HeaderOutcome),
		Reason:    unquote(resp.Header.Get(function.HeaderReason)),
	}
	for _, note := range resp.Header.Values(function.HeaderNote) {
		reply.Notes = append(reply.Notes, unquote(note))
	}
	return reply, nil
}

func unquote(s string) string {
	if text, err := strconv.Unquote(s); err == nil {
		return text
	}
	return s
}

// unwrapURL takes off the "Post URL:" that net/http puts before an error.
func unwrapURL(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s; Alexa would have given up", patience)
	}
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

// encode is JSON without HTML's escapes.
func encode(v any) (json.RawMessage, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(out.Bytes(), "\n"), err
}
