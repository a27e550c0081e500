//go:build linux

package dockertest

import (
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"
)

// removeCgroups removes a cgroup with what is below it, from every hierarchy
// (version 1) or the only one (version 2).
func removeCgroups(name string) {
	roots, _ := filepath.Glob("/sys/fs/cgroup/*" + name)
	for _, root := range append(roots, "/sys/fs/cgroup"+name) {
		var dirs []string
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				dirs = append(dirs, path)
			}
			return nil
		})
		for _, dir := range slices.Backward(dirs) {
			_ = syscall.Rmdir(dir)
		}
	}
}
