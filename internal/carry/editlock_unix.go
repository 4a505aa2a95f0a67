//go:build unix

package carry

import (
	"os"

	"golang.org/x/sys/unix"
)

// noFollow refuses a link in a file's place.
const noFollow = unix.O_NOFOLLOW

// tryLock locks a file for as long as it is open, or says errLocked.
func tryLock(f *os.File) error {
	for {
		switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err {
		case unix.EINTR:
		case unix.EWOULDBLOCK:
			return errLocked
		default:
			return err
		}
	}
}
