package replay

import (
	"context"
	"time"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/pick"
)

// climber takes conflicts up the ladder, with an engine of its own: results are
// git's own, whole.
func (j *Judge) climber(m *adapt.Model, x *adapt.Experience) *carry.Climber {
	return &carry.Climber{
		Store: j.store, Index: j.index, Adapter: adapt.New(j.store, m).WithCheck(carry.Check(j.gates)), Experience: x,
		Engine: pick.New(j.store, pick.Options{
			Jobs: 1, AskGit: true, Write: true, CustomDriver: j.opts.CustomDriver, Memory: memory / 4 / j.opts.Jobs,
		}),
	}
}

// look does for picks what follows the engine: causes, ladder, gates. It tells
// how long the gates took for each, in milliseconds.
func (w *worker) look(ctx context.Context, jobs []pick.Job, picks []backport.Pick) (gateMS []float64, err error) {
	gateMS = make([]float64, len(picks))
	befores := make([]int64, len(jobs))
	for i, j := range jobs {
		befores[i] = j.Before
	}
	if w.why != nil {
		for i := range picks {
			if err := w.explain(ctx, &picks[i], befores[i]); err != nil {
				return nil, err
			}
		}
	}
	if w.climber != nil {
		if _, err := w.climber.Adapt(ctx, picks, befores); err != nil {
			return nil, err
		}
	}
	if !w.opts.Gates {
		return gateMS, nil
	}
	for i := range picks {
		start := time.Now()
		if err := carry.Gate(ctx, w.gates, picks[i:i+1], befores[i:i+1]); err != nil {
			return nil, err
		}
		gateMS[i] = float64(time.Since(start).Microseconds()) / 1000
	}
	return gateMS, nil
}

// explain fills in the causes of a pick that conflicts.
func (w *worker) explain(ctx context.Context, p *backport.Pick, before int64) error {
	if p.Outcome != backport.Conflict {
		return nil
	}
	r, err := w.why.Explain(ctx, *p, explain.Options{Before: before})
	if err != nil {
		return w.minor(ctx, err)
	}
	p.Causes = r.Causes()
	return nil
}

// minor passes over what only one case lacks, an explanation or a check.
func (w *worker) minor(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if fatal(err) {
		return err
	}
	return nil
}
