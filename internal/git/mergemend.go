package git

import (
	"context"
	"errors"
)

// mendMerges brings what the merges that failed for want of an object need, all
// at once: the first time what their sides changed against the base, since git
// compares these files to merge them and to find renames, and later what git
// misses still. It reports whether it is worth trying again.
func (s *Store) mendMerges(ctx context.Context, requests []Merge, got []Merged, n int) bool {
	if !s.Fetches() || isLocal(ctx) || s.FetchError() != nil {
		return false
	}
	var lacks MissingError
	var open []Merge
	for i, m := range got {
		var missing *MissingError
		if errors.As(m.Err, &missing) {
			lacks.IDs = append(lacks.IDs, missing.IDs...)
			open = append(open, requests[i])
		}
	}
	if len(open) == 0 {
		return false
	}
	if n > 0 {
		return s.mended(ctx, &lacks)
	}
	var ids []string
	trees := NewTrees(s, 16<<20)
	for _, m := range open {
		for _, pair := range s.sides(ctx, m) {
			// What cannot be read is seen when git tries it.
			_ = trees.Diff(ctx, pair[0], pair[1], nil, func(_ string, x, y Entry) error {
				for _, e := range []Entry{x, y} {
					if e.Mode.IsRegular() {
						ids = append(ids, e.ID())
					}
				}
				return nil
			})
		}
	}
	return s.Bring(ctx, append(ids, lacks.IDs...)) == nil
}

// sides are the trees of a merge in pairs, base and side. The merges are those of
// Trial commits: the base is the parent of ours.
func (s *Store) sides(ctx context.Context, m Merge) [][2]string {
	ours, err := s.Commit(ctx, m.Ours)
	if err != nil {
		return nil
	}
	theirs, err := s.Commit(ctx, m.Theirs)
	if err != nil {
		return nil
	}
	base := Commit{}
	if len(ours.Parents) > 0 {
		if base, err = s.Commit(ctx, ours.Parents[0]); err != nil {
			return nil
		}
	}
	return [][2]string{{base.Tree, ours.Tree}, {base.Tree, theirs.Tree}}
}

// mergeOver asks again for the merges that lacked an object.
func (s *Store) mergeOver(ctx context.Context, a Attributes, requests []Merge, got []Merged) error {
	var at []int
	var open []Merge
	for i, m := range got {
		var missing *MissingError
		if errors.As(m.Err, &missing) {
			at, open = append(at, i), append(open, requests[i])
		}
	}
	again, err := s.mergeAll(ctx, a, open)
	for n, m := range again {
		got[at[n]] = m
	}
	return err
}
