package history

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"backstay.dev/backstay/internal/git"
)

// block is how many commits one git process is asked for: enough that its
// start does not count, few enough that all processors end at about the same
// time.
const block = 1024

// inBlocks splits work over the processors, in order, and returns the first
// error. f may be called several times at once; each call has its own piece.
func inBlocks(ctx context.Context, n int, f func(ctx context.Context, from, to int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	workers := runtime.GOMAXPROCS(0)
	size := max(1, min(block, (n+workers-1)/workers))
	var mu sync.Mutex
	next := 0
	var wg sync.WaitGroup
	for range min(workers, (n+size-1)/size) {
		wg.Go(func() {
			for ctx.Err() == nil {
				mu.Lock()
				from := next
				next += size
				mu.Unlock()
				if from >= n {
					return
				}
				if err := f(ctx, from, min(from+size, n)); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// idsOf are the full ids of commits.
func (c *columns) idsOf(list []int32) []string {
	out := make([]string, len(list))
	for k, i := range list {
		out[k] = c.id(i)
	}
	return out
}

// hasPatch reports whether a commit can have a patch-id at all: a merge has
// none, and of a commit at the shallow boundary nobody knows the parent.
func (x *Index) hasPatch(c *columns, i int32) bool {
	parents := c.parentsOf(i)
	return len(parents) == 1 || len(parents) == 0 && !x.store.Boundary(c.id(i))
}

// ensureSignatures computes the signatures of those commits that have none yet,
// in the order of history, where neighbours share trees. changed tells whether
// there was anything to do.
func (x *Index) ensureSignatures(ctx context.Context, c *columns, of set) (changed bool, err error) {
	var todo []int32
	of.each(func(i int32) {
		switch {
		case c.sigs[i] != sigUnknown:
		case !x.hasPatch(c, i):
			c.sigs[i], c.slots[i] = sigNone, noID
			changed = true
		default:
			todo = append(todo, i)
		}
	})
	if len(todo) == 0 {
		return changed, nil
	}
	var count atomic.Int64
	err = inBlocks(ctx, len(todo), func(ctx context.Context, from, to int) error {
		return x.store.Changes(ctx, c.idsOf(todo[from:to]), maxPaths, func(k int, changes []git.Change, err error) {
			i := todo[from+k]
			switch c.sigs[i] = signature(changes); {
			case err != nil:
				c.sigs[i] = sigTried
			case c.sigs[i] == sigNone:
				c.slots[i] = noID
			}
			x.advance("changed paths", &count, len(todo))
		})
	})
	return true, err
}

// ensurePatchIDs computes the patch-ids of those commits that have none yet and,
// by their signature, can have one.
func (x *Index) ensurePatchIDs(ctx context.Context, c *columns, of set) (changed bool, err error) {
	var todo []int32
	of.each(func(i int32) {
		if c.slots[i] == unknownID && c.sigs[i] >= sigFirst {
			todo = append(todo, i)
		}
	})
	if len(todo) == 0 {
		return false, nil
	}
	var count atomic.Int64
	var mu sync.Mutex
	err = inBlocks(ctx, len(todo), func(ctx context.Context, from, to int) error {
		p := newPatchHash(x.format)
		return x.store.Patches(ctx, c.idsOf(todo[from:to]), p.begin, p.line, func(k int, err error) {
			id := p.end()
			mu.Lock()
			defer mu.Unlock()
			switch i := todo[from+k]; {
			case err != nil:
				c.slots[i] = triedID
			case id == nil:
				c.slots[i] = noID
			default:
				c.slots[i] = int32(len(c.patchIDs) / c.rawLen)
				c.patchIDs = append(c.patchIDs, id...)
			}
			x.advance("patch-ids", &count, len(todo))
		})
	})
	return true, err
}

// advance counts one commit and reports now and then.
func (x *Index) advance(stage string, done *atomic.Int64, total int) {
	if n := int(done.Add(1)); n%64 == 0 || n == total {
		x.progress(stage, n, total)
	}
}

// EnsurePatchIDs computes the patch-ids of the given commits, of all known ones
// where ids is nil, and keeps them. Present computes what it needs by itself;
// this is for those who want the work done ahead. What was computed before ctx
// ended is kept.
func (x *Index) EnsurePatchIDs(ctx context.Context, ids []string) error {
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
	changed, err := x.ensureSignatures(ctx, c, wanted)
	if err == nil {
		var more bool
		more, err = x.ensurePatchIDs(ctx, c, wanted)
		changed = changed || more
	}
	if changed {
		x.save()
	}
	if err != nil {
		return fmt.Errorf("compute patch-ids: %w", err)
	}
	return nil
}
