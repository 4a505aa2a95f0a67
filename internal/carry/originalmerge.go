package carry

import (
	"context"
	"fmt"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/pick"
)

// maxParents bounds how many parents of a merge are tried.
const maxParents = 16

// mainline finds out against which parent the merges of v.Original were picked:
// no message says what `git cherry-pick -m` was given. Each parent is tried. The
// one of whose pick the backport has the very tree is meant, else the one whose
// pick differs from it in the fewest paths; of equals the first. The fix's notes
// and v.Found say which. What the repository lacks leaves the first parent.
func (c *Carrier) mainline(ctx context.Context, v *backport.Verification) error {
	steps := v.Original.Steps
	var merges []int
	for i, s := range steps {
		if s.Origin != s.Commit {
			continue // a patch, or several commits in one
		}
		commit, err := c.Store.Commit(ctx, s.Commit)
		if err != nil {
			return ofAll(ctx, err)
		}
		if len(commit.Parents) > 1 && s.Base == commit.Parents[0] {
			merges = append(merges, i)
		}
	}
	if len(merges) == 0 {
		return nil
	}
	fix := *v.Original
	fix.Steps, fix.Notes = slices.Clone(steps), nil // perhaps of other backports as well, and made for -m 1
	v.Original = &fix
	a := &auditor{
		c: c, v: v, trees: git.NewTrees(c.Store, treesKept),
		ask: pick.New(c.Store, pick.Options{Jobs: c.Jobs, AskGit: true, Write: true, CustomDriver: c.customDriver(ctx)}),
	}
	for _, i := range merges {
		said, err := a.parent(ctx, &fix.Steps[i], i)
		if err != nil {
			return ofAll(ctx, err)
		}
		fix.Notes = append(fix.Notes, said)
		v.Found += "; " + said
	}
	return nil
}

// parent tries the parents of a merge, step i of the fix, and takes the one that
// fits best.
func (a *auditor) parent(ctx context.Context, step *backport.Step, i int) (said string, err error) {
	commit, err := a.c.Store.Commit(ctx, step.Commit)
	if err != nil {
		return "", err
	}
	best, nearest, same := 0, maxAuditPaths+2, false
	for n, base := range commit.Parents[:min(len(commit.Parents), maxParents)] {
		step.Base = base
		differ, err := a.distance(ctx, i)
		if err != nil {
			step.Base = commit.Parents[best]
			return "", err
		}
		if differ < nearest {
			best, nearest = n, differ
		}
		if same = differ == 0; same {
			break
		}
	}
	step.Base = commit.Parents[best]
	why := "of all parents it is nearest to that pick"
	if same {
		why = "that pick gives its very tree"
	}
	return fmt.Sprintf("%s is a merge, taken against its parent %d (-m %d): %s", git.ShortID(step.Commit), best+1, best+1, why), nil
}

// distance is in how many paths the backport differs from the pick repeated, of
// one step where it has a commit of its own; 0 only where that is clean.
func (a *auditor) distance(ctx context.Context, i int) (int, error) {
	whole, parts, err := a.stretches(ctx)
	if err != nil {
		return 0, err
	}
	s := whole
	if len(parts) > 0 {
		s = parts[i]
	}
	r, err := a.repeat(ctx, a.ask, s.steps, s.onto)
	if err != nil {
		return maxAuditPaths + 1, ofAll(ctx, err) // this parent does not fit at all
	}
	changes, err := treeChanges(ctx, a.trees, r.tree, s.tree, maxAuditPaths)
	if n := len(changes); r.clean {
		return n, err
	}
	return max(len(changes), 1), err
}
