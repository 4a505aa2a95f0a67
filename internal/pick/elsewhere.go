package pick

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// A file that the fix changes and the target lacks conflicts, unless git finds
// that the target renamed it. git looks for a new file on the target at least
// half of which it has seen in the old one, and to know that there is none it
// compares the old file with every new one: some 40 ms a pick on branches that
// have drifted apart, the same work for every fix.
//
// elsewhere answers the negative for many picks at once: an index from the
// lines of all files of a target to the files they stand in. Where no file of
// the target that the base lacks shares 40 % of its bytes with the old one,
// git cannot find a rename, whose threshold is 50 % (git-merge(1),
// find-renames; the measure is that of gitdiffcore(7)), and the conflict is
// certain. The ten points between leave room for git's coarser hash, in which
// different lines can look alike. Everything else is git's to say.
type elsewhere struct {
	e *Engine

	mu       sync.Mutex
	number   map[string]int32 // blob id → index into blobs
	blobs    []sketchInfo
	postings map[uint64][]posting
	targets  map[string]map[int32][]string // tree → blob → paths
	similar  map[string][]int32            // blob asked for → blobs like it
}

// sketchInfo is what is kept of an indexed blob: its size in bytes.
type sketchInfo struct{ size int64 }

// posting says that a blob has a line, and how many bytes of it.
type posting struct{ blob, bytes int32 }

const (
	// worthIndexing is how many open picks on a target pay for its index.
	worthIndexing = 30
	// maxIndexed bounds the files of a target that are indexed.
	maxIndexed = 40_000
	// maxOld and maxNew bound the sizes compared, in bytes. A new file beyond
	// maxNew cannot share 40 % of its bytes with an old one within maxOld.
	maxOld, maxNew = 400 << 10, 1 << 20
	// certainBelow is the share of bytes below which git finds no rename.
	certainBelow = 0.40
)

func newElsewhere(e *Engine) *elsewhere {
	return &elsewhere{
		e: e, number: map[string]int32{}, postings: map[uint64][]posting{},
		targets: map[string]map[int32][]string{}, similar: map[string][]int32{},
	}
}

