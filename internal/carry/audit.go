package carry

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gate"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/pick"
)

// auditCheck is the check that says that a pick could not be repeated.
const auditCheck = "audit"

// maxAuditFindings bounds how many deviations of one backport are findings each.
const maxAuditFindings = 100

// Audit repeats the pick of v.Original on what the backport stands on, with
// git's merge and no rung above it, and says in v.Audit where the backport is
// other than that and whether its message declares it. Undeclared deviations
// are findings, as is all that the gates without a build say of the backport's
// own tree; both are added to v.Findings. Without an original nothing is done.
//
// Several goroutines may not audit with one Carrier at once.
//
// A backport with one commit for each step of the original is repeated step by
// step, each on the commit before it; any other as a whole. The error is for
// what stops everything: what the repository lacks makes the audit unknown.
func (c *Carrier) Audit(ctx context.Context, v *backport.Verification) error {
	if v.Original == nil || len(v.Original.Steps) == 0 || len(v.Commits) == 0 {
		return nil
	}
	if err := c.survey(ctx, v.Commits...); err != nil {
		return fmt.Errorf("audit: read history: %w", err)
	}
	for _, s := range v.Original.Steps {
		if s.Origin == "" {
			continue // a patch has no commit there
		}
		// What others made of it is looked up by its id; it may lack, as may more.
		if err := ofAll(ctx, c.survey(ctx, s.Origin)); err != nil {
			return fmt.Errorf("audit: read history: %w", err)
		}
	}
	a := &auditor{c: c, v: v, trees: git.NewTrees(c.Store, treesKept)}
	audit, err := a.audit(ctx)
	switch {
	case errors.Is(err, errItself):
		audit = backport.Audit{State: backport.Unrepeated, Detail: err.Error()}
	case err == nil:
	case ofAll(ctx, err) != nil:
		return fmt.Errorf("audit: %w", ofAll(ctx, err))
	default:
		audit = backport.Audit{State: backport.Unrepeated, Detail: err.Error()}
	}
	v.Audit = &audit
	v.Findings = append(v.Findings, undeclared(audit, v)...)
	return c.gates(ctx, v)
}

// gates adds what the checks without a build say of the backport's own tree.
func (c *Carrier) gates(ctx context.Context, v *backport.Verification) error {
	found, err := inquire(ctx, c.checks(), gate.Question{
		Pick: backport.Pick{Fix: *v.Original, Target: v.Target, Outcome: backport.Proposed, Tree: v.Tree}, Own: v.Commits,
	})
	if err != nil {
		return err
	}
	c.checks().Save()
	v.Findings = append(v.Findings, found...)
	return nil
}

// survey reads what all branches say, once, and what more there is. The branches
// alone are what counts as carried before, whether or not the index knew the
// rest: what it knows depends on what was asked of it some other day.
func (c *Carrier) survey(ctx context.Context, commits ...string) error {
	if c.Index == nil {
		return nil
	}
	if c.tips == nil {
		if err := c.learnBranches(ctx); err != nil {
			return err
		}
	}
	open := slices.DeleteFunc(slices.Clone(commits), c.Index.Known)
	if len(open) == 0 {
		return nil
	}
	if err := c.Index.Update(ctx, open); err != nil {
		return err
	}
	return c.Index.Update(ctx, c.tips)
}

// An auditor compares one backport with its original.
type auditor struct {
	c *Carrier
	v *backport.Verification

	trees      *git.Trees
	quick, ask *pick.Engine
}

// A stretch is a part of a backport that is repeated as one.
type stretch struct {
	steps []backport.Step
	// onto and tree are the trees before and after it in the backport.
	onto, tree string
	// words are what the messages of its commits declare.
	words []said
	// commit is the only commit in it; "" for several.
	commit string
}

// errItself says that there is nothing to compare with.
var errItself = errors.New("the original is a commit of the backport itself")

func (a *auditor) audit(ctx context.Context) (backport.Audit, error) {
	if slices.ContainsFunc(a.v.Original.Steps, func(s backport.Step) bool { return slices.Contains(a.v.Commits, s.Commit) }) {
		return backport.Audit{}, errItself
	}
	a.quick = pick.New(a.c.Store, pick.Options{Jobs: a.c.Jobs, Write: true, Draft: true, CustomDriver: a.c.customDriver(ctx)})
	a.ask = pick.New(a.c.Store, pick.Options{Jobs: a.c.Jobs, AskGit: true, Write: true, CustomDriver: a.c.customDriver(ctx)})
	whole, parts, err := a.stretches(ctx)
	if err != nil {
		return backport.Audit{}, err
	}
	r, err := a.repeat(ctx, a.quick, whole.steps, whole.onto)
	if err != nil && len(parts) == 0 {
		return backport.Audit{}, err
	}
	if err == nil && r.clean && r.tree == whole.tree {
		outcome := backport.Clean
		if r.tree == whole.onto {
			outcome = backport.Present
		}
		return backport.Audit{State: backport.Faithful, Outcome: outcome, Expected: r.tree}, nil
	}
	if len(parts) == 0 {
		parts = []stretch{whole}
	}
	out := backport.Audit{State: backport.Faithful, Outcome: backport.Clean}
	for _, s := range parts {
		one, err := a.stretch(ctx, s)
		if err != nil {
			return backport.Audit{}, err
		}
		if one.clean {
			out.Expected = one.tree
		} else {
			out.Outcome, out.Expected = backport.Conflict, ""
		}
		for _, d := range one.deviations {
			if out.State == backport.Faithful {
				out.State = backport.Declared
			}
			if d.By == "" {
				out.State = backport.Deviates
			}
		}
		out.Deviations = append(out.Deviations, one.deviations...)
	}
	if out.Outcome == backport.Conflict {
		out.Expected = ""
	}
	return out, nil
}

