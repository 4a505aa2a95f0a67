package git

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// lockName is the file inside a store that its owner keeps locked.
const lockName = "owner.lock"

// sweep removes stores whose owner is gone. Whatever it cannot be sure of
// stays: a store is rubbish only if its lock can be had, or if it is old and has
// none.
func sweep(scratch string) {
	entries, err := os.ReadDir(scratch)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), storePrefix) {
			continue
		}
		dir := filepath.Join(scratch, e.Name())
		lock := filepath.Join(dir, lockName)
		if _, err := os.Lstat(lock); err != nil {
			info, err := e.Info()
			if err != nil || time.Since(info.ModTime()) < time.Minute {
				continue // its owner may be about to lock it
			}
		}
		if abandoned(lock) {
			_ = os.RemoveAll(dir) // the next start tries again
		}
	}
}
