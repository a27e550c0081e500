package shelf

import (
	"io/fs"
	"syscall"
)

// inode tells a file from another of the same size and time, as archives and
// image layers have them: a link may have moved from one to the other.
func inode(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Ino)
	}
	return 0
}
