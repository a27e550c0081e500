//go:build !linux

package watchdog

import "errors"

// apply knows Linux only.
func (l Limits) apply(int) error {
	if l != (Limits{}) {
		return errors.New("limits of processes are known on Linux only")
	}
	return nil
}
