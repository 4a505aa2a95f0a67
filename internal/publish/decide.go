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
	if len(p.plans) == 0 {
		return nil
	}
	refs, err := p.repo.Refs(ctx, branches, records)
	if err != nil {
		return err
	}
	now := make(map[string]git.Ref, len(refs))
	for _, r := range refs {
		now[r.Name] = r
	}
	for _, l := range p.plans {
		branch, there := now[l.branch]
		l.oldBranch, l.oldRecord = branch.Object, now[l.record].Object
		if !there {
			l.state = "created"
			continue
		}
		same, err := p.same(ctx, l)
		if err != nil {
			return fmt.Errorf("read %s: %w", short(l.branch), err)
		}
		l.settle(branch, same, p.opts.Force)
	}
	return p.sparesCheckouts(ctx)
}

// settle decides about a branch that exists.
func (l *plan) settle(branch git.Ref, same, force bool) {
	switch {
	case branch.Symref != "":
		l.refuse("stands for " + branch.Symref + ", which is not ours to move; delete or rename it")
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
