package upstream

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// watchDelivery has the system end the connection when what is sent stays
// unacknowledged for Client.Lost. A body that is sent as it comes is left out: a
// function that reads none of it for a while is not gone.
func (l *link) watchDelivery(watch bool) {
	if l.of.Lost == 0 || l.lost == watch {
		return
	}
	l.lost = watch
	lost := 0
	if watch {
		lost = int(l.of.Lost.Milliseconds())
	}
	l.control(func(fd int) {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, lost)
	})
}

// undelivered reports whether the server's system has acknowledged no byte of a
// request that was sent whole: then the server has not seen it.
func (l *link) undelivered() bool {
	if !l.lost {
		return false
	}
	none := false
	l.control(func(fd int) {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		none = err == nil && info.Bytes_acked <= uint64(l.before)+1 // it counts the SYN
	})
	return none
}

func (l *link) control(f func(fd int)) {
	if raw, err := l.Conn.(syscall.Conn).SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { f(int(fd)) })
	}
}
