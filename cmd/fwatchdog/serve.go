package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/harkvoice/hark/internal/drain"
	"github.com/harkvoice/hark/watchdog"
)

// maxHeader bounds the header of a request: a variable has at most 128 kB.
const maxHeader = 64 << 10

// writeBuffer is what the kernel holds of an answer, in bytes. Of megabytes, as it
// would, a client who reads slowly takes none for so long that it seems to read no
// more: a connection can be written to again when a third is read.
const writeBuffer = 64 << 10

// run serves until ctx ends, then lets the requests under way finish.
func run(ctx context.Context, log *slog.Logger) error {
	s := watchdog.Defaults()
	if err := s.Load(os.LookupEnv); err != nil {
		return err
	}
	tune(s.Mode)
	door, err := drain.Open(":" + strconv.Itoa(s.Port))
	if err != nil {
		return fmt.Errorf("port=%d: %w", s.Port, err)
	}
	door.WriteBuffer = writeBuffer
	defer door.Close()
	dog, err := watchdog.New(s, watchdog.Site{
		Name: os.Getenv("OPENFAAS_NAME"),
		Env:  watchdog.Inherit(os.Environ(), nil),
		Log:  log,
		Raw:  os.Stderr,
	})
	if err != nil {
		return err
	}
	count := newMetrics()
	closeMetrics := serveMetrics(s.MetricsPort, count, log)
	defer closeMetrics()
	leaving, leave := context.WithCancel(context.Background())
	defer leave()
	server := &http.Server{
		Handler:           count.instrument(&watchdog.Handler{Watchdog: dog, Stopping: ctx, Leaving: leaving}),
		ReadHeaderTimeout: s.Read,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ConnState:         door.Note,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	unlock := lock(s.SuppressLock, log)
	log.Info("fwatchdog serves", "address", door.Addr().String(), "mode", s.Mode, "fprocess", s.Process, "version", version)

	stopped := make(chan struct{})
	asked := context.AfterFunc(ctx, func() {
		defer close(stopped)
		hurry, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		log.Info("stopping", "linger", s.Linger.String())
		unlock()
		select { // for those who look at the health only now and then
		case <-time.After(s.Linger):
		case <-hurry.Done():
		}
		leave()
		door.Leave(hurry)
		door.Shut()
		windUp(hurry, server, door, dog, s.Write)
	})
	err = server.Serve(door)
	if asked() { // the server failed, nobody asked it to stop
		unlock()
		dog.Close(over())
		return err
	}
	<-stopped
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// tune has garbage collected early in mode stdio unless the environment says
// when: there is little of it beside what starting a process takes, and every
// container has a watchdog. In the other modes that would cost a tenth of the
// throughput.
func tune(mode string) {
	if mode == watchdog.ModeStdio && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(30)
	}
}

// windUp lets the requests under way finish in their time, if it is bounded, or
// until ctx ends, then ends their processes, and returns when none is left.
// Docker sends SIGKILL after its own stop grace.
func windUp(ctx context.Context, server *http.Server, door *drain.Door, dog *watchdog.Watchdog, patience time.Duration) {
	if patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	select {
	case <-door.Empty():
	case <-ctx.Done():
		dog.Close(ctx) // so that the requests under way are answered
		select {
		case <-door.Empty():
		case <-time.After(time.Second):
		}
	}
	_ = server.Close()
	dog.Close(ctx)
}

// over is a context that has ended.
func over() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// lock writes the file that the classic watchdog's health checks look for, and
// returns what removes it.
func lock(suppress bool, log *slog.Logger) (unlock func()) {
	if suppress {
		return func() {}
	}
	path := filepath.Join(os.TempDir(), ".lock")
	if err := os.WriteFile(path, nil, 0o660); err != nil {
		log.Warn("no lock file could be written; nothing but an outside check of it needs one, suppress_lock=true says so", "error", err)
		return func() {}
	}
	return func() { _ = os.Remove(path) }
}

// checkHealth asks the watchdog that listens on this machine.
func checkHealth(*slog.Logger) error {
	s := watchdog.Defaults()
	if err := s.Load(os.LookupEnv); err != nil {
		return err
	}
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}} // and no proxy
	resp, err := client.Get("http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)) + watchdog.HealthPath)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("it is not well: %s", resp.Status)
	}
	return nil
}
