package main

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/harkvoice/hark/router"
)

// write writes a file of a test and returns its path.
func write(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCredentials_AreReadFromFiles(t *testing.T) {
	dir := t.TempDir()
	s := defaults()
	s.BasicAuthUserFile, s.BasicAuthPasswordFile = write(t, dir+"/user", "admin\n"), write(t, dir+"/password", " a b\r\n")
	s.TokenFile = write(t, dir+"/tokens", "# for CI\n\none\n  two  \n#three\n")
	got, err := s.credentials()
	if d := cmp.Diff(router.Credentials{User: "admin", Password: "a b", Tokens: []string{"one", "two"}}, got); d != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, d)
	}
}

// As OpenFaaS stacks name them; half of them is some other program's.
func TestCredentials_OfAStackAreTakenUp(t *testing.T) {
	dir, s := t.TempDir(), defaults()
	user := write(t, filepath.Join(dir, "basic-auth-user"), "admin")
	if u, p := s.basicAuthFiles(dir); u != "" || p != "" {
		t.Errorf("half of them: %q, %q", u, p)
	}
	password := write(t, filepath.Join(dir, "basic-auth-password"), "secret")
	if u, p := s.basicAuthFiles(dir); u != user || p != password {
		t.Errorf("both: %q, %q", u, p)
	}
	s.BasicAuthUserFile = "/own"
	if u, p := s.basicAuthFiles(dir); u != "/own" || p != "" {
		t.Errorf("an option goes before: %q, %q", u, p)
	}
}

func TestGuarded_WantsCredentialsBeyondLoopback(t *testing.T) {
	known := router.Credentials{Tokens: []string{"t"}}
	for address, loopback := range map[string]bool{"127.0.0.1:0": true, "127.0.0.9:0": true, "localhost:0": true, "0.0.0.0:0": false, ":0": false} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if err := guarded(l, router.Credentials{}); (err == nil) != loopback {
			t.Errorf("%s without credentials: %v", address, err)
		}
		if err := guarded(l, known); err != nil {
			t.Errorf("%s with credentials: %v", address, err)
		}
		l.Close()
	}
}
