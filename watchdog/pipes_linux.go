package watchdog

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// pipeTo and pipeFrom are os.Pipe, our end first, without what it does to make
// a child's end pollable and starting a process then undoes again.

func pipeTo() (ours, child *os.File, err error) {
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC); err != nil {
		return nil, nil, os.NewSyscallError("pipe2", err)
	}
	return pollable(ends[1]), os.NewFile(uintptr(ends[0]), "pipe"), nil
}

func pipeFrom() (ours, child *os.File, err error) {
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC); err != nil {
		return nil, nil, os.NewSyscallError("pipe2", err)
	}
	return pollable(ends[0]), os.NewFile(uintptr(ends[1]), "pipe"), nil
}

func pollable(fd int) *os.File {
	_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETFL, unix.O_NONBLOCK) // a pipe has no other flags
	return os.NewFile(uintptr(fd), "pipe")
}
