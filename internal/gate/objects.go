package gate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"backstay.dev/backstay/internal/cache"
	"backstay.dev/backstay/internal/git"
)

const (
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
	*git.Trees
	blobs *cache.Cache[string, []byte]
}

func newObjects(store *git.Store, memory int) *objects {
	return &objects{
		Trees: git.NewTrees(store, memory/2),
		blobs: cache.New[string, []byte](memory / 2),
	}
}

// blob reads a file's content. One that is too large, or is no blob, is nil
// without an error: there is nothing to say of it.
func (o *objects) blob(ctx context.Context, id string) ([]byte, error) {
	if id == "" {
		return nil, nil
	}
	if b, ok := o.blobs.Get(id); ok {
		return b, nil
	}
	obj, err := o.Read(ctx, id, maxBlob)
	switch {
	case errors.Is(err, git.ErrTooLarge):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read file: %w", err)
	case obj.Kind != "blob":
		return nil, nil
	}
	o.blobs.Put(id, obj.Content, len(obj.Content))
	return obj.Content, nil
}

// treeOf is the id of a commit's tree, "" for no commit.
func (o *objects) treeOf(ctx context.Context, commit string) (string, error) {
	if commit == "" {
		return "", nil
	}
	c, err := o.Commit(ctx, commit)
	if err != nil {
		return "", fmt.Errorf("read commit: %w", err)
	}
	return c.Tree, nil
}

// file is the id of the regular file at a path, "" where there is none.
func (o *objects) file(ctx context.Context, root, path string) (string, error) {
	e, ok, err := o.Lookup(ctx, root, path)
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
func (o *objects) diff(ctx context.Context, old, new string) (out []delta, err error) {
	left := 10 * maxFiles // folders that may still be opened
	enter := func(folder string) bool {
		left--
		return left >= 0 && strings.Count(folder, "/") < maxDepth
	}
	err = o.Diff(ctx, old, new, enter, func(path string, x, y git.Entry) error {
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
		if out = append(out, one); len(out) == maxFiles {
			return fs.SkipAll
		}
		return nil
	})
	return out, err
}
