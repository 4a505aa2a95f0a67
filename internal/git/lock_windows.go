package git

import (
	"os"
	"path/filepath"
)

// lockFolder marks a store as in use: an open file cannot be removed here.
func lockFolder(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
}

// abandoned reports whether nobody has the lock file open: removing an open
// file fails on Windows.
func abandoned(path string) bool {
	err := os.Remove(path)
	return err == nil || os.IsNotExist(err)
}
