package carry

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/pick"
	"backstay.dev/backstay/internal/provenance"
)

const (
	// trailCheck is the check that breaks in a provenance chain are findings of.
	trailCheck = "trail"
	// maxHops bounds the hops of one backport.
	maxHops = 256
	// branchHas, branchLacks and branchDeclined are what a newer branch has of a fix.
	branchHas      = "yes"
	branchLacks    = "no"
	branchDeclined = "declined"
)

// Trail follows the provenance chain of the backport: what its commits name,
// what those name, and so on. Each hop must be a commit of this repository and
// the one that is meant, which its title tells; what it brings must be on every
// release branch newer than the target, in any form, or its absence a recorded
// decision (see declinedWords). v.Trail gets the hops, v.Findings what is wrong.
// releases are the release branches, in any order.
//
// Where a backport names nothing, the hop is the original that was found.
func (c *Carrier) Trail(ctx context.Context, v *backport.Verification, releases []backport.Target) error {
	newer, err := c.newer(ctx, v.Target, releases)
	if err != nil {
		return fmt.Errorf("follow the trail: %w", err)
	}
	tips := make([]string, len(newer))
	for i, t := range newer {
		tips[i] = t.Commit
	}
	if err := c.survey(ctx, append(tips, v.Commits...)...); err != nil {
		return fmt.Errorf("follow the trail: read history: %w", err)
	}
	t := &tracer{c: c, v: v, newer: newer, trees: git.NewTrees(c.Store, treesKept), seen: map[string]bool{}}
	if t.settled, err = c.settler(ctx, v.Target, releases); err != nil {
		return fmt.Errorf("follow the trail: read branches: %w", err)
	}
	for _, id := range v.Commits {
		if err := t.follow(ctx, id); err != nil {
			if all := ofAll(ctx, err); all != nil {
				return fmt.Errorf("follow the trail: %w", all)
			}
			t.find(backport.Warning, id, "the trail of "+git.ShortID(id)+" cannot be followed: "+err.Error())
		}
	}
	if err := t.branches(ctx); err != nil {
		return fmt.Errorf("follow the trail: %w", err)
	}
	return nil
}

// newer are the releases newer than the target, the newest first.
func (c *Carrier) newer(ctx context.Context, target backport.Target, releases []backport.Target) ([]backport.Target, error) {
	all := slices.DeleteFunc(slices.Clone(releases), func(t backport.Target) bool { return t.Name == target.Name })
	if len(all) == 0 {
		return nil, nil
	}
	if err := find.NewestFirst(ctx, c.Store, all); err != nil {
		return nil, err
	}
	pair := []backport.Target{target, {}}
	// The releases are in order: the target's place among them is found by
	// asking for one pair at a time.
	at, end := 0, len(all)
	for at < end {
		mid := (at + end) / 2
		pair[0], pair[1] = target, all[mid]
		if err := find.NewestFirst(ctx, c.Store, pair); err != nil {
			return nil, err
		}
		if pair[0].Name == target.Name {
			end = mid
		} else {
			at = mid + 1
		}
	}
	return all[:at], nil
}

// A tracer follows the trail of one backport.
type tracer struct {
	c     *Carrier
	v     *backport.Verification
	newer []backport.Target
	trees *git.Trees
	seen  map[string]bool // commits whose messages were read
	// settled knows what the trunk and the releases have.
	settled *settler
}

func (t *tracer) find(severity backport.Severity, commit, text string) {
	t.v.Findings = append(t.v.Findings, backport.Finding{Check: trailCheck, Severity: severity, Commit: commit, Text: text})
}

// follow adds the hops that begin at a commit.
func (t *tracer) follow(ctx context.Context, id string) error {
	open := []string{id}
	for len(open) > 0 && len(t.v.Trail) < maxHops {
		id, open = open[0], open[1:]
		if t.seen[id] {
			continue
		}
		t.seen[id] = true
		commit, err := t.c.Store.Commit(ctx, id)
		if err != nil {
			return err
		}
		record := provenance.Parse(string(commit.Message))
		if record.RevertSubject != "" {
			continue // it quotes what the commit says that it undoes
		}
		named := map[string]bool{}
		for _, claim := range record.Picks() {
			if claim.ID == "" || named[claim.ID] || len(t.v.Trail) == maxHops {
				continue
			}
			named[claim.ID] = true
			hop, err := t.hop(ctx, commit, claim)
			if err != nil {
				return err
			}
			if hop.Commit != "" && named[hop.Commit] && hop.Commit != claim.ID {
				continue // once in full and once abbreviated
			}
			named[hop.Commit] = true
			t.v.Trail = append(t.v.Trail, hop)
			if hop.Commit != "" {
				open = append(open, hop.Commit)
			}
		}
	}
	return nil
}

// hop reads what a claim names.
func (t *tracer) hop(ctx context.Context, from git.Commit, claim provenance.Claim) (backport.Hop, error) {
	hop := backport.Hop{From: from.ID, Dialect: claim.Dialect, Named: claim.ID}
	full, err := commitNamed(ctx, t.c.Store, claim.ID)
	switch {
	case err != nil:
		return hop, err
	case full == "":
		text := fmt.Sprintf("%s names %s, which this repository does not have", git.ShortID(from.ID), git.ShortID(claim.ID))
		if claim.Repo != "" {
			text += " (it is said to be in " + claim.Repo + ")"
		}
		t.find(backport.Warning, from.ID, text)
		return hop, nil
	}
	named, err := t.c.Store.Commit(ctx, full)
	if err != nil {
		return hop, err
	}
	hop.Commit, hop.Subject = full, named.Subject()
	return hop, t.meant(ctx, from, named)
}

