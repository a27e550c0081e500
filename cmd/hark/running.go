package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// running tells other commands about the hark that is up. It is a file in the
// state directory for as long as that runs.
type running struct {
	PID      int    `json:"pid"`
	URL      string `json:"url"`      // the skill endpoint
	Operator string `json:"operator"` // the operator's listener
	// Skills are those that are served now, the default first.
	Skills []runningSkill `json:"skills"`
}

// runningSkill is one of them.
type runningSkill struct {
	Name string `json:"name"`
	Dir  string `json:"dir"` // of the skill package
	ID   string `json:"id"`
}

func runningFile(state string) string { return filepath.Join(state, "up.json") }

func (r running) write(state string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	fresh := fmt.Sprintf("%s.%d", runningFile(state), r.PID)
	if err := os.WriteFile(fresh, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, runningFile(state))
}

// renew writes the file again, unless another hark has replaced it.
func (r running) renew(state string) error {
	if now, err := readRunning(state); err == nil && now.PID != r.PID {
		return nil
	}
	return r.write(state)
}

// remove takes the file away, unless another hark has replaced it.
func (r running) remove(state string) {
	if now, err := readRunning(state); err == nil && now.PID == r.PID {
		_ = os.Remove(runningFile(state))
	}
}

// alive reports whether the process that wrote the file still runs.
func (r running) alive() bool { return r.PID > 0 && syscall.Kill(r.PID, 0) == nil }

var errNotRunning = hinted{errors.New("no hark is up here"), "Start one with: hark up DIR, or name its endpoint with --url."}

func readRunning(state string) (r running, err error) {
	text, err := os.ReadFile(runningFile(state))
	if errors.Is(err, fs.ErrNotExist) {
		return r, errNotRunning
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("%s: %w", runningFile(state), err)
	}
	return r, nil
}
