package explain

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"backstay.dev/backstay/internal/cache"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

const (
	// maxText bounds the files whose lines are followed, in bytes.
	maxText = 4 << 20
	// maxCached bounds what is kept of trees, of texts and of their differences,
	// each, in bytes.
	maxCached = 64 << 20
	// hunkSize is what one hunk takes, in bytes.
	hunkSize = 32
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
	trees *git.Trees
	texts *cache.Cache[string, []byte]
	// hunks has what two blobs differ in: one fix on many targets meets the same
	// versions of its files again and again.
	hunks *cache.Cache[[2]string, []textdiff.Hunk]

	mu    sync.Mutex
	roots map[string]string // tree of a commit
	links map[string]bool   // commits of submodules that were found; they are in other repositories
}

func newObjects(store *git.Store) *objects {
	return &objects{
		store: store, trees: git.NewTrees(store, maxCached), texts: cache.New[string, []byte](maxCached),
		hunks: cache.New[[2]string, []textdiff.Hunk](maxCached), roots: map[string]string{}, links: map[string]bool{},
	}
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
	e, _, err := o.trees.Lookup(ctx, at, path)
	l := leaf{mode: e.Mode, id: e.ID()}
	if l.mode == git.ModeGitlink {
		o.mu.Lock()
		o.links[l.id] = true
		o.mu.Unlock()
	}
	return l, err
}

// link reports whether an id that find gave is a submodule's commit.
func (o *objects) link(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.links[id]
}

// subproject is the text that git diff shows of a submodule at a commit.
func subproject(commit string) []byte { return []byte(git.Subproject + commit + "\n") }

// text reads a version of a file; "" is the file that is not there. A binary
// or a very large one is errNoText, a submodule its subproject.
func (o *objects) text(ctx context.Context, id string) ([]byte, error) {
	if id == "" {
		return nil, nil
	}
	if o.link(id) {
		return subproject(id), nil
	}
	if t, ok := o.texts.Get(id); ok {
		return t, nil
	}
	obj, err := o.store.Read(ctx, id, maxText)
	switch {
	case errors.Is(err, git.ErrTooLarge):
		return nil, fmt.Errorf("%w: %w", errNoText, err)
	case err != nil:
		return nil, err
	case obj.Kind != "blob" || git.Binary(obj.Content):
		return nil, errNoText
	}
	o.texts.Put(id, obj.Content, len(obj.Content))
	return obj.Content, nil
}

// diff compares two texts that have these ids.
func (o *objects) diff(ids [2]string, old, now []byte) []textdiff.Hunk {
	if h, ok := o.hunks.Get(ids); ok {
		return h
	}
	h := textdiff.Diff(old, now)
	o.hunks.Put(ids, h, len(h)*hunkSize)
	return h
}
