//go:build !linux

package watchdog

import "os"

// awaitExit collects the program: not everywhere can its end be awaited
// without.
func (p *process) awaitExit() *os.ProcessState {
	state, _ := p.os.Wait()
	return state
}

// await is known on Linux only; elsewhere a thread waits for each program.
func (p *process) await() {}

// hasExited is known on Linux only.
func (p *process) hasExited() bool { return false }
