package watchdog

import (
	"os"

	"golang.org/x/sys/unix"
)

// awaitExit returns nil when a child has exited, and leaves it to be
// collected.
func awaitExit(p *os.Process) *os.ProcessState {
	for unix.Waitid(unix.P_PID, p.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	return nil
}
