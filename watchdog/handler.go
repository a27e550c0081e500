package watchdog

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/harkvoice/hark/internal/function"
)

// HealthPath answers 200 as long as the watchdog takes requests.
const HealthPath = "/_/health"

// Handler puts a Runner behind HTTP: any method and path runs the program,
// with the body on its STDIN. Its failures are 500 with X-Exit-Status, its
// deadline 504, too many requests at once 429, too large a body 413.
func Handler(r *Runner, log *slog.Logger) http.Handler {
	// No ServeMux: it redirects paths such as //a, which are the function's.
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == HealthPath {
			_, _ = w.Write([]byte("OK\n"))
			return
		}
		input := function.NewBody(w, req, r.config.MaxInput)
		defer input.Release()
		body, err := r.Reply(req.Context(), Request{
			Stdin:  input,
			Env:    HTTPEnviron(function.NewHTTP(req, req.URL.Path)),
			Stderr: func(line []byte) { log.Info("stderr", "line", string(line)) },
		})
		input.Settle(w.Header())
		if err != nil {
			refuse(w, err)
			log.Error("request failed", "method", req.Method, "error", err)
			return
		}
		if err := (function.Result{Body: body}).Send(w); err != nil {
			log.Error("answer cut short", "method", req.Method, "error", err)
			panic(http.ErrAbortHandler)
		}
	})
}

// refuse writes an error's status and one line that tells nothing of the
// inside: the log has the rest.
func refuse(w http.ResponseWriter, err error) {
	status, message := http.StatusInternalServerError, "the function failed"
	var exit *function.ExitError
	switch {
	case errors.As(err, &exit):
		function.SetExitStatus(w.Header(), err)
		message = exit.Error()
	case errors.Is(err, function.ErrTimeout):
		status, message = http.StatusGatewayTimeout, function.ErrTimeout.Error()
	case errors.Is(err, function.ErrOverloaded):
		w.Header().Set("Retry-After", "1")
		status, message = http.StatusTooManyRequests, function.ErrOverloaded.Error()
	case errors.Is(err, function.ErrInputTooLarge):
		status, message = http.StatusRequestEntityTooLarge, function.ErrInputTooLarge.Error()
	case errors.Is(err, function.ErrInputBroken):
		status, message = http.StatusBadRequest, function.ErrInputBroken.Error()
	case errors.Is(err, function.ErrUnavailable):
		message = function.ErrUnavailable.Error()
	}
	http.Error(w, message, status)
}
