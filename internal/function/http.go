package function

import (
	"errors"
	"net/http"
	"strconv"
)

// The headers of an answer that tell about the request it answers.
const (
	HeaderRequestID = "X-Request-Id"
	// HeaderExitStatus is the exit status of a program that failed.
	HeaderExitStatus = "X-Exit-Status"
	// HeaderOutcome is the outcome of a voice request. A listener hears the
	// same apology for every failure; this tells them apart.
	HeaderOutcome = "X-Hark-Outcome"
	// HeaderReason and HeaderNote explain the outcome. They are sent only to
	// the holder of the development authority, quoted as Go strings.
	HeaderReason = "X-Hark-Reason"
	HeaderNote   = "X-Hark-Note"
)

// NewHTTP describes r as a generic call for path, which is what follows the
// function's name.
func NewHTTP(r *http.Request, path string) *HTTP {
	return &HTTP{
		Method:        r.Method,
		Path:          path,
		Query:         r.URL.RawQuery,
		Host:          r.Host,
		Header:        r.Header,
		ContentLength: r.ContentLength,
	}
}

// SetExitStatus notes in h the exit status of a program that failed; other
// errors have none.
func SetExitStatus(h http.Header, err error) {
	var exit *ExitError
	if errors.As(err, &exit) {
		h.Set(HeaderExitStatus, strconv.Itoa(exit.Status))
	}
}
