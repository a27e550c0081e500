package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxHistory is how many lines are kept.
const maxHistory = 500

// history is what was typed in conversations, the newest last. It is a file in
// the state directory that only its owner reads.
type history struct {
	lines []string
	file  *os.File // nil where it cannot be kept
}

func historyFile(state string) string { return filepath.Join(state, "say-history") }

// openHistory reads what there is. What cannot be kept in a file is kept for the
// conversation, and the error says why.
func openHistory(state string) (*history, error) {
	h := &history{}
	name := historyFile(state)
	text, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return h, err
	}
	for line := range strings.Lines(string(text)) {
		h.push(strings.TrimRight(line, "\r\n"))
	}
	if err := h.shorten(name, len(text)); err != nil {
		return h, err
	}
	h.file, err = os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return h, err
}

// shorten writes the file anew if it has grown to several times of what is kept.
func (h *history) shorten(name string, size int) error {
	const worth = 64 << 10
	if size < worth {
		return nil
	}
	fresh, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)) // mode 0600
	if err != nil {
		return err
	}
	out := bufio.NewWriter(fresh)
	for _, line := range h.lines {
		fmt.Fprintln(out, line)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := fresh.Close(); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), name)
}

// push takes a line up, but for one that was the last already.
func (h *history) push(line string) bool {
	if line == "" || len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return false
	}
	h.lines = append(h.lines, line)
	h.lines = slices.Delete(h.lines, 0, max(0, len(h.lines)-maxHistory))
	return true
}

// Add implements term.History.
func (h *history) Add(line string) {
	if line = strings.TrimSpace(line); h.push(line) && h.file != nil {
		fmt.Fprintln(h.file, line)
	}
}

// Len implements term.History.
func (h *history) Len() int { return len(h.lines) }

// At implements term.History: 0 is the newest.
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }

func (h *history) close() {
	if h.file != nil {
		_ = h.file.Close()
	}
}
