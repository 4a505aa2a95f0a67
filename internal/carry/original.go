package carry

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

const (
	// sameChange is from which likeness on a commit of another title counts as
	// the one that is meant.
	sameChange = 0.3
	// guessed is from which likeness on a commit is taken for the original by
	// its lines alone.
	guessed = 0.5
	// maxSourceTips bounds how many branches are searched.
	maxSourceTips = 40
)

// Original finds the fix that the backport v.Commits carries and fills in
// v.Original and v.Found, for each of its commits by the first of these that
// answers:
//
//  1. what its message says, in any dialect of provenance, and of a chain the
//     oldest commit that is here. A commit of another title that changes other
//     lines looks like the fix but is not: that is a finding, and the search
//     goes on;
//  2. a commit with the same patch-id on another branch, or one there that says
//     to carry the same change;
//  3. a commit with the same title on another branch that has the same author or
//     changes the same lines; both first on the branch that the repository stands
//     on, which is the source in most;
//  4. the commit on another branch that touches the same paths and has most of
//     its lines in common: a guess, and v.Found says so.
//
// A merge is taken against the parent that fits best. Several commits give several steps, and so does one that names several
// commits which are not the hops of one way. v.Original stays nil, and v.Found
// says why, where nothing was found. The error is for what stops everything.
func (c *Carrier) Original(ctx context.Context, v *backport.Verification) error {
	if err := c.survey(ctx, append([]string{v.Target.Commit}, v.Commits...)...); err != nil {
		return fmt.Errorf("find the original: read history: %w", err)
	}
	o := &originator{c: c, v: v, trees: git.NewTrees(c.Store, treesKept)}
	var lacking []string
	for _, id := range v.Commits {
		ids, how, err := o.of(ctx, id)
		if err != nil {
			if all := ofAll(ctx, err); all != nil {
				return fmt.Errorf("find the original: %w", all)
			}
			how = "its objects lack: " + err.Error()
		}
		if len(ids) == 0 {
			lacking = append(lacking, git.ShortID(id)+": "+how)
			continue
		}
		if err := o.add(ctx, ids, how); err != nil {
			return fmt.Errorf("find the original: %w", err)
		}
	}
	o.tell(lacking)
	if v.Original == nil {
		return nil
	}
	if err := c.mainline(ctx, v); err != nil {
		return fmt.Errorf("find the original: %w", err)
	}
	return nil
}

// An originator looks for the original of one backport.
type originator struct {
	c     *Carrier
	v     *backport.Verification
	trees *git.Trees

	fix  backport.Fix
	hows []string
	tips []string // branches to search, the source first; nil: not yet known
	// other is the change of the commit that is being looked at, doubtful are the
	// commits that its message names and that may be others than are meant.
	other    change
	doubtful []doubtful
}

// add takes originals into the fix.
func (o *originator) add(ctx context.Context, ids []string, how string) error {
	for _, id := range ids {
		if slices.ContainsFunc(o.fix.Steps, func(s backport.Step) bool { return s.Commit == id }) {
			continue
		}
		commit, err := o.c.Store.Commit(ctx, id)
		if err != nil {
			return err
		}
		step := backport.Step{Commit: commit.ID, Origin: commit.ID}
		if len(commit.Parents) > 0 {
			step.Base = commit.Parents[0]
		}
		o.fix.Steps = append(o.fix.Steps, step)
		o.fix.Subject = commit.Subject()
	}
	if !slices.Contains(o.hows, how) {
		o.hows = append(o.hows, how)
	}
	return nil
}

// tell fills in the verification.
func (o *originator) tell(lacking []string) {
	if len(o.fix.Steps) == 0 {
		o.v.Found = "no original was found: " + strings.Join(lacking, "; ")
		return
	}
	id := o.fix.ID()
	o.fix.Name, o.fix.Slug = id, git.ShortID(id)
	o.fix.Squash = len(o.fix.Steps) > len(o.v.Commits)
	o.v.Original = &o.fix
	o.v.Found = strings.Join(o.hows, "; ")
	if len(lacking) > 0 {
		o.v.Found += "; no original of " + strings.Join(lacking, "; ")
	}
}

// of finds the originals of one commit and says how.
func (o *originator) of(ctx context.Context, id string) (ids []string, how string, err error) {
	own, commit, err := changeOf(ctx, o.trees, id)
	if err != nil {
		return nil, "", err
	}
	o.other, o.doubtful = own, nil
	ids, how, err = o.named(ctx, commit)
	if err != nil || len(ids) > 0 || o.c.Index == nil {
		return ids, how, err
	}
	// A release branch may have a twin of the backport where the source has the
	// commit that both were made of.
	tips := o.sources(ctx)
	first := tips[:min(len(tips), 1)]
	for _, search := range []struct {
		by   func(context.Context, git.Commit, []string) (string, string, error)
		tips []string
	}{{o.twin, first}, {o.namesake, first}, {o.twin, tips}, {o.namesake, tips}, {o.alike, tips}} {
		found, said, err := search.by(ctx, commit, search.tips)
		if err != nil {
			return nil, "", err
		}
		if found == "" {
			continue
		}
		carried := found
		found = o.oldest(found)
		if slices.Contains(o.v.Commits, found) {
			return nil, "it is itself what " + git.ShortID(carried) + " says to be carried from", nil
		}
		for _, d := range o.doubtful {
			if d.id == found {
				return []string{found}, "its message names it", nil
			}
			o.doubt(commit, d, backport.Error, fmt.Sprintf("looks like the fix and is not: the change is that of %s", git.ShortID(found)))
		}
		return []string{found}, said, nil
	}
	for _, d := range o.doubtful {
		if o.judge(commit, d) {
			ids, how = append(ids, d.id), "its message names it"
		}
	}
	return ids, how, nil
}

