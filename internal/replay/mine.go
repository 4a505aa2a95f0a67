package replay

import (
	"context"
	"errors"
	"fmt"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/publish"
)

// Mine finds the cases in a repository's own history: the commits on its
// branches and tags, remote-tracking ones among them, that say in any dialect
// which commit they were picked from (history.Carried has the exact rule).
// They come in the order of history. The index learns what it does not know.
func Mine(ctx context.Context, repo *git.Repo, index *history.Index) ([]Case, error) {
	tips, err := Tips(ctx, repo)
	if err != nil {
		return nil, fmt.Errorf("mine cases: %w", err)
	}
	if err := index.Update(ctx, tips); err != nil {
		return nil, fmt.Errorf("mine cases: %w", err)
	}
	var cases []Case
	for _, c := range index.Carried() {
		cases = append(cases, Case{Fix: c.Original, Onto: c.Parent, Expected: c.Commit})
	}
	return cases, nil
}

// Tips are the commits of all branches and tags, but for those that Backstay
// wrote: else we would learn from ourselves.
func Tips(ctx context.Context, repo *git.Repo) ([]string, error) {
	refs, err := repo.Refs(ctx, "refs/heads", "refs/remotes", "refs/tags")
	if err != nil {
		return nil, err
	}
	var tips []string
	for _, ref := range refs {
		if ref.Commit != "" && !publish.IsResult(ref.Name) {
			tips = append(tips, ref.Commit)
		}
	}
	return tips, nil
}

// Learn has the index know the fixes and targets of cases. What is no commit of
// this repository is passed over: the Judge will say so of its case.
func Learn(ctx context.Context, store *git.Store, index *history.Index, cases []Case) error {
	seen := map[string]bool{}
	var tips []string
	for _, c := range cases {
		for _, id := range []string{c.Fix, c.Onto} {
			if seen[id] {
				continue
			}
			seen[id] = true
			if !git.IsID(id) || index.Known(id) {
				continue
			}
			kind, _, err := store.Info(ctx, id)
			var missing *git.MissingError
			switch {
			case errors.As(err, &missing):
			case err != nil:
				return fmt.Errorf("look for the commits of cases: %w", err)
			case kind == "commit":
				tips = append(tips, id)
			}
		}
	}
	if len(tips) == 0 {
		return nil // the index keeps the tips it has (history.Index.Carried)
	}
	if err := index.Update(ctx, tips); err != nil {
		return fmt.Errorf("look for the commits of cases: %w", err)
	}
	return nil
}
