package carry

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/pick"
	"backstay.dev/backstay/internal/provenance"
	"backstay.dev/backstay/internal/publish"
)

// Carrier carries fixes within one repository.
type Carrier struct {
	Repo  *git.Repo
	Store *git.Store
	// Index is what is known of the history; nil to ask contents alone.
	Index *history.Index
	// Jobs is how many things are done at once.
	Jobs int
}

// Order says what is asked for.
type Order struct {
	// Write makes result branches; DryRun only says which.
	Write, DryRun bool
	// Force replaces a result branch that Backstay wrote and nobody changed.
	Force bool
	// SignOff adds the committer's Signed-off-by.
	SignOff bool
	// Style is the dialect of the provenance line.
	Style provenance.Style
	// Chunks asks for the regions of conflicting files.
	Chunks bool
}

// Carry tries every fix on every target, writes what was asked for, and
// returns a Pick for each pair: all targets of the first fix, then of the
// second. The error is for what stops everything; what stops one pair is in
// its Pick.
func (c *Carrier) Carry(ctx context.Context, fixes []backport.Fix, targets []backport.Target, o Order) ([]backport.Pick, error) {
	if err := c.learn(ctx, fixes, targets); err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	engine := pick.New(c.Store, pick.Options{
		Jobs: c.Jobs, AskGit: o.Write, Write: o.Write, Chunks: o.Chunks,
		CustomDriver: func(name string) bool { return c.Repo.Config(ctx, "merge."+name+".driver") != "" },
	})
	var jobs []pick.Job
	for _, f := range fixes {
		for _, t := range targets {
			jobs = append(jobs, pick.Job{Fix: f, Target: t})
		}
	}
	picks, err := engine.Picks(ctx, jobs, c.known())
	if err != nil || !o.Write {
		return picks, err
	}
	return publish.Branches(ctx, c.Repo, c.Store, picks, publish.Options{
		Force: o.Force, DryRun: o.DryRun, SignOff: o.SignOff, Style: o.Style,
	})
}

// learn brings the index up to the commits that are about to be asked for.
func (c *Carrier) learn(ctx context.Context, fixes []backport.Fix, targets []backport.Target) error {
	if c.Index == nil {
		return nil
	}
	var tips []string
	for _, t := range targets {
		tips = append(tips, t.Commit)
	}
	for _, f := range fixes {
		for _, s := range f.Steps {
			if s.Origin != "" {
				tips = append(tips, s.Origin)
			}
		}
	}
	return c.Index.Update(ctx, tips)
}

// known is the index as package pick wants it: no index is no interface.
func (c *Carrier) known() pick.History {
	if c.Index == nil {
		return nil
	}
	return c.Index
}
