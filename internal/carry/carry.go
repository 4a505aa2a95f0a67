package carry

import (
	"context"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/adapt/reuse"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gate"
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
	// Progress, if set, hears of work that takes time.
	Progress func(stage string, done, total int)
	// Ladder is what takes up the ladder what git cannot merge; nil leaves
	// conflicts as they are. It is asked once, when something conflicts.
	Ladder func() (Learned, error)
	// Now is the time, in seconds since 1970: how old an earlier backport is.
	Now int64
	// Generated makes generated files anew; nil for none.
	Generated *Regenerator
	// Gates has every result checked without a build. Words and Mentions are
	// files that the checks keep what they read in; "" for none.
	Gates           bool
	Words, Mentions string

	// tips are the branches there are, once learn has looked.
	tips []string
	// branches are those that a settler has seen, settled is that of the backport
	// that is verified; nil: whatever a repository has counts as accepted.
	branches []git.Ref
	settled  *settler
	checker  *gate.Checker
	climber  *Climber
}

// Learned is what decides among the answers of the rungs: a model, and what the
// repository's own history taught, which may be nil.
type Learned struct {
	Model      *adapt.Model
	Experience *adapt.Experience
}

// Order says what is asked for.
type Order struct {
	// Write makes result branches; DryRun only says which.
	Write, DryRun bool
	// Draft makes the commits, unsigned, and no branch: what Drafts, Verify and
	// Publish go on with.
	Draft bool
	// Force replaces a result branch that Backstay wrote and nobody changed.
	Force bool
	// SignOff adds the committer's Signed-off-by.
	SignOff bool
	// Style is the dialect of the provenance line.
	Style provenance.Style
	// Proposed writes what is only proposed, too, and marks it in the message.
	Proposed bool
	// Chunks asks for the regions of conflicting files.
	Chunks bool
	// GitOnly has an Editor leave to a person all that git cannot merge, Look
	// has it lay out what the ladder resolved, too.
	GitOnly, Look bool
	// Causes is for how many of the conflicts the causes are looked for.
	Causes int
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
		Jobs: c.Jobs, AskGit: o.Write, Write: o.Write || c.Gates, Chunks: o.Chunks, Draft: c.Gates && !o.Write, // the gates read what the results are
		CustomDriver: c.customDriver(ctx),
	})
	var jobs []pick.Job
	for _, f := range fixes {
		for _, t := range targets {
			jobs = append(jobs, pick.Job{Fix: f, Target: t})
		}
	}
	picks, err := engine.Picks(ctx, jobs, c.known())
	if err == nil {
		err = c.improve(ctx, fixes, targets, picks, o)
	}
	if err != nil || !o.Write {
		return picks, err
	}
	return publish.Branches(ctx, c.Repo, c.Store, picks, o.publish(""))
}

// customDriver reports whether the user's git defines a merge driver.
func (c *Carrier) customDriver(ctx context.Context) func(string) bool {
	return func(name string) bool { return c.Repo.Config(ctx, "merge."+name+".driver") != "" }
}

// improve does for picks what follows the engine: causes, ladder, gates.
func (c *Carrier) improve(ctx context.Context, fixes []backport.Fix, targets []backport.Target, picks []backport.Pick, o Order) error {
	if o.Causes > 0 {
		if err := c.causes(ctx, picks, o.Causes); err != nil {
			return err
		}
	}
	defer func() {
		if c.checker != nil {
			c.checker.Save()
		}
	}()
	switch {
	case c.Ladder != nil && slices.ContainsFunc(picks, func(p backport.Pick) bool { return p.Outcome == backport.Conflict }):
		climber, err := c.Climber(ctx)
		if err != nil {
			return err
		}
		order, err := newestFirst(ctx, c.Store, len(fixes), targets)
		if err != nil {
			return err
		}
		return climber.Cascade(ctx, picks, order)
	case c.Gates:
		return Gate(ctx, c.checks(), picks, nil)
	}
	return nil
}

// Climber is the ladder as this carrier climbs it: with the answers that
// people gave before.
func (c *Carrier) Climber(ctx context.Context) (*Climber, error) {
	if c.climber != nil {
		return c.climber, nil
	}
	learned, err := c.Ladder()
	if err != nil {
		return nil, err
	}
	known, err := reuse.Open(ctx, c.Repo, c.Store)
	if err != nil {
		return nil, fmt.Errorf("adapt: %w", err)
	}
	if records, err := reuse.Rerere(c.Repo); err == nil { // they are a help, not a condition
		known.Hold(records...)
	}
	climber := &Climber{
		Now: c.Now, Generated: c.Generated, Store: c.Store, Index: c.Index, Experience: learned.Experience, Adapter: adapt.New(c.Store, learned.Model).With(known).WithCheck(Check(c.checks())),
		Engine: pick.New(c.Store, pick.Options{Jobs: c.Jobs, AskGit: true, Write: true, CustomDriver: c.customDriver(ctx)}),
	}
	if c.Gates {
		climber.Gates = c.checks()
	}
	c.climber = climber
	return climber, nil
}

// checks are the gates, with what they read so far.
func (c *Carrier) checks() *gate.Checker {
	if c.checker == nil {
		c.checker = gate.New(c.Store, c.Index, gate.Options{Tips: c.tips, Words: c.Words, Mentions: c.Mentions})
	}
	return c.checker
}

// causes fills in why picks conflict, of the first limit of them.
func (c *Carrier) causes(ctx context.Context, picks []backport.Pick, limit int) error {
	if c.Index == nil {
		return nil
	}
	var at []int
	var open []backport.Pick
	for i, p := range picks {
		if p.Outcome == backport.Conflict && len(open) < limit {
			at, open = append(at, i), append(open, p)
		}
	}
	found, err := c.Explain(ctx, open, Inquiry{})
	for n, f := range found {
		picks[at[n]].Causes = f.Pick.Causes
	}
	return err
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
	if c.Ladder == nil && !c.Gates {
		return c.Index.Update(ctx, tips)
	}
	// Earlier backports of a fix stand on branches that nobody asked for.
	branches, err := c.branchTips(ctx)
	if err != nil {
		return err
	}
	wide := slices.Concat(tips, branches)
	if err := c.Index.Update(ctx, wide); err == nil {
		c.tips = wide
		return nil
	}
	return c.Index.Update(ctx, tips) // another branch is damaged
}

// branchTips are the tips of all branches but results. What was made before is no
// evidence until somebody has merged it: else the second of two equal commands
// would go by what the first has written.
func (c *Carrier) branchTips(ctx context.Context) ([]string, error) {
	refs, err := c.Repo.Refs(ctx, "refs/heads", "refs/remotes")
	if err != nil {
		return nil, err
	}
	tips := []string{}
	for _, r := range refs {
		if r.Commit != "" && !publish.IsResult(r.Name) {
			tips = append(tips, r.Commit)
		}
	}
	return tips, nil
}

// known is the index as package pick wants it: no index is no interface.
func (c *Carrier) known() pick.History {
	if c.Index == nil {
		return nil
	}
	return c.Index
}

// publish are the options for the branches of an order.
func (o Order) publish(override string) publish.Options {
	return publish.Options{
		Force: o.Force, DryRun: o.DryRun, Draft: o.Draft, SignOff: o.SignOff, Style: o.Style, Proposed: o.Proposed, Override: override,
	}
}
