package main

import (
	"errors"
	"os"
	"testing"
)

// Of two that share a state directory, hark say speaks to the later one, whatever
// becomes of the skills of the other.
func TestRunning_LeavesTheNoteOfAnotherAlone(t *testing.T) {
	state := t.TempDir()
	first, second := running{PID: os.Getpid()}, running{PID: os.Getpid() + 1}
	wantPID := func(want int) {
		t.Helper()
		if now, err := readRunning(state); err != nil || now.PID != want {
			t.Errorf("noted is %d, want %d, error %v", now.PID, want, err)
		}
	}
	for _, r := range []running{first, second} {
		if err := r.write(state); err != nil {
			t.Fatal(err)
		}
		wantPID(r.PID)
	}
	if err := first.renew(state); err != nil {
		t.Error(err)
	}
	first.remove(state)
	wantPID(second.PID)
	second.Skills = []runningSkill{{Name: "radio"}}
	if err := second.renew(state); err != nil {
		t.Error(err)
	}
	if now, _ := readRunning(state); len(now.Skills) != 1 {
		t.Error("its own note is not renewed")
	}
	second.remove(state)
	if _, err := readRunning(state); !errors.Is(err, errNotRunning) {
		t.Errorf("its own note is there still: %v", err)
	}
}
