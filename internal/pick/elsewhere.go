package pick

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
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
// lines of all files of the targets to the files they stand in. Where no file
// of the target that the base lacks shares 40 % of its bytes with the old one,
// git cannot find a rename, whose threshold is 50 % (git-merge(1),
// find-renames; the measure is that of gitdiffcore(7)), and the conflict is
// certain. The ten points between leave room for git's coarser hash, in which
// different lines can look alike. Everything else is git's to say.
type elsewhere struct {
	e *Engine

	// build serialises indexing; mu guards what readers share.
	build    sync.Mutex
	mu       sync.Mutex
	number   map[string]int32 // blob id → index into blobs
	blobs    []indexed
	postings map[uint64][]posting
	trees    map[string]bool    // targets whose files are all indexed
	last     string             // the tree indexed last, to go on from
	similar  map[string][]int32 // blob asked for → blobs like it
}

// indexed is a blob: its size in bytes, and the paths it was seen at.
type indexed struct {
	id    string
	size  int64
	paths []string
}

// posting says that a blob has a line, and how many bytes of it.
type posting struct{ blob, bytes int32 }

const (
	// worthIndexing is how many open picks on one target pay for reading its
	// files: 0.3 s for 2,500 of them, against 2 to 40 ms a pick. Measured: with
	// 30 the matrix of a project that has drifted little takes a fifth longer.
	worthIndexing = 75
	// maxIndexed bounds the blobs that are indexed: some 500 bytes each of
	// 100 lines.
	maxIndexed = 100_000
	// maxOld and maxNew bound the sizes compared, in bytes. A new file beyond
	// maxNew cannot share 40 % of its bytes with an old one within maxOld.
	maxOld, maxNew = 400 << 10, 1 << 20
	// certainBelow is the share of bytes below which git finds no rename.
	certainBelow = 0.40
)

func newElsewhere(e *Engine) *elsewhere {
	return &elsewhere{
		e: e, number: map[string]int32{}, postings: map[uint64][]posting{},
		trees: map[string]bool{}, last: e.store.Format.EmptyTree(), similar: map[string][]int32{},
	}
}

// settleLacking ends the tasks whose conflict is certain because the target
// has nothing like a file that the fix changes. Where more than the outcome is
// asked for, these files must be the only reason to ask git.
func (e *Engine) settleLacking(ctx context.Context, tasks []*task) error {
	byTarget := map[string][]*task{}
	for _, t := range tasks {
		if !t.done && len(t.verdict.lacking) > 0 && (e.opts.Brief || !t.verdict.others && !e.opts.AskGit) {
			byTarget[t.Onto] = append(byTarget[t.Onto], t)
		}
	}
	var open []*task
	for target, group := range byTarget {
		if len(group) < worthIndexing && !e.moved.has(target) {
			continue
		}
		ok, err := e.moved.index(ctx, target)
		if err != nil {
			return err
		}
		if ok {
			open = append(open, group...)
		}
	}
	return e.each(ctx, len(open), func(i int) error {
		return settle(ctx, open[i], e.settleOne(ctx, open[i]))
	})
}

// settleOne looks for every file that the target lacks. One that is nowhere
// makes the outcome certain; if all are, so is all that can be said of the
// pick.
func (e *Engine) settleOne(ctx context.Context, t *task) error {
	var nowhere []change
	for _, c := range t.verdict.lacking {
		found, err := e.moved.maybe(ctx, t.Onto, t.base, c.old)
		if err != nil {
			return err
		}
		if !found {
			nowhere = append(nowhere, c)
		} else if !e.opts.Brief {
			return nil
		}
	}
	for _, c := range nowhere {
		t.verdict.gone = append(t.verdict.gone, conflictFile(c.path, "modify/delete",
			"the target has no such file and none like it", backport.Sides{Base: c.old.id, Theirs: c.new.id}))
	}
	if len(nowhere) == len(t.verdict.lacking) && !t.verdict.others && !e.opts.AskGit {
		t.verdict.why = "" // nothing is left for git to find
		return nil
	}
	if len(nowhere) > 0 {
		t.result.Files = t.verdict.gone
		t.done, t.result.Engine = true, "memory"
	}
	return nil
}

// has reports whether a target is indexed already.
func (x *elsewhere) has(target string) bool {
	x.build.Lock()
	defer x.build.Unlock()
	return x.trees[target]
}

// index reads the files of a target that it has not read for another. It
// reports false where there are too many.
func (x *elsewhere) index(ctx context.Context, tree string) (bool, error) {
	x.build.Lock()
	defer x.build.Unlock()
	if x.trees[tree] {
		return true, nil
	}
	changes, err := x.e.diff(ctx, x.last, tree)
	if errors.Is(err, errTooWide) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("index the target's files: %w", err)
	}
	var fresh []string
	seen := map[string]bool{}
	for _, c := range changes {
		if _, known := x.number[c.new.id]; !known && c.new.mode.IsRegular() && !seen[c.new.id] {
			seen[c.new.id] = true
			fresh = append(fresh, c.new.id)
		}
	}
	if len(x.blobs)+len(fresh) > maxIndexed {
		return false, nil
	}
	if err := x.e.store.Bring(ctx, fresh); err != nil {
		return false, fmt.Errorf("index the target's files: %w", err)
	}
	g, gctx := errgroup.WithContext(ctx)
	for _, part := range split(fresh, x.e.opts.Jobs, 64, 4096) {
		g.Go(func() error { return x.read(gctx, part) })
	}
	if err := g.Wait(); err != nil {
		return false, fmt.Errorf("index the target's files: %w", err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, c := range changes {
		if !c.new.mode.IsRegular() {
			continue
		}
		b := &x.blobs[x.number[c.new.id]]
		if !slices.Contains(b.paths, c.path) {
			b.paths = append(b.paths, c.path)
		}
	}
	x.trees[tree], x.last = true, tree
	clear(x.similar) // new blobs may be like old ones
	return true, nil
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
		x.blobs = append(x.blobs, indexed{id: ids[i], size: int64(len(o.Content))})
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
		x.mu.Lock()
		id, paths := x.blobs[b].id, x.blobs[b].paths
		x.mu.Unlock()
		for _, path := range paths {
			w, entry, _, err := x.e.lookup(ctx, target, path)
			if err != nil {
				return true, err
			}
			if w != file || entry.ID() != id {
				continue // it stands there on another target
			}
			w, _, _, err = x.e.lookup(ctx, base, path)
			if err != nil || w != file {
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
