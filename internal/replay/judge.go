package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/pick"
)

// Judge tries cases and compares the results with what people committed.
type Judge struct {
	store *git.Store
	known pick.History
	opts  Options
}

// Options say how a Judge works.
type Options struct {
	// Jobs is how many batches are worked on at once, at least 1.
	Jobs int
	// CustomDriver reports whether the user's git defines a merge driver of
	// this name (pick.Options).
	CustomDriver func(name string) bool
}

// batchSize is how many cases are picked together: enough that starting git
// does not count, few enough that results come steadily.
const batchSize = 256

// New makes a judge. known is asked with the moment of each case; it may be nil:
// then only content tells what is there already.
func New(store *git.Store, known pick.History, opts Options) *Judge {
	opts.Jobs = max(opts.Jobs, 1)
	return &Judge{store: store, known: known, opts: opts}
}

// batch is some cases on their way.
type batch struct {
	cases   []Case
	results []Result
	done    chan struct{}
}

// Run tries every case and hands the results over in the order of the cases,
// while later ones are being worked on. A case that cannot be tried is a result
// with its error; an error of emit, or one that concerns all cases, ends the
// run.
func (j *Judge) Run(ctx context.Context, cases []Case, emit func(Result) error) (Summary, error) {
	start := time.Now()
	var summary Summary
	g, ctx := errgroup.WithContext(ctx)
	// A worker that is done with a batch goes on with the next; no more than
	// ahead batches wait for an earlier one to be handed over.
	ahead := 2 * j.opts.Jobs
	order := make(chan *batch, ahead)
	work := make(chan *batch, ahead)
	g.Go(func() error {
		defer close(order)
		defer close(work)
		for rest := cases; len(rest) > 0; {
			n := min(len(rest), batchSize)
			b := &batch{cases: rest[:n], done: make(chan struct{})}
			rest = rest[n:]
			for _, queue := range []chan<- *batch{order, work} {
				select {
				case queue <- b:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	})
	for range j.opts.Jobs {
		g.Go(func() error {
			w := j.worker()
			for b := range work {
				if err := w.run(ctx, b); err != nil {
					return err
				}
				close(b.done)
			}
			return nil
		})
	}
	g.Go(func() error {
		for b := range order {
			select {
			case <-b.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			for _, r := range b.results {
				summary.Add(r)
				if err := emit(r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	err := g.Wait()
	summary.Elapsed = time.Since(start)
	if err != nil {
		return summary, fmt.Errorf("replay: %w", err)
	}
	return summary, nil
}

// worker has engines of its own, so that what one batch keeps is not thrown
// away for another.
type worker struct {
	*Judge
	quick *pick.Engine
	// exact stores its trees. Most results are equal to what people committed,
	// or are no trees; only the others have to be read.
	exact *pick.Engine
}

// memory bounds the trees that all engines keep together, in bytes.
const memory = 256 << 20

func (j *Judge) worker() *worker {
	opts := pick.Options{Jobs: 1, CustomDriver: j.opts.CustomDriver, Memory: memory * 3 / 4 / j.opts.Jobs}
	writing := opts
	writing.Write, writing.Memory = true, memory/4/j.opts.Jobs
	return &worker{Judge: j, quick: pick.New(j.store, opts), exact: pick.New(j.store, writing)}
}

// run fills in the results of a batch.
func (w *worker) run(ctx context.Context, b *batch) error {
	start := time.Now()
	b.results = make([]Result, len(b.cases))
	var jobs []pick.Job
	var at []int // the result of each job
	for i, c := range b.cases {
		b.results[i] = newResult(c)
		job, err := w.lay(ctx, c, &b.results[i])
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
	picks, err := w.quick.Picks(ctx, jobs, w.known)
	if err != nil {
		return err
	}
	var again []pick.Job
	var inexact []*Result
	for k, p := range picks {
		r := &b.results[at[k]]
		if r.take(p); !r.different() {
			continue
		}
		inexact = append(inexact, r)
		if p.Outcome == backport.Clean {
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

// lay turns a case into a job for the engine.
func (w *worker) lay(ctx context.Context, c Case, r *Result) (pick.Job, error) {
	fix, err := w.store.Commit(ctx, c.Fix)
	if err != nil {
		return pick.Job{}, fmt.Errorf("read the fix: %w", err)
	}
	step := backport.Step{Commit: fix.ID, Origin: fix.ID}
	if len(fix.Parents) > 0 {
		step.Base = fix.Parents[0] // of a merge: what it brought to its mainline
	} else if w.store.Boundary(fix.ID) {
		return pick.Job{}, fmt.Errorf("read the fix: history ends at %s (a shallow clone); what it changed is not known", fix.ID)
	}
	job := pick.Job{
		Fix:    backport.Fix{Name: fix.ID, Slug: fix.ID[:12], Subject: fix.Subject(), Steps: []backport.Step{step}},
		Target: backport.Target{Name: c.Onto, Commit: c.Onto},
	}
	if _, err := w.store.Commit(ctx, c.Onto); err != nil {
		return job, fmt.Errorf("read what it goes onto: %w", err)
	}
	if c.Expected == "" {
		return job, nil
	}
	expected, err := w.store.Commit(ctx, c.Expected)
	if err != nil {
		return job, fmt.Errorf("read what was expected: %w", err)
	}
	r.ExpectedTree = &expected.Tree
	job.Before = git.When(expected.Committer)
	return job, nil
}

// compare settles CodeExact for results that are not what people committed.
// again are the jobs whose trees are known by their ids only.
func (w *worker) compare(ctx context.Context, again []pick.Job, inexact []*Result) error {
	if len(again) > 0 {
		// What history knows was asked already: these jobs are not present.
		if _, err := w.exact.Picks(ctx, again, nil); err != nil {
			return err
		}
	}
	for _, r := range inexact {
		same, err := sameCode(ctx, w.store, *r.Tree, *r.ExpectedTree)
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
