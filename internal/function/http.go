package function

import (
	"errors"
	"io"
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

// Send writes the answer to w as it comes and closes it. An error means that
// the answer was cut short: the caller must not let it pass for whole, and
// ends the connection by http.ErrAbortHandler.
func (r Result) Send(w http.ResponseWriter) error {
	defer r.Body.Close()
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	if r.Status != 0 {
		w.WriteHeader(r.Status)
	}
	flush := http.NewResponseController(w).Flush
	buffer := make([]byte, 32<<10)
	for sent := 0; ; {
		n, err := r.Body.Read(buffer)
		sent += n
		if n > 0 {
			if _, failed := w.Write(buffer[:n]); failed != nil {
				return failed
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if sent >= len(buffer) { // a long answer, perhaps a slow one: do not sit on it
			_ = flush()
		}
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
