// Command fwatchdog is the small server in every function image: it runs the
// program that the variable fprocess names once for each HTTP request, with the
// body on its STDIN and its STDOUT as the answer.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/harkvoice/hark/watchdog"
)

// drainTime is how long requests may take to finish after SIGTERM. Docker
// sends SIGKILL after its own stop grace.
const drainTime = 30 * time.Second

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, log)
	stop()
	if err != nil {
		log.Error("fwatchdog cannot run", "error", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, then lets the requests under way finish.
func run(ctx context.Context, log *slog.Logger) error {
	s := watchdog.Settings{Port: 8080}
	if err := s.Load(os.LookupEnv); err != nil {
		return err
	}
	if s.Process == "" {
		return watchdog.ErrNoProcess
	}
	runner, err := watchdog.NewRunner(watchdog.Config{
		Process:     s.Process,
		Env:         watchdog.Inherit(os.Environ(), nil),
		Timeout:     s.Timeout,
		MaxInflight: s.MaxInflight,
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(s.Port))
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           watchdog.Handler(runner, log),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10, // a variable has at most 128 kB
	}
	log.Info("fwatchdog serves", "address", listener.Addr().String(), "fprocess", s.Process)
	drained := make(chan struct{})
	stopped := context.AfterFunc(ctx, func() {
		defer close(drained)
		patience, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		if server.Shutdown(patience) != nil {
			_ = server.Close()
		}
		runner.Close(patience)
	})
	err = server.Serve(listener)
	if stopped() { // the server failed, nobody asked it to stop
		return err
	}
	<-drained
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