// meant compares the titles of a commit and of the one that it names. Where they
// differ, the lines tell by how much: a title that was reworded is not worth a
// word.
func (t *tracer) meant(ctx context.Context, from, named git.Commit) error {
	if sameSubject(from, named) || slices.ContainsFunc(t.v.Findings, func(f backport.Finding) bool {
		return f.Check == trailCheck && f.Commit == named.ID // the search for the original has said it
	}) {
		return nil
	}
	own, _, err := changeOf(ctx, t.trees, from.ID)
	if err != nil {
		return err
	}
	other, _, err := changeOf(ctx, t.trees, named.ID)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("%s, %q, says that it carries %s, which is %q", git.ShortID(from.ID), from.Subject(), git.ShortID(named.ID), named.Subject())
	switch {
	case own.likeness(other) >= sameChange || own.holds(other) >= guessed:
		return nil
	case own.near(other):
		t.find(backport.Warning, named.ID, said+" and changes other lines")
	default:
		t.find(backport.Error, named.ID, said+" and changes other files: it looks like the fix and is not")
	}
	return nil
}

// branches fills in which newer branches have what each hop names, and tells the
// gaps: those of the fix itself, where the trail ends.
func (t *tracer) branches(ctx context.Context) error {
	if t.c.Index == nil {
		return nil
	}
	fixes := map[string][]backport.HopBranch{} // nil: to be asked
	var order []string
	note := func(id string) {
		if _, there := fixes[id]; !there && id != "" {
			fixes[id], order = nil, append(order, id)
		}
	}
	for _, h := range t.v.Trail {
		note(h.Commit)
	}
	if t.v.Original != nil {
		for _, s := range t.v.Original.Steps {
			note(s.Origin)
		}
	}
	if err := t.unsettled(ctx, order); err != nil {
		return err
	}
	if len(t.newer) == 0 {
		return nil
	}
	var pairs []history.Pair
	for _, id := range order {
		for _, b := range t.newer {
			pairs = append(pairs, history.Pair{Target: b.Commit, Query: history.Query{Fix: id}})
		}
	}
	there, err := t.c.Index.PresentPairs(ctx, pairs)
	if err != nil {
		return err
	}
	decisions, err := t.decisions(ctx, order)
	if err != nil {
		return err
	}
	var ask []asked // what history says nothing of
	for k, id := range order {
		list := make([]backport.HopBranch, len(t.newer))
		for i, b := range t.newer {
			list[i] = backport.HopBranch{Name: b.Name, Has: branchLacks}
			if p := there[k*len(t.newer)+i]; p != nil {
				list[i].Has, list[i].Commit, list[i].Text = branchHas, p.Commit, how(*p)
			} else if reason, ok := decisions[b.Name]; ok {
				list[i].Has, list[i].Text = branchDeclined, reason
			} else {
				ask = append(ask, asked{&list[i], id, b})
			}
		}
		fixes[id] = list
	}
	if err := t.contents(ctx, ask); err != nil {
		return err
	}
	for i := range t.v.Trail {
		t.v.Trail[i].Branches = fixes[t.v.Trail[i].Commit]
	}
	t.gaps(order, fixes)
	return nil
}

// how says how a branch is known to have a fix.
func how(p backport.Presence) string {
	switch p.How {
	case "ancestor":
		return "it is part of the branch"
	case "trailer":
		return "a commit there names it"
	case "patch-id":
		return "a commit there makes the same change"
	case "authorship":
		return "a commit there has the same author, date and title"
	}
	return "it is there by content"
}

// ends tells whether a commit is where the trail ends: the fix, and no backport
// on the way.
func (t *tracer) ends(id string) bool {
	return !slices.ContainsFunc(t.v.Trail, func(h backport.Hop) bool { return h.From == id && h.Commit != "" })
}

// asked is a fix that may be on a branch by content alone.
type asked struct {
	answer *backport.HopBranch
	fix    string
	branch backport.Target
}

// contents tries the fixes on the branches that say nothing of them: one that
// changes nothing there is there already.
func (t *tracer) contents(ctx context.Context, ask []asked) error {
	var jobs []pick.Job
	for _, a := range ask {
		step := backport.Step{Commit: a.fix, Origin: a.fix}
		if parents := t.c.Index.Parents(a.fix); len(parents) > 0 {
			step.Base = parents[0]
		}
		jobs = append(jobs, pick.Job{Fix: backport.Fix{Steps: []backport.Step{step}}, Target: a.branch})
	}
	if len(jobs) == 0 {
		return nil
	}
	picks, err := pick.New(t.c.Store, pick.Options{Jobs: t.c.Jobs, Brief: true, CustomDriver: t.c.customDriver(ctx)}).Picks(ctx, jobs, nil)
	if err != nil {
		return err
	}
	for i, p := range picks {
		if p.Outcome == backport.Present && p.Presence != nil {
			ask[i].answer.Has, ask[i].answer.Text = branchHas, how(*p.Presence)
		}
	}
	return nil
}

// gaps are the findings about newer branches that lack the fix.
func (t *tracer) gaps(order []string, fixes map[string][]backport.HopBranch) {
	for _, id := range order {
		if !t.ends(id) {
			continue
		}
		var lack []string
		for _, b := range fixes[id] {
			if b.Has == branchLacks {
				lack = append(lack, b.Name)
			}
		}
		if len(lack) > 0 {
			t.find(backport.Warning, id, fmt.Sprintf("%s is not on %s, newer than %s: who upgrades loses the fix; if it is not wanted there, say so with %s: <branch>: <reason>",
				git.ShortID(id), strings.Join(lack, ", "), t.v.Target.Name, declinedKey))
		}
	}
}
