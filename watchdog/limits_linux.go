package watchdog

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// apply bounds a process that was just started. What it does in its first
// microseconds is not bound yet.
func (l Limits) apply(pid int) error {
	for _, r := range []struct {
		name     string
		resource int
		value    int64
	}{
		{"memory", unix.RLIMIT_AS, l.Memory},
		{"CPU time", unix.RLIMIT_CPU, int64((l.CPU + time.Second - 1) / time.Second)},
		{"open files", unix.RLIMIT_NOFILE, int64(l.Files)},
		{"processes", unix.RLIMIT_NPROC, int64(l.Processes)},
		{"file size", unix.RLIMIT_FSIZE, l.FileSize},
	} {
		if r.value == 0 {
			continue
		}
		limit := unix.Rlimit{Cur: uint64(r.value), Max: uint64(r.value)}
		if err := unix.Prlimit(pid, r.resource, &limit, nil); err != nil && err != unix.ESRCH {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return nil
}
