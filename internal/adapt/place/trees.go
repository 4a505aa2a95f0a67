package place

import (
	"context"
	"fmt"
	"strings"

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

func (f *Finder) tree(ctx context.Context, id string) (git.Tree, error) {
	if id == "" || id == f.store.Format.EmptyTree() {
		return nil, nil
	}
	if t, ok := f.trees.get(id); ok {
		return t, nil
	}
	o, err := f.store.Read(ctx, id, maxTree)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	if o.Kind != "tree" {
		return nil, fmt.Errorf("read tree %s: it is a %s", id, o.Kind)
	}
	f.trees.put(id, git.Tree(o.Content), len(o.Content))
	return git.Tree(o.Content), nil
}

// maxTree bounds one tree object, in bytes.
const maxTree = 64 << 20

// lookup finds what the tree root has at path; folders count too.
func (f *Finder) lookup(ctx context.Context, root, path string) (leaf, error) {
	for {
		name, rest, deeper := strings.Cut(path, "/")
		t, err := f.tree(ctx, root)
		if err != nil {
			return leaf{}, err
		}
		e, ok := t.Find(name, f.store.Format.RawLen())
		switch {
		case !ok, deeper && !e.IsTree():
			return leaf{}, nil
		case !deeper:
			return leaf{mode: e.Mode, id: e.ID()}, nil
		}
		root, path = e.ID(), rest
	}
}

// differing lists the files in which two trees differ, equal subtrees never
// opened. complete is false where there are more than the bounds allow.
func (f *Finder) differing(ctx context.Context, base, ours string) (pairs []pair, complete bool, err error) {
	key := base + " " + ours
	if known, ok := f.pairs.get(key); ok {
		return known.pairs, known.complete, nil
	}
	w := walk{finder: f, complete: true}
	if err := w.folder(ctx, base, ours, "", 0); err != nil {
		return nil, false, fmt.Errorf("compare the target with the fix's base: %w", err)
	}
	f.pairs.put(key, listing{w.pairs, w.complete}, w.bytes)
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
	a, err := w.finder.tree(ctx, base)
	if err != nil {
		return err
	}
	b, err := w.finder.tree(ctx, ours)
	if err != nil {
		return err
	}
	rawLen := w.finder.store.Format.RawLen()
	x, nextA, okA := a.Next(rawLen)
	y, nextB, okB := b.Next(rawLen)
	for okA || okB {
		order := 0
		switch {
		case !okB:
			order = -1
		case !okA:
			order = 1
		default:
			order = x.Compare(y)
		}
		var p pair
		var oldTree, newTree string
		if order <= 0 {
			p.path = prefix + string(x.Name)
			if x.IsTree() {
				oldTree = x.ID()
			} else {
				p.base = leaf{x.Mode, x.ID()}
			}
			x, nextA, okA = nextA.Next(rawLen)
		}
		if order >= 0 {
			p.path = prefix + string(y.Name)
			if y.IsTree() {
				newTree = y.ID()
			} else {
				p.ours = leaf{y.Mode, y.ID()}
			}
			y, nextB, okB = nextB.Next(rawLen)
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
	return nil
}
