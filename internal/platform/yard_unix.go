//go:build unix

package platform

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// openRead opens a file for reading, and waits for nobody where it is a pipe.
const openRead = os.O_RDONLY | unix.O_NONBLOCK

// TryLock locks a file, which it makes, for as long as it is open; ErrLocked if
// somebody else has.
func TryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	for err = unix.EINTR; err == unix.EINTR; {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if err == unix.EWOULDBLOCK {
		return nil, ErrLocked
	}
	return nil, err
}

// ownerGone reports whether no process has the id that a lock's owner had.
func ownerGone(path string) bool {
	text, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	pid, err := strconv.Atoi(string(text))
	return err == nil && pid > 0 && unix.Kill(pid, 0) == unix.ESRCH
}

// syncFolder has a folder's names outlive a crash.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
