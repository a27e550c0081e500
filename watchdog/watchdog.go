package watchdog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// Site is where a function runs.
type Site struct {
	// Name is what an AWS Lambda function is told that it is called.
	Name string
	// Dir is its working directory; empty means the present one.
	Dir string
	// Env is its environment, as KEY=VALUE, each name once.
	Env []string
	// Log takes what it prints on STDERR and what happens to it.
	Log *slog.Logger
	// Raw takes lines that shall not become records; nil means Log.
	Raw io.Writer
}

// Watchdog runs one function in its mode. It is safe for concurrent use.
type Watchdog struct {
	settings Settings
	site     Site
	mode     runner
}

// runner is what a mode is.
type runner interface {
	// invoke answers one request before ctx ends. Until the answer's body is
	// closed, ctx bounds it too.
	invoke(ctx context.Context, inv function.Invocation) (function.Result, error)
	// ready returns why no request would be answered now, or nil.
	ready(ctx context.Context) error
	// health returns what is wrong with the function, or nil.
	health() error
	// close lets requests under way finish until ctx ends, refuses others,
	// and returns when no process is left.
	close(ctx context.Context)
}

// New starts the watchdog of a function. The error says what to mend.
func New(s Settings, site Site) (*Watchdog, error) {
	if s.Process == "" {
		return nil, ErrNoProcess
	}
	w := &Watchdog{settings: s, site: site}
	var err error
	switch s.Mode {
	case ModeHTTP:
		w.mode, err = newServer(w)
	case ModeLambda:
		w.mode, err = newLambda(w)
	default:
		w.mode, err = newStdio(w)
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Invoke runs the function for one request. The settings' deadline, the one
// that the request's X-Timeout asks for, and ctx all end it; the errors are
// those of package function, wrapped.
func (w *Watchdog) Invoke(ctx context.Context, inv function.Invocation) (function.Result, error) {
	if inv.HTTP != nil {
		inv.Timeout = inv.HTTP.Header.Get(function.HeaderTimeout)
	}
	timeout, err := w.timeout(inv.Timeout)
	if err != nil {
		return function.Result{}, err
	}
	if most := w.settings.MaxBody; inv.HTTP != nil && most > 0 && inv.HTTP.ContentLength > most {
		return function.Result{}, fmt.Errorf("%w: %d bytes, at most %d are taken", function.ErrInputTooLarge, inv.HTTP.ContentLength, most)
	}
	cancel := context.CancelFunc(func() {})
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, timeout)
	}
	result, err := w.mode.invoke(ctx, inv)
	if err != nil {
		cancel()
		return function.Result{}, err
	}
	result.OnClose(cancel)
	return result, nil
}

// timeout is what the settings allow, or less if the request asks for less.
func (w *Watchdog) timeout(text string) (time.Duration, error) {
	timeout := w.settings.Exec
	if text == "" {
		return timeout, nil
	}
	asked, err := time.ParseDuration(text)
	if seconds, isNumber := strconv.ParseFloat(text, 64); isNumber == nil {
		asked, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || asked <= 0 {
		return 0, fmt.Errorf("%w: %s %.40q is no duration such as 1.5s", function.ErrInputInvalid, function.HeaderTimeout, text)
	}
	if timeout == 0 || asked < timeout {
		return asked, nil
	}
	return timeout, nil
}

// Ready returns why no request would be answered now, or nil.
func (w *Watchdog) Ready(ctx context.Context) error { return w.mode.ready(ctx) }

// Health returns what is wrong with the function, or nil. A function that is
// still starting is not ill.
func (w *Watchdog) Health() error { return w.mode.health() }

// Close lets requests under way finish until ctx ends, then ends them, and
// returns when no process is left. New requests are refused at once.
func (w *Watchdog) Close(ctx context.Context) { w.mode.close(ctx) }

// PerRequest reports whether a request's environment reaches the function: it
// does not reach a process that runs already.
func (s Settings) PerRequest() bool { return s.Mode == ModeStdio && s.Warm == 0 }

// lines logs what the function prints, with attributes that are not empty.
func (w *Watchdog) lines(stream string, attrs ...string) logger {
	return func(line []byte) {
		if !w.settings.PrefixLogs && w.site.Raw != nil {
			_, _ = w.site.Raw.Write(append(line[:len(line):len(line)], '\n'))
			return
		}
		record := make([]any, 0, len(attrs)+2)
		for i := 0; i < len(attrs); i += 2 {
			if attrs[i+1] != "" {
				record = append(record, attrs[i], attrs[i+1])
			}
		}
		w.site.Log.Info(stream, append(record, "line", string(line))...)
	}
}

// event logs what happens to processes between requests.
func (w *Watchdog) event(what string, attrs ...any) { w.site.Log.Warn(what, attrs...) }

// config says how the program runs that Settings name.
func (w *Watchdog) config() Config {
	s := w.settings
	maxInput := s.MaxBody
	if s.Marshal { // the body was bounded before it grew
		maxInput = 0
	}
	return Config{
		Process: s.Process, Dir: w.site.Dir, Env: w.site.Env, Grace: s.Grace,
		MaxInput: maxInput, MaxOutput: s.MaxOutput, MaxInflight: s.MaxInflight, VoiceReserve: s.VoiceReserve,
		Limits: s.Limits, LogPart: int(s.LogPart), Combine: s.CombineOutput,
		Warm: s.Warm, WarmMaxAge: s.WarmMaxAge, Log: w.event, Stderr: w.lines("stderr"),
	}
}

// errNotReady is the error of a function that is not up, or not up any more.
var errNotReady = fmt.Errorf("%w: it is not ready", function.ErrUnavailable)

// isTemporary reports whether another try, a little later, may succeed.
func isTemporary(err error) bool {
	return errors.Is(err, errNotReady) || errors.Is(err, ErrClosed) || errors.Is(err, errStopped)
}
