package git

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// FetchMissing asks the partial clone's promisor remotes for objects, all at
// once, with the command that git itself runs for one it misses
// (partial-clone(7)). What no remote gave is named by a *MissingError. It does
// nothing but fail where Options.Fetch is off.
func (r *Repo) FetchMissing(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if !r.opts.Fetch {
		return &MissingError{IDs: ids}
	}
	for _, id := range ids {
		if !IsID(id) {
			return fmt.Errorf("fetch missing objects: %.100q is no object id", id)
		}
	}
	offline := *r
	offline.opts.Fetch = false
	offline.user.env = userEnv(offline.opts)
	var failed error
	for _, remote := range r.promisors(ctx) {
		in := strings.NewReader(strings.Join(ids, "\n") + "\n")
		_, failed = r.user.output(ctx, in, "-c", "fetch.negotiationAlgorithm=noop", "fetch", "-q", "--no-tags",
			"--no-write-fetch-head", "--no-auto-maintenance", "--recurse-submodules=no",
			"--filter=blob:none", "--stdin", "--end-of-options", remote)
		if failed != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		var err error
		if ids, err = offline.missing(ctx, ids); err != nil {
			return fmt.Errorf("fetch missing objects: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
	}
	if failed != nil {
		return fmt.Errorf("fetch missing objects: %w: %w", &MissingError{IDs: ids}, failed)
	}
	return &MissingError{IDs: ids}
}

// promisors lists the remotes that have promised what a partial clone lacks,
// the one it was cloned from last, as git asks them.
func (r *Repo) promisors(ctx context.Context) []string {
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

// missing returns those of ids that the repository does not have.
func (r *Repo) missing(ctx context.Context, ids []string) ([]string, error) {
	in := strings.NewReader(strings.Join(ids, "\n") + "\n")
	out, err := r.user.output(ctx, in, "cat-file", "--batch-check=%(objectname)", "--buffer")
	if err != nil {
		return nil, err
	}
	var gone []string
	for _, line := range strings.Split(string(out), "\n") {
		if id, ok := strings.CutSuffix(line, " missing"); ok {
			gone = append(gone, id)
		}
	}
	return gone, nil
}
