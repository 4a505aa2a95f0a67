package carry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/adapt/reuse"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/pick"
)

// Editor has a person resolve what stands between one fix and one target. An
// edit goes step by step: what merges is merged, and what does not is laid out
// in a worktree of its own; when that is resolved the rest follows, and in the
// end the result branch and the answers are written. There is at most one edit
// for each Dir, and it survives the process.
type Editor struct {
	Repo *git.Repo
	// Store must borrow the objects of the edit that is under way, see
	// EditObjects.
	Store *git.Store
	// Index is what is known of the history; nil to ask contents alone.
	Index *history.Index
	// Dir is the folder for the state, an absolute path.
	Dir string
	// Adapt takes a step that git cannot merge up the ladder; nil for none.
	Adapt func(ctx context.Context, step backport.Step, target, onto string) (Adapted, error)
	// Gates has the result checked without a build.
	Gates bool
}

// Adapted is what the ladder makes of one step.
type Adapted struct {
	// Outcome is Resolved, Proposed or Conflict; in the last case the rest is
	// empty.
	Outcome backport.Outcome
	Tree    string
	Files   []backport.File
}

// EditStatus says where an edit is.
type EditStatus struct {
	// State is EditOpen, EditDone or EditAborted.
	State  string          `json:"state"`
	Fix    backport.Fix    `json:"fix"`
	Target backport.Target `json:"target"`
	// Worktree is the folder where Open is to be resolved; empty when the edit
	// is over.
	Worktree string `json:"worktree,omitempty"`
	// Step is the index of the step it is at.
	Step int        `json:"step"`
	Open []EditFile `json:"open,omitempty"`
	// Untracked are files of the worktree that are in no commit unless git add
	// says so.
	Untracked []string `json:"untracked,omitempty"`
	// Pick is the result when the edit is over, or when its branch was refused.
	Pick *backport.Pick `json:"-"`
	// Answers is how many answers were kept for reuse.
	Answers int `json:"answers,omitempty"`
}

// The states of an edit.
const (
	EditOpen    = "open"
	EditDone    = "done"
	EditAborted = "aborted"
)

// Left counts the files that are not resolved.
func (s EditStatus) Left() int {
	n := 0
	for _, f := range s.Open {
		if f.Left != "" {
			n++
		}
	}
	return n
}

const worktreePrefix = "worktree-"

// EditObjects is the object store of the edit that is under way in dir, for
// git.Options.Borrow; "" if there is none.
func EditObjects(dir string) (string, error) {
	st, err := loadEdit(dir)
	if err != nil || st == nil {
		return "", err
	}
	return filepath.Join(dir, st.Worktree, ".git", "objects"), nil
}

// Begin starts an edit. Nothing may be left to resolve: then it is over at
// once.
func (e *Editor) Begin(ctx context.Context, fix backport.Fix, target backport.Target, o Order) (EditStatus, error) {
	now, err := loadEdit(e.Dir)
	if err != nil {
		return EditStatus{}, err
	}
	if now != nil {
		return EditStatus{}, &backport.InputError{
			What: fmt.Sprintf("an edit is under way already: %s on %s, in %s", now.Fix.Name, now.Target.Name, filepath.Join(e.Dir, now.Worktree)),
			Hint: "go on with it with --continue, or give it up with --abort",
		}
	}
	if err := os.MkdirAll(e.Dir, 0o700); err != nil {
		return EditStatus{}, fmt.Errorf("begin an edit: %w", err)
	}
	if err := now.tidy(e.Dir); err != nil {
		return EditStatus{}, err
	}
	tip, err := e.Store.Commit(ctx, target.Commit)
	if err != nil {
		return EditStatus{}, fmt.Errorf("begin an edit: %w", err)
	}
	st := &editState{
		Fix: fix, Target: target, Tree: tip.Tree, Head: tip.ID, Present: make([]bool, len(fix.Steps)),
		Order: editOrder{Force: o.Force, SignOff: o.SignOff, Proposed: o.Proposed, GitOnly: o.GitOnly, Look: o.Look, Style: o.Style},
	}
	if err := e.present(ctx, st); err != nil {
		return EditStatus{}, err
	}
	return e.advance(ctx, st)
}

