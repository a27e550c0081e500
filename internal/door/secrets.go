package door

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/internal/webhook"
)

// lookAgain is how old what is known of a secret's file may be.
const lookAgain = time.Second

// Secrets reads secrets from a directory, each a file of values one a line: two
// while one takes the other's place. It keeps what it has read until the file
// is another, at which it looks once a second at most. It is safe for concurrent
// use; nil has none.
type Secrets struct {
	dir  string
	hint string // where a missing one is to be put

	mu   sync.Mutex
	read map[string]*values
}

type values struct {
	looked time.Time
	state  fs.FileInfo
	lines  []string
	err    error
}

// NewSecrets returns those of dir. The hint, with NAME in it, tells how to
// make one that is missing.
func NewSecrets(dir, hint string) *Secrets {
	return &Secrets{dir: dir, hint: hint, read: make(map[string]*values)}
}

// Lines returns the values of a secret, at least one. An error names the secret
// and what is wrong, and is for the operator only.
func (s *Secrets) Lines(name string, now time.Time) ([]string, error) {
	if err := function.CheckSecret(name); err != nil { // it is to be a file of dir
		return nil, err
	}
	if s == nil || s.dir == "" {
		return nil, fmt.Errorf("secret %s: this hark has no directory of secrets", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.read[name]
	if v != nil && now.Sub(v.looked) < lookAgain && !now.Before(v.looked) {
		return v.lines, v.err
	}
	state, err := os.Stat(filepath.Join(s.dir, name))
	if v == nil || err != nil || v.err != nil || !same(v.state, state) {
		v = &values{state: state}
		v.lines, v.err = s.load(name)
		s.read[name] = v
	}
	v.looked = now
	return v.lines, v.err
}

func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

func (s *Secrets) load(name string) ([]string, error) {
	file, err := os.Open(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no secret %s: %s", name, strings.ReplaceAll(s.hint, "NAME", name))
	}
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, function.MaxSecret))
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	switch {
	case len(lines) == 0:
		return nil, fmt.Errorf("secret %s is empty; it has one value a line", name)
	case len(lines) > webhook.MaxSecrets:
		return nil, fmt.Errorf("secret %s has %d lines, at most %d values are taken", name, len(lines), webhook.MaxSecrets)
	}
	return lines, nil
}

// Check returns an error that names the first label whose secret cannot be read:
// the function would take no calls.
func (s *Secrets) Check(labels map[string]string, now time.Time) error {
	d, err := Parse(labels)
	if err != nil {
		return err
	}
	for label, name := range map[string]string{function.LabelWebhookSecret: d.WebhookSecret, function.LabelToken: d.Token} {
		if name == "" {
			continue
		}
		if _, err := s.Lines(name, now); err != nil {
			return fmt.Errorf("label %s: %w", label, err)
		}
	}
	return nil
}
