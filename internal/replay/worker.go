package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/pick"
)

// worker has engines of its own, so that what one batch keeps is not thrown
// away for another.
type worker struct {
	*Judge
	quick *pick.Engine
	// exact stores its trees. Most results are equal to what people committed,
	// or are no trees; only the others have to be read.
	exact   *pick.Engine
	climber *carry.Climber // nil where conflicts stay
}

// memory bounds the trees that all engines keep together, in bytes.
const memory = 256 << 20

func (j *Judge) worker() *worker {
	opts := pick.Options{Jobs: 1, CustomDriver: j.opts.CustomDriver, Memory: memory * 3 / 4 / j.opts.Jobs}
	writing := opts
	writing.Write, writing.Memory = true, memory/4/j.opts.Jobs
	w := &worker{Judge: j, exact: pick.New(j.store, writing)}
	opts.Write, opts.Draft = j.opts.Gates, j.opts.Gates // the gates read what the results are
	w.quick = pick.New(j.store, opts)
	if j.opts.Model != nil {
		w.climber = j.climber(j.opts.Model, j.opts.Experience)
	}
	return w
}

// run fills in the results of a batch.
func (w *worker) run(ctx context.Context, b *batch) error {
	start := time.Now()
	b.results = make([]Result, len(b.cases))
	expected, err := w.expected(ctx, b.cases)
	if err != nil {
		return err
	}
	var jobs []pick.Job
	var at []int // the result of each job
	for i, c := range b.cases {
		b.results[i] = newResult(c)
		job, err := w.lay(ctx, c, expected[c.Expected], &b.results[i])
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case fatal(err):
			return err
		case err != nil:
			b.results[i].fail(err)
		default:
			jobs, at = append(jobs, job), append(at, i)
		}
	}
	var gateMS []float64
	picks, err := w.quick.Picks(ctx, jobs, w.known())
	if err == nil {
		gateMS, err = w.look(ctx, jobs, picks)
	}
	if err != nil {
		return err
	}
	var again []pick.Job // whose trees are known by their ids only
	var inexact []*Result
	for k, p := range picks {
		r := &b.results[at[k]]
		r.GateMS = gateMS[k]
		if r.take(p); !r.different() {
			continue
		}
		inexact = append(inexact, r)
		if p.Outcome == backport.Clean && p.Engine == "memory" && !w.opts.Gates {
			again = append(again, jobs[k])
		}
	}
	if err := w.compare(ctx, again, inexact); err != nil {
		return err
	}
	each := float64(time.Since(start).Microseconds()) / 1000 / float64(len(b.cases))
	for i := range b.results {
		b.results[i].MS = each
	}
	return nil
}

// expected reads what people committed, by id. What is no commit is left out.
func (w *worker) expected(ctx context.Context, cases []Case) (map[string]git.Commit, error) {
	found := map[string]git.Commit{}
	seen := map[string]bool{"": true}
	var known []string // to be commits
	for _, c := range cases {
		if seen[c.Expected] || !git.IsID(c.Expected) {
			continue
		}
		seen[c.Expected] = true
		if w.index != nil && w.index.Known(c.Expected) {
			known = append(known, c.Expected)
			continue
		}
		commit, err := w.store.Commit(ctx, c.Expected)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case fatal(err):
			return nil, err
		case err == nil:
			found[c.Expected] = commit
		}
	}
	err := w.store.ReadAll(ctx, known, func(i int, o git.Object) error {
		if o.Kind != "commit" {
			return nil // the index is older than the loss of this object
		}
		if c, err := git.ParseCommit(known[i], o.Content); err == nil {
			found[c.ID] = c
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what was expected: %w", err)
	}
	return found, nil
}

// lay turns a case into a job for the engine.
func (w *worker) lay(ctx context.Context, c Case, expected git.Commit, r *Result) (pick.Job, error) {
	if !git.IsID(c.Fix) || !git.IsID(c.Onto) {
		return pick.Job{}, fmt.Errorf("read the case: %.80q and %.80q are no full commit ids", c.Fix, c.Onto)
	}
	base, err := w.base(ctx, c.Fix)
	if err != nil {
		return pick.Job{}, fmt.Errorf("read the fix: %w", err)
	}
	if w.index == nil || !w.index.Known(c.Onto) {
		if _, err := w.store.Commit(ctx, c.Onto); err != nil {
			return pick.Job{}, fmt.Errorf("read what it goes onto: %w", err)
		}
	}
	job := pick.Job{
		Fix:    backport.Fix{Name: c.Fix, Slug: c.Fix[:12], Steps: []backport.Step{{Commit: c.Fix, Base: base, Origin: c.Fix}}},
		Target: backport.Target{Name: c.Onto, Commit: c.Onto},
	}
	switch {
	case c.Expected == "":
	case expected.ID == "":
		return job, fmt.Errorf("read what was expected: this repository lacks the commit %s", c.Expected)
	default:
		r.ExpectedTree = &expected.Tree
		job.Before = git.When(expected.Committer)
	}
	return job, nil
}

// base is the commit before a fix, "" for none; for a merge the first parent,
// so that the fix is what it brought to its mainline. The index knows parents
// as the installed git shows them.
func (w *worker) base(ctx context.Context, fix string) (string, error) {
	var parents []string
	if w.index != nil && w.index.Known(fix) {
		parents = w.index.Parents(fix)
	} else {
		c, err := w.store.Commit(ctx, fix)
		if err != nil {
			return "", err
		}
		parents = c.Parents
	}
	switch {
	case len(parents) > 0:
		return parents[0], nil
	case w.store.Boundary(fix):
		return "", fmt.Errorf("history ends at %s (a shallow clone): what it changed is not known", fix)
	}
	return "", nil
}

// known is the index as package pick wants it: no index is no interface.
func (w *worker) known() pick.History {
	if w.index == nil {
		return nil
	}
	return w.index
}

// compare settles CodeExact for results that are not what people committed.
// again are the jobs whose trees have to be written first.
func (w *worker) compare(ctx context.Context, again []pick.Job, inexact []*Result) error {
	if len(again) > 0 {
		// What history knows was asked already: these fixes are not present.
		if _, err := w.exact.Picks(ctx, again, nil); err != nil {
			return err
		}
	}
	for _, r := range inexact {
		same, err := sameWhere(ctx, w.store, *r.Tree, *r.ExpectedTree, codePath)
		if same && err == nil { // documentation is no code
			r.Right, err = sameWhere(ctx, w.store, *r.Tree, *r.ExpectedTree, func(p string) bool { return !adapt.Documentation(p) })
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case fatal(err):
			return err
		case err != nil:
			r.CodeExact = nil // nobody can say
		default:
			r.CodeExact = &same
		}
	}
	return nil
}

// fatal reports whether an error concerns all cases.
func fatal(err error) bool { return errors.Is(err, git.ErrNoGit) || errors.Is(err, git.ErrTooOld) }
