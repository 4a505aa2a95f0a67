package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/git"
)

const (
	// maxTree bounds one tree object in bytes: two million entries of 30 bytes.
	maxTree = 64 << 20
	// maxBlob bounds the files that are looked into, in bytes. A larger one is
	// no text that people write.
	maxBlob = 4 << 20
	// maxFiles bounds the paths of one pick that are looked at.
	maxFiles = 2_000
	// maxDepth bounds how deep folders are followed.
	maxDepth = 128
)

// objects reads trees and files through two bounded caches.
type objects struct {
	store *git.Store
	trees *cache[string, git.Tree]
	blobs *cache[string, []byte]
}

func newObjects(store *git.Store, memory int) *objects {
	return &objects{
		store: store,
		trees: newCache[string, git.Tree](memory / 2),
		blobs: newCache[string, []byte](memory / 2),
	}
}

// tree reads a tree object; "" is the empty one.
func (o *objects) tree(ctx context.Context, id string) (git.Tree, error) {
	if id == "" || id == o.store.Format.EmptyTree() {
		return nil, nil
	}
	if t, ok := o.trees.get(id); ok {
		return t, nil
	}
	obj, err := o.store.Read(ctx, id, maxTree)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	if obj.Kind != "tree" {
		return nil, fmt.Errorf("read tree %s: it is a %s", id, obj.Kind)
	}
	o.trees.put(id, git.Tree(obj.Content), len(obj.Content)+len(id)+64)
	return git.Tree(obj.Content), nil
}

// blob reads a file's content. One that is too large, or is no blob, is nil
// without an error: there is nothing to say of it.
func (o *objects) blob(ctx context.Context, id string) ([]byte, error) {
	if id == "" {
		return nil, nil
	}
	if b, ok := o.blobs.get(id); ok {
		return b, nil
	}
	obj, err := o.store.Read(ctx, id, maxBlob)
	switch {
	case errors.Is(err, git.ErrTooLarge):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read file: %w", err)
	case obj.Kind != "blob":
		return nil, nil
	}
	o.blobs.put(id, obj.Content, len(obj.Content)+len(id)+64)
	return obj.Content, nil
}

// treeOf is the id of a commit's tree, "" for no commit.
func (o *objects) treeOf(ctx context.Context, commit string) (string, error) {
	if commit == "" {
		return "", nil
	}
	c, err := o.store.Commit(ctx, commit)
	if err != nil {
		return "", fmt.Errorf("read commit: %w", err)
	}
	return c.Tree, nil
}

// find is the entry of a path, ok is false where there is none.
func (o *objects) find(ctx context.Context, root, path string) (e git.Entry, ok bool, err error) {
	for depth := 0; depth < maxDepth; depth++ {
		name, rest, deeper := strings.Cut(path, "/")
		t, err := o.tree(ctx, root)
		if err != nil {
			return git.Entry{}, false, err
		}
		e, ok := t.Find(name, o.store.Format.RawLen())
		if !ok || !deeper || !e.IsTree() {
			return e, ok && !deeper, nil
		}
		root, path = e.ID(), rest
	}
	return git.Entry{}, false, nil
}

// file is the id of the regular file at a path, "" where there is none.
func (o *objects) file(ctx context.Context, root, path string) (string, error) {
	e, ok, err := o.find(ctx, root, path)
	if err != nil || !ok || !e.Mode.IsRegular() {
		return "", err
	}
	return e.ID(), nil
}

// delta is a path at which two trees have different files; an id is "" where
// there is no regular file.
type delta struct{ path, old, new string }

// diff lists the files in which two trees differ, in tree order and maxFiles
// at most. Equal subtrees are not opened.
func (o *objects) diff(ctx context.Context, old, new string) ([]delta, error) {
	d := differ{objects: o, left: 20 * maxFiles}
	err := d.walk(ctx, old, new, "", 0)
	if errors.Is(err, errEnough) {
		err = nil
	}
	return d.out, err
}

type differ struct {
	*objects
	out  []delta
	left int // trees that may still be opened
}

var errEnough = errors.New("enough")

func (d *differ) walk(ctx context.Context, old, new, prefix string, depth int) error {
	if old == new || depth > maxDepth {
		return nil
	}
	if d.left -= 2; d.left < 0 {
		return errEnough
	}
	a, err := d.tree(ctx, old)
	if err != nil {
		return err
	}
	b, err := d.tree(ctx, new)
	if err != nil {
		return err
	}
	rawLen := d.store.Format.RawLen()
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
		switch {
		case order == 0 && x.Same(y):
		case order == 0:
			err = d.pair(ctx, x, y, prefix+string(x.Name), depth)
		case order < 0:
			err = d.pair(ctx, x, git.Entry{}, prefix+string(x.Name), depth)
		default:
			err = d.pair(ctx, git.Entry{}, y, prefix+string(y.Name), depth)
		}
		if err != nil {
			return err
		}
		if order <= 0 {
			x, nextA, okA = nextA.Next(rawLen)
		}
		if order >= 0 {
			y, nextB, okB = nextB.Next(rawLen)
		}
	}
	return nil
}

// pair takes two entries of one name that are not the same; of a missing one
// the mode is 0.
func (d *differ) pair(ctx context.Context, x, y git.Entry, path string, depth int) error {
	if x.IsTree() || y.IsTree() { // never one of each: git sorts them apart
		old, new := "", ""
		if x.IsTree() {
			old = x.ID()
		}
		if y.IsTree() {
			new = y.ID()
		}
		return d.walk(ctx, old, new, path+"/", depth+1)
	}
	one := delta{path: path}
	if x.Mode.IsRegular() {
		one.old = x.ID()
	}
	if y.Mode.IsRegular() {
		one.new = y.ID()
	}
	if one.old == one.new {
		return nil
	}
	if d.out = append(d.out, one); len(d.out) >= maxFiles {
		return errEnough
	}
	return nil
}
