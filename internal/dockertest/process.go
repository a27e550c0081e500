//go:build linux

package dockertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// process is the first of its namespaces, and dies with this program.
type process struct {
	*os.Process
	ended chan struct{}
}

// startProcess starts cmd. The system ends it with the thread that has started
// it, so that this one stays.
func startProcess(cmd *exec.Cmd, namespaces uintptr) (*process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces, Pdeathsig: syscall.SIGKILL}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return &process{cmd.Process, ended}, nil
}

// kill ends the process and all that is in its pid namespace, and awaits that.
func (p *process) kill() {
	_ = p.Kill()
	<-p.ended
}

// file is a path of the process in /proc.
func (p *process) file(name string) string {
	return filepath.Join("/proc", strconv.Itoa(p.Pid), name)
}

// ip gives ip(8) commands to run in the network of the process, until one fails.
func (p *process) ip(commands ...string) error {
	cmd := exec.Command("nsenter", "--net="+p.file("ns/net"), "--", "ip", "-batch", "-")
	cmd.Stdin = strings.NewReader(strings.Join(commands, "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ip: %w: %s of:\n%s", err, out, strings.Join(commands, "\n"))
	}
	return nil
}
