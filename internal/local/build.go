package local

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/harkvoice/hark/internal/function"
	"github.com/harkvoice/hark/watchdog"
)

// Build runs the command of a function's label hark.build in the function's
// directory, so that no invocation has to compile anything. A function without
// the label has nothing to build. What the command prints goes to out.
func Build(ctx context.Context, spec function.Spec, out io.Writer) error {
	line := spec.Labels[function.LabelBuild]
	if line == "" {
		return nil
	}
	words, err := watchdog.SplitCommand(line)
	if err != nil {
		return fmt.Errorf("function %s: label %s: %w", spec.Name, function.LabelBuild, err)
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir = spec.Dir
	// A build that is broken off takes along what it has started.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Env = os.Environ()
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = time.Second // what the command started may outlive it and hold out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("function %s: building it by %q in %s: %w", spec.Name, line, spec.Dir, err)
	}
	return nil
}
