package function

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

// The headers of an answer that tell about the request it answers.
const (
	HeaderRequestID = "X-Request-Id"
	// HeaderCallID is what OpenFaaS calls the same; the gateway sends it to
	// functions too.
	HeaderCallID = "X-Call-Id"
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

// NewHTTP describes r as a generic call for a path, which is what follows the
// function's name, with the escapes that it was sent with.
func NewHTTP(r *http.Request, escaped string) *HTTP {
	path, err := url.PathUnescape(escaped)
	if err != nil { // which is not what net/http took it for
		path = escaped
	}
	return &HTTP{
		Method:        r.Method,
		Path:          path,
		RawPath:       escaped,
		Query:         r.URL.RawQuery,
		Host:          r.Host,
		Header:        r.Header,
		ContentLength: r.ContentLength,
	}
}

// Escaped is the path as it is written in a request line.
func (h *HTTP) Escaped() string {
	if h.RawPath != "" {
		return h.RawPath
	}
	return (&url.URL{Path: h.Path}).EscapedPath()
}

// HeaderTimeout of a request asks the watchdog for a deadline: a duration such as
// 1.5s, or seconds. It never lengthens exec_timeout.
const HeaderTimeout = "X-Timeout"

// SetExitStatus notes in h the exit status of a program that failed; other
// errors have none.
func SetExitStatus(h http.Header, err error) {
	var exit *ExitError
	if errors.As(err, &exit) {
		h.Set(HeaderExitStatus, strconv.Itoa(exit.Status))
	}
}
