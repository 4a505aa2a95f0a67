package explain

import (
	"context"
	"path"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
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
		if err := a.edits(ctx, a.source, s.basePath, s.Base, s.Ours, false, r); err != nil {
			return err
		}
		return a.edits(ctx, a.target, s.oursPath, s.Ours, s.Base, true, r)
	case s.Base == "" && s.Ours != "":
		return a.both(ctx, f.Path, s, r)
	case s.Base == "" && s.Theirs != "":
		return a.folder(ctx, f.Path, s, r)
	case s.Sides == backport.Sides{}:
		// A folder whose files went several ways on the target.
		return a.folder(ctx, f.Path, s, r)
	case s.Base != "" && s.Ours != "":
		if err := a.edits(ctx, a.source, s.basePath, s.Base, s.Ours, false, r); err != nil {
			return err
		}
		return a.edits(ctx, a.target, s.oursPath, s.Ours, s.Base, true, r)
	}
	r.unknown = true
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
	if first == "" && c.last() > 0 {
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
		made, err := a.renamer(ctx, c)
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

// folder explains a file that the fix adds to a folder which the target has
// elsewhere: by a file that stood there before.
func (a *analysis) folder(ctx context.Context, to string, s sides, r *finding) error {
	at := to
	for _, c := range a.changes {
		if c.Status == 'A' && (c.NewID == s.Theirs || s.Theirs == "" && path.Dir(c.Path) == to) {
			at = c.Path
			break
		}
	}
	sibling, err := a.sibling(ctx, path.Dir(at))
	if err != nil || sibling.id == "" {
		r.unknown = true
		return err
	}
	r.fixAdds = at
	err = a.gone(ctx, sides{Sides: backport.Sides{Base: sibling.id}, basePath: sibling.path}, r)
	if at != to && s.Theirs != "" {
		r.Elsewhere = &Place{Path: path.Dir(to)}
	}
	return err
}

// named is a leaf and its path.
type named struct {
	leaf
	path string
}

// sibling finds a file in a folder of the fix's base which the target lacks.
func (a *analysis) sibling(ctx context.Context, dir string) (named, error) {
	folder, err := a.o.find(ctx, a.step.Base, dir)
	if err != nil || folder.mode != git.ModeTree {
		return named{}, err
	}
	rest, err := a.o.tree(ctx, folder.id)
	for tried := 0; err == nil && tried < maxRenameSources; tried++ {
		e, next, ok := rest.Next(a.o.store.Format.RawLen())
		if !ok {
			break
		}
		rest = next
		if !e.Mode.IsRegular() {
			continue
		}
		found := named{leaf{e.Mode, e.ID()}, path.Join(dir, string(e.Name))}
		there, err := a.o.find(ctx, a.target.tip, found.path)
		if err != nil {
			return named{}, err
		}
		if there.id == "" {
			return found, nil
		}
	}
	return named{}, err
}

// renamer finds the commit by which a chain's path got its last but one name,
// on the branch that a merge brought, if need be.
func (a *analysis) renamer(ctx context.Context, c *chain) (step, error) {
	var found step
	for range maxMergeDepth {
		older := c.versions[c.last()].path
		i := c.last() - 1
		for i >= 0 && c.versions[i].path == older {
			i--
		}
		if i < 0 || c.versions[i].commit == "" {
			break
		}
		v := c.versions[i]
		now, err := c.blob(ctx, i)
		if err != nil {
			return found, err
		}
		found = step{commit: v.commit, path: v.path, new: now}
		parents := a.source.parents(v.commit)
		if len(parents) < 2 {
			break
		}
		if c, err = a.source.chain(ctx, parents[1], v.path, "", nil); err != nil {
			return found, err
		}
	}
	return found, nil
}

// creator finds who made a file on the branch that a merge brought.
func (a *analysis) creator(ctx context.Context, made step) (step, error) {
	for range maxMergeDepth {
		parents := a.source.parents(made.commit)
		if len(parents) < 2 {
			break
		}
		c, err := a.source.chain(ctx, parents[1], made.path, "", nil)
		if err != nil {
			return made, err
		}
		first, err := c.blob(ctx, c.last())
		if err != nil || first != "" || c.last() == 0 {
			return made, err
		}
		v := c.versions[c.last()-1]
		if v.commit == "" || v.blob == "" {
			break
		}
		made = step{commit: v.commit, path: v.path, new: v.blob}
	}
	return made, nil
}

// renamedTo finds the name under which the commit that removed a file added its
// content, "" if it did not.
func (a *analysis) renamedTo(ctx context.Context, gone step) (string, error) {
	parents := a.target.parents(gone.commit)
	if len(parents) == 0 {
		return "", nil
	}
	var added []git.Change
	err := a.o.store.ChangesSince(ctx, []string{gone.commit}, parents[:1], 1<<14, func(_ int, changes []git.Change, err error) {
		for _, c := range changes {
			if err == nil && c.Status == 'A' && c.New.IsRegular() {
				added = append(added, c)
			}
		}
	})
	if err != nil {
		return "", err
	}
	return a.target.alike(ctx, gone.old, gone.path, added, func(c git.Change) string { return c.NewID })
}

// torn finds the file out of which a new one was made by taking over a good part
// of its lines, where the target still has that file.
func (a *analysis) torn(ctx context.Context, made step) (*Place, error) {
	parents := a.source.parents(made.commit)
	if len(parents) == 0 {
		return nil, nil
	}
	var shrunk []git.Change
	err := a.o.store.ChangesSince(ctx, []string{made.commit}, parents[:1], 1<<10, func(_ int, changes []git.Change, err error) {
		for _, c := range changes {
			if err == nil && (c.Status == 'M' || c.Status == 'D') && c.Old.IsRegular() && len(shrunk) < maxRenameSources {
				shrunk = append(shrunk, c)
			}
		}
	})
	if err != nil || len(shrunk) == 0 {
		return nil, err
	}
	text, err := a.source.text(ctx, made.new)
	if err != nil {
		return nil, ignoreText(err)
	}
	best, share := "", 0.4
	for _, c := range shrunk {
		old, err := a.source.text(ctx, c.OldID)
		if ignoreText(err) != nil {
			return nil, err
		}
		var now []byte
		if err == nil && c.Status == 'M' {
			now, err = a.source.text(ctx, c.NewID)
			if ignoreText(err) != nil {
				return nil, err
			}
		}
		if err != nil {
			continue
		}
		if n := taken(text, old, now); n > share {
			best, share = c.Path, n
		}
	}
	if best == "" {
		return nil, nil
	}
	l, err := a.o.find(ctx, a.target.tip, best)
	if err != nil || l.id == "" {
		return nil, err
	}
	return &Place{Path: best}, nil
}

// alike finds the change whose file is the same as, or most similar to, a blob.
func (s *side) alike(ctx context.Context, blob, name string, changes []git.Change, id func(git.Change) string) (string, error) {
	for _, c := range changes {
		if id(c) == blob {
			return c.Path, nil
		}
	}
	text, err := s.text(ctx, blob)
	if err != nil {
		return "", ignoreText(err)
	}
	best, score := "", 0.5
	for round := range 2 { // files of the same name are compared first
		tried := 0
		for _, c := range changes {
			if (path.Base(c.Path) == path.Base(name)) != (round == 0) {
				continue
			}
			if tried++; tried > maxRenameSources {
				break
			}
			other, err := s.text(ctx, id(c))
			if ignoreText(err) != nil {
				return "", err
			}
			if err != nil || len(other) > 4*len(text) || len(text) > 4*len(other) {
				continue
			}
			if n := similarity(other, text); n > score {
				best, score = c.Path, n
			}
		}
		if best != "" {
			break
		}
	}
	return best, nil
}
