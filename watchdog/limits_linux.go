package watchdog

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// check returns an error if they are more than may be set.
func (l Limits) check() error {
	for _, r := range l.each() {
		var has unix.Rlimit
		if err := unix.Getrlimit(r.resource, &has); err == nil && uint64(r.value) > has.Max && unix.Geteuid() != 0 {
			return fmt.Errorf("the limit of %s, %d, is above the %d that this user may set", r.name, r.value, has.Max)
		}
	}
	return nil
}

type limit struct {
	name     string
	resource int
	value    int64
}

// each are those that are set.
func (l Limits) each() []limit {
	return slices.DeleteFunc([]limit{
		{"memory", unix.RLIMIT_AS, l.Memory},
		{"CPU time", unix.RLIMIT_CPU, int64((l.CPU + time.Second - 1) / time.Second)},
		{"open files", unix.RLIMIT_NOFILE, int64(l.Files)},
		{"processes", unix.RLIMIT_NPROC, int64(l.Processes)},
		{"file size", unix.RLIMIT_FSIZE, l.FileSize},
	}, func(r limit) bool { return r.value == 0 })
}

// apply bounds a process that was just started. What it does in its first
// microseconds is not bound yet.
func (l Limits) apply(pid int) error {
	if l == (Limits{}) {
		return nil
	}
	for _, r := range l.each() {
		limit := unix.Rlimit{Cur: uint64(r.value), Max: uint64(r.value)}
		if err := unix.Prlimit(pid, r.resource, &limit, nil); err != nil && err != unix.ESRCH {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return nil
}
