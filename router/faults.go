package router

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/intents"
	"github.com/harkvoice/hark/internal/crowd"
	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/openfaas"
)

// fault is what a kind of error means to those who hear of it.
type fault struct {
	outcome string       // the word in records and metrics
	status  int          // of a generic call
	spoken  alexa.Phrase // to the listener of a voice request
	level   slog.Level   // of the record: a warning where the sender is at fault
}

// statusClientGone is nginx's word for a client that did not wait.
const statusClientGone = 499

var (
	refused  = fault{"refused", http.StatusBadRequest, alexa.Apology, slog.LevelWarn}
	failed   = fault{"exit", http.StatusBadGateway, alexa.Apology, slog.LevelError}
	gone     = fault{"canceled", statusClientGone, alexa.Apology, slog.LevelWarn}
	internal = fault{"internal", http.StatusInternalServerError, alexa.Apology, slog.LevelError}
)

// The errors of requests that no line is for.
var (
	errNoRoute = errors.New("this is hark: POST Alexa requests to /alexa, call functions at /function/NAME")
	errNoSkill = errors.New("there is no such skill here; /alexa finds one by its application id")
	errMethod  = errors.New("this address takes POST only: it is for Alexa requests")

	errNoSystem     = errors.New("there is no such address under /system: GET /system/functions lists the functions")
	errSystemMethod = errors.New("this address takes other methods")
	errNoNamespace  = errors.New("there is one namespace only, " + openfaas.Namespace)
	errNamespaces   = errors.New("namespaces cannot be changed: there is one only, " + openfaas.Namespace)
)

// audience says who may be told what wraps an error: it tells of the inside.
type audience int

const (
	anyone    audience = iota // it is about what the sender knows
	operators                 // on /system
	nobody
)

