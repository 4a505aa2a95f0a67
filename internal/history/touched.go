package history

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"sync/atomic"

	"backstay.dev/backstay/internal/git"
)

// Which commit touched which path is kept as hashes: of each commit the number
// of paths in which it differs from its first parent, and then 32 bits of each
// path's hash, in order. A merge therefore counts as one step of the line it
// was merged into. A hash that fits says "look", a real tree says "yes"; that
// the wrong commits are looked at is rare and costs no more than the look.
//
// To find the commits of a path all hashes of a stretch of history are read
// through, a few bytes for each commit: an inverted index would not be faster
// where a stretch is some ten thousand commits.

// maxTouched is the number of paths from which on a commit counts as one that
// may have touched any: an import or a mass rename.
const maxTouched = 1 << 14

// anyPath stands in place of the number of paths.
const anyPath = ^uint32(0)

func hashPath(path string) uint32 {
	h := fnv.New64a()
	h.Write([]byte(path))
	sum := h.Sum64()
	return uint32(sum ^ sum>>32)
}

// appendList adds the list of one commit's paths to touched.
func appendList(touched []uint32, changes []git.Change) []uint32 {
	if len(changes) > maxTouched {
		return append(touched, anyPath)
	}
	touched = append(touched, uint32(len(changes)))
	from := len(touched)
	for _, c := range changes {
		touched = append(touched, hashPath(c.Path))
	}
	slices.Sort(touched[from:])
	return touched
}

// soundList reports whether a list ends where its text does.
func soundList(b []uint32) bool {
	return b[0] == anyPath || int64(b[0]) < int64(len(b))
}

// mayTouch reports whether a commit may have touched a path: always if it is
// not known which it did.
func (c *columns) mayTouch(i int32, hash uint32) bool {
	at := c.touchAt[i]
	if at < 0 || c.touched[at] == anyPath {
		return true
	}
	list := c.touched[at+1 : at+1+int32(c.touched[at])]
	if len(list) < 16 {
		return slices.Contains(list, hash)
	}
	_, ok := slices.BinarySearch(list, hash)
	return ok
}

// ensureTouched finds out which paths those commits touched of which that is
// not known yet.
func (x *Index) ensureTouched(ctx context.Context, c *columns, of set) (changed bool, err error) {
	var todo []int32
	of.each(func(i int32) {
		if c.touchAt[i] == unknownID {
			todo = append(todo, i)
		}
	})
	if len(todo) == 0 {
		return false, nil
	}
	var count atomic.Int64
	var mu sync.Mutex
	err = inBlocks(ctx, len(todo), func(ctx context.Context, from, to int) error {
		parents := make([]string, to-from)
		for k := range parents {
			if p := c.parentsOf(todo[from+k]); len(p) > 0 {
				parents[k] = c.id(p[0])
			}
		}
		return x.store.ChangesSince(ctx, c.idsOf(todo[from:to]), parents, maxTouched, func(k int, changes []git.Change, err error) {
			mu.Lock()
			defer mu.Unlock()
			i := todo[from+k]
			if err != nil || int64(len(c.touched))+int64(len(changes)) >= 1<<31-1 {
				c.touchAt[i] = triedID
			} else {
				c.touchAt[i] = int32(len(c.touched))
				c.touched = appendList(c.touched, changes)
			}
			x.advance("touched paths", &count, len(todo))
		})
	})
	return true, err
}

// EnsureTouched finds out which paths the given commits touched, all known ones
// where ids is nil, and keeps it. Trail does so by itself for what it needs;
// this is for those who want the work done ahead. What was found before ctx
// ended is kept.
func (x *Index) EnsureTouched(ctx context.Context, ids []string) error {
	x.work.Lock()
	defer x.work.Unlock()
	c := x.columns.Load()
	wanted := newSet(c.len())
	for _, id := range ids {
		if i := c.find(id); i >= 0 {
			wanted.add(i)
		}
	}
	if ids == nil {
		wanted.fill(c.len())
	}
	return x.keepTouched(ctx, c, wanted)
}

func (x *Index) keepTouched(ctx context.Context, c *columns, wanted set) error {
	changed, err := x.ensureTouched(ctx, c, wanted)
	if changed {
		x.save()
	}
	if err != nil {
		return fmt.Errorf("find touched paths: %w", err)
	}
	return nil
}
