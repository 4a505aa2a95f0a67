package platform

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// openRead opens a file for reading.
const openRead = os.O_RDONLY

// tryLock locks a file for as long as it is open, or fails at once.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped)); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// lock waits for a lock. Nobody holds it for long.
func lock(ctx context.Context, path string) (*os.File, error) {
	for {
		f, err := tryLock(path)
		if !errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// ownerGone is for systems where a process that is being started inherits a lock.
func ownerGone(string) bool { return false }

// syncFolder does nothing: a folder cannot be synced here, and its names are
// journaled.
func syncFolder(string) error { return nil }
