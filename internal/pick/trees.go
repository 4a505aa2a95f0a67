package pick

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"backstay.dev/backstay/internal/git"
)

// treeCache keeps trees that were read, within a bound of bytes. It has two
// generations: when the young one is full it becomes the old one and the old
// one goes; what is used again moves to the young one.
type treeCache struct {
	store *git.Store
	limit int // bytes per generation

	mu         sync.Mutex
	young, old map[string]git.Tree
	size       int
}

func newTreeCache(store *git.Store, limit int) *treeCache {
	return &treeCache{store: store, limit: limit / 2, young: map[string]git.Tree{}, old: map[string]git.Tree{}}
}

// maxTree bounds one tree object: two million entries of 30 bytes.
const maxTree = 64 << 20

func (c *treeCache) get(ctx context.Context, id string) (git.Tree, error) {
	c.mu.Lock()
	t, ok := c.young[id]
	if !ok {
		if t, ok = c.old[id]; ok {
			c.keep(id, t)
		}
	}
	c.mu.Unlock()
	if ok {
		return t, nil
	}
	if id == c.store.Format.EmptyTree() {
		return nil, nil
	}
	o, err := c.store.Read(ctx, id, 0)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	if o.Kind != "tree" || len(o.Content) > maxTree {
		return nil, fmt.Errorf("read tree %s: it is a %s of %d bytes", id, o.Kind, len(o.Content))
	}
	c.mu.Lock()
	c.keep(id, git.Tree(o.Content))
	c.mu.Unlock()
	return git.Tree(o.Content), nil
}

// keep puts a tree into the young generation; the caller holds the lock.
func (c *treeCache) keep(id string, t git.Tree) {
	if c.size += len(t) + len(id) + 64; c.size > c.limit {
		c.old, c.young, c.size = c.young, map[string]git.Tree{}, len(t)
	}
	c.young[id] = t
}

// where says what a tree has at a path.
type where int

const (
	absent  where = iota // nothing, and every folder above it that the path names may be missing too
	file                 // a file, symlink or submodule
	folder               // a folder
	blocked              // something above the path is not a folder
)

// lookup finds what the tree root has at path. depth is how many of the
// path's folders exist there.
func (c *treeCache) lookup(ctx context.Context, root, path string) (w where, e git.Entry, depth int, err error) {
	rawLen := c.store.Format.RawLen()
	for {
		name, rest, deeper := strings.Cut(path, "/")
		t, err := c.get(ctx, root)
		if err != nil {
			return absent, git.Entry{}, depth, err
		}
		e, ok := t.Find(name, rawLen)
		switch {
		case !ok:
			return absent, git.Entry{}, depth, nil
		case !deeper && e.IsTree():
			return folder, e, depth, nil
		case !deeper:
			return file, e, depth, nil
		case !e.IsTree():
			return blocked, git.Entry{}, depth, nil
		}
		root, path = e.ID(), rest
		depth++
	}
}

// leaf is what one side has at a path; a zero mode means nothing.
type leaf struct {
	mode git.Mode
	id   string
}

func leafOf(e git.Entry) leaf { return leaf{mode: e.Mode, id: e.ID()} }

// change is one path that a fix touches: what was there before and after.
type change struct {
	path     string
	old, new leaf
}

// diff lists the paths in which two trees differ, in tree order. A renamed
// file is a deletion and an addition; a folder that becomes a file is all its
// files deleted and the file added.
func (c *treeCache) diff(ctx context.Context, old, new, prefix string, out []change) ([]change, error) {
	if old == new {
		return out, nil
	}
	a, err := c.get(ctx, old)
	if err != nil {
		return nil, err
	}
	b, err := c.get(ctx, new)
	if err != nil {
		return nil, err
	}
	empty := c.store.Format.EmptyTree()
	rawLen := c.store.Format.RawLen()
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
		case order == 0 && x.IsTree() && y.IsTree():
			out, err = c.diff(ctx, x.ID(), y.ID(), prefix+string(x.Name)+"/", out)
		case order == 0 && !x.Same(y):
			out = append(out, change{path: prefix + string(x.Name), old: leafOf(x), new: leafOf(y)})
		case order < 0 && x.IsTree():
			out, err = c.diff(ctx, x.ID(), empty, prefix+string(x.Name)+"/", out)
		case order < 0:
			out = append(out, change{path: prefix + string(x.Name), old: leafOf(x)})
		case order > 0 && y.IsTree():
			out, err = c.diff(ctx, empty, y.ID(), prefix+string(y.Name)+"/", out)
		case order > 0:
			out = append(out, change{path: prefix + string(y.Name), new: leafOf(y)})
		}
		if err != nil {
			return nil, err
		}
		if len(out) > maxChanges {
			return nil, errTooWide
		}
		if order <= 0 {
			x, nextA, okA = nextA.Next(rawLen)
		}
		if order >= 0 {
			y, nextB, okB = nextB.Next(rawLen)
		}
	}
	return out, nil
}

// maxChanges bounds the paths of one fix that are handled in memory; a wider
// one is git's.
const maxChanges = 100_000

// edit makes the tree root with some paths changed and returns its id, "" for
// a tree without entries. Paths are relative to root and sorted bytewise. With
// write the new trees are stored.
func (c *treeCache) edit(ctx context.Context, root string, edits []change, write bool) (string, error) {
	var t git.Tree
	if root != "" {
		var err error
		if t, err = c.get(ctx, root); err != nil {
			return "", err
		}
	}
	rawLen := c.store.Format.RawLen()
	var here []git.Edit
	for i := 0; i < len(edits); {
		name, _, deeper := strings.Cut(edits[i].path, "/")
		if !deeper {
			here = append(here, git.Edit{Name: name, Mode: edits[i].new.mode, ID: edits[i].new.id})
			i++
			continue
		}
		var inner []change
		for ; i < len(edits) && strings.HasPrefix(edits[i].path, name+"/"); i++ {
			inner = append(inner, change{path: edits[i].path[len(name)+1:], new: edits[i].new})
		}
		sub := ""
		if e, ok := t.Find(name, rawLen); ok && e.IsTree() {
			sub = e.ID()
		}
		id, err := c.edit(ctx, sub, inner, write)
		if err != nil {
			return "", err
		}
		e := git.Edit{Name: name, Mode: git.ModeTree, ID: id}
		if id == "" {
			e.Mode = 0
		}
		here = append(here, e)
	}
	t, err := t.Apply(here, rawLen)
	if err != nil || len(t) == 0 {
		return "", err
	}
	if write {
		return c.store.Write("tree", t)
	}
	return c.store.Format.Hash("tree", t), nil
}
