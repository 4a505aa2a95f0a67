package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/git"
)

// maxFetches bounds how often git is sent to fetch what turned out to be
// missing. Each time brings a step nearer: trees name trees, trees name files.
const maxFetches = 100

// fetching runs f again as long as it ends for want of objects that git can
// fetch.
func (w *workspace) fetching(ctx context.Context, allowed bool, f func() error) error {
	err := f()
	var missing *git.MissingError
	for n := 0; allowed && n < maxFetches && errors.As(err, &missing); n++ {
		w.progress.update("fetching", n, 0)
		if fetchErr := w.repo.FetchMissing(ctx, missing.IDs); fetchErr != nil {
			return also(err, fmt.Errorf("fetch what lacks: %w", fetchErr))
		}
		err = f()
	}
	return err
}

// carry carries fixes; with fetch it has git fetch what lacks for single picks
// and repeats those.
func (w *workspace) carry(ctx context.Context, fixes []backport.Fix, targets []backport.Target, o carry.Order, fetch bool) ([]backport.Pick, error) {
	carrier := carry.Carrier{Repo: w.repo, Store: w.store, Index: w.index, Jobs: w.app.jobs}
	picks, err := carrier.Carry(ctx, fixes, targets, o)
	asked := map[string]bool{}
	for n := 0; fetch && err == nil && n < maxFetches; n++ {
		var again []int
		var ids []string
		for i, p := range picks {
			if lacks := lacking(p); slices.ContainsFunc(lacks, func(id string) bool { return !asked[id] }) {
				again, ids = append(again, i), append(ids, lacks...)
			}
		}
		if len(again) == 0 {
			break
		}
		for _, id := range ids {
			asked[id] = true
		}
		w.progress.update("fetching", len(asked), 0)
		var nowhere *git.MissingError
		if err := w.repo.FetchMissing(ctx, ids); err != nil && !errors.As(err, &nowhere) {
			return picks, fmt.Errorf("fetch what lacks: %w", err)
		}
		for _, i := range again {
			var one []backport.Pick
			if one, err = carrier.Carry(ctx, []backport.Fix{picks[i].Fix}, []backport.Target{picks[i].Target}, o); err != nil {
				break
			}
			picks[i] = one[0]
		}
	}
	return picks, err
}

var (
	lacked   = regexp.MustCompile(`lacks the object [0-9a-f, ]+`)
	objectID = regexp.MustCompile(`\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b`)
)

// lacking are the objects for want of which a pick could not be tried, as far
// as its error names them (see git.MissingError).
func lacking(p backport.Pick) []string {
	if p.Outcome != backport.Failed {
		return nil
	}
	return objectID.FindAllString(lacked.FindString(p.Error), -1)
}
