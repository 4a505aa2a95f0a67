package git

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A FetchError says that a remote could not be asked for what a partial clone
// lacks.
type FetchError struct {
	Remote string
	Err    error
}

func (e *FetchError) Error() string {
	return fmt.Sprintf("fetch what this partial clone lacks from %s: %v", e.Remote, e.Err)
}

func (e *FetchError) Unwrap() error { return e.Err }

// maxRefused bounds how often a remote is asked again without the object that it
// refused.
const maxRefused = 20

// notOurs is how a server names the object that it does not have
// (git-upload-pack(1)).
var notOurs = regexp.MustCompile(`not our ref ([0-9a-f]{40,64})`)

// fetchMissing asks the partial clone's promisor remotes for objects, all at
// once, with the command that git itself runs for one it misses
// (partial-clone(7)); of trees it brings those below, too. What no remote has is
// named by a *MissingError; that none could be asked is a *FetchError.
//
// What is there is seen by the store: the user's git, asked about one object that
// lacks, would go and fetch it.
func (s *Store) fetchMissing(ctx context.Context, ids []string) error {
	ids, err := s.lacking(ctx, ids)
	if err != nil {
		return err
	}
	var failed error
	for _, remote := range s.repo.Promisors(ctx) {
		if len(ids) == 0 {
			break
		}
		if hear := s.repo.opts.Fetching; hear != nil {
			hear(len(ids))
		}
		fetchErr := s.repo.fetchFrom(ctx, remote, ids)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if ids, err = s.lacking(ctx, ids); err != nil {
			return err
		}
		if fetchErr != nil && failed == nil {
			failed = &FetchError{Remote: remote, Err: fetchErr}
		}
	}
	switch {
	case len(ids) == 0:
		return nil
	case failed != nil:
		return failed
	}
	return &MissingError{IDs: ids}
}

// lacking are those of ids that are not there, each once.
func (s *Store) lacking(ctx context.Context, ids []string) ([]string, error) {
	gone, err := s.absent(ctx, ids)
	return slices.Sorted(maps.Keys(gone)), err
}

// fetchFrom asks one remote. A server that lacks one of the objects sends none:
// it is asked again without that.
func (r *Repo) fetchFrom(ctx context.Context, remote string, ids []string) error {
	for range maxRefused {
		in := strings.NewReader(strings.Join(ids, "\n") + "\n")
		_, err := r.user.output(ctx, in, "-c", "fetch.negotiationAlgorithm=noop", "-c", "fetch.writeCommitGraph=false",
			"fetch", "-q", "--no-tags", "--no-prune", "--no-write-fetch-head", "--no-auto-maintenance", "--recurse-submodules=no",
			"--filter=blob:none", "--stdin", "--end-of-options", remote)
		var failed *commandError
		if !errors.As(err, &failed) {
			return err
		}
		refused := notOurs.FindStringSubmatch(failed.stderr)
		if refused == nil || !slices.Contains(ids, refused[1]) {
			plain := *failed
			plain.stderr = credentials.ReplaceAllString(failed.stderr, "://")
			return &plain
		}
		if ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == refused[1] }); len(ids) == 0 {
			return nil
		}
	}
	return nil // so many are not there: what came of the rest is seen
}

// Promisors lists the remotes that have promised what a partial clone lacks, the
// one it was cloned from last, as git asks them; none where the clone is not
// partial.
func (r *Repo) Promisors(ctx context.Context) []string {
	var remotes []string
	out, err := r.user.output(ctx, nil, "config", "-z", "--type=bool", "--get-regexp", `^remote\..*\.promisor$`)
	if err == nil {
		for _, entry := range strings.Split(string(out), "\x00") {
			key, value, _ := strings.Cut(entry, "\n")
			name, ok := strings.CutSuffix(strings.TrimPrefix(key, "remote."), ".promisor")
			if ok && value == "true" && !slices.Contains(remotes, name) {
				remotes = append(remotes, name)
			}
		}
	}
	if first := r.Config(ctx, "extensions.partialClone"); first != "" {
		remotes = append(slices.DeleteFunc(remotes, func(s string) bool { return s == first }), first)
	}
	return remotes
}