// settleLacking ends the tasks whose conflict is certain because the target
// has nothing like a file that the fix changes.
func (e *Engine) settleLacking(ctx context.Context, tasks []*task) error {
	byTarget := map[string][]*task{}
	for _, t := range tasks {
		if !t.done && len(t.verdict.lacking) > 0 {
			byTarget[t.Onto] = append(byTarget[t.Onto], t)
		}
	}
	for target, group := range byTarget {
		if len(group) < worthIndexing {
			continue
		}
		ok, err := e.moved.index(ctx, target)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		err = e.each(ctx, len(group), func(i int) error {
			return settle(ctx, group[i], e.settleOne(ctx, target, group[i]))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) settleOne(ctx context.Context, target string, t *task) error {
	for _, old := range t.verdict.lacking {
		found, err := e.moved.maybe(ctx, target, t.base, old)
		if err != nil {
			return err
		}
		if found {
			continue
		}
		for _, c := range t.changes {
			if c.old == old {
				t.result.Files = append(t.result.Files, conflictFile(c.path, "modify/delete",
					"the target has no such file and none like it", backport.Sides{Base: c.old.id, Theirs: c.new.id}))
			}
		}
		t.done, t.result.Engine = true, "memory"
		e.memory.Add(1)
		return nil
	}
	return nil
}

// index reads all files of a target, those it has not read before. It reports
// false where the target is too large to be worth it.
func (x *elsewhere) index(ctx context.Context, tree string) (bool, error) {
	if x.targets[tree] != nil {
		return true, nil
	}
	paths := map[string][]string{}
	if err := x.list(ctx, tree, "", paths); err != nil {
		return false, err
	}
	if len(paths) > maxIndexed {
		return false, nil
	}
	var fresh []string
	for id := range paths {
		if _, known := x.number[id]; !known {
			fresh = append(fresh, id)
		}
	}
	g, gctx := errgroup.WithContext(ctx)
	for _, part := range split(fresh, x.e.opts.Jobs, 64, 4096) {
		g.Go(func() error { return x.read(gctx, part) })
	}
	if err := g.Wait(); err != nil {
		return false, fmt.Errorf("index the target's files: %w", err)
	}
	here := make(map[int32][]string, len(paths))
	for id, p := range paths {
		here[x.number[id]] = p
	}
	x.targets[tree] = here
	clear(x.similar) // new blobs may be like old ones
	return true, nil
}

// list finds the regular files of a tree.
func (x *elsewhere) list(ctx context.Context, tree, prefix string, out map[string][]string) error {
	t, err := x.e.trees.get(ctx, tree)
	if err != nil {
		return err
	}
	for {
		e, rest, ok := t.Next(x.e.store.Format.RawLen())
		if !ok || len(out) > maxIndexed {
			return nil
		}
		t = rest
		switch path := prefix + string(e.Name); {
		case e.IsTree():
			if err := x.list(ctx, e.ID(), path+"/", out); err != nil {
				return err
			}
		case e.Mode.IsRegular():
			out[e.ID()] = append(out[e.ID()], path)
		}
	}
}

// read indexes blobs.
func (x *elsewhere) read(ctx context.Context, ids []string) error {
	return x.e.store.ReadAll(ctx, ids, func(i int, o git.Object) error {
		if o.Kind == "" {
			return &git.MissingError{IDs: ids[i : i+1]}
		}
		var lines map[uint64]int32
		if len(o.Content) <= maxNew {
			lines = sketch(o.Content)
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		n := int32(len(x.blobs))
		x.number[ids[i]] = n
		x.blobs = append(x.blobs, sketchInfo{size: int64(len(o.Content))})
		for h, b := range lines {
			x.postings[h] = append(x.postings[h], posting{blob: n, bytes: b})
		}
		return nil
	})
}

// maybe reports whether git could find the old file renamed on the target: one
// of the target's files is like it and stands where the base has nothing.
func (x *elsewhere) maybe(ctx context.Context, target, base string, old leaf) (bool, error) {
	like, known, err := x.like(ctx, old.id)
	if err != nil || !known {
		return true, err
	}
	for _, b := range like {
		for _, path := range x.targets[target][b] {
			w, _, _, err := x.e.trees.lookup(ctx, base, path)
			if err != nil || w == absent || w == blocked {
				return true, err
			}
		}
	}
	return false, nil
}

// like lists the indexed blobs that share enough with one blob; known is false
// where that cannot be said.
func (x *elsewhere) like(ctx context.Context, id string) (like []int32, known bool, err error) {
	x.mu.Lock()
	like, known = x.similar[id]
	x.mu.Unlock()
	if known {
		return like, true, nil
	}
	o, err := x.e.store.Read(ctx, id, 0)
	if err != nil || len(o.Content) > maxOld {
		return nil, false, err
	}
	shared := make([]int64, len(x.blobs))
	for h, n := range sketch(o.Content) {
		for _, p := range x.postings[h] {
			shared[p.blob] += int64(min(n, p.bytes))
		}
	}
	size := int64(len(o.Content))
	for b, s := range shared {
		if float64(s) >= certainBelow*float64(max(size, x.blobs[b].size)) {
			like = append(like, int32(b))
		}
	}
	x.mu.Lock()
	x.similar[id] = like
	x.mu.Unlock()
	return like, true, nil
}

// sketch counts the bytes of each different line of a text; a long line counts
// in pieces of 64 bytes, and a CR before the line's end not at all
// (gitdiffcore(7), the similarity index).
func sketch(content []byte) map[uint64]int32 {
	lines := make(map[uint64]int32, len(content)/32+1)
	for len(content) > 0 {
		n := min(64, len(content))
		if end := bytes.IndexByte(content[:n], '\n'); end >= 0 {
			n = end + 1
		}
		piece := content[:n]
		if n >= 2 && piece[n-1] == '\n' && piece[n-2] == '\r' {
			piece = append(piece[:n-2:n-2], '\n')
		}
		h := uint64(14695981039346656037) // FNV-1a
		for _, c := range piece {
			h = (h ^ uint64(c)) * 1099511628211
		}
		lines[h] += int32(len(piece))
		content = content[n:]
	}
	return lines
}