// stretches cuts the backport up: as a whole and, where it has as many commits
// as its original, into these.
func (a *auditor) stretches(ctx context.Context) (whole stretch, parts []stretch, err error) {
	target, err := a.c.Store.Commit(ctx, a.v.Target.Commit)
	if err != nil {
		return whole, nil, err
	}
	steps := a.v.Original.Steps
	whole = stretch{steps: steps, onto: target.Tree, tree: a.v.Tree}
	var originals []string
	for _, s := range steps {
		c, err := a.c.Store.Commit(ctx, s.Commit)
		if err != nil {
			return whole, nil, err
		}
		originals = append(originals, string(c.Message))
	}
	if len(a.v.Commits) == 1 {
		whole.commit = a.v.Commits[0]
	}
	single := len(steps) > 1 && len(steps) == len(a.v.Commits)
	onto := target.Tree
	for i, id := range a.v.Commits {
		commit, err := a.c.Store.Commit(ctx, id)
		if err != nil {
			return whole, nil, err
		}
		words := said{declarations: declared(string(commit.Message), originals)}
		if single {
			parts = append(parts, stretch{steps: steps[i : i+1], onto: onto, tree: commit.Tree, words: []said{words}, commit: id})
			onto = commit.Tree
			continue
		}
		if words.touched, err = a.touched(ctx, commit); err != nil {
			return whole, nil, err
		}
		whole.words = append(whole.words, words)
	}
	return whole, parts, nil
}

// touched are the paths that one of several commits changes.
func (a *auditor) touched(ctx context.Context, commit git.Commit) (map[string]bool, error) {
	if len(a.v.Commits) == 1 || len(commit.Parents) == 0 {
		return nil, nil
	}
	parent, err := a.c.Store.Commit(ctx, commit.Parents[0])
	if err != nil {
		return nil, err
	}
	changes, err := treeChanges(ctx, a.trees, parent.Tree, commit.Tree, maxAuditPaths)
	paths := make(map[string]bool, len(changes))
	for _, ch := range changes {
		paths[ch.Path] = true
	}
	return paths, err
}

// A repeated is what came of picking steps again.
type repeated struct {
	clean bool
	// tree is git's result; where it is not clean, with the markers of git in
	// the files that conflict.
	tree       string
	conflicts  []backport.File
	deviations []backport.Deviation
}

// stretch repeats a part with git itself and compares it.
func (a *auditor) stretch(ctx context.Context, s stretch) (repeated, error) {
	r, err := a.repeat(ctx, a.ask, s.steps, s.onto)
	if err != nil {
		return r, err
	}
	cmp := &comparison{trees: a.trees, conflicts: r.conflicts}
	if r.deviations, err = cmp.compare(ctx, r.tree, s.tree); err != nil {
		return r, err
	}
	open := false
	for i := range r.deviations {
		d := &r.deviations[i]
		declare(s.words, d)
		d.NoConflict = d.By == byConflicts && !slices.ContainsFunc(r.conflicts, func(f backport.File) bool { return f.Path == d.Path })
		open = open || d.By == "" || d.NoConflict
	}
	if open {
		err = a.handedOn(ctx, s, r.deviations)
	}
	if cmp.more != "" { // nobody has looked at it
		r.deviations = append(r.deviations, backport.Deviation{Path: cmp.more, Kind: deviationChanged, Actual: "this path and all behind it: too many to be compared"})
	}
	return r, err
}

