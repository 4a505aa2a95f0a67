package platform

import (
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

// disk watches how much files in some folders grow. Walking them is dear: that
// is done when their file systems have lost as much as the limit, and else
// seldom.
type disk struct {
	// limit bounds what is to come, bound that and what others had before.
	limit, bound int64
	folders      []string
	free         []int64
	next         time.Time
	looks        int
}

// newDisk watches folders of the command's own, and shared ones, in which what is
// there now does not count.
func newDisk(limit int64, own, shared []string) *disk {
	d := &disk{limit: limit, folders: slices.Concat(own, shared), next: time.Now().Add(diskSampling)}
	if limit <= 0 {
		return d
	}
	had := size(math.MaxInt64-limit, shared)
	d.bound = limit + had
	for _, f := range d.folders {
		d.free = append(d.free, free(f))
	}
	return d
}

// over reports whether the folders hold more than the limit.
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
	lost := d.looks%diskWalk == 0
	for i, f := range d.folders {
		lost = lost || d.free[i]-free(f) > d.limit
	}
	return lost && size(d.bound, d.folders) > d.bound
}

// size is how many bytes the files in folders take, up to enough.
func size(enough int64, folders []string) (sum int64) {
	for _, f := range folders {
		_ = filepath.WalkDir(f, func(_ string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return nil // what cannot be read, or is gone, is not counted
			}
			if info, err := e.Info(); err == nil {
				sum += allocated(info)
			}
			if sum > enough {
				return fs.SkipAll
			}
			return nil
		})
	}
	return sum
}
