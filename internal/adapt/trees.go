package adapt

import (
	"context"

	"backstay.dev/backstay/internal/git"
)

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
