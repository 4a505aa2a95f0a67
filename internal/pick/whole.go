package pick

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// mergeWhole has git merge the trees of every task that the plain rule left,
// in Options.Jobs processes for each set of attributes.
func (e *Engine) mergeWhole(ctx context.Context, tasks []*task) error {
	byAttributes := map[git.Attributes][]*task{}
	for _, t := range tasks {
		if t.verdict.why != "" && !t.done {
			byAttributes[t.attrs] = append(byAttributes[t.attrs], t)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(e.opts.Jobs)
	for attrs, group := range byAttributes {
		for _, part := range split(group, e.opts.Jobs, 4, 32) {
			g.Go(func() error { return e.wholePart(ctx, attrs, part) })
		}
	}
	return g.Wait()
}

func (e *Engine) wholePart(ctx context.Context, attrs git.Attributes, part []*task) error {
	requests := make([]git.Merge, len(part))
	for i, t := range part {
		var err error
		if requests[i], err = e.trial(t); err != nil {
			return fmt.Errorf("pick: %w", err)
		}
	}
	merged, err := e.store.MergeTrees(ctx, attrs, requests)
	if err != nil {
		return fmt.Errorf("pick: %w", err)
	}
	for i, t := range part {
		err := e.reattribute(ctx, t, requests[i], &merged[i])
		if err == nil {
			err = e.distrust(ctx, t, requests[i], &merged[i])
		}
		if err == nil && !t.done {
			err = e.readWhole(ctx, t, named(merged[i], requests[i]))
		}
		if err := settle(ctx, t, err); err != nil {
			return err
		}
	}
	return nil
}

// reattribute looks at the paths that git's merge touched and the fix does not
// name: git merges a file that one side renamed by the attributes of its new
// path, which other .gitattributes files may set. Where they do the merge is
// asked for again.
func (e *Engine) reattribute(ctx context.Context, t *task, asked git.Merge, m *git.Merged) error {
	if m.Err != nil {
		return nil
	}
	met, err := e.met(ctx, t, *m)
	if err != nil {
		return err
	}
	var paths []string
	for _, c := range t.changes {
		paths = append(paths, c.path)
		delete(met, c.path)
	}
	if len(met) > 0 {
		paths = append(paths, slices.Sorted(maps.Keys(met))...)
		before := t.attrs
		if err := e.attributesOf(ctx, t, paths); err != nil {
			return err
		}
		if t.attrs != before {
			again, err := e.store.MergeTrees(ctx, t.attrs, []git.Merge{asked})
			if err != nil {
				return err
			}
			if *m = again[0]; m.Err != nil {
				return nil
			}
		}
	}
	return e.refuseFollowed(ctx, t, m)
}

// met are the paths that a merge of whole trees changed or left in conflict.
func (e *Engine) met(ctx context.Context, t *task, m git.Merged) (map[string]bool, error) {
	changes, err := e.diff(ctx, t.Onto, m.Tree)
	if err != nil {
		return nil, err
	}
	met := map[string]bool{}
	for _, c := range changes {
		met[c.path] = true
	}
	for _, s := range m.Stages {
		met[s.Path] = true
	}
	return met, nil
}

// refuseFollowed is refuseCustom for files that one side renamed: what git made
// of them is neither side's, so it would have asked the driver.
func (e *Engine) refuseFollowed(ctx context.Context, t *task, m *git.Merged) error {
	var sides map[string]bool // the blobs of the fix's paths before, here and there
	for _, path := range slices.Sorted(maps.Keys(t.drivers)) {
		if !e.custom(t.drivers[path]) {
			continue
		}
		if sides == nil {
			sides = map[string]bool{}
			for _, c := range t.changes {
				ours, err := e.leafAt(ctx, t.Onto, c.path)
				if err != nil {
					return err
				}
				sides[c.new.id], sides[ours.id] = true, true
			}
		}
		ours, err := e.leafAt(ctx, t.Onto, path)
		if err != nil {
			return err
		}
		got, err := e.leafAt(ctx, m.Tree, path)
		if err != nil {
			return err
		}
		if got.mode.IsRegular() && got.id != ours.id && !sides[got.id] {
			theirs, err := e.leafAt(ctx, t.theirs.Tree, path)
			if err != nil {
				return err
			}
			t.result.Files = append(t.result.Files, driven(path, t.drivers[path], backport.Sides{Ours: ours.id, Theirs: theirs.id}))
			t.result.Engine, t.done = "git", true
		}
	}
	return nil
}

// maxDistrusted bounds the merged files that are looked into, in bytes.
const maxDistrusted = 64 << 20

// distrust looks for conflict markers in what git calls clean. Where files
// collide that both sides renamed, git 2.39 merges one of them, forgets that it
// conflicted, and has its markers in a clean result. They are known by the id of
// the trial commit, which stands in no text but theirs.
func (e *Engine) distrust(ctx context.Context, t *task, asked git.Merge, m *git.Merged) error {
	if m.Err != nil || !m.Clean || t.done {
		return nil
	}
	taken := map[string]bool{} // what the fix has, as it has it
	for _, c := range t.changes {
		taken[c.new.id] = true
	}
	changes, err := e.diff(ctx, t.Onto, m.Tree)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if !c.new.mode.IsRegular() || taken[c.new.id] {
			continue
		}
		o, err := e.store.Read(ctx, c.new.id, maxDistrusted)
		if errors.Is(err, git.ErrTooLarge) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read the merged %s: %w", c.path, err)
		}
		if !bytes.Contains(o.Content, []byte(asked.Ours)) {
			continue
		}
		theirs, err := e.leafAt(ctx, t.theirs.Tree, c.path)
		if err != nil {
			return err
		}
		m.Clean = false
		for n, side := range map[int]leaf{2: c.old, 3: theirs} {
			if side.mode != 0 {
				m.Stages = append(m.Stages, git.Stage{Mode: side.mode, ID: side.id, N: n, Path: c.path})
			}
		}
		m.Notes = append(m.Notes, git.Note{
			Paths: []string{c.path}, Kind: "CONFLICT (contents)",
			Text: "CONFLICT (content): git calls " + c.path + " merged, with conflict markers in it",
		})
	}
	return nil
}

