package carry

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/backport"
)

// Cascade is Adapt for many targets: what became of a fix on one target is
// tried as a source for those that follow, which are taken to be older.
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
		if !single || p.Outcome != backport.Resolved {
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
