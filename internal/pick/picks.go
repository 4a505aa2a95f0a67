package pick

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
)

// Job is one Fix to try on one Target.
type Job struct {
	Fix    backport.Fix
	Target backport.Target
	// Before hides what was committed later from every question about history:
	// seconds since 1970, 0 for no bound. Replay judges with it.
	Before int64
}

// History tells what a target has already.
type History interface {
	// PresentPairs answers for each pair whether the target's history carries
	// the fix still; nil where nothing there says so.
	PresentPairs(ctx context.Context, pairs []history.Pair) ([]*backport.Presence, error)
}

// Picks tries every job and returns one Pick for each, in order. known may
// be nil: then only content tells what is there already.
//
// The steps of a fix are applied one after the other, each to the tree that
// the one before left; all jobs go through a step together, so that what they
// share is done once.
func (e *Engine) Picks(ctx context.Context, jobs []Job, known History) ([]backport.Pick, error) {
	if e.opts.Brief && slices.ContainsFunc(jobs, func(j Job) bool { return len(j.Fix.Steps) > 1 }) {
		return nil, errors.New("pick: the steps of a fix build on one another's trees, which a brief answer does not store")
	}
	runs := make([]*run, len(jobs))
	for i, j := range jobs {
		runs[i] = &run{job: j, pick: backport.Pick{Fix: j.Fix, Target: j.Target}}
	}
	if err := e.targets(ctx, runs); err != nil {
		return nil, err
	}
	if known != nil {
		if err := present(ctx, runs, known); err != nil {
			return nil, err
		}
	}
	for step := 0; ; step++ {
		var open []*run
		var requests []Request
		for _, r := range runs {
			if r.over || step >= len(r.job.Fix.Steps) {
				continue
			}
			if r.has(step) && (e.opts.Brief || r.there[step].How == "ancestor") {
				r.pick.StepTrees = append(r.pick.StepTrees, r.tree)
				continue
			}
			s := r.job.Fix.Steps[step]
			open = append(open, r)
			last := step == len(r.job.Fix.Steps)-1
			requests = append(requests, Request{Commit: s.Commit, Base: s.Base, Onto: r.tree, Write: !last})
		}
		if len(open) == 0 && !pending(runs, step) {
			break
		}
		results, err := e.Merge(ctx, requests)
		if err != nil {
			return nil, err
		}
		for i, r := range open {
			undone := false
			if r.has(step) {
				if undone, err = e.undone(ctx, r, step, results[i]); err != nil {
					return nil, fmt.Errorf("look for %s on %s: %w", r.job.Fix.Steps[step].Commit, r.job.Target.Name, err)
				}
			}
			if r.has(step) && !undone {
				r.pick.StepTrees = append(r.pick.StepTrees, r.tree)
				continue
			}
			r.take(step, results[i])
		}
	}
	picks := make([]backport.Pick, len(runs))
	for i, r := range runs {
		picks[i] = r.finish()
	}
	return picks, nil
}

// run is a job on its way.
type run struct {
	job   Job
	pick  backport.Pick
	start string // the target's own tree
	tree  string // the tree so far
	there []*backport.Presence
	over  bool
}

// pending reports whether a run has steps after this one.
func pending(runs []*run, step int) bool {
	for _, r := range runs {
		if !r.over && step+1 < len(r.job.Fix.Steps) {
			return true
		}
	}
	return false
}

// targets finds the tree of every target.
func (e *Engine) targets(ctx context.Context, runs []*run) error {
	return e.each(ctx, len(runs), func(i int) error {
		c, err := e.commit(ctx, runs[i].job.Target.Commit)
		if err != nil {
			runs[i].fail(fmt.Errorf("read the tip of %s: %w", runs[i].job.Target.Name, err))
			return ctx.Err()
		}
		runs[i].start, runs[i].tree = c.Tree, c.Tree
		return nil
	})
}

// present asks history once, for all runs and steps.
func present(ctx context.Context, runs []*run, known History) error {
	var pairs []history.Pair
	for _, r := range runs {
		for _, s := range r.job.Fix.Steps {
			if !r.over && s.Origin != "" {
				pairs = append(pairs, history.Pair{
					Target: r.job.Target.Commit,
					Query:  history.Query{Fix: s.Origin, Before: r.job.Before, Base: s.Base},
				})
			}
		}
	}
	answers, err := known.PresentPairs(ctx, pairs)
	if err != nil {
		return fmt.Errorf("look for fixes that are there already: %w", err)
	}
	for _, r := range runs {
		r.there = make([]*backport.Presence, len(r.job.Fix.Steps))
		for i, s := range r.job.Fix.Steps {
			if !r.over && s.Origin != "" {
				r.there[i], answers = answers[0], answers[1:]
			}
		}
	}
	return nil
}

// has reports whether history says that the target has this step.
func (r *run) has(step int) bool { return r.there != nil && r.there[step] != nil }

func (r *run) fail(err error) {
	r.over = true
	r.pick.Outcome, r.pick.Error = backport.Failed, err.Error()
	var missing *git.MissingError
	if errors.As(err, &missing) {
		r.pick.Missing = missing.IDs
	}
}

// take goes on with the result of one step.
func (r *run) take(step int, got Result) {
	if got.Err != nil {
		r.fail(got.Err)
		return
	}
	if r.pick.Engine == "" || got.Engine == "git" {
		r.pick.Engine = got.Engine
	}
	r.pick.Files = JoinFiles(r.pick.Files, got.Files)
	if !got.Clean {
		r.over = true
		r.pick.Outcome, r.pick.FailedStep = backport.Conflict, step
		return
	}
	r.tree = got.Tree
	r.pick.StepTrees = append(r.pick.StepTrees, got.Tree)
}

// JoinFiles joins the paths of two steps; the later step's word counts.
func JoinFiles(a, b []backport.File) []backport.File {
	if len(a) == 0 {
		return b
	}
	later := map[string]bool{}
	for _, f := range b {
		later[f.Path] = true
	}
	var out []backport.File
	for _, f := range a {
		if !later[f.Path] {
			out = append(out, f)
		}
	}
	out = append(out, b...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

// finish settles the outcome of a run whose steps are done.
func (r *run) finish() backport.Pick {
	p := &r.pick
	if p.Outcome == backport.Failed {
		p.StepTrees = nil
	}
	if r.over {
		return *p
	}
	p.Tree = r.tree
	if r.tree != r.start {
		p.Outcome = backport.Clean
		return *p
	}
	p.Outcome, p.StepTrees = backport.Present, nil
	p.Presence = &backport.Presence{How: "content"}
	for _, there := range r.there {
		if there == nil {
			p.Presence = &backport.Presence{How: "content"}
			break
		}
		p.Presence = there
	}
	for i := range p.Files {
		p.Files[i].Outcome = backport.Present
	}
	return *p
}
