package main

import (
	"io"
	"log/slog"
	"sync"
	"time"
)

// newLog is the log, in lines of JSON or of plain text.
func newLog(format string, w io.Writer) *slog.Logger {
	if format == "text" {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}

const (
	// logDelay is how late a line of the log is written at most: one write for many
	// lines costs little more than for one, here and where it is read.
	logDelay = 10 * time.Millisecond
	// logRoom is how many bytes wait at most; then those who log wait.
	logRoom = 1 << 20
)

// batch writes to a writer what has come within logDelay at once. It is safe for
// concurrent use.
type batch struct {
	to io.Writer

	mu      sync.Mutex
	room    sync.Cond
	waiting []byte
	spare   []byte
	writing bool
}

func newBatch(to io.Writer) *batch {
	b := &batch{to: to}
	b.room.L = &b.mu
	return b
}

// Write implements io.Writer; it never fails.
func (b *batch) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.waiting) > logRoom {
		b.room.Wait()
	}
	b.waiting = append(b.waiting, p...)
	if !b.writing {
		b.writing = true
		time.AfterFunc(logDelay, b.flush)
	}
	return len(p), nil
}

// flush writes what waits, and comes back for what has come meanwhile.
func (b *batch) flush() {
	b.mu.Lock()
	text := b.waiting
	b.waiting, b.spare = b.spare[:0], nil
	b.mu.Unlock()
	_, _ = b.to.Write(text) // nobody is left to be told
	b.mu.Lock()
	defer b.mu.Unlock()
	if cap(text) <= logRoom {
		b.spare = text
	}
	b.room.Broadcast()
	if b.writing = len(b.waiting) > 0; b.writing {
		time.AfterFunc(logDelay, b.flush)
	}
}

// Close returns when all is written.
func (b *batch) Close() {
	b.mu.Lock()
	for b.writing {
		b.room.Wait()
	}
	b.mu.Unlock()
}
