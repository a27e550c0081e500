package watchdog

import (
	"context"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// ReapOrphans returns once it has begun to collect, until ctx ends, the processes that this one inherits:
// the first process of a container gets every process there whose parent has
// died, and they stay as zombies until somebody collects them. It must be
// called before any process is started; all of them must then be started by
// this package.
func ReapOrphans(ctx context.Context) {
	children.mu.Lock()
	children.known, children.change = make(map[int]int), make(chan struct{}, 1)
	children.mu.Unlock()
	died := make(chan os.Signal, 1)
	signal.Notify(died, unix.SIGCHLD)
	go reapOn(ctx, died)
}

func reapOn(ctx context.Context, died chan os.Signal) {
	defer signal.Stop(died)
	for {
		for reapOne() {
		}
		select {
		case <-died:
		case <-children.change:
		case <-ctx.Done():
			return
		}
	}
}

// reapOne collects a process that has ended and is nobody's. The kernel shows
// one that has ended at a time: if that is a child of ours, its owner collects
// it and tells.
func reapOne() bool {
	pid := exited(unix.P_ALL, 0)
	if pid <= 0 || isChild(pid) {
		return false
	}
	children.starting.Lock() // then every child is known
	defer children.starting.Unlock()
	if isChild(pid) {
		return false
	}
	_, err := unix.Wait4(pid, nil, unix.WNOHANG, nil)
	return err == nil
}