// present asks history which steps the target has.
func (e *Editor) present(ctx context.Context, st *editState) error {
	if e.Index == nil {
		return nil
	}
	var pairs []history.Pair
	var of []int
	for i, s := range st.Fix.Steps {
		if s.Origin != "" {
			pairs, of = append(pairs, history.Pair{Target: st.Target.Commit, Query: history.Query{Fix: s.Origin, Base: s.Base}}), append(of, i)
		}
	}
	there, err := e.Index.PresentPairs(ctx, pairs)
	if err != nil {
		return fmt.Errorf("look for steps that are there already: %w", err)
	}
	for n, p := range there {
		st.Present[of[n]] = p != nil
	}
	return nil
}

// advance goes on until a person is needed or all is done.
func (e *Editor) advance(ctx context.Context, st *editState) (EditStatus, error) {
	engine := pick.New(e.Store, pick.Options{Jobs: 1, AskGit: true, Write: true, CustomDriver: func(name string) bool {
		return e.Repo.Config(ctx, "merge."+name+".driver") != ""
	}})
	for len(st.Done) < len(st.Fix.Steps) {
		step := st.Fix.Steps[len(st.Done)]
		results, err := engine.Merge(ctx, []pick.Request{{Commit: step.Commit, Base: step.Base, Onto: st.Tree}})
		if err == nil {
			err = results[0].Err
		}
		if err != nil {
			return EditStatus{}, fmt.Errorf("pick %s: %w", step.Commit, err)
		}
		r := results[0]
		adapted := Adapted{Outcome: backport.Conflict}
		// A step that history says is there stays away, unless all of it is
		// gone from the files: package pick has the same rule.
		there := st.Present[len(st.Done)] && (!r.Clean || slices.ContainsFunc(r.Files, func(f backport.File) bool { return f.Outcome != backport.Clean }))
		switch {
		case there:
			r.Tree, r.Files = st.Tree, nil
		case r.Clean:
		case e.Adapt != nil && !st.Order.GitOnly:
			if adapted, err = e.Adapt(ctx, step, st.Target.Commit, st.Tree); err != nil {
				return EditStatus{}, err
			}
			if st.Order.Look && adapted.Outcome == backport.Resolved {
				adapted.Outcome = backport.Proposed
			}
		}
		switch {
		case there || r.Clean:
			err = e.done(ctx, st, editStep{Tree: r.Tree, Files: r.Files})
		case adapted.Outcome == backport.Resolved || adapted.Outcome == backport.Proposed && st.Order.Proposed:
			err = e.done(ctx, st, editStep{Tree: adapted.Tree, Files: adapted.Files})
		default:
			return e.layOut(ctx, st, r, adapted)
		}
		if err != nil {
			return EditStatus{}, err
		}
	}
	return e.finish(ctx, st)
}

// done ends the step that the edit is at.
func (e *Editor) done(ctx context.Context, st *editState, s editStep) error {
	if s.Tree != st.Tree {
		c, err := e.Store.Commit(ctx, st.Fix.Steps[len(st.Done)].Commit)
		if err == nil { // so that git log in the worktree tells what is there
			c.Tree, c.Parents = s.Tree, []string{st.Head}
			st.Head, err = e.Store.Write("commit", c.Encode())
		}
		if err != nil {
			return fmt.Errorf("end a step: %w", err)
		}
	}
	st.Tree, st.Done = s.Tree, append(st.Done, s)
	return nil
}

