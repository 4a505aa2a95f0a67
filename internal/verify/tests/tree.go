package tests

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/git"
)

// maxTree bounds one tree object in bytes.
const maxTree = 64 << 20

func readTree(ctx context.Context, store *git.Store, id string) (git.Tree, error) {
	if id == "" || id == store.Format.EmptyTree() {
		return nil, nil
	}
	o, err := store.Read(ctx, id, maxTree)
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	if o.Kind != "tree" {
		return nil, fmt.Errorf("read tree: %s is a %s", id, o.Kind)
	}
	return git.Tree(o.Content), nil
}
