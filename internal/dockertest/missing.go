//go:build linux

package dockertest

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// Need skips a test where there can be no cluster. With CI=true that is a failure.
func Need(t testing.TB) {
	t.Helper()
	if why := Missing(); why != "" && os.Getenv("CI") == "true" {
		t.Fatal("no Docker engine: " + why)
	} else if why != "" {
		t.Skip("no Docker engine: " + why)
	}
}

// Missing says why there can be no cluster here; empty if there can.
func Missing() string {
	if os.Geteuid() != 0 {
		return "engines of its own need root"
	}
	for _, name := range []string{"dockerd", "ip", "iptables", "nsenter"} {
		if _, err := exec.LookPath(name); err != nil {
			return "there is no program " + name
		}
	}
	if _, err := lookInit(); err != nil {
		return err.Error()
	}
	probe := exec.Command("true")
	probe.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces}
	if err := probe.Run(); err != nil {
		return "root may make no namespaces here: " + err.Error()
	}
	return ""
}

// lookInit finds the init that comes with the engine, by Debian or by Docker.
func lookInit() (string, error) {
	for _, name := range []string{"docker-init", "/usr/libexec/docker/docker-init", "tini"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no program docker-init")
}
