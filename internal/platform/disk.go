package platform

import (
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"time"
)

// diskSampling is how often free space is looked at.
const diskSampling = time.Second

// diskWalk is after how many looks at free space the folders are walked even so:
// others may free as much as a command takes.
const diskWalk = 10

// entrySize is what a file, a folder or a link counts for at least, in bytes: a
// file system runs out of them, too.
const entrySize = 4096

// disk watches how much files in some folders grow. Walking them is dear: that
// is done when their file systems have lost as much as the limit, and else
// seldom.
type disk struct {
	// limit bounds what is to come, bound that and what others had before.
	limit, bound int64
	folders      []string
	// before is what their file systems had left.
	before []left
	next   time.Time
	looks  int
}

// left is what a file system has left, as free tells.
type left struct{ bytes, files int64 }

// newDisk watches folders of the command's own, and shared ones, in which what is
// there now does not count.
func newDisk(limit int64, own, shared []string) *disk {
	d := &disk{limit: limit, folders: slices.Concat(own, shared), next: time.Now().Add(diskSampling)}
	if limit <= 0 {
		return d
	}
	had, _ := size(math.MaxInt64-limit, shared)
	d.bound = limit + had
	for _, f := range d.folders {
		bytes, files := free(f)
		d.before = append(d.before, left{bytes, files})
	}
	return d
}

// over reports whether the folders hold more than the limit. Where it cannot look
// into one of them, by a command's doing, all that their file systems have lost
// is the command's.
func (d *disk) over() bool {
	if d.limit <= 0 || time.Now().Before(d.next) {
		return false
	}
	begin := time.Now()
	defer func() {
		// Of all time a twentieth is spent on looking, at most.
		d.next = time.Now().Add(max(diskSampling, 20*time.Since(begin)))
	}()
	d.looks++
	lost := false
	for i, f := range d.folders {
		bytes, files := free(f)
		lost = lost || d.before[i].bytes-bytes > d.limit || (d.before[i].files-files)*entrySize > d.limit
	}
	if !lost && d.looks%diskWalk != 0 {
		return false
	}
	sum, whole := size(d.bound, d.folders)
	return sum > d.bound || lost && !whole
}

// size is how many bytes the files in folders take, up to enough, and whether all
// of them could be looked at: a folder may be closed, or too deep for a path.
func size(enough int64, folders []string) (sum int64, whole bool) {
	whole = true
	for _, f := range folders {
		_ = filepath.WalkDir(f, func(_ string, e fs.DirEntry, err error) error {
			if err != nil {
				// What is gone counts for nothing.
				whole = whole && errors.Is(err, fs.ErrNotExist)
				return nil
			}
			if info, err := e.Info(); err == nil {
				sum += max(allocated(info), entrySize)
			}
			if sum > enough {
				return fs.SkipAll
			}
			return nil
		})
	}
	return sum, whole
}
