package watchdog

import (
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// askForHandle has a start give a pidfd, which Linux has since 5.3.
func askForHandle(attr *syscall.SysProcAttr, handle *int) { attr.PidFD = handle }

// soon is how long the end of a program is awaited in the kernel. That costs a
// thread meanwhile, but far less than the runtime's poller with its wake-ups:
// for a program such as cat, a fifth of what it takes to run one.
const soon = 5 * time.Millisecond

// inKernel bounds the threads that wait so.
var inKernel = make(chan struct{}, 2*runtime.NumCPU())

// endsSoon reports whether the program ends within a few milliseconds, which
// it waits for unless too many do. What the program prints meanwhile stays in
// its pipes.
func (p *process) endsSoon() bool {
	if p.handle.closed {
		return false
	}
	select {
	case inKernel <- struct{}{}:
		defer func() { <-inKernel }()
	default:
		return false
	}
	events := []unix.PollFd{{Fd: int32(p.handle.fd), Events: unix.POLLIN}}
	for late := time.Now().Add(soon); ; {
		left := time.Until(late)
		if left <= 0 {
			return false
		}
		n, err := unix.Poll(events, int(left.Milliseconds())+1)
		if err != unix.EINTR { // a signal of the runtime's, perhaps
			return n == 1
		}
	}
}

// awaitExit returns when the program has exited, and leaves it to be
// collected.
func (p *process) awaitExit() (collected bool) {
	if !p.hasExited() {
		p.waitable()
		p.await()
	}
	for unix.Waitid(unix.P_PID, p.pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	return false
}

// await returns when the program has exited, or at once where that cannot be
// told without a thread of its own.
func (p *process) await() {
	if p.handle.file == nil {
		return
	}
	raw, err := p.handle.file.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Read(func(uintptr) bool { return p.hasExited() })
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
func (p *process) hasExited() bool { return exited(unix.P_PID, p.pid) != 0 }
