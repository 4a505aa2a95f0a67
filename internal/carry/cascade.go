package carry

import (
	"context"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/git"
)

// newestFirst is the order in which the picks of these fixes on these targets
// climb, as indices: fix by fix, from the newest target to the oldest, however
// they were named. A fix is adapted most easily step by step, and what comes
// out of it should not hang on who was named first.
func newestFirst(ctx context.Context, store *git.Store, fixes int, targets []backport.Target) ([]int, error) {
	sorted := slices.Clone(targets)
	if err := find.NewestFirst(ctx, store, sorted); err != nil {
		return nil, fmt.Errorf("sort the targets: %w", err)
	}
	var order []int
	for f := range fixes {
		for _, t := range sorted {
			order = append(order, f*len(targets)+slices.Index(targets, t))
		}
	}
	return order, nil
}

// Cascade is Adapt for many targets in this order, then generated files, then
// Gate: what became of a fix on one target, and passed, is tried as a source
// for those that follow.
func (c *Climber) Cascade(ctx context.Context, picks []backport.Pick, order []int) error {
	made := map[string][]Source{} // by fix, the latest first
	for _, i := range order {
		p := &picks[i]
		id := p.Fix.ID()
		single := len(p.Fix.Steps) == 1 && id != ""
		if p.Outcome == backport.Conflict {
			c.made = nil
			if single {
				c.made = made[id]
			}
			if _, err := c.Adapt(ctx, picks[i:i+1], nil); err != nil {
				return err
			}
		}
		if c.Generated != nil {
			if err := c.Generated.Picks(ctx, picks[i:i+1]); err != nil {
				return err
			}
		}
		if c.Gates != nil {
			if err := Gate(ctx, c.Gates, picks[i:i+1], nil); err != nil {
				return err
			}
		}
		if !single || p.Outcome != backport.Resolved && p.Outcome != backport.Clean {
			continue
		}
		commit, err := c.Store.Trial(p.Tree, p.Target.Commit)
		if err != nil {
			return fmt.Errorf("adapt: %w", err)
		}
		made[id] = append([]Source{{Step: backport.Step{Commit: commit, Base: p.Target.Commit, Origin: id}, Made: p.Target.Name}}, made[id]...)
	}
	return nil
}
