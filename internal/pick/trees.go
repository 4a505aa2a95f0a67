package pick

import (
	"context"
	"strings"

	"backstay.dev/backstay/internal/git"
)

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
func (e *Engine) lookup(ctx context.Context, root, path string) (w where, found git.Entry, depth int, err error) {
	rawLen := e.store.Format.RawLen()
	for {
		name, rest, deeper := strings.Cut(path, "/")
		t, err := e.trees.Tree(ctx, root)
		if err != nil {
			return absent, git.Entry{}, depth, err
		}
		found, ok := t.Find(name, rawLen)
		switch {
		case !ok:
			return absent, git.Entry{}, depth, nil
		case !deeper && found.IsTree():
			return folder, found, depth, nil
		case !deeper:
			return file, found, depth, nil
		case !found.IsTree():
			return blocked, git.Entry{}, depth, nil
		}
		root, path = found.ID(), rest
		depth++
	}
}

// leaf is what one side has at a path; a zero mode means nothing.
type leaf struct {
	mode git.Mode
	id   string
}

func leafOf(e git.Entry) leaf { return leaf{mode: e.Mode, id: e.ID()} }

// leafAt is what a tree has at a path; a folder is nothing.
func (e *Engine) leafAt(ctx context.Context, root, path string) (leaf, error) {
	w, entry, _, err := e.lookup(ctx, root, path)
	if err != nil || w != file {
		return leaf{}, err
	}
	return leafOf(entry), nil
}

// change is one path that a fix touches: what was there before and after.
type change struct {
	path     string
	old, new leaf
}

// diff lists the paths in which two trees differ, in tree order. A renamed
// file is a deletion and an addition; a folder that becomes a file is all its
// files deleted and the file added.
func (e *Engine) diff(ctx context.Context, old, new string) (out []change, err error) {
	err = e.trees.Diff(ctx, old, new, nil, func(path string, x, y git.Entry) error {
		if len(out) == maxChanges {
			return errTooWide
		}
		out = append(out, change{path: path, old: leafOf(x), new: leafOf(y)})
		return nil
	})
	return out, err
}

// maxChanges bounds the paths of one fix that are handled in memory; a wider
// one is git's.
const maxChanges = 100_000

// edit makes the tree root with some paths changed and returns its id, "" for
// a tree without entries. With write the new trees are stored.
func (e *Engine) edit(ctx context.Context, root string, edits []change, write bool) (string, error) {
	paths := make([]git.PathEdit, len(edits))
	for i, c := range edits {
		paths[i] = git.PathEdit{Path: c.path, Mode: c.new.mode, ID: c.new.id}
	}
	return e.trees.Edit(ctx, root, paths, write)
}
