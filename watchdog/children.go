package watchdog

import (
	"os"
	"sync"
)

// children are the processes that this one has started and will collect
// itself. A process that reaps orphans must know them apart.
var children struct {
	starting sync.RWMutex // held while one is started, until it is known

	mu     sync.Mutex
	known  map[int]bool  // nil as long as nobody reaps
	change chan struct{} // tells that one was collected
}

// startChild is os.StartProcess, and makes the child known.
func startChild(path string, argv []string, attr *os.ProcAttr) (*os.Process, error) {
	children.starting.RLock()
	defer children.starting.RUnlock()
	p, err := os.StartProcess(path, argv, attr)
	if err != nil {
		return nil, err
	}
	children.mu.Lock()
	defer children.mu.Unlock()
	if children.known != nil {
		children.known[p.Pid] = true
	}
	return p, nil
}

// forgetChild is called when a child was collected.
func forgetChild(pid int) {
	children.mu.Lock()
	defer children.mu.Unlock()
	if children.known != nil {
		delete(children.known, pid)
		select {
		case children.change <- struct{}{}:
		default:
		}
	}
}

func isChild(pid int) bool {
	children.mu.Lock()
	defer children.mu.Unlock()
	return children.known[pid]
}
