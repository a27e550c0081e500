package watchdog

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/harkvoice/hark/watchdog/lambda"
)

// worker is one of the processes that are kept running.
type worker struct {
	*lambdas
	service *service

	mu      sync.Mutex
	runtime *lambda.Runtime   // of the process that runs
	late    []<-chan struct{} // of events that it has not answered in time: closed when it has
	silence *time.Timer       // since its last event; nil before that
	suspect bool              // it was silent
}

// life opens a listener of its own for each process, so that what it says can
// be told from what the others say.
func (w *worker) life() (life, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return life{}, err
	}
	runtime := w.dispatcher.NewRuntime(w.atOnce)
	w.mu.Lock()
	w.runtime, w.late = runtime, nil
	w.mu.Unlock()
	server := &http.Server{Handler: runtime, ErrorLog: slog.NewLogLogger(w.site.Log.Handler(), slog.LevelDebug)}
	go func() { _ = server.Serve(listener) }() // until over
	return life{
		env: w.environ(listener.Addr().String()),
		up: func(ctx context.Context) error {
			select {
			case <-runtime.Ready():
				return nil
			case <-runtime.Failed():
				return runtime.InitError()
			case <-ctx.Done():
				return ctx.Err()
			}
		},
		lacks: func() string { return "it has not asked the Lambda Runtime API for an event" },
		over: func(err error) {
			hear(server)
			runtime.Close(err)
			_ = server.Close()
		},
	}, nil
}

// lastWords is how long what a process said before its end may take to be heard.
const lastWords = time.Second

// hear waits until what a process has said that is gone is taken in: it may have
// answered and ended at once.
func hear(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	_ = server.Shutdown(ctx)
}

// environ is what AWS tells a runtime, as far as it is true here; the
// function's own environment goes before it.
func (w *worker) environ(address string) []string {
	name := cmp.Or(w.site.Name, "function")
	env := []string{"AWS_LAMBDA_RUNTIME_API=" + address}
	for _, pair := range [][2]string{
		{"AWS_LAMBDA_FUNCTION_NAME", name},
		{"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
		{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"},
		{"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + name},
		{"AWS_LAMBDA_LOG_STREAM_NAME", name},
		{"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
		{"LAMBDA_TASK_ROOT", w.root()},
		{"_HANDLER", handlerOf(w.service.program.argv)},
	} {
		if _, own := variable(w.site.Env, pair[0]); !own {
			env = append(env, pair[0]+"="+pair[1])
		}
	}
	return env
}

func (w *worker) root() string {
	if root, err := filepath.Abs(w.site.Dir); err == nil {
		return root
	}
	root, _ := os.Getwd()
	return root
}

// handlerOf is the handler that a command names: its last word, as in
// "aws-lambda-ric src/app.handler", or the program's own name.
func handlerOf(argv []string) string {
	if len(argv) > 1 {
		return argv[len(argv)-1]
	}
	return filepath.Base(argv[0])
}

// overdue has a process replaced that has not answered in time, as soon as it
// has no other event.
func (w *worker) overdue(at *taken) {
	at.by.Retire()
	w.mu.Lock()
	if w.runtime == at.by {
		w.late = append(w.late, at.answered)
	}
	w.mu.Unlock()
	w.relieve()
}

// relieve ends a process that was retired and whose every event is overdue.
func (w *worker) relieve() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.late) == 0 {
		return
	}
	unanswered := 0
	for _, answered := range w.late {
		select {
		case <-answered:
		default:
			unanswered++
		}
	}
	if w.runtime.Inflight() <= unanswered {
		w.late = nil
		w.event("an event was not answered in time; the function's process is replaced")
		w.service.renew()
	}
}

// wakeAt has the process looked at then.
func (w *worker) wakeAt(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.suspect = false
	if w.silence == nil {
		w.silence = time.AfterFunc(time.Until(at), w.wake)
		return
	}
	w.silence.Reset(time.Until(at))
}

// wake ends a process that has no event and asks for none, and did so before: it
// may only just have answered.
func (w *worker) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.runtime.Silent():
		w.suspect = false
	case !w.suspect:
		w.suspect = true
		w.silence.Reset(time.Second)
	default:
		w.suspect = false
		w.event("the function's process asks for no event; it is replaced")
		w.service.renew()
	}
}

// end ends the process, and returns when it is gone.
func (w *worker) end() {
	w.service.close()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.silence != nil {
		w.silence.Stop()
	}
}
