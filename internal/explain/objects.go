package explain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"backstay.dev/backstay/internal/git"
)

const (
	// maxText bounds the files whose lines are followed, in bytes.
	maxText = 4 << 20
	// maxTreeSize bounds the folders that are looked into, in bytes.
	maxTreeSize = 32 << 20
	// maxCached bounds what is kept of trees and of texts, each, in bytes.
	maxCached = 64 << 20
	// maxDepth bounds the folders of a path.
	maxDepth = 256
)

// errBudget says that a history is too long or too large to be followed within
// the bounds of one explanation.
var errBudget = errors.New("the history is too long to be followed line by line")

// errNoText says that a version is no text whose lines can be followed.
var errNoText = errors.New("no text")

// objects reads what explanations need and remembers some of it. It may be used
// by several goroutines.
type objects struct {
	store *git.Store

	mu        sync.Mutex
	trees     map[string]git.Tree
	texts     map[string][]byte
	roots     map[string]string // tree of a commit
	treeBytes int
	textBytes int
}

func newObjects(store *git.Store) *objects {
	return &objects{store: store, trees: map[string]git.Tree{}, texts: map[string][]byte{}, roots: map[string]string{}}
}

// root is the tree of a commit.
func (o *objects) root(ctx context.Context, commit string) (string, error) {
	o.mu.Lock()
	tree, ok := o.roots[commit]
	o.mu.Unlock()
	if ok {
		return tree, nil
	}
	c, err := o.store.Commit(ctx, commit)
	if err != nil {
		return "", err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.roots) > 1<<16 {
		clear(o.roots)
	}
	o.roots[commit] = c.Tree
	return c.Tree, nil
}

// tree reads a folder.
func (o *objects) tree(ctx context.Context, id string) (git.Tree, error) {
	o.mu.Lock()
	t, ok := o.trees[id]
	o.mu.Unlock()
	if ok {
		return t, nil
	}
	obj, err := o.store.Read(ctx, id, maxTreeSize)
	if err != nil {
		return nil, err
	}
	if obj.Kind != "tree" {
		return nil, &git.MissingError{IDs: []string{id}}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.treeBytes += len(obj.Content); o.treeBytes > maxCached {
		clear(o.trees)
		o.treeBytes = len(obj.Content)
	}
	o.trees[id] = obj.Content
	return obj.Content, nil
}

// leaf is what stands at a path.
type leaf struct {
	mode git.Mode
	id   string
}

// find looks a path up in a commit's tree; the zero leaf is nothing there.
func (o *objects) find(ctx context.Context, commit, path string) (leaf, error) {
	at, err := o.root(ctx, commit)
	if err != nil {
		return leaf{}, err
	}
	parts := strings.Split(path, "/")
	if len(parts) > maxDepth {
		return leaf{}, nil
	}
	for i, name := range parts {
		t, err := o.tree(ctx, at)
		if err != nil {
			return leaf{}, err
		}
		e, ok := t.Find(name, o.store.Format.RawLen())
		switch {
		case !ok:
			return leaf{}, nil
		case i == len(parts)-1:
			return leaf{mode: e.Mode, id: e.ID()}, nil
		case !e.IsTree():
			return leaf{}, nil
		}
		at = e.ID()
	}
	return leaf{}, nil
}

// text reads a version of a file; "" is the file that is not there. A binary
// or a very large one is errNoText.
func (o *objects) text(ctx context.Context, id string) ([]byte, error) {
	if id == "" {
		return nil, nil
	}
	o.mu.Lock()
	t, ok := o.texts[id]
	o.mu.Unlock()
	if ok {
		return t, nil
	}
	obj, err := o.store.Read(ctx, id, maxText)
	switch {
	case errors.Is(err, git.ErrTooLarge):
		return nil, fmt.Errorf("%w: %w", errNoText, err)
	case err != nil:
		return nil, err
	case obj.Kind != "blob" || binary(obj.Content):
		return nil, errNoText
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.textBytes += len(obj.Content); o.textBytes > maxCached {
		clear(o.texts)
		o.textBytes = len(obj.Content)
	}
	o.texts[id] = obj.Content
	return obj.Content, nil
}

// binary is git's rule: a NUL in the first 8,000 bytes.
func binary(b []byte) bool { return bytes.IndexByte(b[:min(len(b), 8000)], 0) >= 0 }
