package watchdog

import (
	"os"
	"syscall"
)

// pipe makes a pipe that no child inherits.
func pipe(ends *[2]int) error {
	return os.NewSyscallError("pipe2", syscall.Pipe2(ends[:], syscall.O_CLOEXEC))
}
