package carry

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
)

const (
	// maxTrailPaths is for how many of its paths commits are looked for that
	// touched them, maxTrail how many of a path, maxAlike how many are compared
	// line by line.
	maxTrailPaths = 8
	maxTrail      = 400
	maxAlike      = 80
	// maxTrailDepth bounds how many merges lie in each other.
	maxTrailDepth = 8
	// minCommon is how many lines two changes have in common at least where nothing
	// else tells that they are one: one line is no likeness.
	minCommon = 2
)

// sources are the tips of the branches that can have the original: first the
// one that the repository stands on, then the latest. What is part of the
// backport's own history has it not.
func (o *originator) sources(ctx context.Context) []string {
	if o.tips != nil {
		return o.tips
	}
	o.tips = []string{}
	head, err := o.c.Repo.Resolve(ctx, "HEAD")
	if err != nil {
		head = "" // a repository without a default branch
	}
	all := slices.Clone(o.c.tips)
	slices.SortStableFunc(all, func(a, b string) int {
		if a == head || b == head {
			return cmp.Compare(boolInt(b == head), boolInt(a == head))
		}
		return cmp.Compare(o.c.Index.Date(b), o.c.Index.Date(a))
	})
	last := o.v.Commits[len(o.v.Commits)-1]
	for _, tip := range all {
		if len(o.tips) < maxSourceTips && !slices.Contains(o.tips, tip) && !o.c.Index.IsAncestor(tip, last) {
			o.tips = append(o.tips, tip)
		}
	}
	return o.tips
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// twin is a commit of another branch that makes the same change, or that says
// to carry the same.
func (o *originator) twin(ctx context.Context, commit git.Commit, tips []string) (id, how string, err error) {
	pairs := make([]history.Pair, len(tips))
	for i, tip := range tips {
		pairs[i] = history.Pair{Target: tip, Query: history.Query{Fix: commit.ID}}
	}
	there, err := o.c.Index.PresentPairs(ctx, pairs)
	if err != nil {
		return "", "", err
	}
	for _, p := range there {
		if p == nil || p.How == "ancestor" || p.Commit == "" || p.Commit == commit.ID || o.fellow(p.Commit) {
			continue
		}
		if p.How == "patch-id" {
			return p.Commit, "another branch has the same change, by its patch-id", nil
		}
		if p.How == "authorship" {
			continue // see namesake, which looks at the lines, too
		}
		other, err := o.c.Store.Commit(ctx, p.Commit)
		if err != nil {
			return "", "", err
		}
		if sameSubject(other, commit) {
			return p.Commit, "another branch has a commit that names the same source", nil
		}
	}
	return "", "", nil
}

// namesake is a commit of another branch with the same title, by the same author
// or with the same lines.
func (o *originator) namesake(ctx context.Context, commit git.Commit, tips []string) (id, how string, err error) {
	best := 0.0
	seen := map[string]bool{}
	for _, tip := range tips {
		span, err := o.c.Index.Span(ctx, tip, commit.ID)
		if err != nil {
			return "", "", err
		}
		for _, candidate := range span.Namesakes(commit.ID, 0) {
			if seen[candidate] || len(o.c.Index.Parents(candidate)) != 1 || o.fellow(candidate) {
				continue
			}
			seen[candidate] = true
			change, other, err := changeOf(ctx, o.trees, candidate)
			if err != nil {
				return "", "", err
			}
			score := o.other.likeness(change)
			says := "the same title, and"
			switch {
			case other.Author == commit.Author: // with the date
				score, says = score+2, says+" the same author and date"
			case authorOf(other) == authorOf(commit):
				score, says = score+1, says+" the same author"
			case score >= sameChange:
				says += fmt.Sprintf(" %.0f %% of the changed lines", 100*score)
			default:
				continue
			}
			if score > best {
				best, id, how = score, candidate, "another branch has a commit with "+says
			}
		}
		if best > 2 {
			break
		}
	}
	return id, how, nil
}

// authorOf is who wrote a commit, without the date.
func authorOf(c git.Commit) string { return c.Author[:strings.LastIndexByte(c.Author, '>')+1] }

// alike is the commit of another branch that touches the same paths and has the
// most lines in common.
func (o *originator) alike(ctx context.Context, commit git.Commit, tips []string) (id, how string, err error) {
	if o.other.total < minCommon {
		return "", "", nil
	}
	shared := map[string]int{} // paths that a candidate may have in common
	for _, tip := range tips[:min(len(tips), 4)] {
		span, err := o.c.Index.Span(ctx, tip, commit.ID)
		if err != nil {
			return "", "", err
		}
		for _, path := range o.other.paths[:min(len(o.other.paths), maxTrailPaths)] {
			found := map[string]bool{}
			trail(span, tip, path, span.NewLine(nil), 0, found)
			for id := range found {
				shared[id]++
			}
		}
		if len(shared) >= maxAlike {
			break
		}
	}
	candidates := make([]string, 0, len(shared))
	for id := range shared {
		candidates = append(candidates, id)
	}
	when := o.c.Index.Date(commit.ID)
	slices.SortFunc(candidates, func(a, b string) int {
		return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(apart(o.c.Index.Date(a), when), apart(o.c.Index.Date(b), when)), strings.Compare(a, b))
	})
	best := 0.0
	for _, candidate := range candidates[:min(len(candidates), maxAlike)] {
		if o.fellow(candidate) {
			continue
		}
		change, _, err := changeOf(ctx, o.trees, candidate)
		if err != nil {
			return "", "", err
		}
		if score := o.other.likeness(change); score > best && o.other.common(change) >= minCommon {
			best, id = score, candidate
		}
	}
	if best < guessed {
		return "", "", nil
	}
	return id, fmt.Sprintf("a guess by the changed lines alone, of which they have %.0f %% in common", 100*best), nil
}

func apart(a, b int64) int64 { return max(a-b, b-a) }

// trail collects the commits that may have touched a path, those that merges
// brought among them.
func trail(span *history.Span, from, path string, line *history.Line, depth int, found map[string]bool) {
	for _, id := range span.Trail(from, path, maxTrail, line).Commits {
		if found[id] || len(found) >= maxTrail {
			continue
		}
		parents := span.Parents(id)
		if len(parents) <= 1 {
			found[id] = true
		}
		for _, side := range parents[min(len(parents), 1):] {
			if depth < maxTrailDepth && span.Has(side) {
				trail(span, side, path, span.NewLine(line), depth+1, found)
			}
		}
	}
}
