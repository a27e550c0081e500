// Package spool keeps what was acknowledged until it is done, over a crash and a
// cut of power:
//
//	s, err := spool.Open("state/events")
//	for _, left := range s.Left() { … }    // of whoever was here before
//	kept, err := s.Keep(content)           // then acknowledge
//	…
//	kept.Done()
package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Spool is a directory of files, one for each thing that is not done. It is safe
// for concurrent use; nil keeps nothing.
type Spool struct {
	dir  string
	lock *os.File
	left []Left
}

const (
	// maxSpools bounds the processes that share a parent.
	maxSpools = 64
	prefix    = "kept-"
	fresh     = ".fresh-" // one that is not whole yet
)

// Kept is a thing that is not done; the zero value is none.
type Kept struct{ path string }

// Done has a thing forgotten. Should that fail, it is done once more.
func (k Kept) Done() {
	if k.path != "" {
		_ = os.Remove(k.path)
	}
}

// Left is a thing that nobody has done.
type Left struct {
	Kept
	Content []byte
	Since   time.Time
}

// Open takes a subdirectory of parent that no other process has, with what was left
// there by one that ended.
func Open(parent string) (*Spool, error) {
	for n := range maxSpools {
		s := &Spool{dir: filepath.Join(parent, fmt.Sprint(n+1))}
		err := s.open()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return s, s.read()
	}
	return nil, fmt.Errorf("%s: %d processes have a spool there", parent, maxSpools)
}

func (s *Spool) open() (err error) {
	if err = os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	if s.lock, err = os.OpenFile(filepath.Join(s.dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if err = syscall.Flock(int(s.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil { // the system gives it back
		s.lock.Close()
	}
	return err
}

func (s *Spool) read() error {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(s.dir, f.Name())
		switch {
		case strings.HasPrefix(f.Name(), fresh): // it was never acknowledged
			_ = os.Remove(path)
		case strings.HasPrefix(f.Name(), prefix):
			info, err := f.Info()
			if err != nil {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			s.left = append(s.left, Left{Kept{path}, content, info.ModTime()})
		}
	}
	slices.SortFunc(s.left, func(a, b Left) int { return strings.Compare(a.path, b.path) })
	return nil
}

// Dir is the subdirectory that was taken.
func (s *Spool) Dir() string { return s.dir }

// Left are the things that were there when the spool was opened, the oldest first.
func (s *Spool) Left() []Left {
	if s == nil {
		return nil
	}
	return s.left
}

// Keep returns when content is on the disk, whole.
func (s *Spool) Keep(content []byte) (Kept, error) {
	if s == nil {
		return Kept{}, nil
	}
	f, err := os.CreateTemp(s.dir, fresh+"*") // 0600
	if err != nil {
		return Kept{}, err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return Kept{}, err
	}
	// In the order in which they came; file systems know times to some milliseconds.
	name := fmt.Sprintf("%s%020d-%s", prefix, time.Now().UnixNano(), strings.TrimPrefix(filepath.Base(f.Name()), fresh))
	path := filepath.Join(s.dir, name)
	if err := os.Rename(f.Name(), path); err != nil {
		return Kept{}, err
	}
	return Kept{path}, s.sync()
}

func (s *Spool) sync() error {
	dir, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// Close gives the directory back, with what is not done.
func (s *Spool) Close() {
	if s != nil {
		s.lock.Close()
	}
}
