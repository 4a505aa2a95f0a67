package find_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// open opens a test repository and makes a store for it.
func open(t testing.TB, r *gittest.Repo) (*git.Repo, *git.Store) {
	t.Helper()
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return repo, store
}

// fixes reads fixes that must be readable.
func fixes(t testing.TB, r *gittest.Repo, opts find.FixOptions, args ...string) ([]backport.Fix, *git.Store) {
	t.Helper()
	repo, store := open(t, r)
	got, err := find.Fixes(t.Context(), repo, store, args, opts)
	if err != nil {
		t.Fatalf("Fixes(%q): %v", args, err)
	}
	return got, store
}

// fixError reads a fix that must be refused, and returns both lines.
func fixError(t testing.TB, r *gittest.Repo, opts find.FixOptions, args ...string) string {
	t.Helper()
	repo, store := open(t, r)
	got, err := find.Fixes(t.Context(), repo, store, args, opts)
	if err == nil {
		t.Fatalf("Fixes(%q) = %+v, want an error", args, got)
	}
	return lines(t, err)
}

// lines is what a person sees of an error: what, and the hint.
func lines(t testing.TB, err error) string {
	t.Helper()
	var input *backport.InputError
	if !errors.As(err, &input) {
		t.Fatalf("%v is no InputError", err)
	}
	if err.Error() != input.What {
		t.Errorf("%q is wrapped: %q", input.What, err)
	}
	if strings.Contains(input.What+input.Hint, "\n") {
		t.Errorf("more than one line: %q, %q", input.What, input.Hint)
	}
	return strings.TrimSuffix(input.What+"\n"+input.Hint, "\n")
}

// inStore runs git on the store, where trial commits are.
func inStore(t testing.TB, r *gittest.Repo, s *git.Store, args ...string) string {
	t.Helper()
	return r.Git(t, append([]string{"--git-dir=" + s.Dir}, args...)...)
}

// raw is the difference between two commits of the store, path by path.
func raw(t testing.TB, r *gittest.Repo, s *git.Store, step backport.Step) string {
	t.Helper()
	if step.Base == "" {
		return inStore(t, r, s, "diff-tree", "-r", "--no-renames", "--root", "--no-commit-id", step.Commit)
	}
	return inStore(t, r, s, "diff-tree", "-r", "--no-renames", step.Base, step.Commit)
}

func releases(t testing.TB, ctx context.Context, r *gittest.Repo, patterns ...string) (string, string) {
	t.Helper()
	repo, store := open(t, r)
	list, err := find.Releases(ctx, repo, store, patterns)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, target := range list.Targets {
		got = append(got, target.Name)
	}
	return strings.Join(got, " "), list.Rule
}
