package git

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// minMemory is how much must be free in memory before stores are put there, in
// bytes. A store needs some kilobytes a pick, and as much again as the files
// that are merged.
const minMemory = 4 << 30

// MemoryScratch returns a folder for stores that lives in memory and belongs
// to this user alone, "" where there is none with room enough. A store is
// thrown away in the end, so nothing is lost by never reaching a disk, and
// much is won: a trial merge writes many small files, and making one costs
// 0.02 ms in memory against 0.1 to 1 ms on a disk with a journal.
func MemoryScratch() string {
	const shared = "/dev/shm"
	var fs unix.Statfs_t
	if unix.Statfs(shared, &fs) != nil || fs.Type != unix.TMPFS_MAGIC || fs.Bavail*uint64(fs.Bsize) < minMemory {
		return ""
	}
	dir := fmt.Sprintf("%s/backstay-%d", shared, os.Geteuid())
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return ""
	}
	// Everybody may write to the folder above: somebody else's folder of this
	// name, or one that others can enter, is not used.
	var st unix.Stat_t
	if unix.Lstat(dir, &st) != nil || st.Mode != unix.S_IFDIR|0o700 || int(st.Uid) != os.Geteuid() {
		return ""
	}
	return dir
}