// layOut prepares the worktree for a step and keeps the state.
func (e *Editor) layOut(ctx context.Context, st *editState, r pick.Result, adapted Adapted) (EditStatus, error) {
	if r.Left == "" {
		return EditStatus{}, unmerged(r, st.Fix.Steps[len(st.Done)].Commit)
	}
	old := st.Worktree
	n := len(st.Done)
	step := st.Fix.Steps[n]
	b := git.Bench{Head: st.Head, Tree: r.Left, Files: map[string][]byte{}}
	if adapted.Outcome == backport.Proposed {
		b.Tree = adapted.Tree
	}
	known, err := reuse.Open(ctx, e.Repo, e.Store)
	if err != nil {
		return EditStatus{}, err
	}
	if records, err := reuse.Rerere(e.Repo); err == nil { // they are a help, not a condition
		known.Hold(records...)
	}
	theirs, err := e.Store.Commit(ctx, step.Commit)
	if err != nil {
		return EditStatus{}, err
	}
	words := labels{ours: word(st.Target.Name), base: "before " + git.ShortID(step.Commit), theirs: git.ShortID(step.Commit) + " " + word(theirs.Subject())}
	st.Open, st.Files = nil, nil
	for _, f := range r.Files {
		b.Show = append(b.Show, f.Path)
		if f.Outcome != backport.Conflict {
			st.Files = append(st.Files, f)
			continue
		}
		mode, err := e.mode(ctx, b.Tree, f.Path)
		if err != nil {
			return EditStatus{}, err
		}
		open, text, err := e.openFile(ctx, known, f, mode.IsRegular(), words)
		if err != nil {
			return EditStatus{}, fmt.Errorf("lay out %s: %w", f.Path, err)
		}
		if i := slices.IndexFunc(adapted.Files, func(a backport.File) bool { return a.Path == f.Path && a.Rung != "git" }); i >= 0 {
			open.Proposed, text = adapted.Files[i].Rung, nil
		}
		if text != nil {
			b.Files[f.Path] = text
		}
		stages, err := e.stages(ctx, f, mode)
		if err != nil {
			return EditStatus{}, err
		}
		b.Stages, st.Open = append(b.Stages, stages...), append(st.Open, open)
	}
	if b.Have, b.Keep, err = e.known(ctx, st); err != nil {
		return EditStatus{}, err
	}
	st.Merged, st.Worktree = b.Tree, fmt.Sprintf("%s%d", worktreePrefix, n+1)
	dir := filepath.Join(e.Dir, st.Worktree)
	if err := os.RemoveAll(dir); err != nil { // of an attempt that was cut off
		return EditStatus{}, fmt.Errorf("lay out a worktree: %w", err)
	}
	w, err := e.Repo.NewWorkbench(ctx, e.Store, dir, b)
	if err != nil {
		return EditStatus{}, errors.Join(err, os.RemoveAll(dir))
	}
	if err := st.save(e.Dir); err != nil {
		return EditStatus{}, err
	}
	s, err := e.status(ctx, st, w)
	if err == nil && old != "" {
		err = st.tidy(e.Dir) // the store reads from the old worktree to the end
	}
	return s, err
}

// mode is what a tree has at a path; a plain file's where it has nothing.
func (e *Editor) mode(ctx context.Context, tree, path string) (git.Mode, error) {
	entry, ok, err := e.Store.Lookup(ctx, tree, path)
	if err != nil || !ok {
		return git.ModeFile, err
	}
	return entry.Mode, nil
}

// stages are the sides of a path for the index. git told their ids alone; a
// side that is no blob is a submodule's commit.
func (e *Editor) stages(ctx context.Context, f backport.File, mode git.Mode) ([]git.Stage, error) {
	if f.Sides == nil {
		return nil, nil
	}
	if mode == git.ModeTree {
		mode = git.ModeFile // a folder is in the way
	}
	var out []git.Stage
	for i, id := range []string{f.Sides.Base, f.Sides.Ours, f.Sides.Theirs} {
		if id == "" {
			continue
		}
		side := mode
		kind, _, err := e.Store.Info(ctx, id)
		var missing *git.MissingError
		switch {
		case errors.As(err, &missing), err == nil && kind == "commit":
			side = git.ModeGitlink
		case err != nil:
			return nil, err
		case side == git.ModeGitlink:
			side = git.ModeFile
		}
		out = append(out, git.Stage{Mode: side, ID: id, N: i + 1, Path: f.Path})
	}
	return out, nil
}

// known divides the commits of an edit: those that the user's repository has,
// and those that only the store has, as when the fix came as a patch.
func (e *Editor) known(ctx context.Context, st *editState) (have, keep []string, err error) {
	ids := []string{st.Target.Commit}
	for _, s := range st.Fix.Steps {
		for _, id := range []string{s.Base, s.Commit} {
			if id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	there, err := e.Repo.RefValues(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		if there[id] == id {
			have = append(have, id)
		} else {
			keep = append(keep, id)
		}
	}
	return have, keep, nil
}

// status says where the edit is.
func (e *Editor) status(ctx context.Context, st *editState, w *git.Workbench) (EditStatus, error) {
	s := EditStatus{State: EditOpen, Fix: st.Fix, Target: st.Target, Worktree: w.Dir, Step: len(st.Done), Open: st.Open}
	if _, err := os.Lstat(w.Dir); errors.Is(err, fs.ErrNotExist) {
		return s, &backport.InputError{What: "the worktree of the edit is gone: " + w.Dir, Hint: "give the edit up with --abort"}
	}
	if err := e.look(ctx, w, s.Open); err != nil {
		return s, err
	}
	var err error
	s.Untracked, err = w.Untracked(ctx)
	return s, err
}

// word is text of unknown origin behind a conflict marker: in one line.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
