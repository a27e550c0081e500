package watchdog

import (
	"os"
	"sync"
	"syscall"
)

// children are the processes that this one has started and will collect
// itself. A process that reaps orphans must know them apart.
var children struct {
	starting sync.RWMutex // held while one is started, until it is known

	mu     sync.Mutex
	known  map[int]int   // by number, how many: nil as long as nobody reaps
	change chan struct{} // tells that one was collected
}

// startChild starts a process and makes it known. The handle becomes readable
// when it exits; it is -1 where the system has none.
func startChild(path string, argv []string, attr *syscall.ProcAttr) (pid, handle int, err error) {
	children.starting.RLock()
	defer children.starting.RUnlock()
	handle = -1
	askForHandle(attr.Sys, &handle)
	pid, _, err = syscall.StartProcess(path, argv, attr)
	if err != nil {
		return 0, -1, &os.PathError{Op: "start", Path: path, Err: err}
	}
	children.mu.Lock()
	defer children.mu.Unlock()
	if children.known != nil {
		children.known[pid]++ // two, if another had the number just now
	}
	return pid, handle, nil
}

// forgetChild is called when a child was collected.
func forgetChild(pid int) {
	children.mu.Lock()
	defer children.mu.Unlock()
	if children.known != nil {
		if children.known[pid]--; children.known[pid] <= 0 {
			delete(children.known, pid)
		}
		select {
		case children.change <- struct{}{}:
		default:
		}
	}
}

func isChild(pid int) bool {
	children.mu.Lock()
	defer children.mu.Unlock()
	return children.known[pid] > 0
}
