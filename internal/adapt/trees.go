package adapt

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/git"
)

// maxPath bounds a path in bytes, and with it the depth of trees.
const maxPath = 16 << 10

// trees reads and writes trees.
type trees struct{ *git.Trees }

// maxKept bounds the trees that are kept, in bytes.
const maxKept = 48 << 20

func newTrees(store *git.Store) *trees { return &trees{git.NewTrees(store, maxKept)} }

// lookup finds the file that a tree has at a path; a zero Entry if none.
func (s *trees) lookup(ctx context.Context, root, path string) (git.Entry, error) {
	e, _, err := s.Lookup(ctx, root, path)
	if e.IsTree() {
		e = git.Entry{}
	}
	return e, err
}

// edit writes the tree root with some paths changed and returns its id.
func (s *trees) edit(ctx context.Context, root string, edits []git.PathEdit) (string, error) {
	id, err := s.Edit(ctx, root, edits, true)
	if id == "" && err == nil {
		id = s.Format.EmptyTree()
		_, err = s.Write("tree", nil)
	}
	return id, err
}

// walk calls f for every path that is not the same in two trees, files of
// folders that only one has included. Equal subtrees are not opened.
func (s *trees) walk(ctx context.Context, x, y, prefix string, f func(path string, p, q git.Entry) error) error {
	if x == y {
		return nil
	}
	if len(prefix) > maxPath {
		return fmt.Errorf("compare trees: a path is longer than %d bytes", maxPath)
	}
	left, err := s.Tree(ctx, x)
	if err != nil {
		return err
	}
	right, err := s.Tree(ctx, y)
	if err != nil {
		return err
	}
	pairs := git.NewPairs(left, right, s.Format.RawLen())
	for p, q, ok := pairs.Next(); ok; p, q, ok = pairs.Next() {
		path := prefix + git.PairName(p, q)
		switch {
		case p.Same(q):
		case p.IsTree() || q.IsTree(): // never a folder and a file: git sorts them apart
			err = s.walk(ctx, folder(p), folder(q), path+"/", f)
		default:
			err = f(path, p, q)
		}
		if err != nil {
			return err
		}
	}
	if err := pairs.Err(); err != nil {
		return fmt.Errorf("compare trees %s and %s: %w", x, y, err)
	}
	return nil
}

// folder is the id of a folder, "" where there is none.
func folder(e git.Entry) string {
	if e.IsTree() {
		return e.ID()
	}
	return ""
}
