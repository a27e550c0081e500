package watchdog

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// awaitExit returns nil when the program has exited, and leaves it to be
// collected. It does not wait in the kernel: that would cost a thread, and
// often a second one that takes over meanwhile.
func (p *process) awaitExit() *os.ProcessState {
	if exited(unix.P_PID, p.os.Pid) == 0 {
		p.await()
	}
	for unix.Waitid(unix.P_PID, p.os.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	return nil
}

// await returns when the program has exited, or at once where that cannot be
// told without a thread of its own.
func (p *process) await() {
	handle := p.handle()
	if handle == nil {
		return
	}
	defer handle.Close()
	raw, err := handle.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Read(func(uintptr) bool { return exited(unix.P_PID, p.os.Pid) != 0 })
}

// handle is a file that can be read once the program has exited. The kernel
// has them since Linux 5.10.
func (p *process) handle() *os.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped { // its number may be another's by now
		return nil
	}
	fd, err := unix.PidfdOpen(p.os.Pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		return nil
	}
	return os.NewFile(uintptr(fd), "pidfd")
}

// exited returns the number of a child that waits to be collected, among those
// that kind and id mean to waitid(2), and 0 if none does. A child that is no
// more waits no more either: then it is -1.
func exited(kind, id int) int {
	// The head of siginfo_t as waitid(2) fills it, and room for the rest.
	var info struct {
		_   [3]int32
		_   [unsafe.Sizeof(uintptr(0)) - 4]byte
		pid int32
		_   [128]byte
	}
	err := unix.Waitid(kind, id, (*unix.Siginfo)(unsafe.Pointer(&info)), unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
	if err != nil {
		return -1
	}
	return int(info.pid)
}

// hasExited reports whether the program waits to be collected.
func (p *process) hasExited() bool { return exited(unix.P_PID, p.os.Pid) != 0 }
