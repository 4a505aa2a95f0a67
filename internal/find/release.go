package find

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/glob"
)

// ReleaseList is the release branches of a repository.
type ReleaseList struct {
	// Targets are newest first.
	Targets []backport.Target
	// Rule is one sentence for the user: what was found and why just these.
	Rule string
}

const byNameRule = "branches named after a version, alone or beside a word such as release, stable, maint or v"

// Releases finds the release branches: by their names, and where a name says
// too little by the tags that continue it (the tag v28.0.1 makes a release of
// the branch "28"). patterns, if there are any, replace the recognition. The
// default branch is never a release, nor are the branches where results go.
// store answers which of two equal versions is the newer.
func Releases(ctx context.Context, repo *git.Repo, store *git.Store, patterns []string) (ReleaseList, error) {
	b, err := listBranches(ctx, repo)
	if err != nil {
		return ReleaseList{}, err
	}
	return b.releases(ctx, repo, store, patterns)
}

func (b *branches) releases(ctx context.Context, repo *git.Repo, store *git.Store, patterns []string) (ReleaseList, error) {
	var found []backport.Target
	var why string
	var err error
	if len(patterns) > 0 {
		found, err = b.matching(patterns)
		why = "branches that match " + strings.Join(patterns, ", ") + ", as configured"
	} else {
		found, why, err = b.recognised(ctx, repo)
	}
	if err != nil {
		return ReleaseList{}, err
	}
	if err := NewestFirst(ctx, store, found); err != nil {
		return ReleaseList{}, err
	}
	if b.main != "" {
		why += "; not the default branch " + b.main
	}
	rule := "no release branches: there are no " + why
	switch n := len(found); {
	case n == 1:
		rule = fmt.Sprintf("1 release branch, %s: %s", found[0].Name, why)
	case n > 1:
		rule = fmt.Sprintf("%d release branches, from %s back to %s: %s", n, found[0].Name, found[n-1].Name, why)
	}
	return ReleaseList{Targets: found, Rule: rule}, nil
}

// candidate reports whether a branch may be a release at all.
func (b *branches) candidate(t backport.Target) bool {
	return t.Name != b.main && !strings.HasPrefix(t.Name, resultPrefix)
}

// matching returns the branches that one of the patterns fits. A pattern that
// fits nothing is no error: releases come and go.
func (b *branches) matching(patterns []string) ([]backport.Target, error) {
	var out []backport.Target
	names := make([]string, len(patterns))
	for i, p := range patterns {
		names[i] = strings.TrimPrefix(p, headsPrefix)
		if err := checkPattern(names[i]); err != nil {
			return nil, err
		}
	}
	for _, t := range b.shown {
		if b.candidate(t) && glob.Match(names, t.Name) {
			out = append(out, t)
		}
	}
	return out, nil
}

// recognised returns the branches that are releases by name or by tag.
func (b *branches) recognised(ctx context.Context, repo *git.Repo) (found []backport.Target, why string, err error) {
	doubts := map[string][]backport.Target{} // by the key of their line
	var patterns []string
	series := false
	for _, t := range b.shown {
		l, ok := readName(t.Name)
		switch {
		case !ok || !b.candidate(t):
		case l.certain:
			found = append(found, t)
			series = series || len(l.version) == 0
		case len(l.words) <= maxWords:
			doubts[l.key()] = append(doubts[l.key()], t)
			patterns = append(patterns, l.tagPattern())
		}
	}
	why = byNameRule
	if series {
		why += ", or a series below stable/ or unmaintained/"
	}
	if len(doubts) == 0 {
		return found, why, nil
	}
	if len(patterns) > maxPatterns {
		patterns = []string{tagsPrefix}
	}
	tags, err := repo.Refs(ctx, patterns...)
	if err != nil {
		return nil, "", err
	}
	byTag := ""
	for _, tag := range tags {
		name := strings.TrimPrefix(tag.Name, tagsPrefix)
		for _, key := range continued(name) {
			for _, t := range doubts[key] {
				byTag = fmt.Sprintf("%s, which the tag %s continues", t.Name, name)
			}
			found = append(found, doubts[key]...)
			delete(doubts, key)
		}
	}
	if byTag != "" {
		why += ", or known from tags such as " + byTag
	}
	return found, why, nil
}

const (
	// maxWords is how many words that say nothing about releases a name may
	// have; longer ones are about something else.
	maxWords = 2
	// maxPatterns is how many names git is asked about one by one.
	maxPatterns = 200
)

// NewestFirst sorts targets by the versions in their names. Where versions do
// not decide, the date of the tip does, then the name.
func NewestFirst(ctx context.Context, store *git.Store, targets []backport.Target) error {
	lines := map[string]line{}
	for _, t := range targets {
		lines[t.Name], _ = readName(t.Name)
	}
	dates := map[string]int64{}
	var failed error
	date := func(id string) int64 {
		if d, ok := dates[id]; ok || failed != nil {
			return d
		}
		c, err := store.Commit(ctx, id)
		if err != nil {
			failed = err
		}
		dates[id] = git.When(c.Committer)
		return dates[id]
	}
	slices.SortStableFunc(targets, func(x, y backport.Target) int {
		if c := lines[y.Name].compare(lines[x.Name]); c != 0 {
			return c
		}
		if a, b := date(x.Commit), date(y.Commit); a != b {
			if a > b {
				return -1
			}
			return 1
		}
		return strings.Compare(x.Name, y.Name)
	})
	return failed
}
