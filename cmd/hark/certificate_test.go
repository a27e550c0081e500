package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A key is its owner's only, whatever was there before.
func TestCertificate_KeyIsNotAsReadableAsWhatItReplaces(t *testing.T) {
	s := defaults()
	s.State, s.Out = t.TempDir(), t.TempDir()
	key := filepath.Join(s.Out, "tls-key.pem")
	if err := os.WriteFile(key, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.makeCertificate(nil, io.Discard); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, error %v", info.Mode(), err)
	}
}
