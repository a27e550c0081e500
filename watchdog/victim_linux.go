package watchdog

import (
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// victimScore is what /proc/PID/oom_score_adj of a function is above the
// watchdog's, whose own it may raise for others without a privilege: when there is
// no memory left the system is to end what has been asked too much, and not who
// answers for all.
const victimScore = 500

// score is that of functions, as it is written; empty if it cannot be told.
var score = sync.OnceValue(func() []byte {
	own, err := os.ReadFile("/proc/self/oom_score_adj")
	if err != nil {
		return nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(own)))
	if err != nil {
		return nil
	}
	return strconv.AppendInt(nil, int64(min(n+victimScore, 1000)), 10)
})

// beVictim has the system end a process before this one. One that has ended needs
// it no more, so that errors do not count.
func beVictim(pid int) {
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	_, _ = unix.Write(fd, score())
	_ = unix.Close(fd)
}
