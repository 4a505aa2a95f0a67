package carry

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/pick"
	"backstay.dev/backstay/internal/publish"
	"backstay.dev/backstay/internal/verify"
	"backstay.dev/backstay/internal/verify/api"
	"backstay.dev/backstay/internal/verify/compare"
)

// Inspection says how backports are verified.
type Inspection struct {
	// Original is the fix that the backports carry; nil to have that of each
	// found. Mainline says that the parents are given which its merges are taken
	// against; else those that fit are found out.
	Original *backport.Fix
	Mainline bool
	// Releases are the release branches, newest first: the trail is followed on
	// those that are newer than the target.
	Releases []backport.Target
	// Verifier builds and tests; nil for no build. Required are the names of the
	// platforms that a policy asks for where it names none.
	Verifier *verify.Verifier
	Required []string
	// Policy is what must hold of backports to a target.
	Policy func(target string) verify.Policy
	// Override is the reason for accepting what a policy refuses.
	Override string
}

// Verify finds out what there is to know of backports and judges them. Each has
// its name, target, commits and tree; the rest is filled in. What keeps one from
// being examined is in its Error; the error is for what stops everything.
func (c *Carrier) Verify(ctx context.Context, vs []backport.Verification, in Inspection) error {
	for i := range vs {
		v := &vs[i]
		if c.Progress != nil {
			c.Progress("verifying", i, len(vs))
		}
		if err := c.verify(ctx, v, in); err != nil {
			if all := ofAll(ctx, err); all != nil {
				return fmt.Errorf("verify %s: %w", v.Name, all)
			}
			v.Error = err.Error()
		}
		v.Verdict = in.Policy(v.Target.Name).Judge(v, in.Required, in.Override)
	}
	return nil
}

// verify goes from what costs little to what costs much.
func (c *Carrier) verify(ctx context.Context, v *backport.Verification, in Inspection) error {
	if in.Original != nil {
		v.Original, v.Found = in.Original, "you named it"
		if !in.Mainline {
			if err := c.mainline(ctx, v); err != nil {
				return fmt.Errorf("try the parents of a merge: %w", err)
			}
		}
	} else if v.Original == nil {
		if err := c.Original(ctx, v); err != nil {
			return err
		}
	}
	settled, err := c.settler(ctx, v.Target, in.Releases)
	if err != nil {
		return fmt.Errorf("read branches: %w", err)
	}
	c.settled = settled
	if err := c.Audit(ctx, v); err != nil {
		return err
	}
	if err := c.Trail(ctx, v, in.Releases); err != nil {
		return err
	}
	onto, err := c.Store.Commit(ctx, v.Target.Commit)
	if err != nil {
		return err
	}
	own, err := compare.Read(ctx, c.Store, onto.Tree, v.Tree)
	if err != nil {
		return fmt.Errorf("read the backport: %w", err)
	}
	subject := verify.Subject{
		Name: v.Name, Target: verify.Tip{Commit: onto.ID, Tree: onto.Tree},
		Backport: verify.Tip{Commit: v.Commits[len(v.Commits)-1], Tree: v.Tree},
	}
	if v.Original != nil {
		if err := c.beside(ctx, v, &subject, own); err != nil {
			return err
		}
	}
	if v.API, v.Uncompared, err = api.Changes(ctx, c.Store, onto.Tree, v.Tree); err != nil {
		return fmt.Errorf("compare the API: %w", err)
	}
	if in.Verifier != nil {
		v.Runs, err = in.Verifier.Verify(ctx, subject)
	}
	return err
}

// beside compares a backport's change with that of its original, function by
// function. Originals that cannot be joined to one change are not compared; a
// finding says so.
func (c *Carrier) beside(ctx context.Context, v *backport.Verification, subject *verify.Subject, own []compare.File) error {
	before, after, err := c.span(ctx, v.Original.Steps)
	if err == nil {
		var original []compare.File
		if original, err = compare.Read(ctx, c.Store, before, after); err == nil {
			subject.Base, subject.Original = before, after
			v.Functions = compare.Functions(original, own)
			return nil
		}
	}
	if all := ofAll(ctx, err); all != nil {
		return fmt.Errorf("read the original: %w", all)
	}
	v.Findings = append(v.Findings, backport.Finding{
		Check: "functions", Severity: backport.Warning, Commit: v.Original.ID(),
		Text: "the functions are not compared with the original: " + err.Error(),
	})
	return nil
}

// span gives the trees before and after all steps of a fix together, in the
// order of the source: a backport may carry them in another.
func (c *Carrier) span(ctx context.Context, steps []backport.Step) (before, after string, err error) {
	a := &auditor{c: c}
	if c.Index != nil && len(steps) > 1 {
		var ids []string
		for _, s := range steps {
			ids = append(ids, s.Commit)
		}
		c.Index.Order(ids)
		steps = slices.Clone(steps)
		slices.SortStableFunc(steps, func(a, b backport.Step) int {
			return cmp.Compare(slices.Index(ids, a.Commit), slices.Index(ids, b.Commit))
		})
	}
	one, err := a.squash(ctx, pick.New(c.Store, pick.Options{Jobs: c.Jobs, AskGit: true, Write: true, CustomDriver: c.customDriver(ctx)}), steps)
	if err != nil {
		return "", "", err
	}
	if one.Base != "" {
		base, err := c.Store.Commit(ctx, one.Base)
		if err != nil {
			return "", "", err
		}
		before = base.Tree
	}
	last, err := c.Store.Commit(ctx, one.Commit)
	return before, last.Tree, err
}

