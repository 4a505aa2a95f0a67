package carry

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// trunks are the names of branches that projects go on with.
var trunks = []string{"main", "master", "trunk", "develop", "devel", "dev", "next", "default", "unstable", "HEAD"}

// A settler knows what has been accepted: commits of the trunk, or of a release
// other than the target.
type settler struct {
	c    *Carrier
	tips []string
	refs []git.Ref
}

// settler looks at the branches; nil where none of them is known for the trunk.
// HEAD is one in a repository without a worktree only: elsewhere it is wherever
// somebody works.
func (c *Carrier) settler(ctx context.Context, target backport.Target, releases []backport.Target) (*settler, error) {
	if c.Index == nil {
		return nil, nil
	}
	if c.branches == nil {
		refs, err := c.Repo.Refs(ctx, "refs/heads", "refs/remotes")
		if err != nil {
			return nil, err
		}
		c.branches = refs
	}
	s := &settler{c: c, refs: c.branches}
	for _, r := range s.refs {
		if r.Commit != "" && r.Name != target.Ref && slices.Contains(trunks, path.Base(r.Name)) && strings.Count(r.Name, "/") <= 3 {
			s.tips = append(s.tips, r.Commit)
		}
	}
	if c.Repo.Worktree == "" {
		if head, err := c.Repo.Resolve(ctx, "HEAD"); err == nil {
			s.tips = append(s.tips, head)
		}
	}
	if len(s.tips) == 0 {
		return nil, nil
	}
	for _, t := range releases {
		if t.Name != target.Name {
			s.tips = append(s.tips, t.Commit)
		}
	}
	return s, nil
}

// has tells whether a commit is part of the trunk or of a release.
func (s *settler) has(id string) bool {
	return s == nil || slices.ContainsFunc(s.tips, func(tip string) bool { return tip == id || s.c.Index.IsAncestor(id, tip) })
}

// where names the branches that have a commit.
func (s *settler) where(id string) string {
	var names []string
	for _, r := range s.refs {
		if r.Commit != "" && (r.Commit == id || s.c.Index.IsAncestor(id, r.Commit)) {
			names = append(names, strings.TrimPrefix(strings.TrimPrefix(r.Name, "refs/heads/"), "refs/remotes/"))
		}
	}
	switch {
	case len(names) == 0:
		return "on no branch at all"
	case len(names) > 3:
		return fmt.Sprintf("on %s and %d more only", strings.Join(names[:3], ", "), len(names)-3)
	}
	return "on " + strings.Join(names, ", ") + " only"
}

// errLacking ends a walk over what no tag has.
var errLacking = errors.New("no tag has it")

// unsettled are the findings about commits that a backport carries and nobody
// has accepted: what is equal to such a one may be equal to anything.
//
// A tag is a release as well: branches whose time is over are removed.
func (t *tracer) unsettled(ctx context.Context, order []string) error {
	order = slices.DeleteFunc(slices.Clone(order), t.settled.has)
	if len(order) == 0 {
		return nil
	}
	refs, err := t.c.Repo.Refs(ctx, "refs/tags")
	if err != nil {
		return err
	}
	var tags []string
	for _, r := range refs {
		if r.Commit != "" {
			tags = append(tags, r.Commit)
		}
	}
	for _, id := range order {
		err := t.c.Store.Log(ctx, []string{id}, tags, func(git.LogEntry) error { return errLacking })
		switch {
		case err == nil: // some tag has it
		case !errors.Is(err, errLacking):
			return err
		default:
			t.find(backport.Warning, id, fmt.Sprintf("%s is part of no main or release branch, it is %s: nothing shows that the change was accepted", git.ShortID(id), t.settled.where(id)))
		}
	}
	return nil
}
