package explain

import (
	"context"

	"backstay.dev/backstay/internal/backport"
)

// maxWhole bounds the commits that are named for a conflict about whole files.
const maxWhole = 50

// whole explains a conflict that is not about lines: a side lacks the file, both
// added one, or it is no text.
func (a *analysis) whole(ctx context.Context, f backport.File, s sides, out *fileFinding) error {
	r := &finding{path: f.Path}
	out.chunks = append(out.chunks, r)
	switch {
	case s.Base != "" && s.Ours == "":
		return a.gone(ctx, s, r)
	case s.Base != "" && s.Theirs == "":
		// The fix removes or renames what the target has in another version.
		r.removes = true
		return a.apart(ctx, s, r)
	case s.Base == "" && s.Ours != "":
		return a.both(ctx, f.Path, s, r)
	case s.Base == "" && s.Theirs != "":
		return a.folder(ctx, f.Path, s, r)
	case s.Sides == backport.Sides{}:
		// A folder whose files went several ways on the target.
		return a.folder(ctx, f.Path, s, r)
	case s.Base != "" && s.Ours != "":
		return a.apart(ctx, s, r)
	}
	return nil
}

// apart explains two versions of a whole file, under one path or two.
func (a *analysis) apart(ctx context.Context, s sides, r *finding) error {
	if err := a.edits(ctx, a.source, s.basePath, s.Base, s.Ours, false, r); err != nil {
		return err
	}
	if err := a.edits(ctx, a.target, s.oursPath, s.Ours, s.Base, true, r); err != nil {
		return err
	}
	if a.o.link(s.Base) && a.o.link(s.Ours) {
		r.base, r.ours = map[int][]byte{1: subproject(s.Base)}, map[int][]byte{1: subproject(s.Ours)}
	}
	if s.basePath == s.oursPath || len(r.Source)+len(r.Target) > 0 {
		return nil
	}
	r.Elsewhere = &Place{Path: s.oursPath}
	for _, from := range []struct {
		side   *side
		path   string
		target bool
	}{{a.source, s.basePath, false}, {a.target, s.oursPath, true}} {
		c, err := from.side.chain(ctx, from.side.tip, from.path, "", nil)
		if err != nil {
			return err
		}
		moved, err := renamer(ctx, c)
		if err != nil {
			return err
		}
		if moved.commit != "" {
			r.add(moved, from.target, true, 0)
		}
	}
	return nil
}

// edits names the commits of a side that changed a whole file since the sides
// parted, as far as they made it differ from the other side's.
func (a *analysis) edits(ctx context.Context, s *side, path, blob, other string, target bool, r *finding) error {
	c, err := s.chain(ctx, s.tip, path, blob, nil)
	if err != nil || c.cut {
		return err
	}
	for i := 0; i < c.last() && i < maxVersions; i++ {
		now, err := c.blob(ctx, i)
		if err != nil {
			return err
		}
		if now == other || len(r.Source)+len(r.Target) >= maxWhole {
			return nil // before that the two were alike
		}
		before, err := c.blob(ctx, i+1)
		if err != nil {
			return err
		}
		v := c.versions[i]
		if now == before || v.commit == "" {
			continue
		}
		merged, err := s.merged(ctx, c, v, target, r)
		if err != nil {
			return err
		}
		if !merged {
			r.add(step{commit: v.commit, path: v.path, old: before, new: now}, target, true, 0)
		}
	}
	return nil
}

// merged names the commits of the branch by which a merge changed a file, and
// reports whether there are any.
func (s *side) merged(ctx context.Context, c *chain, v version, target bool, r *finding) (bool, error) {
	parents := s.parents(v.commit)
	found := false
	for _, p := range parents[min(1, len(parents)):] {
		b, err := s.chain(ctx, p, v.path, "", c.line)
		if err != nil {
			return found, err
		}
		for i := 0; i < b.last() && len(r.Source)+len(r.Target) < maxWhole; i++ {
			now, err := b.blob(ctx, i)
			if err != nil {
				return found, err
			}
			before, err := b.blob(ctx, i+1)
			if err != nil {
				return found, err
			}
			if now != before {
				found = true
				r.add(step{commit: b.versions[i].commit, path: b.versions[i].path, old: before, new: now}, target, true, 0)
			}
		}
	}
	return found, nil
}

