package git

import (
	"context"
	"fmt"
)

// Lookup finds what a tree has at a path, a folder too; ok is false for
// nothing. Trees.Lookup keeps what it reads.
func (s *Store) Lookup(ctx context.Context, tree, path string) (e Entry, ok bool, err error) {
	if e, ok, err = lookup(ctx, s.tree, s.Format.RawLen(), tree, path); err != nil {
		err = fmt.Errorf("look up %s: %w", path, err)
	}
	return e, ok, err
}
