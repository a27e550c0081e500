package main

import "testing"

func TestSettings_ReplaysAreRefusedUnlessAllowed(t *testing.T) {
	s := defaults()
	if s.replays() == nil {
		t.Error("by default they pass")
	}
	if s.Replays = replaysAllow; s.replays() != nil {
		t.Error("allowed, they are refused")
	}
}
