package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"backstay.dev/backstay/internal/git"
)

// decide compares each plan with the branch that is there.
func (p *publisher) decide(ctx context.Context) error {
	if err := p.compare(ctx, p.plans); err != nil {
		return err
	}
	if err := p.sparesSymrefs(ctx); err != nil {
		return err
	}
	return p.sparesCheckouts(ctx)
}

// compare decides by what the refs are now.
func (p *publisher) compare(ctx context.Context, plans []*plan) error {
	if len(plans) == 0 {
		return nil
	}
	var names []string
	for _, l := range plans {
		names = append(names, l.branch, l.record)
	}
	now, err := p.repo.RefValues(ctx, names)
	if err != nil {
		return err
	}
	for _, l := range plans {
		l.oldBranch, l.oldRecord = now[l.branch], now[l.record]
		if l.oldBranch == "" {
			l.state = "created"
			continue
		}
		same, err := p.same(ctx, l)
		if err != nil {
			return fmt.Errorf("read %s: %w", short(l.branch), err)
		}
		l.settle(same, p.opts.Force)
	}
	return nil
}

// overtaken says of the plans that came too late, as far as the refs that
// somebody else set meanwhile tell it, what a repetition would say: another run
// of the same command has written the same.
func (p *publisher) overtaken(ctx context.Context, plans []*plan, errs []error) error {
	var late []*plan
	for i, l := range plans {
		if errors.Is(errs[i], git.ErrRefChanged) || errors.Is(errs[i], git.ErrRefLocked) {
			late = append(late, l)
		}
	}
	return p.compare(ctx, late)
}

// settle decides about a branch that exists.
func (l *plan) settle(same, force bool) {
	switch {
	case same:
		l.keep()
	case l.oldBranch != l.oldRecord:
		l.refuse("has commits that Backstay did not write; rename or delete it")
	case !force:
		l.refuse("exists and was made from an older tip of " + l.pick.Target.Name + " or from another pick; --force replaces it")
	default:
		l.state = "moved"
	}
}

// sparesSymrefs refuses to move a name that somebody made stand for another.
func (p *publisher) sparesSymrefs(ctx context.Context) error {
	for _, l := range p.plans {
		if l.state != "moved" {
			continue
		}
		refs, err := p.repo.Refs(ctx, l.branch)
		if err != nil {
			return err
		}
		for _, r := range refs {
			if r.Name == l.branch && r.Symref != "" {
				l.refuse("stands for " + r.Symref + "; delete or rename it")
			}
		}
	}
	return nil
}

// sparesCheckouts refuses to touch what some worktree has checked out, be it a
// branch that is still to be born there.
func (p *publisher) sparesCheckouts(ctx context.Context) error {
	var busy map[string]string
	for _, l := range p.plans {
		if !l.pending() {
			continue
		}
		if busy == nil {
			var err error
			if busy, err = p.repo.CheckedOut(ctx); err != nil {
				return err
			}
		}
		if dir, ok := busy[l.branch]; ok {
			l.refuse("is checked out in " + dir + "; switch to another branch there first")
		}
	}
	return nil
}

// maxCommit bounds the commits that are compared.
const maxCommit = 16 << 20

// same reports whether the branch has the plan's commits on the target's tip
// already, whoever committed and signed them and whenever.
func (p *publisher) same(ctx context.Context, l *plan) (bool, error) {
	id := l.oldBranch
	for i := len(l.commits) - 1; i >= 0; i-- {
		o, err := p.store.Read(ctx, id, maxCommit)
		var missing *git.MissingError
		if errors.As(err, &missing) || errors.Is(err, git.ErrTooLarge) {
			return false, nil // we did not write it
		}
		if err != nil {
			return false, err
		}
		is, err := git.ParseCommit(id, o.Content)
		if err != nil || o.Kind != "commit" || len(is.Parents) != 1 {
			return false, nil
		}
		should := l.commits[i]
		should.Parents, should.Committer = is.Parents, is.Committer
		if !bytes.Equal(git.Unsigned(o.Content), should.Encode()) {
			return false, nil
		}
		id = is.Parents[0]
	}
	return id == l.pick.Target.Commit, nil
}

// explain makes one line of why a branch could not be set.
func explain(l *plan, err error) string {
	name := short(l.branch)
	switch {
	case errors.Is(err, git.ErrRefClash):
		return fmt.Sprintf("%s cannot be written: %v; rename or delete the ref that is in the way", name, err)
	case errors.Is(err, git.ErrRefLocked):
		return fmt.Sprintf("%s cannot be written: %v; if no git command is running, delete the lock and repeat", name, err)
	case errors.Is(err, git.ErrRefChanged):
		return fmt.Sprintf("%s was not written: %v; repeat to see it as it is now", name, err)
	default:
		return fmt.Sprintf("%s cannot be written: %v", name, err)
	}
}
