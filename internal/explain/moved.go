package explain

import (
	"context"
	"path"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

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
	rest, err := a.o.trees.Tree(ctx, folder.id)
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
func renamer(ctx context.Context, c *chain) (step, error) {
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
		parents := c.side.parents(v.commit)
		if len(parents) < 2 {
			break
		}
		if c, err = c.side.chain(ctx, parents[1], v.path, "", nil); err != nil {
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
	if len(parents) == 0 || a.source.exact {
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
	if s.exact {
		return "", nil
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
