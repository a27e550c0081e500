package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// maxProgram bounds what the watchdog adds to every function's image, in bytes.
const maxProgram = 7_000_000

func TestImage_ProgramIsSmallAndStatic(t *testing.T) {
	for _, c := range []struct {
		name    string
		env     []string
		machine elf.Machine
	}{
		{"amd64", []string{"GOARCH=amd64"}, elf.EM_X86_64},
		{"arm64", []string{"GOARCH=arm64"}, elf.EM_AARCH64},
		{"armv7", []string{"GOARCH=arm", "GOARM=7"}, elf.EM_ARM},
		{"armv6", []string{"GOARCH=arm", "GOARM=6"}, elf.EM_ARM},
	} {
		t.Run(c.name, func(t *testing.T) {
			path, err := compile("fwatchdog-"+c.name, ".", append(c.env, "GOOS=linux"), "-tags", "nethttpomithttp2")
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes, %.2f MB", info.Size(), float64(info.Size())/1e6)
			if info.Size() > maxProgram {
				t.Errorf("it has %d bytes, want %d at most", info.Size(), maxProgram)
			}
			static(t, path, c.machine)
		})
	}
}

// static fails unless a program needs nothing but a kernel, and has neither
// symbols nor debugging information.
func static(t *testing.T, path string, machine elf.Machine) {
	t.Helper()
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if file.Machine != machine {
		t.Errorf("it is for %s, want %s", file.Machine, machine)
	}
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("it has a segment %s", p.Type)
		}
	}
	if libraries, err := file.ImportedLibraries(); err == nil && len(libraries) > 0 {
		t.Errorf("it needs %v", libraries)
	}
	for _, s := range file.Sections {
		if s.Name == ".symtab" || strings.HasPrefix(s.Name, ".debug") || strings.HasPrefix(s.Name, ".zdebug") {
			t.Errorf("it has a section %s", s.Name)
		}
	}
}

// shipped is the watchdog as in an image FROM scratch: its root has two
// programs and is read-only, there is no /proc, /tmp or /etc, and it is nobody.
// The mount namespace of the thread that starts it goes with that thread.
func shipped(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	root := scratch(t)
	cmd := exec.Command("/fwatchdog")
	cmd.Dir, cmd.Env = "/", env
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	return cmd
}

// scratch mounts a root that holds nothing but the watchdog and a function.
func scratch(t *testing.T) (root string) {
	t.Helper()
	from, root := t.TempDir(), t.TempDir()
	for name, path := range map[string]string{"fwatchdog": program(t), "function": testFunction(t)} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(from, name), text, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(from, 0o755); err != nil {
		t.Fatal(err)
	}
	// Nothing else of this machine shall see the mount, nor shall it outlive
	// the thread: a locked thread that its goroutine ends with ends, too.
	if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
		cannot(t, "no mount namespace is permitted, which root has", err)
	}
	for _, m := range []struct {
		source, target string
		flags          uintptr
	}{
		{"none", "/", syscall.MS_REC | syscall.MS_PRIVATE},
		{from, root, syscall.MS_BIND},
		{"none", root, syscall.MS_REMOUNT | syscall.MS_BIND | syscall.MS_RDONLY},
	} {
		if err := syscall.Mount(m.source, m.target, "", m.flags, ""); err != nil {
			cannot(t, "no mount is permitted", fmt.Errorf("%s on %s: %w", m.source, m.target, err))
		}
	}
	t.Cleanup(func() { _ = syscall.Unmount(root, syscall.MNT_DETACH) })
	if err := os.WriteFile(filepath.Join(root, "file"), nil, 0o600); err == nil {
		t.Fatal("the root can be written to")
	}
	return root
}

func TestImage_ServesFromAScratchReadOnlyRootAsNobody(t *testing.T) {
	for _, mode := range allModes {
		t.Run(mode, func(t *testing.T) {
			runtime.LockOSThread() // and never unlock it, see scratch
			serveFromScratch(t, mode)
		})
	}
}

func serveFromScratch(t *testing.T, mode string) {
	port := freePort(t)
	settings := []string{"port=" + port, "metrics_port=0"}
	for _, pair := range modeSettings(t, mode) {
		settings = append(settings, strings.Replace(pair, testFunction(t), "/function", 1))
	}
	cmd := shipped(t, settings...)
	log := newJournal()
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := receive(t, ended); err != nil {
			t.Errorf("after SIGTERM: %v\n%s", err, log)
		}
	}()
	log.await(t, "no lock file could be written; nothing but an outside check of it needs one, suppress_lock=true says so")
	log.await(t, "fwatchdog serves")
	if mode != "stdio" && mode != "warm" {
		eventually(t, "the function is up", func() bool {
			code, err := status("http://127.0.0.1:" + port + "/_/ready")
			return err == nil && code == http.StatusOK
		})
	}
	if got, err := post("http://127.0.0.1:"+port, strings.NewReader(`"e"`)); err != nil || got != `"e"` {
		t.Errorf("%q, %v", got, err)
	}
	if uid := owner(t, cmd.Process.Pid); uid != "65534" {
		t.Errorf("it runs as user %s", uid)
	}
	if got := healthOf(t, cmd.SysProcAttr, "port="+port); got != 0 {
		t.Errorf("-run-healthcheck: exit status %d", got)
	}
	if got := healthOf(t, cmd.SysProcAttr, "port="+freePort(t)); got != 1 {
		t.Errorf("-run-healthcheck of nothing: exit status %d", got)
	}
}

// healthOf is the exit status of -run-healthcheck where the watchdog runs.
func healthOf(t *testing.T, attr *syscall.SysProcAttr, env ...string) int {
	t.Helper()
	cmd := exec.Command("/fwatchdog", "-run-healthcheck")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = "/", env, attr
	var out bytes.Buffer
	cmd.Stderr = &out
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		return code
	}
	t.Fatalf("%v\n%s", cmd.ProcessState, &out)
	return 0
}

// owner is the user that a process runs as.
func owner(t *testing.T, pid int) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\nUid:")
	return strings.Fields(rest)[0]
}
