package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruptible returns a context that SIGINT, SIGTERM or SIGHUP ends. A second signal
// reaches hurry, if that was asked for.
func interruptible(parent context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
}

// hurried returns a context for the time after the first signal; the next one
// ends it.
func hurried(parent context.Context) (context.Context, context.CancelFunc) {
	return interruptible(context.WithoutCancel(parent))
}
