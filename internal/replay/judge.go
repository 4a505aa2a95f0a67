package replay

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/gate"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
)

// Judge tries cases and compares the results with what people committed.
type Judge struct {
	store *git.Store
	index *history.Index
	opts  Options
	gates *gate.Checker
	why   *explain.Explainer
}

// Options say how a Judge works.
type Options struct {
	// Jobs is how many batches are worked on at once, at least 1.
	Jobs int
	// CustomDriver reports whether the user's git defines a merge driver of
	// this name (pick.Options).
	CustomDriver func(name string) bool
	// Model takes what git could not merge up the ladder; nil leaves conflicts
	// as they are.
	Model *adapt.Model
	// Experience is what the ladder may know of the repository, each case that
	// of its own past: see Study. May be nil.
	Experience *adapt.Experience
	// Gates runs the checks without a build on every result. Tips are the
	// commits whose histories tell what became of a fix (gate.Options); Words
	// and Mentions are files that the checks keep what they read in.
	Gates           bool
	Tips            []string
	Words, Mentions string
	// Explain names the causes of what git could not merge.
	Explain bool
}

// batchSize is how many cases are picked together: enough that starting git
// does not count, few enough that results come steadily.
const batchSize = 256

// climbSize is batchSize where conflicts are taken up the ladder, which takes
// longer.
const climbSize = 32

// New makes a judge. The index is asked with the moment of each case and must
// know the fixes and targets (Learn); without one only content tells what is
// there already.
func New(store *git.Store, index *history.Index, opts Options) *Judge {
	opts.Jobs = max(opts.Jobs, 1)
	j := &Judge{store: store, index: index, opts: opts}
	if opts.Gates || opts.Model != nil {
		j.gates = gate.New(store, index, gate.Options{Tips: opts.Tips, Words: opts.Words, Mentions: opts.Mentions})
	}
	if opts.Explain && index != nil {
		j.why = explain.New(store, index)
	}
	return j
}

// batch is some cases on their way.
type batch struct {
	cases   []Case
	results []Result
	done    chan struct{}
}

func (j *Judge) batchSize() int {
	if j.opts.Model != nil {
		return climbSize
	}
	return batchSize
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
			n := min(len(rest), j.batchSize())
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
	if j.gates != nil {
		j.gates.Save()
	}
	summary.Elapsed = time.Since(start)
	if err != nil {
		return summary, fmt.Errorf("replay: %w", err)
	}
	return summary, nil
}
