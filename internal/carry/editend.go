package carry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"backstay.dev/backstay/internal/adapt/reuse"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gate"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/publish"
)

// underWay reads the edit that there must be.
func (e *Editor) underWay() (*editState, error) {
	st, err := loadEdit(e.Dir)
	if err == nil && st == nil {
		err = &backport.InputError{What: "no edit is under way in this repository", Hint: "begin one with --edit FIX --to TARGET"}
	}
	return st, err
}

// Status says where the edit is that is under way, and the workbench of it.
func (e *Editor) Status(ctx context.Context) (EditStatus, *git.Workbench, error) {
	st, err := e.underWay()
	if err != nil {
		return EditStatus{}, nil, err
	}
	w := e.Repo.Workbench(filepath.Join(e.Dir, st.Worktree))
	s, err := e.status(ctx, st, w)
	return s, w, err
}

// Continue takes in what the person made of the step, if nothing is left of it,
// and goes on. force is as in Order, for a branch that was in the way.
func (e *Editor) Continue(ctx context.Context, force bool) (EditStatus, error) {
	st, err := e.underWay()
	if err != nil {
		return EditStatus{}, err
	}
	st.Order.Force = st.Order.Force || force
	w := e.Repo.Workbench(filepath.Join(e.Dir, st.Worktree))
	s, err := e.status(ctx, st, w)
	if err != nil || s.Left() > 0 {
		return s, err
	}
	step, err := e.take(ctx, st, w)
	if err != nil {
		return s, err
	}
	if err := e.done(ctx, st, step); err != nil {
		return s, err
	}
	after, err := e.advance(ctx, st)
	after.Untracked = append(s.Untracked, after.Untracked...)
	return after, err
}

// take reads what the person made of a step.
func (e *Editor) take(ctx context.Context, st *editState, w *git.Workbench) (editStep, error) {
	unmerged, err := w.Unmerged(ctx)
	if err != nil {
		return editStep{}, err
	}
	tree, err := w.WriteTree(ctx, unmerged)
	if err != nil {
		return editStep{}, err
	}
	beside, err := e.changed(ctx, st.Merged, tree)
	if err != nil {
		return editStep{}, err
	}
	step := editStep{Tree: tree, Files: st.Files}
	named := map[string]bool{}
	for _, f := range st.Open {
		named[f.Path] = true
		if f.Proposed != "" && slices.Contains(unmerged, f.Path) && !slices.Contains(beside, f.Path) {
			// Nobody has changed it, nor said with git add that it is good.
			step.Files = append(step.Files, backport.File{Path: f.Path, Outcome: backport.Proposed, Rung: f.Proposed, Kind: f.Kind, Sides: f.Sides})
			continue
		}
		step.Answered = append(step.Answered, f)
		step.Files = append(step.Files, backport.File{Path: f.Path, Outcome: backport.Resolved, Rung: publish.Person, Kind: f.Kind, Sides: f.Sides})
	}
	for _, path := range beside {
		if !named[path] {
			step.Files = append(step.Files, backport.File{Path: path, Outcome: backport.Resolved, Rung: publish.Person})
		}
	}
	slices.SortStableFunc(step.Files, func(a, b backport.File) int { return strings.Compare(a.Path, b.Path) })
	return step, nil
}

// maxBeside bounds the files that a person may change beside those that
// conflict.
const maxBeside = 10_000

// changed lists the paths in which two trees differ.
func (e *Editor) changed(ctx context.Context, before, after string) ([]string, error) {
	was, err := e.Store.Trial(before, "")
	if err != nil {
		return nil, err
	}
	is, err := e.Store.Trial(after, was)
	if err != nil {
		return nil, err
	}
	var out []string
	var failed error
	err = e.Store.Changes(ctx, []string{is}, maxBeside, func(_ int, changes []git.Change, err error) {
		if failed = err; err == nil && len(changes) > maxBeside {
			failed = &backport.InputError{What: fmt.Sprintf("more than %d files were changed in the worktree", maxBeside)}
		}
		for _, c := range changes {
			out = append(out, c.Path)
		}
	})
	return out, errors.Join(err, failed)
}

