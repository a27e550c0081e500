package function

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// The headers by which an engine and the watchdog of a container speak to each
// other. Nobody passes them on: they hold between two ends of one connection.
const (
	// HeaderVoice of a request is the environment of a voice request, as a query
	// string. It makes the request one.
	HeaderVoice = "X-Hark-Voice"
	// HeaderFault of an answer says that the watchdog answers, since the function
	// did not: a word of faults.
	HeaderFault = "X-Hark-Fault"
)

// EncodeVoice is an environment as HeaderVoice holds it.
func EncodeVoice(voice map[string]string) string {
	values := make(url.Values, len(voice)+1)
	for name, value := range voice {
		if VoiceVariable(name) {
			values.Set(name, value)
		}
	}
	return "voice=1&" + values.Encode()
}

// DecodeVoice is the environment in the value of HeaderVoice. What may not cross
// to a program is left out.
func DecodeVoice(text string) map[string]string {
	values, _ := url.ParseQuery(text) // what is right in it
	voice := make(map[string]string, len(values))
	for name := range values {
		if VoiceVariable(name) {
			voice[name] = values.Get(name)
		}
	}
	return voice
}

// ErrNotTaken is the error of a call that the function has seen nothing of: its
// watchdog is being stopped. Another replica may be asked.
var ErrNotTaken = fmt.Errorf("%w: it takes no more calls", ErrUnavailable)

// faults are the errors that cross, and their words. The first that fits counts.
var faults = []struct {
	word string
	is   error
}{
	{"not_taken", ErrNotTaken},
	{"timeout", ErrTimeout},
	{"overloaded", ErrOverloaded},
	{"input_too_large", ErrInputTooLarge},
	{"input_slow", ErrInputSlow},
	{"input_broken", ErrInputBroken},
	{"input_invalid", ErrInputInvalid},
	{"output_too_large", ErrOutputTooLarge},
	{"broken", ErrBroken},
	{"failed", ErrFailed},
	{"unavailable", ErrUnavailable},
}

// SetFault notes err in the header of an answer.
func SetFault(h http.Header, err error) {
	for _, f := range faults {
		if errors.Is(err, f.is) {
			h.Set(HeaderFault, f.word)
			return
		}
	}
	h.Set(HeaderFault, "failed")
}

// Fault is the error that an answer's header tells, if it does.
func Fault(h http.Header) error {
	word := h.Get(HeaderFault)
	if word == "" {
		return nil
	}
	if status, err := strconv.Atoi(h.Get(HeaderExitStatus)); err == nil {
		return &ExitError{Status: status}
	}
	for _, f := range faults {
		if f.word == word {
			return f.is
		}
	}
	return ErrFailed
}