// A doubtful is a commit that a message names and that has another title and
// other lines; near says that the files are mostly the same.
type doubtful struct {
	id, subject string
	near        bool
}

// doubt notes what is wrong with a commit that a message names.
func (o *originator) doubt(commit git.Commit, d doubtful, severity backport.Severity, what string) {
	o.v.Findings = append(o.v.Findings, backport.Finding{
		Check: trailCheck, Severity: severity, Commit: d.id,
		Text: fmt.Sprintf("%s says that it carries %s, %q, which %s", git.ShortID(commit.ID), git.ShortID(d.id), d.subject, what),
	})
}

// judge notes what is wrong with a commit that is named while no better one is
// found, and reports whether it may be meant after all.
func (o *originator) judge(commit git.Commit, d doubtful) bool {
	if d.near {
		o.doubt(commit, d, backport.Warning, "has another title and changes other lines of the same files")
	} else {
		o.doubt(commit, d, backport.Error, "looks like the fix and is not: it has another title and changes other files")
	}
	return d.near
}

// named are the commits that a message names as its sources, without the
// doubtful ones.
func (o *originator) named(ctx context.Context, commit git.Commit) (ids []string, how string, err error) {
	record := provenance.Parse(string(commit.Message))
	claimed, err := o.claimed(ctx, commit.ID, record)
	if err != nil {
		return nil, "", err
	}
	if len(claimed) == 0 {
		if chain := record.Chain(); len(chain) > 0 {
			return nil, "its message names " + git.ShortID(chain[0]) + ", which this repository does not have, and no commit here is like it", nil
		}
		return nil, "its message names no source, and no commit of another branch is like it", nil
	}
	roots := o.roots(claimed)
	for _, id := range roots {
		other, original, err := changeOf(ctx, o.trees, id)
		if err != nil {
			return nil, "", err
		}
		if record.RevertSubject != "" && provenance.Parse(string(original.Message)).RevertSubject == "" {
			return nil, "it undoes a backport", nil // whose message it quotes
		}
		several := len(roots) > 1 && other.near(o.other) // together they have a title of their own
		if !several && !sameSubject(original, commit) && o.other.likeness(other) < sameChange && o.other.holds(other) < guessed {
			o.doubtful = append(o.doubtful, doubtful{id: id, subject: original.Subject(), near: o.other.near(other)})
			continue
		}
		ids = append(ids, id)
	}
	for _, d := range o.doubtful {
		if len(ids) > 0 {
			o.judge(commit, d)
		}
	}
	if len(ids) == 0 {
		return nil, "its message names " + git.ShortID(o.doubtful[0].id) + ", which is another change", nil
	}
	return ids, "its message names it", nil
}

// sameSubject tells whether two commits have the same title but for what
// backporting hangs on it.
func sameSubject(a, b git.Commit) bool {
	return provenance.NormalSubject(a.Subject()) == provenance.NormalSubject(b.Subject())
}

// claimed are the commits that a message names and that are here.
func (o *originator) claimed(ctx context.Context, id string, record provenance.Record) ([]string, error) {
	if o.c.Index != nil {
		return o.c.Index.Origins(id, 0), nil
	}
	var out []string
	for _, named := range record.Chain() {
		full, err := commitNamed(ctx, o.c.Store, named)
		if err != nil {
			return nil, err
		}
		if full != "" && !slices.Contains(out, full) {
			out = append(out, full)
		}
	}
	return out, nil
}

// roots leaves out the hops: commits that were themselves carried from another
// of the list.
func (o *originator) roots(ids []string) []string {
	if o.c.Index == nil {
		return ids[:1]
	}
	var out []string
	for _, id := range ids {
		from := o.c.Index.Origins(id, 0)
		if !slices.ContainsFunc(from, func(f string) bool { return f != id && slices.Contains(ids, f) }) {
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		return ids[:1] // they name each other in a circle
	}
	o.c.Index.Order(out)
	return out
}

// oldest is what a commit that was found elsewhere was itself carried from, if
// it says so.
func (o *originator) oldest(id string) string {
	from := o.c.Index.Origins(id, 0)
	if len(from) == 0 {
		return id
	}
	if roots := o.roots(from); len(roots) == 1 {
		return roots[0]
	}
	return id
}

// fellow tells whether a commit carries the same doubtful commit: it is no
// evidence against that.
func (o *originator) fellow(id string) bool {
	from := o.c.Index.Origins(id, 0)
	return slices.ContainsFunc(o.doubtful, func(d doubtful) bool { return slices.Contains(from, d.id) })
}

// commitNamed is the full id of the commit with this id, perhaps abbreviated;
// "" if the repository has none, or several.
func commitNamed(ctx context.Context, s *git.Store, id string) (string, error) {
	o, err := s.Read(git.Local(ctx), id, 1<<20) // a message can name what is nowhere
	var missing *git.MissingError
	switch {
	case errors.As(err, &missing), errors.Is(err, git.ErrAmbiguousName), errors.Is(err, git.ErrTooLarge):
		return "", nil
	case err != nil:
		return "", err
	case o.Kind != "commit":
		return "", nil
	}
	return o.ID, nil
}
