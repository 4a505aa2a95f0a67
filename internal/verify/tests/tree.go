package tests

import (
	"context"
	"errors"
	"path"

	"backstay.dev/backstay/internal/git"
)

const (
	// treesKept bounds in bytes the trees that are kept, maxPaths how many paths
	// two trees may differ in.
	treesKept = 16 << 20
	maxPaths  = 50_000
)

var errTooWide = errors.New("the trees differ in too many paths")

// leaf is what a tree has at a path; a zero mode means nothing.
type leaf struct {
	mode git.Mode
	id   string
}

// pathChange is one path in which two trees differ.
type pathChange struct {
	path     string
	old, new leaf
}

// diff lists the paths in which two trees differ. Of a folder that stands
// against a file, or against nothing, all files are listed.
func diff(ctx context.Context, trees *git.Trees, old, new string) (out []pathChange, err error) {
	err = trees.Diff(ctx, old, new, nil, func(path string, x, y git.Entry) error {
		if len(out) == maxPaths {
			return errTooWide
		}
		out = append(out, pathChange{path: path, old: leaf{x.Mode, x.ID()}, new: leaf{y.Mode, y.ID()}})
		return nil
	})
	return out, err
}

// edit writes the tree root with some paths changed to what new says, and gives
// its id; "" for a tree without entries.
func edit(ctx context.Context, trees *git.Trees, root string, edits []pathChange) (string, error) {
	paths := make([]git.PathEdit, len(edits))
	for i, e := range edits {
		paths[i] = git.PathEdit{Path: e.path, Mode: e.new.mode, ID: e.new.id}
	}
	return trees.Edit(ctx, root, paths, true)
}

// folder reports whether a tree has a folder at a path; "." is the top.
func folder(ctx context.Context, trees *git.Trees, tree, dir string) (bool, error) {
	if dir == "." {
		return true, nil
	}
	e, ok, err := trees.Lookup(ctx, tree, dir)
	return ok && e.IsTree(), err
}

// free reports whether a file can be put at a path: nothing above it is a file.
func free(ctx context.Context, trees *git.Trees, tree, name string) (bool, error) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		e, ok, err := trees.Lookup(ctx, tree, dir)
		if err != nil {
			return false, err
		}
		if ok {
			return e.IsTree(), nil
		}
	}
	return true, nil
}
