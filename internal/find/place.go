package find

import (
	"context"
	"errors"

	"backstay.dev/backstay/internal/git"
)

// place is a commit that a patch may have been made on.
type place struct {
	name   string
	commit git.Commit
}

// likely are the places where most patches are made: HEAD, the default branch.
func (r *reader) likely(ctx context.Context) ([]place, error) {
	if r.places == nil {
		b, err := listBranches(ctx, r.repo)
		if err != nil {
			return nil, err
		}
		r.branches = b
		head, err := r.repo.Resolve(ctx, "HEAD")
		if err == nil {
			err = r.addPlace(ctx, "HEAD", head)
		} else if errors.Is(err, git.ErrUnknownName) {
			err = nil // nothing is committed yet
		}
		if main := b.named(b.main); err == nil && main != nil {
			err = r.addPlace(ctx, main.Name, main.Commit)
		}
		if err != nil {
			return nil, err
		}
	}
	return r.places, nil
}

// everywhere are the likely places and the releases.
func (r *reader) everywhere(ctx context.Context) ([]place, error) {
	if _, err := r.likely(ctx); err != nil {
		return nil, err
	}
	if !r.released {
		r.released = true
		releases, err := r.branches.releases(ctx, r.repo, r.store, r.opts.Releases)
		if err != nil {
			return nil, err
		}
		for _, t := range releases.Targets {
			if err := r.addPlace(ctx, t.Name, t.Commit); err != nil {
				return nil, err
			}
		}
	}
	return r.places, nil
}

func (r *reader) addPlace(ctx context.Context, name, id string) error {
	for _, p := range r.places {
		if p.commit.ID == id {
			return nil
		}
	}
	c, err := r.store.Commit(ctx, id)
	r.places = append(r.places, place{name, c})
	return err
}
