//go:build !linux

package watchdog

import "os"

// awaitExit collects a child: not everywhere can it be awaited without.
func awaitExit(p *os.Process) *os.ProcessState {
	state, _ := p.Wait()
	return state
}
