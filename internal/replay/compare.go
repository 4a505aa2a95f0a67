package replay

import (
	"context"
	"errors"
	"fmt"

	"backstay.dev/backstay/internal/git"
)

// comparison walks two trees side by side. Equal subtrees are not opened.
type comparison struct {
	store   *git.Store
	matters func(path string) bool
	left    int // trees that may still be opened
}

const (
	// maxTrees bounds the trees that one comparison opens: trees can be nested
	// so that they have more paths than anybody can count.
	maxTrees = 20_000
	// maxPath bounds a path in bytes, and with it the depth of trees.
	maxPath = 16 << 10
	// maxTree bounds one tree object in bytes.
	maxTree = 64 << 20
)

var errTooLarge = errors.New("compare trees: they are too large")

// sameWhere reports whether two trees differ in no path that matters. The first
// difference in one that does ends it.
func sameWhere(ctx context.Context, store *git.Store, a, b string, matters func(path string) bool) (bool, error) {
	c := &comparison{store: store, matters: matters, left: maxTrees}
	return c.trees(ctx, a, b, "")
}

func (c *comparison) trees(ctx context.Context, a, b, prefix string) (bool, error) {
	if c.left -= 2; c.left < 0 || len(prefix) > maxPath {
		return false, errTooLarge
	}
	x, err := c.read(ctx, a)
	if err != nil {
		return false, err
	}
	y, err := c.read(ctx, b)
	if err != nil {
		return false, err
	}
	rawLen := c.store.Format.RawLen()
	for len(x) > 0 || len(y) > 0 {
		ex, nextX, okX := x.Next(rawLen)
		ey, nextY, okY := y.Next(rawLen)
		order := 0
		switch {
		case !okX && len(x) > 0 || !okY && len(y) > 0:
			return false, fmt.Errorf("compare trees %s and %s: their bytes are damaged", a, b)
		case !okY:
			order = -1
		case !okX:
			order = 1
		default:
			order = ex.Compare(ey)
		}
		same := true
		switch {
		case order == 0 && ex.Same(ey):
		case order == 0 && ex.IsTree():
			same, err = c.trees(ctx, ex.ID(), ey.ID(), prefix+string(ex.Name)+"/")
		case order == 0:
			same = !c.matters(prefix + string(ex.Name))
		case order < 0:
			same, err = c.alone(ctx, ex, prefix)
		default:
			same, err = c.alone(ctx, ey, prefix)
		}
		if err != nil || !same {
			return false, err
		}
		if order <= 0 {
			x = nextX
		}
		if order >= 0 {
			y = nextY
		}
	}
	return true, nil
}

// alone reports whether an entry that only one side has does not matter.
func (c *comparison) alone(ctx context.Context, e git.Entry, prefix string) (bool, error) {
	if e.IsTree() {
		return c.trees(ctx, e.ID(), c.store.Format.EmptyTree(), prefix+string(e.Name)+"/")
	}
	return !c.matters(prefix + string(e.Name)), nil
}

func (c *comparison) read(ctx context.Context, id string) (git.Tree, error) {
	if id == c.store.Format.EmptyTree() {
		return nil, nil
	}
	o, err := c.store.Read(ctx, id, maxTree)
	if err != nil {
		return nil, fmt.Errorf("compare trees: %w", err)
	}
	if o.Kind != "tree" {
		return nil, fmt.Errorf("compare trees: %s is a %s", id, o.Kind)
	}
	return git.Tree(o.Content), nil
}
