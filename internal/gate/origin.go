package gate

import (
	"context"
	"errors"
	"sort"

	"backstay.dev/backstay/internal/git"
)

const (
	// maxChain bounds the first parents that are listed in search of a commit,
	// and maxMerges the merges that are entered.
	maxChain, maxMerges = 50_000, 16
)

// A holds says whether a tree has what is asked for.
type holds func(ctx context.Context, tree string) (bool, error)

// origin finds the commit that brought something to the source: the source has
// it right before the fix, and not where it left the target's history. "" is
// not known. One half of the way is tried after the other, along first parents
// and then into the merge that is found, so a few trees are read, and of what
// came and went several times one time is found.
func (c *Checker) origin(ctx context.Context, q Question, has holds) (string, error) {
	steps := q.Pick.Fix.Steps
	if c.index == nil || len(steps) == 0 || !c.index.Known(q.Pick.Target.Commit) {
		return "", nil
	}
	at, ground := steps[0].Base, q.Pick.Target.Commit
	for range maxMerges {
		found, err := c.arrival(ctx, at, ground, has)
		if err != nil || found == "" {
			return "", err
		}
		parents := c.index.Parents(found)
		if len(parents) != 2 {
			return found, nil
		}
		inside, err := c.within(ctx, parents[1], has)
		if err != nil {
			return "", err
		}
		if !inside {
			return found, nil // the merge itself brought it
		}
		at, ground = parents[1], parents[0]
	}
	return "", nil
}

// arrival is the commit on the first-parent way from ground to at in which
// something came, "" if it did not come there.
func (c *Checker) arrival(ctx context.Context, at, ground string, has holds) (string, error) {
	// The way is listed as far as it takes to meet ground, in steps that grow.
	chain, asked := []string{at}, 1
	for len(chain) < maxChain {
		if len(chain) == asked {
			if c.index.IsAncestor(chain[asked-1], ground) {
				break
			}
			asked *= 2
		}
		parents := c.index.Parents(chain[len(chain)-1])
		if len(parents) == 0 {
			break
		}
		chain = append(chain, parents[0])
	}
	// The commits that ground has, too, are the last ones of the chain.
	end := sort.Search(len(chain), func(i int) bool { return c.index.IsAncestor(chain[i], ground) })
	if end == 0 || end == len(chain) {
		return "", nil
	}
	var failed error
	test := func(i int) bool {
		ok, err := c.within(ctx, chain[i], has)
		if err != nil {
			failed = err
		}
		return ok
	}
	if !test(0) || test(end) || failed != nil {
		return "", failed
	}
	i := sort.Search(end, func(i int) bool { return failed == nil && !test(i) })
	if failed != nil || i == 0 {
		return "", failed
	}
	return chain[i-1], nil
}

// within asks about a commit's tree. What cannot be read there is not there.
func (c *Checker) within(ctx context.Context, commit string, has holds) (bool, error) {
	tree, err := c.objects.treeOf(ctx, commit)
	if err == nil {
		var ok bool
		if ok, err = has(ctx, tree); err == nil {
			return ok, nil
		}
	}
	var missing *git.MissingError
	if errors.As(err, &missing) {
		return false, nil
	}
	return false, err
}

// word asks for a word in a file.
func (c *Checker) word(path, word string) holds {
	return func(ctx context.Context, tree string) (bool, error) {
		id, err := c.objects.file(ctx, tree, path)
		if err != nil || id == "" {
			return false, err
		}
		src, err := c.objects.blob(ctx, id)
		return err == nil && mentions(src, word), err
	}
}
