package watchdog

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// Paths that the watchdog answers itself.
const (
	// HealthPath answers 200 unless the function's process has ended and is
	// not started again yet, or the watchdog is being stopped; then 503.
	HealthPath = "/_/health"
	// ReadyPath answers 200 if a request would be taken now, else 503.
	ReadyPath = "/_/ready"
)

// Handler puts a Watchdog behind HTTP: any method and path is a request to the
// function. It is safe for concurrent use.
type Handler struct {
	*Watchdog
	// Stopping, once it has ended, has the watchdog called unready.
	Stopping context.Context
	// Leaving, once it has ended, has each answer be the last one on its connection.
	// It may be nil.
	Leaving context.Context
}

// ServeHTTP implements http.Handler. No ServeMux: it redirects paths such as
// //a, which are the function's.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w = &patient{w, http.NewResponseController(w), h.settings.Write}
	if r.ProtoMajor != 1 { // its preface is no request
		http.Error(w, "this is HTTP/1.1", http.StatusHTTPVersionNotSupported)
		return
	}
	switch r.URL.Path {
	case HealthPath:
		h.report(w, h.Health())
	case ReadyPath:
		h.report(w, h.Ready(r.Context()))
	default:
		h.serve(w, r)
	}
}

func (h *Handler) report(w http.ResponseWriter, err error) {
	if h.Stopping.Err() != nil {
		err = ErrClosed
	}
	if err != nil {
		http.Error(w, function.ErrUnavailable.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "OK\n")
}

// serve is the line of the watchdog: read, invoke, answer.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	body := function.NewBody(w, r, h.settings.MaxBody)
	body.Within(h.settings.Read)
	defer body.Finish()
	inv := function.Invocation{RequestID: requestID(r.Header), Body: body, Trace: function.TraceOf(r.Header)}
	if voice := r.Header.Get(function.HeaderVoice); voice != "" {
		inv.Voice, inv.Timeout = function.DecodeVoice(voice), r.Header.Get(function.HeaderTimeout)
	} else {
		inv.HTTP = function.NewHTTP(r, r.URL.EscapedPath())
	}
	result, err := h.Invoke(r.Context(), inv)
	w.Header().Set("X-Duration-Seconds", strconv.FormatFloat(time.Since(begun).Seconds(), 'f', 6, 64))
	if result.Status != http.StatusSwitchingProtocols {
		body.Settle(w.Header())
		if h.Leaving != nil && h.Leaving.Err() != nil {
			w.Header().Set("Connection", "close")
		}
	}
	if err != nil {
		if errors.Is(err, context.Canceled) { // by the server, when a client's connection ends or its body fails
			err = cmp.Or(body.Err(), errGone)
		}
		h.debug(r, refuse(w, err), nil, begun)
		h.site.Log.Error("request failed", "method", r.Method, "request_id", requestID(r.Header), "error", err)
		return
	}
	result.Header.Del(function.HeaderFault) // only the watchdog's own
	h.debug(r, result.Status, &result, begun)
	if err := result.Send(w); err != nil {
		h.site.Log.Error("answer cut short", "method", r.Method, "request_id", requestID(r.Header), "error", err)
		panic(http.ErrAbortHandler)
	}
	if result.Status != http.StatusSwitchingProtocols {
		w.(*patient).extend() // for the end of the answer
	}
}

// requestID is what the caller calls the request, if that is an id.
func requestID(h http.Header) string {
	for _, name := range []string{function.HeaderCallID, function.HeaderRequestID} {
		if id := h.Get(name); id != "" && len(id) <= 128 && strings.IndexFunc(id, notOfID) < 0 {
			return id
		}
	}
	return ""
}

// notOfID is what does not go into the log: clients can send anything.
func notOfID(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune("._:-", r)
}

// errGone is the error of a request whose client does not wait for an answer,
// as far as can be told: it has closed its connection, or its side of it.
var errGone = errors.New("the client has closed its connection")

// statusGone is what others, nginx before all, log for that.
const statusGone = 499

