package watchdog

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/harkvoice/hark/internal/function"
)

// stdio is the mode of one process for each request.
type stdio struct {
	*Watchdog
	runner *Runner
}

func newStdio(w *Watchdog) (*stdio, error) {
	runner, err := NewRunner(w.config())
	return &stdio{w, runner}, err
}

func (m *stdio) invoke(ctx context.Context, inv function.Invocation) (function.Result, error) {
	stdin, err := m.stdin(ctx, inv)
	if err != nil {
		return function.Result{}, err
	}
	answer, err := m.runner.Reply(ctx, Request{Stdin: stdin, Stderr: m.lines("stderr", "request_id", inv.RequestID), Env: m.environ(inv)})
	if err != nil {
		return function.Result{}, err
	}
	result := function.Result{Status: http.StatusOK, Header: http.Header{}, Body: answer}
	if t := m.contentType(inv.HTTP); t != "" {
		result.Header.Set("Content-Type", t)
	}
	if m.settings.CGIResponse {
		if err := answer.takeHead(&result); err != nil {
			answer.Close()
			return function.Result{}, err
		}
		if m.settings.ContentType != "" {
			result.Header.Set("Content-Type", m.settings.ContentType)
		}
	}
	if n, whole := answer.Whole(); whole && hasBody(result.Status) {
		result.Header.Set("Content-Length", strconv.Itoa(n))
	}
	return result, nil
}

// hasBody reports whether answers of that status have a body (RFC 9110, 6.4.1).
func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// contentType is that of the request, as with the classic watchdog, unless the
// settings name one.
func (m *stdio) contentType(call *function.HTTP) string {
	if m.settings.ContentType != "" || call == nil {
		return m.settings.ContentType
	}
	return call.Header.Get("Content-Type")
}

func (m *stdio) environ(inv function.Invocation) []string {
	switch {
	case !m.settings.PerRequest():
		return nil
	case inv.HTTP == nil:
		return VoiceEnviron(inv.Voice)
	case m.settings.Environment:
		return HTTPEnviron(inv.HTTP)
	}
	return nil
}

// stdin is the body, or with marshal_request the JSON of header and body.
func (m *stdio) stdin(ctx context.Context, inv function.Invocation) (io.Reader, error) {
	if !m.settings.Marshal || inv.HTTP == nil {
		return inv.Body, nil
	}
	var request struct {
		Header http.Header `json:"header"`
		Body   struct {
			Raw []byte `json:"raw"` // base64
		} `json:"body"`
	}
	request.Header = inv.HTTP.Header
	if inv.Body != nil {
		raw, err := readAll(ctx, inv.Body, m.settings.MaxBody)
		if err != nil {
			return nil, err
		}
		request.Body.Raw = raw
	}
	text, err := json.Marshal(request)
	return strings.NewReader(string(text)), err
}

func (m *stdio) ready(context.Context) error { return m.runner.gate.refuses() }
func (m *stdio) health() error               { return nil }
func (m *stdio) close(ctx context.Context)   { m.runner.Close(ctx) }
