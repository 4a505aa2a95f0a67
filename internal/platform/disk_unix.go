//go:build unix

package platform

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

// free is how many bytes a folder's file system has left, and how many files it
// could still have; 0 where it is not told.
func free(path string) (bytes, files int64) {
	var s unix.Statfs_t
	if unix.Statfs(path, &s) != nil {
		return 0, 0
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Ffree)
}

// allocated is how many bytes a file takes: one with holes less than its length.
func allocated(info fs.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int64(s.Blocks) * 512
	}
	return info.Size()
}
