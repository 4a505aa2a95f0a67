package verify

import (
	"context"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/verify/tests"
)

// A Tip is a commit and its tree.
type Tip struct{ Commit, Tree string }

// Subject is one backport to run.
type Subject struct {
	// Name is what the user calls it.
	Name string
	// Target is what the backport stands on, Backport what comes of it there.
	Target, Backport Tip
	// Base and Original are the trees before and after the fix where it comes
	// from; empty where that is not known. Their tests are the proof beside those
	// that the backport brings itself.
	Base, Original string

	// plain leaves the proof out.
	plain bool
}

// trees are all that the runs of a subject depend on.
func (s Subject) trees() []string {
	if s.plain {
		return []string{s.Target.Tree, s.Backport.Tree}
	}
	return []string{s.Target.Tree, s.Backport.Tree, s.Base, s.Original}
}

// layer puts tests on trees.
type layer interface {
	lay(ctx context.Context, t tests.Trees) (tests.Laid, error)
	// locate finds the modules that chosen tests stand in.
	locate(ctx context.Context, chosen *tests.Selection, tree string) error
}

// storeLayer is the layer of a store.
type storeLayer struct{ *git.Store }

func (s storeLayer) lay(ctx context.Context, t tests.Trees) (tests.Laid, error) {
	return tests.Lay(ctx, s.Store, t)
}

func (s storeLayer) locate(ctx context.Context, chosen *tests.Selection, tree string) error {
	return chosen.Locate(ctx, s.Store, tree)
}
