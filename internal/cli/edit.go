package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/config"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/provenance"
)

// editHelp is the part of pick's help about what is left to a person.
const editHelp = `With --edit, for one fix on one target, what conflicts is laid out in a
worktree of its own and opened in git's merge tool, if merge.tool is set, or
else in git's editor. When nothing is left the branch is written, and the
answers are kept in refs/backstay/resolutions for the next time. Without a
terminal, or with --edit=none, the worktree is prepared and named: resolve what
is in it (edit, git add, git rm), then use --continue.`

// The ways to resolve, the values of --edit.
const (
	editAuto   = "auto"
	editTool   = "tool"
	editEditor = "editor"
	editNone   = "none"
)

func (o *pickOptions) editFlags(f *pflag.FlagSet) {
	f.StringVar(&o.accept, "accept", "", "write what is only `proposed`, too; the message marks it")
	f.StringVar(&o.edit, "edit", "", "resolve what conflicts, with `[=HOW]`: auto (default), tool, editor or none")
	f.Lookup("edit").NoOptDefVal = editAuto
	f.BoolVar(&o.goOn, "continue", false, "go on after --edit, when what was left is resolved")
	f.BoolVar(&o.abandoned, "abort", false, "give up what --edit began")
}

// checkEdit checks the options that have to do with --edit.
func (o *pickOptions) checkEdit() error {
	switch {
	case o.accept != "" && o.accept != string(backport.Proposed):
		return wrongUse("", "--accept: want proposed, not %q", o.accept)
	case !slices.Contains([]string{"", editAuto, editTool, editEditor, editNone}, o.edit):
		return wrongUse("want auto, tool, editor or none", "--edit: %q", o.edit)
	case o.goOn && o.abandoned:
		return wrongUse("", "--continue and --abort exclude each other")
	case o.regenerate && (o.edit != "" || o.goOn || o.abandoned):
		return wrongUse("run the program in the worktree that --edit lays out", "--regenerate and --edit exclude each other")
	case o.abandoned && o.edit != "":
		return wrongUse("", "--abort and --edit exclude each other")
	case (o.goOn || o.abandoned) && (len(o.fixes) > 0 || o.writes() || len(o.after) > 0 || o.dryRun || o.squash || o.signOff || o.style != "" || o.mainline > 0 || o.accept != ""):
		return wrongUse("what is to be picked was said with --edit", "--continue and --abort take no fix, no target and no option that says how")
	case o.goOn || o.abandoned || o.edit == "":
		return nil
	case len(o.fixes) != 1 || len(o.to) != 1 || o.all:
		return wrongUse("do them one after the other", "--edit is for one fix on one target")
	case o.dryRun:
		return wrongUse("--patch shows what conflicts", "--edit and --dry-run exclude each other")
	}
	return nil
}

// editDir is the folder in which an edit of this repository is kept. Linked
// worktrees share it.
func (a *app) editDir(repo *git.Repo) (string, error) {
	dir, err := a.stateDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, repositoryKey(repo), "edit"), nil
}

// editor is what drives the edit of this repository.
func (w *workspace) editor() (*carry.Editor, error) {
	dir, err := w.app.editDir(w.repo)
	return &carry.Editor{Repo: w.repo, Store: w.store, Index: w.index, Dir: dir, Gates: true}, err
}

// climbing has the steps of an edit that git cannot merge taken up the ladder.
// The model is read when there is such a step.
func (w *workspace) climbing(e *carry.Editor, o *pickOptions) {
	var climber *carry.Climber
	e.Adapt = func(ctx context.Context, step backport.Step, target, onto string) (carry.Adapted, error) {
		if climber == nil {
			c := w.carrier(o)
			w.climbs(c, o)
			var err error
			if climber, err = c.Climber(ctx); err != nil {
				return carry.Adapted{}, err
			}
		}
		answers, err := climber.Climb(ctx, []carry.Climb{{Step: step, Onto: onto, Target: target}})
		if err != nil {
			return carry.Adapted{}, err
		}
		return carry.Adapted{Outcome: answers[0].Outcome, Tree: answers[0].Tree, Files: answers[0].Files}, nil
	}
}

// runEdit begins, continues or ends an edit. Each step of it has a workspace of
// its own: while a person is at work no store lies about.
func runEdit(ctx context.Context, o *pickOptions) error {
	var s carry.EditStatus
	var got answer
	var err error
	switch {
	case o.abandoned:
		return o.abort(ctx)
	case o.goOn && o.edit != "":
		s, err = o.editStatus(ctx)
	case o.goOn:
		s, err = o.proceed(ctx)
	default:
		s, got, err = o.begin(ctx)
	}
	// What was laid out just now is opened, all of it; what is left of an
	// earlier run only if that is asked for.
	for fresh := !o.goOn; o.edit != "" && err == nil && s.State == carry.EditOpen && s.Pick == nil; fresh = true {
		if fresh || s.Left() > 0 {
			how := o.how(ctx, s)
			if how == editNone {
				break
			}
			if err = o.resolve(ctx, s, how, fresh); err != nil {
				break
			}
		}
		at := s.Step
		if s, err = o.proceed(ctx); s.Step == at {
			break // something is left, or the branch was refused
		}
	}
	if err != nil {
		return err
	}
	if s.Pick != nil {
		got.Picks = []backport.Pick{*s.Pick}
	}
	return o.report(got, s)
}

