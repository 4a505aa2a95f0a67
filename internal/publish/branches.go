package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/provenance"
)

// Options say how branches are written.
type Options struct {
	// Force moves a branch that we wrote and that nobody changed since.
	Force bool
	// DryRun decides and writes nothing.
	DryRun bool
	// Draft makes the commits in the store, unsigned, and sets no ref: Branch
	// says planned, with the commit.
	Draft bool
	// Override is why a pick is written that a gate refused; the messages say it.
	Override string
	// SignOff adds the committer's Signed-off-by.
	SignOff bool
	// Style is the dialect in which a commit says where it came from.
	Style provenance.Style
	// Proposed writes proposed picks too, marked in the message.
	Proposed bool
}

// Branches writes the result branch of every pick that has a result, and
// returns the picks with their Branch set. A pick whose branch was refused
// keeps its Outcome and has an Error; one whose branch could not be written has
// the Outcome Failed and an Error. Picks of other outcomes, and those on a target
// without a ref, which no branch can be called after, are returned as they are.
//
// The error says that nothing could be written at all (no identity, no
// signature, disk full) or that ctx ended; the picks then tell how far it came.
func Branches(ctx context.Context, repo *git.Repo, store *git.Store, picks []backport.Pick, opts Options) ([]backport.Pick, error) {
	p := &publisher{repo: repo, store: store, opts: opts, picks: slices.Clone(picks), sources: map[string]git.Commit{}}
	if err := p.plan(ctx); err != nil {
		return p.picks, err
	}
	if err := p.decide(ctx); err != nil {
		return p.picks, err
	}
	if opts.DryRun {
		p.announce()
		return p.picks, nil
	}
	if err := p.write(ctx); err != nil {
		return p.picks, fmt.Errorf("write branches: %w", err)
	}
	return p.picks, nil
}

// writable reports whether a pick of this outcome becomes a branch.
func (p *publisher) writable(o backport.Outcome) bool {
	return o == backport.Clean || o == backport.Resolved || o == backport.Proposed && p.opts.Proposed
}

// publisher is one call of Branches.
type publisher struct {
	repo  *git.Repo
	store *git.Store
	opts  Options
	// picks are the result; they share nothing that is written with the
	// caller's.
	picks []backport.Pick
	plans []*plan
	// sources are the commits read so far.
	sources map[string]git.Commit
	ident   string
}

// plan is what is to become of one pick.
type plan struct {
	pick *backport.Pick
	// branch and record are full ref names.
	branch, record string
	// commits go on top of the target, in order. Their parents and committers
	// are filled in when they are written.
	commits []git.Commit
	// oldBranch and oldRecord are what the refs are now, "" where absent.
	oldBranch, oldRecord string
	// state is Branch.State as it will be if all goes well.
	state string
	tip   string
}

// fail marks the plan's pick as not written. what is one line.
func (l *plan) fail(what string) {
	l.pick.Outcome, l.pick.Error, l.pick.Branch = backport.Failed, what, nil
	l.state = "failed"
}

// refuse leaves the branch as it is.
func (l *plan) refuse(why string) {
	l.pick.Error = short(l.branch) + " " + why
	l.pick.Branch = &backport.Branch{Name: l.branch, State: "refused", Commit: l.oldBranch}
	l.state = "refused"
}

// keep finds the branch as it should be.
func (l *plan) keep() {
	l.pick.Branch = &backport.Branch{Name: l.branch, State: "unchanged", Commit: l.oldBranch}
	l.state = "unchanged"
}

// pending reports whether there is something to write.
func (l *plan) pending() bool { return l.state == "created" || l.state == "moved" }

// short is a branch's name as people know it.
func short(ref string) string { return strings.TrimPrefix(ref, "refs/heads/") }