// handedOn declares what a backport took over from a backport on another branch:
// its message names that as well, and the pick of it gives this very tree. What
// it decided is the other's to declare, and so are the conflicts it had.
func (a *auditor) handedOn(ctx context.Context, s stretch, deviations []backport.Deviation) error {
	if s.commit == "" || a.c.Index == nil {
		return nil
	}
	for _, hop := range a.c.Index.Origins(s.commit, 0) {
		parents := a.c.Index.Parents(hop)
		if len(parents) != 1 || !a.c.settled.has(hop) || slices.ContainsFunc(s.steps, func(s backport.Step) bool { return s.Commit == hop }) {
			continue
		}
		r, err := a.merge(ctx, a.quick, backport.Step{Commit: hop, Base: parents[0]}, s.onto)
		if err != nil {
			return err
		}
		if !r.clean || r.tree != s.tree {
			continue
		}
		for i := range deviations {
			if d := &deviations[i]; d.By == "" || d.NoConflict {
				d.Declared, d.By, d.NoConflict = "picked from "+hop+", which has it so", byNote, false
			}
		}
		return nil
	}
	return nil
}

// repeat picks steps one after the other. Where one but the last conflicts, all
// are tried as one change: what follows has nothing to stand on.
func (a *auditor) repeat(ctx context.Context, engine *pick.Engine, steps []backport.Step, onto string) (repeated, error) {
	tree := onto
	for i, s := range steps {
		r, err := a.merge(ctx, engine, s, tree)
		if err != nil {
			return repeated{}, err
		}
		if !r.clean && i+1 < len(steps) {
			one, err := a.squash(ctx, engine, steps)
			if err != nil {
				return repeated{}, err
			}
			return a.merge(ctx, engine, one, onto)
		}
		if tree = r.tree; !r.clean {
			return r, nil
		}
	}
	return repeated{clean: true, tree: tree}, nil
}

func (a *auditor) merge(ctx context.Context, engine *pick.Engine, s backport.Step, onto string) (repeated, error) {
	results, err := engine.Merge(ctx, []pick.Request{{Commit: s.Commit, Base: s.Base, Onto: onto, Write: true}})
	if err != nil {
		return repeated{}, err
	}
	r := results[0]
	if r.Err != nil {
		return repeated{}, r.Err
	}
	out := repeated{clean: r.Clean, tree: r.Tree}
	if !r.Clean {
		out.tree = r.Left
		for _, f := range r.Files {
			if f.Outcome == backport.Conflict {
				out.conflicts = append(out.conflicts, f)
			}
		}
	}
	return out, nil
}

// squash makes one step of several.
func (a *auditor) squash(ctx context.Context, engine *pick.Engine, steps []backport.Step) (backport.Step, error) {
	one := steps[0]
	for _, s := range steps[1:] {
		if s.Base == one.Commit {
			one.Commit = s.Commit
			continue
		}
		c, err := a.c.Store.Commit(ctx, one.Commit)
		if err != nil {
			return one, err
		}
		r, err := a.merge(ctx, engine, s, c.Tree)
		if err != nil {
			return one, err
		}
		if !r.clean {
			return one, errors.New("a step conflicts on the target, and the steps do not follow one another on the source")
		}
		if one.Commit, err = a.c.Store.Trial(r.tree, one.Base); err != nil {
			return one, err
		}
	}
	return one, nil
}

// undeclared are the findings about deviations that nobody declares.
func undeclared(audit backport.Audit, v *backport.Verification) []backport.Finding {
	var out []backport.Finding
	more := 0
	for _, d := range audit.Deviations {
		if d.By != "" {
			continue
		}
		if len(out) == maxAuditFindings {
			more++
			continue
		}
		out = append(out, backport.Finding{
			Check: backport.CheckUndeclared, Severity: backport.Error, Path: d.Path, Line: d.Line, Commit: v.Original.ID(), Text: deviationText(d),
		})
	}
	if more > 0 {
		out = append(out, backport.Finding{Check: backport.CheckUndeclared, Severity: backport.Error, Commit: v.Original.ID(), Text: fmt.Sprintf("%d more places differ from git's merge without a word", more)})
	}
	if audit.State == backport.Unrepeated {
		out = append(out, backport.Finding{Check: auditCheck, Severity: backport.Warning, Commit: v.Original.ID(), Text: "the pick could not be repeated: " + audit.Detail})
	}
	return out
}

// deviationText says what is wrong at a place and what would mend it.
func deviationText(d backport.Deviation) string {
	switch d.Kind {
	case deviationConflict:
		return "git cannot merge this place, so somebody decided it, and the message does not say that: name the file in a Conflicts: paragraph"
	case deviationAdded:
		return "the pick repeated does not bring this file, and the message does not say why it is here"
	case deviationRemoved:
		return "the pick repeated has this file, and the message does not say why it is gone"
	case deviationMode:
		return "the pick repeated gives this file another mode, and the message does not say why"
	}
	return "git's merge has other text here, and the message does not say that it was changed"
}

// learnBranches brings the index up to all branches.
func (c *Carrier) learnBranches(ctx context.Context) error {
	tips, err := c.branchTips(ctx)
	if err != nil {
		return err
	}
	if err := c.Index.Update(ctx, tips); err != nil {
		return err
	}
	c.tips = tips
	return nil
}
