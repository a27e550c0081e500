//go:build !linux

package watchdog

import "syscall"

func askForHandle(*syscall.SysProcAttr, *int) {}

// awaitExit collects the program as well: not everywhere can its end be awaited
// without.
func (p *process) awaitExit() (collected bool) {
	p.status = p.wait()
	return true
}

// await and endsSoon are known on Linux only; elsewhere a thread waits for
// each program.
func (p *process) await()         {}
func (p *process) endsSoon() bool { return false }

// hasExited is known on Linux only.
func (p *process) hasExited() bool { return false }
