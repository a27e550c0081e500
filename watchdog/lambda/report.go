package lambda

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/harkvoice/hark/internal/function"
)

// FunctionError is what a function reports of its own failure. It wraps
// function.ErrFailed.
type FunctionError struct {
	// Type is a name such as Runtime.ImportModuleError; it may be empty.
	Type string
	// Message is the function's own words, or the head of what it sent if
	// that is not a report. It may tell of the inside, and may be long.
	Message string
}

// Bounds of a report, in bytes.
const (
	maxReport  = 256 << 10 // with its stack trace
	maxRaw     = 1 << 10   // of one that cannot be read
	maxType    = 100
	maxMessage = 300
)

// Error returns one line of a few hundred bytes, for the log only.
func (e *FunctionError) Error() string {
	text := function.ErrFailed.Error()
	for _, part := range []string{line(e.Type, maxType), line(e.Message, maxMessage)} {
		if part != "" {
			text += ": " + part
		}
	}
	return text
}

// Unwrap returns function.ErrFailed.
func (e *FunctionError) Unwrap() error { return function.ErrFailed }

// line makes one printable line of at most limit bytes of s, and "…" if there
// is more.
func line(s string, limit int) string {
	var b strings.Builder
	for _, r := range s { // what is not UTF-8 comes as U+FFFD
		if !unicode.IsPrint(r) {
			r = ' '
		}
		if b.Len()+utf8.RuneLen(r) > limit {
			return b.String() + "…"
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// initError answers POST /runtime/init/error.
func (c *call) initError() {
	if refusal := c.runtime.fail(c); refusal != nil {
		c.reply(refusal)
		return
	}
	err := c.readReport()
	r := c.runtime
	r.d.mu.Lock()
	r.initErr = err
	r.d.mu.Unlock()
	close(r.failed)
	c.reply(&replyAccepted)
}

// fail notes that the process cannot start, or returns why it may not say so.
func (r *Runtime) fail(c *call) *reply {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	switch {
	case r.closing:
		return &replyClosed
	case r.phase == running:
		return &replyInitOver
	case r.phase == broken:
		return &replyInitFailed
	}
	r.phase = broken
	r.calls[c] = struct{}{}
	return nil
}

// invocationError answers POST /runtime/invocation/{id}/error.
func (c *call) invocationError(id string) {
	inv, refusal := c.runtime.claim(id, c)
	if refusal != nil {
		c.reply(refusal)
		return
	}
	err := c.readReport()
	c.finish(c.runtime.d.settle(inv, outcome{err: err}), &replyAccepted)
}

const (
	headerErrorType = "Lambda-Runtime-Function-Error-Type"
	headerErrorBody = "Lambda-Runtime-Function-Error-Body"
)

// readReport reads what it can: a report that is cut short, or too long to be
// read whole, still tells of a failure.
func (c *call) readReport() *FunctionError {
	body, _ := io.ReadAll(io.LimitReader(c, maxReport))
	_, _ = io.CopyN(io.Discard, c, MaxPayload)
	return parseReport(c.req.Header.Get(headerErrorType), body)
}

// trailerError returns what a process says at the end of an answer that failed
// on the way, or nil.
func (c *call) trailerError() error {
	kind, text := c.req.Trailer.Get(headerErrorType), c.req.Trailer.Get(headerErrorBody)
	if kind == "" && text == "" {
		return nil
	}
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		body = []byte(text)
	}
	return parseReport(kind, body)
}

func parseReport(kind string, body []byte) *FunctionError {
	var report struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(body, &report) != nil || report.Type == "" && report.Message == "" {
		report.Type, report.Message = "", string(body[:min(len(body), maxRaw)])
	}
	if report.Type == "" {
		report.Type = kind
	}
	return &FunctionError{
		Type:    strings.ToValidUTF8(report.Type, "\uFFFD"),
		Message: strings.ToValidUTF8(report.Message, "\uFFFD"),
	}
}
