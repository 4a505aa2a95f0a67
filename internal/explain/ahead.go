package explain

import (
	"context"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
)

// maxAhead bounds the versions of one path that are fetched ahead.
const maxAhead = 4096

// ahead has a partial clone fetch all versions of a path at once, those on
// merged branches among them, where it may fetch: following lines reads a few
// dozen of a thousand, but each that is fetched alone is a journey, and what is
// sent of a thousand versions of one file are their differences.
func (c *chain) ahead(ctx context.Context) error {
	s := c.side
	if !s.o.store.Fetches() || s.exact {
		return nil
	}
	var ids []string
	seen := map[string]bool{}
	for i, v := range c.versions {
		if len(seen) >= maxAhead {
			break
		}
		id, err := c.blob(ctx, i)
		if err != nil {
			return err
		}
		if !s.o.link(id) {
			ids = append(ids, id)
		}
		seen[v.at] = true
		for _, p := range s.mergedInto(v.commit) {
			if ids, err = s.aheadOf(ctx, p, v.path, s.span.NewLine(c.line), ids, seen, 0); err != nil {
				return err
			}
		}
	}
	return s.o.store.Bring(ctx, ids)
}

// mergedInto are the parents of a merge that it merged.
func (s *side) mergedInto(commit string) []string {
	parents := s.parents(commit)
	return parents[min(1, len(parents)):]
}

// aheadOf adds the versions of a path on a branch that was merged.
func (s *side) aheadOf(ctx context.Context, from, path string, line *history.Line, ids []string, seen map[string]bool, depth int) ([]string, error) {
	t := s.span.Trail(from, path, maxAhead, line)
	for _, at := range append(t.Commits, t.End) {
		if at == "" || seen[at] || len(seen) >= maxAhead {
			continue
		}
		seen[at] = true
		l, err := s.o.find(ctx, at, path)
		if err != nil {
			return ids, err
		}
		if l.mode != git.ModeGitlink {
			ids = append(ids, l.id)
		}
		if at == t.End || depth == maxMergeDepth {
			continue // that belongs to the line above
		}
		for _, p := range s.mergedInto(at) {
			if ids, err = s.aheadOf(ctx, p, path, s.span.NewLine(line), ids, seen, depth+1); err != nil {
				return ids, err
			}
		}
	}
	return ids, nil
}
