package spool

import (
	"os"
	"path/filepath"
	"testing"
)

func open(t *testing.T, dir string) *Spool {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func contents(s *Spool) (all []string) {
	for _, l := range s.Left() {
		all = append(all, string(l.Content))
	}
	return all
}

func TestSpool_LeavesWhatIsNotDone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "events")
	s := open(t, dir)
	if len(s.Left()) != 0 {
		t.Errorf("at first there is %q", contents(s))
	}
	for _, content := range []string{"one", "two", "three"} {
		k, err := s.Keep([]byte(content))
		if err != nil {
			t.Fatal(err)
		}
		if content == "two" {
			k.Done()
			k.Done()
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "1", fresh+"x"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if other := open(t, dir); len(other.Left()) != 0 || other.dir == s.dir {
		t.Errorf("another process takes over %q", contents(other))
	}
	s.Close()
	again := open(t, dir)
	if got := contents(again); len(got) != 2 || got[0] != "one" || got[1] != "three" {
		t.Errorf("left is %q", got)
	}
	for _, l := range again.Left() {
		l.Done()
		if l.Since.IsZero() {
			t.Error("its time is not told")
		}
	}
	files, err := os.ReadDir(again.dir)
	if err != nil || len(files) != 1 {
		t.Errorf("left are %v, %v", files, err)
	}
	info, err := os.Stat(again.dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestSpool_TellsThatItCannotKeep(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep([]byte("x")); err == nil {
		t.Error("it claims to have kept it")
	}
	if _, err := Open("/dev/null/events"); err == nil {
		t.Error("it claims to be open")
	}
}

func TestSpool_NoneKeepsNothing(t *testing.T) {
	var s *Spool
	k, err := s.Keep([]byte("x"))
	k.Done()
	s.Close()
	if err != nil || s.Left() != nil {
		t.Error(err)
	}
}
