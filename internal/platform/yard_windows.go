package platform

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// openRead opens a file for reading.
const openRead = os.O_RDONLY

// TryLock locks a file, which it makes, for as long as it is open; ErrLocked if
// somebody else has.
func TryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err = windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped)); err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return nil, ErrLocked
	}
	return nil, err
}

// ownerGone is for systems where a process that is being started inherits a lock.
func ownerGone(string) bool { return false }

// syncFolder does nothing: a folder cannot be synced here, and its names are
// journaled.
func syncFolder(string) error { return nil }
