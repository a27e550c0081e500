package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHistory_IsKeptForItsOwner(t *testing.T) {
	state := t.TempDir()
	for _, said := range [][]string{{"one", "two", "two", "  "}, {"two", "three"}} {
		h, err := openHistory(state)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range said {
			h.Add(line)
		}
		h.close()
	}
	h, err := openHistory(state)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	if d := cmp.Diff([]string{"one", "two", "three"}, h.lines); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if h.Len() != 3 || h.At(0) != "three" || h.At(2) != "one" {
		t.Errorf("the newest is %q of %d", h.At(0), h.Len())
	}
	if info, err := os.Stat(historyFile(state)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
}

func TestHistory_StaysShort(t *testing.T) {
	state := t.TempDir()
	text := strings.Repeat("some words that were said\nand others\n", 5000)
	if err := os.WriteFile(historyFile(state), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := openHistory(state)
	if err != nil || h.Len() != maxHistory {
		t.Fatalf("%d lines, %v", h.Len(), err)
	}
	h.Add("the last")
	h.close()
	kept, err := os.ReadFile(historyFile(state))
	if err != nil || strings.Count(string(kept), "\n") != maxHistory+1 || !strings.HasSuffix(string(kept), "\nthe last\n") {
		t.Errorf("%d bytes, %v", len(kept), err)
	}
	if info, err := os.Stat(historyFile(state)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(state, "*")); len(left) != 1 {
		t.Errorf("files are left over: %q", left)
	}
}

func TestHistory_WithoutAFile(t *testing.T) {
	h, err := openHistory(filepath.Join(t.TempDir(), "missing"))
	if err == nil {
		t.Error("there is no such directory")
	}
	h.Add("said")
	h.close()
	if h.Len() != 1 {
		t.Error("it is not kept for the conversation")
	}
}
