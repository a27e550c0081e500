package upstream

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// watchDelivery has the system end the connection when what is sent stays
// unacknowledged for Client.Lost. A body that is sent as it comes is left out: a
// function that reads none of it for a while is not gone.
func (l *link) watchDelivery(watch bool) {
	if l.of.Lost == 0 || l.lost.Load() == watch {
		return
	}
	l.lost.Store(watch)
	lost := 0
	if watch {
		lost = int(l.of.Lost.Milliseconds())
	}
	l.control(func(fd int) {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, lost)
	})
}

// undelivered reports whether the server's system has acknowledged no byte of a
// request: then the server has not seen it, or was cut off in the instant before it
// acknowledged it, which a system may put off for 40 ms.
func (l *link) undelivered() bool {
	if !l.lost.Load() {
		return false
	}
	none := false
	l.control(func(fd int) {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		none = err == nil && info.Bytes_acked <= uint64(l.before.Load())+1 // it counts the SYN
	})
	return none
}

func (l *link) control(f func(fd int)) {
	if raw, err := l.Conn.(syscall.Conn).SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { f(int(fd)) })
	}
}