// refusals is the table of errors and their statuses. The first row that fits
// counts.
var refusals = []struct {
	is     error
	status int
}{
	{errGone, statusGone},
	{function.ErrTimeout, http.StatusGatewayTimeout},
	{function.ErrOverloaded, http.StatusTooManyRequests},
	{function.ErrInputTooLarge, http.StatusRequestEntityTooLarge},
	{function.ErrInputSlow, http.StatusRequestTimeout},
	{function.ErrInputBroken, http.StatusBadRequest},
	{function.ErrInputInvalid, http.StatusBadRequest},
	{function.ErrBroken, http.StatusBadGateway},
	{function.ErrOutputTooLarge, http.StatusBadGateway},
	{function.ErrFailed, http.StatusInternalServerError},
	{function.ErrUnavailable, http.StatusInternalServerError},
}

// refuse writes an error's status and one line that tells nothing of the
// inside: the log has the rest.
func refuse(w http.ResponseWriter, err error) int {
	status, message := http.StatusInternalServerError, function.ErrFailed.Error()
	for _, row := range refusals {
		if errors.Is(err, row.is) {
			status, message = row.status, row.is.Error()
			break
		}
	}
	var exit *function.ExitError
	switch {
	case errors.Is(err, function.ErrInputInvalid):
		message = err.Error()
	case errors.As(err, &exit) && !errors.Is(err, function.ErrBroken):
		function.SetExitStatus(w.Header(), err)
		message = exit.Error()
	}
	if isTemporary(err) {
		status = http.StatusServiceUnavailable
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	function.SetFault(w.Header(), err)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Length", strconv.Itoa(len(message)+1))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, message+"\n")
	return status
}

// patient bounds how long each part of an answer may wait for its client: one
// who reads slowly is served, one who reads no more is not waited for.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
}

// Write implements io.Writer.
func (p *patient) Write(part []byte) (int, error) {
	p.extend()
	n, err := p.ResponseWriter.Write(part)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, fmt.Errorf("the client reads no more: %w", err)
	}
	return n, err
}

// FlushError is for http.ResponseController.
func (p *patient) FlushError() error {
	p.extend()
	return p.control.Flush()
}

func (p *patient) extend() {
	if p.timeout > 0 {
		_ = p.control.SetWriteDeadline(time.Now().Add(p.timeout))
	}
}

// Hijack implements http.Hijacker.
func (p *patient) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := p.control.Hijack()
	if err == nil && p.timeout > 0 {
		conn = &patientConn{conn, p.timeout}
	}
	return conn, buffered, err
}

// patientConn is the connection of a client that speaks another protocol.
type patientConn struct {
	net.Conn
	timeout time.Duration
}

// Write implements io.Writer.
func (p *patientConn) Write(part []byte) (int, error) {
	_ = p.SetWriteDeadline(time.Now().Add(p.timeout))
	return p.Conn.Write(part)
}

// Unwrap lets http.ResponseController through.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// debug logs what write_debug and debug_headers ask for.
func (h *Handler) debug(r *http.Request, status int, result *function.Result, begun time.Time) {
	if h.settings.DebugHeaders {
		h.site.Log.Info("request headers", slogHeaders(r.Header)...)
		if result != nil {
			h.site.Log.Info("answer headers", slogHeaders(result.Header)...)
		}
	}
	if !h.settings.WriteDebug {
		return
	}
	h.site.Log.Info("request", "method", r.Method, "path", r.URL.Path, "query", r.URL.RawQuery, "status", status, "seconds", time.Since(begun).Seconds())
	if result != nil && status != http.StatusSwitchingProtocols {
		result.Body = &loggedBody{result.Body, h.site.Log}
	}
}

// secretHeader reports whether a header is not logged, whoever asks.
func secretHeader(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"auth", "cookie", "key", "token", "secret", "signature", "password"}, func(part string) bool { return strings.Contains(name, part) })
}

func slogHeaders(h http.Header) []any {
	attrs := make([]any, 0, len(h))
	for name, values := range h {
		if secretHeader(name) {
			values = []string{"…"}
		}
		attrs = append(attrs, slog.Any(name, values))
	}
	return attrs
}

// loggedBody logs an answer as it is read.
type loggedBody struct {
	io.ReadCloser
	log *slog.Logger
}

// Read implements io.Reader.
func (b *loggedBody) Read(to []byte) (int, error) {
	n, err := b.ReadCloser.Read(to)
	if n > 0 {
		b.log.Info("stdout", "text", string(to[:n]))
	}
	return n, err
}
