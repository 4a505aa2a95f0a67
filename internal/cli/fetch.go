package cli

import (
	"context"
	"errors"
	"fmt"

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