// begin picks; only what then is left for a person becomes an edit.
func (o *pickOptions) begin(ctx context.Context) (s carry.EditStatus, got answer, err error) {
	w, err := o.app.open(ctx, o.fetch)
	if err != nil {
		return s, got, err
	}
	defer w.close(ctx, &err)
	style := o.style
	if style == "" {
		style = w.config.Provenance
	}
	if err := checkStyle(style, config.FileName); err != nil {
		return s, got, err
	}
	fixes, targets, _, err := w.asked(ctx, o)
	if err != nil {
		return s, got, err
	}
	if len(fixes) != 1 || len(targets) != 1 {
		return s, got, wrongUse("do them one after the other", "--edit is for one fix on one target; these are %d and %d", len(fixes), len(targets))
	}
	order := carry.Order{
		Write: true, Force: o.force, Chunks: true, Proposed: o.accept != "",
		SignOff: o.signOff || w.config.SignOff, Style: provenance.Style(style), GitOnly: o.gitOnly,
	}
	c := w.carrier(o)
	w.climbs(c, o)
	if got.Picks, err = c.Carry(ctx, fixes, targets, order); err != nil {
		return s, got, err
	}
	got.Statistics = count(got.Picks)
	p := got.Picks[0]
	if p.Outcome != backport.Conflict && p.Outcome != backport.Blocked && (p.Outcome != backport.Proposed || order.Proposed) {
		s.State = carry.EditDone
		return s, got, nil
	}
	e, err := w.editor()
	if err != nil {
		return s, got, err
	}
	lock, err := carry.LockEdit(e.Dir)
	if err != nil {
		return s, got, err
	}
	defer lock.Close()
	w.climbing(e, o)
	order.Look = p.Outcome == backport.Proposed
	s, err = e.Begin(ctx, fixes[0], targets[0], order)
	return s, got, err
}

// under runs f with a workspace that knows the edit under way, while no other
// process is at it.
func (o *pickOptions) under(ctx context.Context, f func(w *workspace, e *carry.Editor) error) (err error) {
	repo, err := git.Open(ctx, o.app.dir.path(), o.app.gitOptions(o.fetch))
	if err != nil {
		return err
	}
	dir, err := o.app.editDir(repo)
	if err != nil {
		return err
	}
	lock, err := carry.LockEdit(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	objects, err := carry.EditObjects(dir)
	if err != nil {
		return err
	}
	w, err := o.app.open(ctx, o.fetch, objects)
	if err != nil {
		return err
	}
	defer w.close(ctx, &err)
	e, err := w.editor()
	if err != nil {
		return err
	}
	w.climbing(e, o)
	return f(w, e)
}

func (o *pickOptions) editStatus(ctx context.Context) (s carry.EditStatus, err error) {
	err = o.under(ctx, func(_ *workspace, e *carry.Editor) error {
		s, _, err = e.Status(ctx)
		return err
	})
	return s, err
}

// proceed takes in what was resolved and goes on.
func (o *pickOptions) proceed(ctx context.Context) (s carry.EditStatus, err error) {
	err = o.under(ctx, func(_ *workspace, e *carry.Editor) error {
		s, err = e.Continue(ctx, o.force)
		return err
	})
	return s, err
}

// how is the way to resolve what is left.
func (o *pickOptions) how(ctx context.Context, s carry.EditStatus) string {
	switch {
	case o.edit != editAuto:
		return o.edit
	case !o.app.Interactive && o.app.getenv("GIT_EDITOR") != "":
		return editEditor // it was said, just for this
	case !o.app.Interactive:
		return editNone
	}
	repo, err := git.Open(ctx, s.Worktree, git.Options{Env: o.app.Env})
	if err == nil && repo.Config(ctx, "merge.tool") != "" {
		return editTool
	}
	return editEditor
}

// resolve opens what is left, or all if it is fresh. A tool that fails leaves
// things as they are, which is seen next.
func (o *pickOptions) resolve(ctx context.Context, s carry.EditStatus, how string, fresh bool) error {
	repo, err := git.Open(ctx, o.app.dir.path(), o.app.gitOptions(false))
	if err != nil {
		return err
	}
	var paths []string
	for _, f := range s.Open {
		if (fresh || f.Left != "") && (f.Text || how == editTool) {
			paths = append(paths, f.Path)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	w := repo.Workbench(s.Worktree)
	return o.app.attended(ctx, func(t git.Terminal) error {
		if how == editTool {
			if err := w.MergeTool(ctx, t, paths); err != nil {
				o.app.note("%v", err)
			}
			return ctx.Err()
		}
		for _, path := range paths {
			if err := w.Edit(ctx, t, path); err != nil {
				o.app.note("%v", err)
				break
			}
		}
		return ctx.Err()
	})
}

// abort gives the edit up.
func (o *pickOptions) abort(ctx context.Context) error {
	repo, err := git.Open(ctx, o.app.dir.path(), o.app.gitOptions(false))
	if err != nil {
		return err
	}
	dir, err := o.app.editDir(repo)
	if err != nil {
		return err
	}
	lock, err := carry.LockEdit(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	s, err := carry.AbortEdit(dir)
	if err != nil {
		return err
	}
	if o.json {
		return o.app.printJSON(answer{Picks: []backport.Pick{}, Edit: &s})
	}
	o.app.note("%s on %s was given up; nothing was written", strings.TrimSpace(short(s.Fix.Name)), s.Target.Name)
	return nil
}

// stateDir is the folder for what must outlive a command: that of the XDG Base
// Directory Specification, or on Windows that for local data.
func (a *app) stateDir() (string, error) {
	if dir := a.getenv("BACKSTAY_STATE"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := a.getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "backstay"), nil
	}
	if dir := a.getenv("LocalAppData"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "backstay", "state"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return "", errors.New("there is no folder to keep the edit in: set HOME or BACKSTAY_STATE")
	}
	return filepath.Join(home, ".local", "state", "backstay"), nil
}