// faults is the one table of errors. The first row that fits counts.
var faults = []struct {
	is error
	fault
	tell audience
}{
	{function.ErrEngine, fault{"engine", http.StatusServiceUnavailable, alexa.Apology, slog.LevelError}, operators},
	{function.ErrInvalid, fault{"invalid", http.StatusBadRequest, alexa.Apology, slog.LevelWarn}, operators},
	{function.ErrExists, fault{"exists", http.StatusConflict, alexa.Apology, slog.LevelWarn}, operators},
	{function.ErrNoSecret, fault{"no_secret", http.StatusNotFound, alexa.Apology, slog.LevelWarn}, operators},
	{function.ErrConflict, fault{"conflict", http.StatusConflict, alexa.Apology, slog.LevelWarn}, operators},
	{intents.ErrAmbiguous, fault{"ambiguous", http.StatusConflict, alexa.Apology, slog.LevelError}, operators},
	{function.ErrNotFound, fault{"not_found", http.StatusNotFound, alexa.Apology, slog.LevelWarn}, anyone},
	{function.ErrTimeout, fault{"timeout", http.StatusGatewayTimeout, alexa.Slow, slog.LevelError}, nobody},
	{function.ErrOverloaded, fault{"overloaded", http.StatusTooManyRequests, alexa.Busy, slog.LevelWarn}, nobody},
	{function.ErrUnavailable, fault{"unavailable", http.StatusServiceUnavailable, alexa.Busy, slog.LevelError}, nobody},
	{function.ErrInputTooLarge, fault{"input_too_large", http.StatusRequestEntityTooLarge, alexa.Apology, slog.LevelWarn}, nobody},
	{function.ErrInputSlow, fault{"input_slow", http.StatusRequestTimeout, alexa.Apology, slog.LevelWarn}, nobody},
	{function.ErrInputBroken, fault{"input_broken", http.StatusBadRequest, alexa.Apology, slog.LevelWarn}, nobody},
	{function.ErrInputInvalid, fault{"input_invalid", http.StatusBadRequest, alexa.Apology, slog.LevelWarn}, anyone},
	{function.ErrOutputTooLarge, fault{"output_too_large", http.StatusBadGateway, alexa.Apology, slog.LevelError}, nobody},
	{function.ErrFailed, fault{"failed", http.StatusBadGateway, alexa.Apology, slog.LevelError}, nobody},
	{function.ErrBroken, fault{"broken", http.StatusBadGateway, alexa.Apology, slog.LevelError}, nobody},
	{alexa.ErrAnswer, fault{"bad_answer", http.StatusBadGateway, alexa.Apology, slog.LevelError}, nobody},
	{errUnauthorized, fault{"unauthorized", http.StatusUnauthorized, alexa.Apology, slog.LevelWarn}, nobody},
	{errShut, fault{"shut", http.StatusServiceUnavailable, alexa.Apology, slog.LevelError}, nobody},
	{errUnverified, fault{"unverified", http.StatusForbidden, alexa.Apology, slog.LevelWarn}, anyone},
	{errNoToken, fault{"unauthorized", http.StatusUnauthorized, alexa.Apology, slog.LevelWarn}, nobody},
	{crowd.ErrFull, fault{"shed", http.StatusServiceUnavailable, alexa.Busy, slog.LevelWarn}, nobody},
	{crowd.ErrShare, fault{"shed", http.StatusTooManyRequests, alexa.Busy, slog.LevelWarn}, nobody},
	{errInflight, fault{"overloaded", http.StatusTooManyRequests, alexa.Busy, slog.LevelWarn}, nobody},
	{errLimited, fault{"limited", http.StatusTooManyRequests, alexa.Apology, slog.LevelWarn}, nobody},
	{errOrigin, fault{"forbidden", http.StatusForbidden, alexa.Apology, slog.LevelWarn}, nobody},
	{errForeign, fault{"forbidden", http.StatusForbidden, alexa.Apology, slog.LevelWarn}, operators},
	{context.Canceled, gone, nobody},
	{errNoRoute, fault{"no_route", http.StatusNotFound, alexa.Apology, slog.LevelWarn}, nobody},
	{errNoSkill, fault{"no_skill", http.StatusNotFound, alexa.Apology, slog.LevelWarn}, anyone},
	{errNoSystem, fault{"no_route", http.StatusNotFound, alexa.Apology, slog.LevelWarn}, nobody},
	{errMethod, fault{"method", http.StatusMethodNotAllowed, alexa.Apology, slog.LevelWarn}, nobody},
	{errSystemMethod, fault{"method", http.StatusMethodNotAllowed, alexa.Apology, slog.LevelWarn}, operators},
	{errNoNamespace, fault{"not_found", http.StatusNotFound, alexa.Apology, slog.LevelWarn}, operators},
	{errNamespaces, fault{"not_implemented", http.StatusNotImplemented, alexa.Apology, slog.LevelWarn}, nobody},
}

// explain finds what an error means, and one line for the sender of the
// request: what went wrong, with as much of the inside as it may be told. The
// record has the whole chain.
func explain(err error, to audience) (fault, string) {
	var refusal *alexa.Refusal
	var exit *function.ExitError
	switch {
	case errors.As(err, &refusal):
		return refused, "hark refused this request: " + oneLine(refusal.Err.Error())
	case errors.As(err, &exit):
		return failed, exit.Error()
	case errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, function.ErrEngine):
		err = function.ErrTimeout
	}
	for _, f := range faults {
		if !errors.Is(err, f.is) {
			continue
		}
		if f.tell <= to {
			return f.fault, clip(oneLine(err.Error()), 1000)
		}
		return f.fault, f.is.Error()
	}
	if cut := (*cutShort)(nil); errors.As(err, &cut) {
		return gone, gone.outcome
	}
	return internal, "internal error"
}

// developerText is the line for the author of a function, who is also told what
// is wrong with its answer, and who else answers.
func developerText(err error, public string) string {
	if errors.Is(err, alexa.ErrAnswer) || errors.Is(err, intents.ErrAmbiguous) {
		return clip(err.Error(), 400)
	}
	return public
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// cutShort is an error after the answer had begun: nothing can be said any
// more, the connection is ended so that the answer does not pass for whole.
type cutShort struct{ err error }

func (c *cutShort) Error() string { return "the answer was cut short: " + c.err.Error() }
func (c *cutShort) Unwrap() error { return c.err }