// Drafts are the verifications of picks that were drafted (Order.Draft), by the
// index of the pick: each stands for the commits that would be written.
func (c *Carrier) Drafts(ctx context.Context, picks []backport.Pick) (vs []backport.Verification, of []int, err error) {
	for i, p := range picks {
		if p.Branch == nil || p.Branch.Commit == "" || p.Branch.State == "refused" {
			continue
		}
		v := backport.Verification{
			Name: strings.TrimPrefix(p.Branch.Name, "refs/heads/"), Target: p.Target, Tree: p.Tree, Subject: p.Fix.Subject,
			Original: &picks[i].Fix, Found: "it is the pick of " + p.Fix.Name,
		}
		for id := p.Branch.Commit; id != p.Target.Commit; {
			commit, err := c.Store.Commit(ctx, id)
			if err != nil {
				return nil, nil, fmt.Errorf("read %s: %w", v.Name, err)
			}
			v.Commits = append([]string{id}, v.Commits...)
			if len(commit.Parents) != 1 {
				break // somebody else's
			}
			id = commit.Parents[0]
		}
		vs, of = append(vs, v), append(of, i)
	}
	return vs, of, nil
}

// AsOverridden finds what was written with an override before: a branch that has
// other commits than the draft, as their messages say the reason. It stands
// there unchanged if it was the same one.
func (c *Carrier) AsOverridden(ctx context.Context, picks []backport.Pick, o Order, reason string) ([]backport.Pick, error) {
	picks = slices.Clone(picks)
	o.Draft = true
	for i, p := range picks {
		if p.Branch == nil || p.Branch.State != "refused" {
			continue
		}
		p.Branch, p.Error = nil, ""
		again, err := publish.Branches(ctx, c.Repo, c.Store, []backport.Pick{p}, o.publish(reason))
		if err != nil {
			return picks, err
		}
		if b := again[0].Branch; b != nil && b.State == "unchanged" {
			picks[i] = again[0]
		}
	}
	return picks, nil
}

// Publish writes picks that Carry drafted: those that a policy accepts. vs are
// the verifications of the picks with the indices of. The others say that they
// were refused, and why.
func (c *Carrier) Publish(ctx context.Context, picks []backport.Pick, vs []backport.Verification, of []int, o Order) ([]backport.Pick, error) {
	o.Draft = false
	for _, state := range []backport.VerdictState{backport.Accepted, backport.Overridden} {
		var at []int
		var some []backport.Pick
		reason := ""
		for n, v := range vs {
			if v.Verdict.State != state || picks[of[n]].Branch.State == "unchanged" {
				continue
			}
			at, some = append(at, of[n]), append(some, picks[of[n]])
			if state == backport.Overridden {
				reason = v.Verdict.Override
			}
		}
		if len(some) == 0 {
			continue
		}
		written, err := publish.Branches(ctx, c.Repo, c.Store, some, o.publish(reason))
		for n, p := range written {
			picks[at[n]] = p
		}
		if err != nil {
			return picks, err
		}
	}
	for n, v := range vs {
		if v.Verdict.State == backport.Accepted || v.Verdict.State == backport.Overridden {
			if err := c.written(ctx, &vs[n], picks[of[n]]); err != nil {
				return picks, err
			}
			continue
		}
		p := &picks[of[n]]
		p.Branch.State, p.Branch.Commit = "refused", ""
		p.Error = "the policy does not accept it: " + reasonOf(v.Verdict)
	}
	return picks, nil
}

// written has a verification name the commits that were written in place of its
// drafts: they have another date, and may say why a policy was overridden.
func (c *Carrier) written(ctx context.Context, v *backport.Verification, p backport.Pick) error {
	ids := make([]string, len(v.Commits))
	id := p.Branch.Commit
	for i := len(ids) - 1; i >= 0 && id != ""; i-- {
		commit, err := c.Store.Commit(ctx, id)
		if err != nil {
			return fmt.Errorf("read %s: %w", v.Name, err)
		}
		if ids[i], id = id, ""; len(commit.Parents) > 0 {
			id = commit.Parents[0]
		}
	}
	if !slices.Contains(ids, "") {
		v.Commits = ids
	}
	return nil
}

// reasonOf is the first rule that a backport breaks, or leaves open.
func reasonOf(v backport.Verdict) string {
	for _, state := range []string{"broken", "open"} {
		for _, r := range v.Rules {
			if r.State == state {
				return r.Rule + ": " + r.Text
			}
		}
	}
	return "nothing was tried"
}
