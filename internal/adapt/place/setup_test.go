package place_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt/place"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// stage is a repository with a fix and a target, and a Finder that reads it.
type stage struct {
	store *git.Store
	trees place.Trees
	repo  *gittest.Repo
}

// open takes the commit labelled fix for the fix and the branch old for the
// target.
func open(t *testing.T, text string) *stage {
	t.Helper()
	r := gittest.New(t, text)
	repo, err := git.Open(context.Background(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := repo.NewStore(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	tree := func(name string) string { return r.Git(t, "rev-parse", name+"^{tree}") }
	fix := r.ID("fix")
	return &stage{store: s, repo: r, trees: place.Trees{Base: tree(fix + "^"), Ours: tree(r.ID("old")), Theirs: tree(fix)}}
}

// branches is history with a target for each of several texts, named t0, t1, …;
// aim chooses one.
func branches(before, fix string, targets []string) string {
	out := "-- commit start on main: start --\n-- file README --\nread me\n-- branch old from main --\n"
	for i := range targets {
		out += fmt.Sprintf("-- branch t%d from main --\n", i)
	}
	out += "-- commit before on main: before --\n" + before + "-- commit fix on main: fix --\n" + fix
	for i, target := range targets {
		out += fmt.Sprintf("-- commit on t%d: target --\n", i) + target
	}
	return out
}

func (s *stage) aim(t *testing.T, n int) *stage {
	t.Helper()
	aimed := *s
	aimed.trees.Ours = s.repo.Git(t, "rev-parse", fmt.Sprintf("t%d^{tree}", n))
	return &aimed
}

// blob is a file's text in a tree, nil where there is none.
func (s *stage) blob(t *testing.T, tree, path string) []byte {
	t.Helper()
	got := s.repo.Run(t, "", "cat-file", "blob", tree+":"+path)
	if got.Exit != 0 {
		return nil
	}
	return []byte(got.Stdout)
}

func (s *stage) carry(t *testing.T, path string) place.Carried {
	t.Helper()
	c := place.Change{Trees: s.trees, Path: path, Base: s.blob(t, s.trees.Base, path), Theirs: s.blob(t, s.trees.Theirs, path)}
	got, err := place.New(s.store).Carry(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// numbered is n telling lines.
func numbered(what string, from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "%s number %d\n", what, i)
	}
	return b.String()
}
