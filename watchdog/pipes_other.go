//go:build !linux

package watchdog

import "os"

func pipeTo() (ours, child *os.File, err error) {
	child, ours, err = os.Pipe()
	return ours, child, err
}

func pipeFrom() (ours, child *os.File, err error) { return os.Pipe() }
