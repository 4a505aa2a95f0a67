package pick_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/pick"
)

// open makes an engine on a test repository.
func open(t testing.TB, r *gittest.Repo, opts pick.Options) *pick.Engine {
	t.Helper()
	ctx := context.Background()
	repo, err := git.Open(ctx, r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return pick.New(store, opts)
}

// TestPickIsGits compares every pick in random histories with the installed
// git: clean exactly where git is clean, and the same tree.
func TestPickIsGits(t *testing.T) {
	t.Parallel()
	for seed := range 40 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			compare(t, gittest.New(t, gittest.RandomSeed(seed)))
		})
	}
}

func compare(t *testing.T, r *gittest.Repo) {
	t.Helper()
	fixes := strings.Fields(r.Git(t, "rev-list", "--no-merges", "main"))
	targets := strings.Fields(r.Git(t, "for-each-ref", "--format=%(objectname)", "refs/heads"))
	for _, ask := range []bool{false, true} {
		e := open(t, r, pick.Options{Jobs: 2, AskGit: ask, Chunks: true})
		var requests []pick.Request
		var want []string
		for _, target := range targets {
			for _, fix := range fixes {
				base := r.Git(t, "log", "-1", "--format=%P", fix)
				onto := r.Git(t, "rev-parse", target+"^{tree}")
				requests = append(requests, pick.Request{Commit: fix, Base: base, Onto: onto})
				tree, clean, _ := r.Pick(t, fix, target)
				if !clean {
					tree = ""
				}
				want = append(want, tree)
			}
		}
		got, err := e.Merge(context.Background(), requests)
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range got {
			if g.Err != nil {
				t.Errorf("%+v: %v", requests[i], g.Err)
			}
			if g.Clean != (want[i] != "") || g.Clean && g.Tree != want[i] {
				t.Errorf("%+v (%s): got %q, git says %q", requests[i], g.Engine, g.Tree, want[i])
			}
		}
	}
}

var _ = rapid.Check
