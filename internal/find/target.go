package find

import (
	"context"
	"errors"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/glob"
)

// Targets finds where fixes go. Each argument is a branch, local or
// remote-tracking, a tag, a full ref, a glob over short names of branches, or
// any commit-ish; a target that is no ref can be tried on but not written to,
// its Ref is empty. all adds the release branches (see Releases). What was
// named keeps its order; what a glob stands for is newest first.
//
// Branches go before tags, and the branches of the default remote are found
// without its name.
func Targets(ctx context.Context, repo *git.Repo, store *git.Store, args []string, all bool, patterns []string) ([]backport.Target, error) {
	b, err := listBranches(ctx, repo)
	if err != nil {
		return nil, err
	}
	var out []backport.Target
	for _, arg := range args {
		var found []backport.Target
		if isGlob(arg) {
			found, err = b.globbed(ctx, store, arg)
		} else {
			var t backport.Target
			t, err = b.target(ctx, repo, arg)
			found = []backport.Target{t}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if all {
		releases, err := b.releases(ctx, repo, store, patterns)
		if err != nil {
			return nil, err
		}
		if len(releases.Targets) == 0 {
			return nil, &backport.InputError{
				What: releases.Rule,
				Hint: "name targets with --to, or list the release branches under `releases:` in .backstay.yaml",
			}
		}
		out = append(out, releases.Targets...)
	}
	return distinct(out), nil
}

// distinct drops what was named before, by another name perhaps.
func distinct(targets []backport.Target) []backport.Target {
	seen := map[string]bool{}
	return slices.DeleteFunc(targets, func(t backport.Target) bool {
		key := t.Ref
		if key == "" {
			key = t.Commit
		}
		again := seen[key]
		seen[key] = true
		return again
	})
}

// globbed returns the branches that a pattern fits: those that are shown, or
// where none is, remote-tracking branches by their name with the remote.
func (b *branches) globbed(ctx context.Context, store *git.Store, pattern string) ([]backport.Target, error) {
	among, bare := b.shown, strings.TrimPrefix(pattern, headsPrefix)
	if rest, ok := strings.CutPrefix(pattern, remotesPrefix); ok {
		among, bare = b.remote, rest
	}
	if err := checkPattern(bare); err != nil {
		return nil, err
	}
	var found []backport.Target
	for _, list := range [][]backport.Target{among, b.remote} {
		for _, t := range list {
			// Results are targets only for whoever asks for them by name.
			if glob.Match([]string{bare}, t.Name) && (!strings.HasPrefix(t.Name, resultPrefix) || strings.HasPrefix(bare, resultPrefix)) {
				found = append(found, b.nameRemote(t))
			}
		}
		if len(found) > 0 {
			return found, NewestFirst(ctx, store, found)
		}
	}
	hint := "`*` does not cross a slash; `git branch --all` lists the branches"
	if close := didYouMean(strings.Trim(bare, "*/"), names(b.shown)); close != "" {
		hint = close
	}
	return nil, &backport.InputError{What: "no branch matches " + quote(pattern), Hint: hint}
}

// nameRemote gives a remote-tracking branch of the default remote the name
// without the remote, unless that is a local branch's.
func (b *branches) nameRemote(t backport.Target) backport.Target {
	short, ok := strings.CutPrefix(t.Name, b.origin+"/")
	if !ok || b.origin == "" || !strings.HasPrefix(t.Ref, remotesPrefix) {
		return t
	}
	if named := b.named(short); named != nil && named.Ref == t.Ref {
		return *named
	}
	return t
}

// target finds the one target that a name stands for.
func (b *branches) target(ctx context.Context, repo *git.Repo, arg string) (backport.Target, error) {
	if local := b.named(strings.TrimPrefix(arg, headsPrefix)); local != nil && strings.HasPrefix(local.Ref, headsPrefix) {
		return *local, nil
	}
	if remote := findName(b.remote, strings.TrimPrefix(arg, remotesPrefix)); remote != nil {
		return b.nameRemote(*remote), nil
	}
	if other := b.named(arg); other != nil {
		return *other, nil
	}
	commit, err := repo.Resolve(ctx, arg)
	switch {
	case errors.Is(err, git.ErrAmbiguousName):
		return backport.Target{}, ambiguous(arg, err)
	case errors.Is(err, git.ErrUnknownName):
		return backport.Target{}, b.unknownTarget(ctx, repo, arg)
	case err != nil:
		return backport.Target{}, err
	}
	t := backport.Target{Name: git.ShortID(commit), Commit: commit}
	if git.IsID(arg) {
		return t, nil
	}
	ref := repo.FullRef(ctx, arg)
	switch {
	case ref != arg && (strings.HasPrefix(ref, headsPrefix) || strings.HasPrefix(ref, remotesPrefix)):
		return b.target(ctx, repo, ref) // HEAD, heads/main, @{upstream}
	case strings.HasPrefix(ref, tagsPrefix):
		t.Name, t.Ref = strings.TrimPrefix(ref, tagsPrefix), ref
		if b.named(t.Name) != nil {
			t.Name = "tags/" + t.Name
		}
	case ref != "":
		t.Name, t.Ref = strings.TrimPrefix(ref, "refs/"), ref
	}
	return t, nil
}

func (b *branches) unknownTarget(ctx context.Context, repo *git.Repo, arg string) error {
	if ref := repo.FullRef(ctx, arg); ref != "" {
		return &backport.InputError{What: "target " + quote(arg) + " leads to no commit", Hint: "a target is a branch, a tag or a commit"}
	}
	hint := didYouMean(arg, append(names(b.shown), names(b.remote)...))
	if hint == "" {
		hint = "`git branch --all` lists the branches; `git fetch` brings those of the remote"
	}
	return &backport.InputError{What: "unknown target " + quote(arg), Hint: hint, Err: git.ErrUnknownName}
}

func ambiguous(arg string, err error) error {
	return &backport.InputError{What: quote(arg) + " fits several objects", Hint: "give more digits", Err: err}
}
