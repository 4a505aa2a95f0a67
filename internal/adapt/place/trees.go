package place

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/git"
)

// leaf is what a tree has at a path; a zero mode means nothing.
type leaf struct {
	mode git.Mode
	id   string
}

// pair is a path at which the fix's base and the target differ.
type pair struct {
	path       string
	base, ours leaf
}

const (
	// maxPairs bounds the differing paths that are looked at, maxTrees the
	// trees opened for them: a tree can name the same subtree a thousand times,
	// in ten levels.
	maxPairs = 60_000
	maxTrees = 40_000
	// maxDepth bounds the folders above a path.
	maxDepth = 200
)

// lookup finds what the tree root has at path; folders count too.
func (f *Finder) lookup(ctx context.Context, root, path string) (leaf, error) {
	e, _, err := f.trees.Lookup(ctx, root, path)
	return leaf{mode: e.Mode, id: e.ID()}, err
}

// differing lists the files in which two trees differ, equal subtrees never
// opened. complete is false where there are more than the bounds allow.
func (f *Finder) differing(ctx context.Context, base, ours string) (pairs []pair, complete bool, err error) {
	key := base + " " + ours
	if known, ok := f.pairs.Get(key); ok {
		return known.pairs, known.complete, nil
	}
	w := walk{finder: f, complete: true}
	if err := w.folder(ctx, base, ours, "", 0); err != nil {
		return nil, false, fmt.Errorf("compare the target with the fix's base: %w", err)
	}
	f.pairs.Put(key, listing{w.pairs, w.complete}, w.bytes)
	return w.pairs, w.complete, nil
}

type listing struct {
	pairs    []pair
	complete bool
}

// walk compares two trees.
type walk struct {
	finder   *Finder
	pairs    []pair
	trees    int
	bytes    int
	complete bool
}

func (w *walk) folder(ctx context.Context, base, ours, prefix string, depth int) error {
	if base == ours {
		return nil
	}
	if w.trees++; w.trees > maxTrees || depth > maxDepth || len(w.pairs) > maxPairs {
		w.complete = false
		return nil
	}
	a, err := w.finder.trees.Tree(ctx, base)
	if err != nil {
		return err
	}
	b, err := w.finder.trees.Tree(ctx, ours)
	if err != nil {
		return err
	}
	pairs := git.NewPairs(a, b, w.finder.store.Format.RawLen())
	for x, y, ok := pairs.Next(); ok; x, y, ok = pairs.Next() {
		p := pair{path: prefix + git.PairName(x, y)}
		var oldTree, newTree string
		if x.IsTree() {
			oldTree = x.ID()
		} else {
			p.base = leaf{x.Mode, x.ID()}
		}
		if y.IsTree() {
			newTree = y.ID()
		} else {
			p.ours = leaf{y.Mode, y.ID()}
		}
		if p.base != p.ours && len(w.pairs) <= maxPairs {
			w.pairs = append(w.pairs, p)
			w.bytes += len(p.path) + 120
		}
		if oldTree != newTree {
			if err := w.folder(ctx, oldTree, newTree, p.path+"/", depth+1); err != nil {
				return err
			}
		}
	}
	return pairs.Err()
}
