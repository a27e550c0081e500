package watchdog

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

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
	answer, err := m.runner.Reply(ctx, Request{Stdin: m.stdin(inv), Stderr: m.lines("stderr", "request_id", inv.RequestID), Env: m.environ(inv), Voice: inv.HTTP == nil})
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
	var env []string
	switch {
	case !m.settings.PerRequest():
		return nil
	case inv.HTTP == nil:
		env = VoiceEnviron(inv.Voice)
	case m.settings.Environment:
		env = HTTPEnviron(inv.HTTP)
	}
	return appendTrace(env, inv.Trace)
}

// stdin is the body, or with marshal_request the JSON of header and body.
func (m *stdio) stdin(inv function.Invocation) io.Reader {
	if !m.settings.Marshal || inv.HTTP == nil {
		return inv.Body
	}
	return &marshalled{header: inv.HTTP.Header, body: function.OrEmpty(inv.Body), limit: m.settings.MaxBody}
}

// marshalled is a request as JSON. The body is read when a process is there to
// take it.
type marshalled struct {
	header http.Header
	body   io.Reader
	limit  int64

	text *bytes.Reader
}

// Read implements io.Reader.
func (r *marshalled) Read(to []byte) (int, error) {
	if r.text == nil {
		raw, err := io.ReadAll(function.Bounded(r.body, r.limit))
		if err != nil {
			return 0, err
		}
		var request struct {
			Header http.Header `json:"header"`
			Body   struct {
				Raw []byte `json:"raw"` // base64
			} `json:"body"`
		}
		request.Header, request.Body.Raw = r.header, raw
		text, err := json.Marshal(request)
		if err != nil {
			return 0, err
		}
		r.text = bytes.NewReader(text)
	}
	return r.text.Read(to)
}

func (m *stdio) ready(context.Context) error { return m.runner.gate.refuses() }
func (m *stdio) health() error               { return nil }
func (m *stdio) close(ctx context.Context)   { m.runner.Close(ctx) }
