package replay

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/gate"
	"backstay.dev/backstay/internal/pick"
)

// climber takes conflicts up the ladder, with an engine of its own: results are
// git's own, whole.
func (j *Judge) climber(m *adapt.Model, x *adapt.Experience) *carry.Climber {
	return &carry.Climber{
		Store: j.store, Index: j.index, Adapter: adapt.New(j.store, m), Experience: x,
		Engine: pick.New(j.store, pick.Options{
			Jobs: 1, AskGit: true, Write: true, CustomDriver: j.opts.CustomDriver, Memory: memory / 4 / j.opts.Jobs,
		}),
	}
}

// look does for picks what follows the engine: causes, ladder, gates.
func (w *worker) look(ctx context.Context, jobs []pick.Job, picks []backport.Pick) error {
	befores := make([]int64, len(jobs))
	for i, j := range jobs {
		befores[i] = j.Before
	}
	if w.why != nil {
		for i := range picks {
			if err := w.explain(ctx, &picks[i], befores[i]); err != nil {
				return err
			}
		}
	}
	if w.climber != nil {
		if _, err := w.climber.Adapt(ctx, picks, befores); err != nil {
			return err
		}
	}
	if w.gates == nil {
		return nil
	}
	for i := range picks {
		found, err := w.gates.Check(ctx, gate.Question{Pick: picks[i], Before: befores[i]})
		if err != nil {
			if err = w.minor(ctx, err); err != nil {
				return fmt.Errorf("check %s: %w", picks[i].Fix.Name, err)
			}
			continue
		}
		picks[i].Findings = append(picks[i].Findings, found...)
	}
	return nil
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
