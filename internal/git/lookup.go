package git

import (
	"context"
	"fmt"
	"strings"
)

// maxTree bounds one tree object in bytes: two million entries of 30 bytes.
const maxTree = 64 << 20

// Lookup finds what a tree has at a path; ok is false for nothing.
func (s *Store) Lookup(ctx context.Context, tree, path string) (e Entry, ok bool, err error) {
	for {
		if tree == s.Format.EmptyTree() {
			return Entry{}, false, nil
		}
		o, err := s.Read(ctx, tree, maxTree)
		if err != nil {
			return Entry{}, false, fmt.Errorf("look up %s: %w", path, err)
		}
		if o.Kind != "tree" {
			return Entry{}, false, fmt.Errorf("look up %s: %s is a %s", path, tree, o.Kind)
		}
		name, rest, deeper := strings.Cut(path, "/")
		e, ok := Tree(o.Content).Find(name, s.Format.RawLen())
		switch {
		case !ok, deeper && !e.IsTree():
			return Entry{}, false, nil
		case !deeper:
			return e, true, nil
		}
		tree, path = e.ID(), rest
	}
}