// plan makes the plans: names and commits.
func (p *publisher) plan(ctx context.Context) error {
	remotes, err := p.remotes(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(p.picks, p.names) {
		if err := p.identify(ctx); err != nil {
			return err
		}
	}
	taken := map[string]string{}
	for i := range p.picks {
		pick := &p.picks[i]
		if !p.writable(pick.Outcome) || pick.Target.Ref == "" {
			continue // there is nothing to write, or nothing to call it after
		}
		pick.Findings = slices.Clip(pick.Findings)
		at := place(pick.Fix, pick.Target, remotes)
		l := &plan{pick: pick, branch: branches + at, record: records + at}
		l.commits, err = p.commits(ctx, pick)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		other, double := taken[l.branch]
		switch {
		case err != nil:
			l.fail(fmt.Sprintf("%s cannot be written: %v", short(l.branch), err))
			continue
		case len(l.commits) == 0:
			continue // a finding says so
		case double:
			l.fail(fmt.Sprintf("%s is the branch of %s in this run already; carry %s in a run of its own", short(l.branch), other, pick.Target.Name))
			continue
		}
		taken[l.branch] = pick.Target.Name
		p.plans = append(p.plans, l)
	}
	return nil
}

// remotes lists the user's remotes if a target is a remote-tracking branch.
func (p *publisher) remotes(ctx context.Context) ([]string, error) {
	for _, pick := range p.picks {
		if strings.HasPrefix(pick.Target.Ref, "refs/remotes/") {
			return p.repo.Remotes(ctx)
		}
	}
	return nil, nil
}

// names reports whether the message of a pick's commits names who commits.
func (p *publisher) names(k backport.Pick) bool {
	return p.writable(k.Outcome) && (p.opts.SignOff || slices.ContainsFunc(k.Files, func(f backport.File) bool { return f.Rung == Person }))
}

// identify finds who commits, if nobody did yet.
func (p *publisher) identify(ctx context.Context) (err error) {
	if p.ident == "" {
		p.ident, err = p.repo.Ident(ctx)
	}
	return err
}

// announce is the end of a dry run.
func (p *publisher) announce() {
	for _, l := range p.plans {
		if l.pending() {
			l.pick.Branch = &backport.Branch{Name: l.branch, State: "planned"}
		}
	}
}

// write makes the commits and sets the refs.
func (p *publisher) write(ctx context.Context) error {
	if !slices.ContainsFunc(p.plans, (*plan).pending) {
		return nil
	}
	if err := p.identify(ctx); err != nil {
		return err
	}
	sign := false
	if !p.opts.Draft {
		var err error
		if sign, err = p.repo.Signs(ctx); err != nil {
			return err
		}
	}
	var writing []*plan
	var have []string
	var ts []git.Transaction
	for _, l := range p.plans {
		if !l.pending() {
			continue
		}
		err := p.chain(ctx, l, sign)
		if errors.Is(err, git.ErrUnsignable) {
			l.fail(fmt.Sprintf("%s cannot be written: %v; set commit.gpgSign to false for this one", short(l.branch), err))
			continue
		}
		if err != nil {
			return err
		}
		if p.opts.Draft {
			l.pick.Branch = &backport.Branch{Name: l.branch, State: "planned", Commit: l.tip}
			continue
		}
		writing = append(writing, l)
		have = append(have, l.pick.Target.Commit)
		ts = append(ts, git.Transaction{Reason: reason(l.pick.Fix), Updates: []git.Update{
			{Name: l.record, Old: l.oldRecord, New: l.tip},
			{Name: l.branch, Old: l.oldBranch, New: l.tip},
		}})
	}
	if len(ts) == 0 {
		return nil
	}
	errs, err := p.repo.Publish(ctx, p.store, have, ts)
	for i, l := range writing {
		if errs[i] == nil {
			l.pick.Branch = &backport.Branch{Name: l.branch, State: l.state, Commit: l.tip}
		}
	}
	if err != nil {
		return err
	}
	err = p.overtaken(ctx, writing, errs)
	for i, l := range writing {
		if errs[i] != nil && l.pending() {
			l.fail(explain(l, errs[i]))
		}
	}
	return err
}
