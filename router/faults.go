package router

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/function"
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
	errMethod  = errors.New("this address takes POST only: it is for Alexa requests")
)

// faults is the one table of errors. The first row that fits counts.
var faults = []struct {
	is error
	fault
}{
	{function.ErrNotFound, fault{"not_found", http.StatusNotFound, alexa.Apology, slog.LevelWarn}},
	{function.ErrTimeout, fault{"timeout", http.StatusGatewayTimeout, alexa.Apology, slog.LevelError}},
	{function.ErrOverloaded, fault{"overloaded", http.StatusTooManyRequests, alexa.Apology, slog.LevelWarn}},
	{function.ErrUnavailable, fault{"unavailable", http.StatusServiceUnavailable, alexa.Apology, slog.LevelError}},
	{function.ErrInputTooLarge, fault{"input_too_large", http.StatusRequestEntityTooLarge, alexa.Apology, slog.LevelWarn}},
	{function.ErrInputSlow, fault{"input_slow", http.StatusRequestTimeout, alexa.Apology, slog.LevelWarn}},
	{function.ErrInputBroken, fault{"input_broken", http.StatusBadRequest, alexa.Apology, slog.LevelWarn}},
	{function.ErrInputInvalid, fault{"input_invalid", http.StatusBadRequest, alexa.Apology, slog.LevelWarn}},
	{function.ErrOutputTooLarge, fault{"output_too_large", http.StatusBadGateway, alexa.Apology, slog.LevelError}},
	{function.ErrFailed, fault{"failed", http.StatusBadGateway, alexa.Apology, slog.LevelError}},
	{function.ErrBroken, fault{"broken", http.StatusBadGateway, alexa.Apology, slog.LevelError}},
	{alexa.ErrAnswer, fault{"bad_answer", http.StatusBadGateway, alexa.Apology, slog.LevelError}},
	{context.Canceled, gone},
	{errNoRoute, fault{"no_route", http.StatusNotFound, alexa.Apology, slog.LevelWarn}},
	{errMethod, fault{"method", http.StatusMethodNotAllowed, alexa.Apology, slog.LevelWarn}},
}

// explain finds what an error means, and one line for the sender of the
// request: what went wrong, with nothing of the inside. The record has the
// whole chain.
func explain(err error) (fault, string) {
	var refusal *alexa.Refusal
	var exit *function.ExitError
	switch {
	case errors.As(err, &refusal):
		return refused, "hark refused this request: " + oneLine(refusal.Err.Error())
	case errors.As(err, &exit):
		return failed, exit.Error()
	case errors.Is(err, context.DeadlineExceeded):
		err = function.ErrTimeout
	}
	for _, f := range faults {
		if !errors.Is(err, f.is) {
			continue
		}
		if f.is == function.ErrNotFound || f.is == function.ErrInputInvalid {
			return f.fault, clip(err.Error(), 400) // it is about what the sender knows
		}
		return f.fault, f.is.Error()
	}
	if cut := (*cutShort)(nil); errors.As(err, &cut) {
		return gone, gone.outcome
	}
	return internal, "internal error"
}

// developerText is the line for the author of a function, who is also told what
// is wrong with its answer.
func developerText(err error, public string) string {
	if errors.Is(err, alexa.ErrAnswer) {
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