// both explains a file that the fix adds and the target has: the target made
// it, or it was there and the source removed it.
func (a *analysis) both(ctx context.Context, path string, s sides, r *finding) error {
	r.added = true
	c, err := a.target.chain(ctx, a.target.tip, s.oursPath, s.Ours, nil)
	if err != nil {
		return err
	}
	first, err := c.blob(ctx, c.last())
	if err != nil {
		return err
	}
	if first == "" && c.last() > 0 && !c.cut {
		if v := c.versions[c.last()-1]; v.commit != "" {
			r.add(step{commit: v.commit, path: v.path, new: v.blob}, true, true, 0)
			return nil
		}
	}
	gone, err := a.removal(ctx, a.source, path)
	if err != nil || gone.commit == "" {
		return err
	}
	r.add(gone, false, false, 0)
	return nil
}

// removal finds the step by which a side lost a file; none if it never had it.
func (a *analysis) removal(ctx context.Context, s *side, path string) (step, error) {
	if s.span == nil {
		return step{}, nil
	}
	t := s.span.Trail(s.tip, path, maxVersions, s.span.NewLine(nil))
	for _, id := range t.Commits {
		if err := s.work.spend(ctx); err != nil {
			return step{}, err
		}
		parents := s.parents(id)
		if len(parents) == 0 {
			break
		}
		before, err := a.o.find(ctx, parents[0], path)
		if err != nil {
			return step{}, err
		}
		if before.id == "" {
			continue
		}
		now, err := a.o.find(ctx, id, path)
		if err != nil {
			return step{}, err
		}
		if now.id != "" {
			return step{}, nil // it is there
		}
		found := step{commit: id, path: path, old: before.id}
		if len(parents) > 1 { // who did it on the branch that was merged?
			branch := &side{o: s.o, span: s.span, tip: parents[1], name: s.name, work: s.work}
			inner, err := a.removal(ctx, branch, path)
			if err != nil {
				return step{}, err
			}
			if inner.commit != "" {
				return inner, nil
			}
		}
		return found, nil
	}
	return step{}, nil
}

// gone explains a file that the fix changes and the target lacks.
func (a *analysis) gone(ctx context.Context, s sides, r *finding) error {
	r.missing = true
	c, err := a.source.chain(ctx, a.source.tip, s.basePath, s.Base, nil)
	if err != nil {
		return err
	}
	first, err := c.blob(ctx, c.last())
	if err != nil {
		return err
	}
	if c.cut && first == "" {
		return nil
	}
	if first == "" && c.last() > 0 && c.versions[c.last()-1].commit != "" {
		v := c.versions[c.last()-1]
		made := step{commit: v.commit, path: v.path, new: v.blob}
		if made, err = a.creator(ctx, made); err != nil {
			return err
		}
		r.created = true
		r.add(made, false, true, 0)
		r.Elsewhere, err = a.torn(ctx, made)
		return err
	}
	older := c.versions[c.last()].path
	if older != s.basePath {
		// The source renamed it. Does the target have it under the old name?
		made, err := renamer(ctx, c)
		if err != nil {
			return err
		}
		if made.commit != "" {
			r.add(made, false, true, 0)
		}
		l, err := a.o.find(ctx, a.target.tip, older)
		if err != nil {
			return err
		}
		if l.id != "" {
			r.Elsewhere = &Place{Path: older}
			return nil
		}
	}
	gone, err := a.removal(ctx, a.target, older)
	if err != nil || gone.commit == "" {
		return err
	}
	r.add(gone, true, false, 0)
	to, err := a.renamedTo(ctx, gone)
	if to != "" {
		r.Elsewhere = &Place{Path: to}
	}
	return err
}
