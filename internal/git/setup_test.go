package git_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// openAt opens the repository at dir with a store of its own, and more
// variables in the environment.
func openAt(t *testing.T, dir string, more ...string) (*git.Repo, *git.Store) {
	t.Helper()
	return openWith(t, dir, 2, git.Options{Env: append(gittest.Env(), more...), Scratch: t.TempDir()})
}

func openWith(t *testing.T, dir string, readers int, opts git.Options) (*git.Repo, *git.Store) {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), readers)
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

// lacks fails the test unless err is about this missing object.
func lacks(t *testing.T, err error, id string) {
	t.Helper()
	var missing *git.MissingError
	if !errors.As(err, &missing) || len(missing.IDs) != 1 || missing.IDs[0] != id {
		t.Errorf("got %v, want that %s is missing", err, id)
	}
}

// remove takes a loose object away and returns what brings it back.
func remove(t *testing.T, r *gittest.Repo, id string) (restore func()) {
	t.Helper()
	objects := r.Git(t, "rev-parse", "--path-format=absolute", "--git-path", "objects")
	path := filepath.Join(objects, id[:2], id[2:])
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Rename(path+".away", path); err != nil {
			t.Fatal(err)
		}
	}
}

// loosen turns the packs of a repository into loose objects.
func loosen(t *testing.T, r *gittest.Repo) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(r.Git(t, "rev-parse", "--path-format=absolute", "--git-path", "objects"), "pack", "pack-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packs {
		text, err := os.ReadFile(p)
		if err == nil {
			err = os.Remove(p)
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(p, ".pack") {
			defer func() {
				if got := r.Run(t, string(text), "unpack-objects", "-q"); got.Exit != 0 {
					t.Fatal(got.Stderr)
				}
			}()
		}
	}
}

// blobs writes n small blobs to the store and returns their ids; blob i is
// "blob i\n".
func blobs(t *testing.T, s *git.Store, n int) []string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		var err error
		if ids[i], err = s.Write("blob", fmt.Appendf(nil, "blob %d\n", i)); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// readsRight fails the test unless the store still answers what it is asked.
func readsRight(ctx context.Context, t *testing.T, s *git.Store, ids []string) {
	t.Helper()
	for i, id := range ids {
		o, err := s.Read(ctx, id, 0)
		if want := fmt.Sprintf("blob %d\n", i); err != nil || string(o.Content) != want || o.ID != id || o.Kind != "blob" {
			t.Fatalf("object %d: got %s %q %v, want %q", i, o.Kind, o.Content, err, want)
		}
	}
}
