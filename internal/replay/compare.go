package replay

import (
	"context"
	"errors"
	"io/fs"

	"backstay.dev/backstay/internal/git"
)

// maxFolders bounds the folders that one comparison opens.
const maxFolders = 10_000

var errTooLarge = errors.New("compare trees: they are too large")

// sameWhere reports whether two trees differ in no path that matters. The first
// difference in one that does ends it.
func sameWhere(ctx context.Context, store *git.Store, a, b string, matters func(path string) bool) (bool, error) {
	same, opened := true, 0
	enter := func(string) bool {
		opened++
		return opened < maxFolders
	}
	err := git.NewTrees(store, 0).Diff(ctx, a, b, enter, func(path string, _, _ git.Entry) error {
		if matters(path) {
			same = false
			return fs.SkipAll
		}
		return nil
	})
	if err == nil && same && opened >= maxFolders {
		err = errTooLarge
	}
	return same && err == nil, err
}