// trial lays a task out for git: a commit with the target's tree whose only
// parent is the fix's base has that base as its merge base with the fix. The
// fix itself serves as the other side where the base is its only parent; else
// a commit with its tree does.
func (e *Engine) trial(t *task) (git.Merge, error) {
	base, theirs := t.Base, t.Commit
	var err error
	if base == "" {
		if _, err = e.store.Write("tree", nil); err != nil {
			return git.Merge{}, err
		}
		if base, err = e.store.Trial(t.base, ""); err != nil {
			return git.Merge{}, err
		}
	}
	if len(t.theirs.Parents) != 1 || t.theirs.Parents[0] != base {
		if theirs, err = e.store.Trial(t.theirs.Tree, base); err != nil {
			return git.Merge{}, err
		}
	}
	ours, err := e.store.Trial(t.Onto, base)
	return git.Merge{Ours: ours, Theirs: theirs}, err
}

// named lets git's sentences speak of the target and the fix where they have
// the ids of the two trial commits, which mean nothing to anybody.
func named(m git.Merged, asked git.Merge) git.Merged {
	words := strings.NewReplacer(asked.Ours, "the target", asked.Theirs, "the fix")
	for i := range m.Notes {
		m.Notes[i].Text = words.Replace(m.Notes[i].Text)
	}
	return m
}

// readWhole turns git's answer into a result.
func (e *Engine) readWhole(ctx context.Context, t *task, m git.Merged) error {
	r := t.result
	r.Engine = "git"
	if m.Err != nil {
		return m.Err
	}
	conflicted := map[string]bool{}
	if !m.Clean {
		r.Left = m.Tree
		r.Files = conflicts(m)
		for _, f := range r.Files {
			conflicted[f.Path] = true
		}
	}
	moved, err := e.followed(ctx, t, m.Tree, conflicted)
	if err != nil {
		return err
	}
	for _, path := range moved {
		r.Files = append(r.Files, backport.File{Path: path, Outcome: backport.Clean, Rung: "git", Confidence: 1})
	}
	for _, c := range t.changes {
		if conflicted[c.path] {
			continue
		}
		f := backport.File{Path: c.path, Outcome: backport.Clean, Rung: "git", Confidence: 1}
		there, same, err := e.same(ctx, t.Onto, m.Tree, c.path)
		if err != nil {
			return err
		}
		if same && !there && len(moved)+len(conflicted) > 0 && c.new.mode != 0 {
			continue // git followed it to another path
		}
		if same {
			f.Outcome = backport.Present
		}
		r.Files = append(r.Files, f)
	}
	if r.Clean = m.Clean; m.Clean {
		r.Tree = m.Tree
	}
	return nil
}

// followed are the paths that git's merge changed and the fix does not name:
// the target has their content under another name.
func (e *Engine) followed(ctx context.Context, t *task, tree string, conflicted map[string]bool) ([]string, error) {
	changes, err := e.diff(ctx, t.Onto, tree)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, c := range t.changes {
		named[c.path] = true
	}
	var out []string
	for _, c := range changes {
		if !named[c.path] && !conflicted[c.path] {
			out = append(out, c.path)
		}
	}
	return out, nil
}

// same reports whether two trees have the same at a path, and whether the first
// has anything there.
func (e *Engine) same(ctx context.Context, a, b, path string) (there, same bool, err error) {
	w, x, _, err := e.lookup(ctx, a, path)
	if err != nil {
		return false, false, err
	}
	v, y, _, err := e.lookup(ctx, b, path)
	return w == file, err == nil && w == v && leafOf(x) == leafOf(y), err
}