// finish writes the branch and the answers; then the edit is over.
func (e *Editor) finish(ctx context.Context, st *editState) (EditStatus, error) {
	s := EditStatus{State: EditDone, Fix: st.Fix, Target: st.Target, Step: len(st.Done)}
	p := st.pick()
	tip, err := e.Store.Commit(ctx, st.Target.Commit)
	if err != nil {
		return s, err
	}
	if p.Tree == tip.Tree {
		p.Outcome, p.StepTrees, p.Presence = backport.Present, nil, &backport.Presence{How: "content"}
	}
	if e.Gates {
		if err := e.gate(ctx, &p); err != nil {
			return s, err
		}
	}
	s.Pick = &p
	picks, err := publish.Branches(ctx, e.Repo, e.Store, []backport.Pick{p}, publish.Options{
		Force: st.Order.Force, SignOff: st.Order.SignOff, Style: st.Order.Style, Proposed: true,
	})
	if err != nil {
		return s, err
	}
	s.Pick = &picks[0]
	if s.Pick.Error != "" { // the edit stays, to be continued when the way is free
		if st.Worktree != "" {
			s.State, s.Worktree, s.Step = EditOpen, filepath.Join(e.Dir, st.Worktree), len(st.Done)-1
		}
		return s, nil
	}
	if s.Answers, err = e.keep(ctx, st); err != nil {
		return s, err
	}
	return s, forget(e.Dir)
}

// gate adds what the checks find. A warning makes a rung's work a proposal; what
// a person made stays hers.
func (e *Editor) gate(ctx context.Context, p *backport.Pick) error {
	one := []backport.Pick{*p}
	if err := Gate(ctx, gate.New(e.Store, e.Index, gate.Options{}), one, nil); err != nil {
		return err
	}
	was := p.Outcome
	*p = one[0]
	lists := append([][]backport.File{p.Files}, p.StepFiles...)
	proposed := false
	for _, files := range lists {
		for i := range files {
			if files[i].Rung == publish.Person {
				files[i].Outcome = backport.Resolved
			}
			proposed = proposed || files[i].Outcome == backport.Proposed
		}
	}
	if !proposed {
		p.Outcome = was
	}
	return nil
}

// pick is the result of an edit whose steps are over.
func (s *editState) pick() backport.Pick {
	p := backport.Pick{Fix: s.Fix, Target: s.Target, Outcome: backport.Clean, Tree: s.Tree, Engine: "git"}
	files := map[string]backport.File{}
	for _, step := range s.Done {
		p.StepTrees, p.StepFiles = append(p.StepTrees, step.Tree), append(p.StepFiles, step.Files)
		for _, f := range step.Files {
			foreign := f.Rung != "git"
			switch {
			case f.Outcome == backport.Proposed:
				p.Outcome = backport.Proposed
			case foreign && p.Outcome == backport.Clean:
				p.Outcome = backport.Resolved
			}
			if had, ok := files[f.Path]; !ok || foreign || had.Rung == "git" {
				files[f.Path] = f
			}
		}
	}
	p.Files = slices.SortedFunc(maps.Values(files), func(a, b backport.File) int { return strings.Compare(a.Path, b.Path) })
	return p
}

// keep stores what the person answered, chunk by chunk.
func (e *Editor) keep(ctx context.Context, st *editState) (int, error) {
	var all []reuse.Resolution
	for i, step := range st.Done {
		for _, f := range step.Answered {
			some, err := e.answers(ctx, f, step.Tree, reuse.Resolution{
				Path: f.Path, Fix: st.Fix.Steps[i].Commit, Target: st.Target.Commit, By: reuse.Person, When: time.Now().Unix(),
			})
			if err != nil {
				return 0, fmt.Errorf("keep the answers: %w", err)
			}
			all = append(all, some...)
		}
	}
	if len(all) == 0 {
		return 0, nil
	}
	known, err := reuse.Open(ctx, e.Repo, e.Store)
	if err != nil {
		return 0, err
	}
	return len(all), known.Add(ctx, all)
}

// answers are those that a person gave in one file.
func (e *Editor) answers(ctx context.Context, f EditFile, tree string, like reuse.Resolution) ([]reuse.Resolution, error) {
	if !f.Text {
		return nil, nil
	}
	entry, ok, err := e.Store.Lookup(ctx, tree, f.Path)
	if err != nil || !ok || !entry.Mode.IsRegular() {
		return nil, err
	}
	result, err := e.Store.Read(ctx, entry.ID(), maxEdited)
	if errors.Is(err, git.ErrTooLarge) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m, ok, err := e.merge(ctx, *f.Sides)
	if err != nil || !ok {
		return nil, err
	}
	return reuse.Learn(m, result.Content, like), nil
}

// AbortEdit gives up the edit whose state is in dir, be it damaged. What was
// typed in its worktree is gone.
func AbortEdit(dir string) (EditStatus, error) {
	e := &Editor{Dir: dir}
	st, err := e.underWay()
	if err != nil && !errors.Is(err, errDamaged) {
		return EditStatus{}, err
	}
	s := EditStatus{State: EditAborted}
	if st != nil {
		s.Fix, s.Target, s.Step = st.Fix, st.Target, len(st.Done)
	}
	return s, forget(dir)
}
