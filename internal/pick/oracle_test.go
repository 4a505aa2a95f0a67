package pick_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			compare(t, gittest.New(t, gittest.RandomSeed(seed)))
		})
	}
}

// TestOrt compares picks that use what git's ort merge does beyond equal
// paths: each file in testdata/ort is a small history, named for what it is
// about.
func TestOrt(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/ort/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no histories", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, gittest.New(t, string(text)))
		})
	}
}

// modes are the ways to ask the engine; all give the same outcomes and trees.
var modes = map[string]pick.Options{
	"memory": {Jobs: 2, Chunks: true},
	"git":    {Jobs: 1, AskGit: true, Chunks: true},
	"brief":  {Jobs: 2, Brief: true},
	"write":  {Jobs: 2, Write: true},
}

func compare(t *testing.T, r *gittest.Repo) {
	t.Helper()
	fixes := strings.Fields(r.Git(t, "rev-list", "--no-merges", "main"))
	targets := strings.Fields(r.Git(t, "for-each-ref", "--format=%(objectname)", "refs/heads"))
	bases := map[string]string{}
	for _, fix := range fixes {
		bases[fix] = r.Git(t, "log", "-1", "--format=%P", fix)
	}
	var requests []pick.Request
	var want []string
	for _, target := range targets {
		onto := r.Git(t, "rev-parse", target+"^{tree}")
		for _, fix := range fixes {
			requests = append(requests, pick.Request{Commit: fix, Base: bases[fix], Onto: onto})
			tree, clean, _ := r.Pick(t, fix, target)
			if !clean {
				tree = ""
			}
			want = append(want, tree)
		}
	}
	for name, opts := range modes {
		got, err := open(t, r, opts).Merge(context.Background(), requests)
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range got {
			if g.Err != nil {
				t.Errorf("%s: %+v: %v", name, requests[i], g.Err)
			}
			if g.Clean != (want[i] != "") || g.Clean && g.Tree != want[i] {
				t.Errorf("%s: %+v (%s): got %q, git says %q", name, requests[i], g.Engine, g.Tree, want[i])
			}
			if !g.Clean && len(g.Files) == 0 {
				t.Errorf("%s: %+v: a conflict that names no file", name, requests[i])
			}
		}
	}
}
