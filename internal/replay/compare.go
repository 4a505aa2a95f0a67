package replay

import (
	"context"
	"errors"
	"fmt"

	"backstay.dev/backstay/internal/git"
)

// comparison walks two trees side by side. Equal subtrees are not opened.
type comparison struct {
	*git.Trees
	matters func(path string) bool
	left    int // trees that may still be opened
}

const (
	// maxTrees bounds the trees that one comparison opens: trees can be nested
	// so that they have more paths than anybody can count.
	maxTrees = 20_000
	// maxPath bounds a path in bytes, and with it the depth of trees.
	maxPath = 16 << 10
)

var errTooLarge = errors.New("compare trees: they are too large")

// sameWhere reports whether two trees differ in no path that matters. The first
// difference in one that does ends it.
func sameWhere(ctx context.Context, store *git.Store, a, b string, matters func(path string) bool) (bool, error) {
	c := &comparison{Trees: git.NewTrees(store, 0), matters: matters, left: maxTrees}
	return c.trees(ctx, a, b, "")
}

func (c *comparison) trees(ctx context.Context, a, b, prefix string) (bool, error) {
	if c.left -= 2; c.left < 0 || len(prefix) > maxPath {
		return false, errTooLarge
	}
	x, err := c.Tree(ctx, a)
	if err != nil {
		return false, fmt.Errorf("compare trees: %w", err)
	}
	y, err := c.Tree(ctx, b)
	if err != nil {
		return false, fmt.Errorf("compare trees: %w", err)
	}
	pairs := git.NewPairs(x, y, c.Format.RawLen())
	for ex, ey, ok := pairs.Next(); ok; ex, ey, ok = pairs.Next() {
		path, same := prefix+git.PairName(ex, ey), true
		switch {
		case ex.Same(ey):
		case ex.IsTree() || ey.IsTree():
			same, err = c.trees(ctx, folder(ex), folder(ey), path+"/")
		default:
			same = !c.matters(path)
		}
		if err != nil || !same {
			return false, err
		}
	}
	if err := pairs.Err(); err != nil {
		return false, fmt.Errorf("compare trees %s and %s: %w", a, b, err)
	}
	return true, nil
}

// folder is the id of a folder, "" where there is none.
func folder(e git.Entry) string {
	if e.IsTree() {
		return e.ID()
	}
	return ""
}
