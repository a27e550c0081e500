//go:build !linux

package drain

func admitNone(int) {}

func beginNone(int) {}
