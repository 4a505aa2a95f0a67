package carry

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/backport"
)

// Cascade is Adapt for many targets, then generated files, then Gate: what became of a fix on one
// target, and passed, is tried as a source for those that follow.
func (c *Climber) Cascade(ctx context.Context, picks []backport.Pick) error {
	made := map[string][]Source{} // by fix, the latest first
	for i := range picks {
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
