package carry

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/platform"
)

// LockEdit keeps other processes from the edit in dir until the file that it
// hands back is closed, or this process ends, however it does. Begin, Continue,
// Status and AbortEdit want it held, from before EditObjects is asked; while a
// person is at work nobody holds it. If another holds it that is an InputError
// at once: each of these takes seconds at most.
//
// The lock lies beside dir, not in it, and stays: who removed it could not know
// that nobody has just opened it.
func LockEdit(dir string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, fmt.Errorf("lock the edit: %w", err)
	}
	f, err := platform.TryLock(dir + ".lock")
	if err == nil {
		return f, nil
	}
	if errors.Is(err, platform.ErrLocked) {
		return nil, &backport.InputError{
			What: "another command is at work on the edit of this repository",
			Hint: "wait until it has ended, then see where the edit is with --continue", Err: err,
		}
	}
	return nil, fmt.Errorf("lock the edit: %w", err)
}
