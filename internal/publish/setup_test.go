package publish

import (
	"context"
	"os"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// story has three release branches, and fixes that are clean on all of them.
const story = `
-- commit base on main: the beginning --
-- file lib/a.c --
one
two
three
four
five
six
-- file lib/b.c --
b
-- file doc/readme --
read me
-- branch release/1.x from base --
-- branch release/2.x from base --
-- branch release/3.x from base --
-- commit on release/1.x: its own change --
-- file version --
1
-- commit on release/2.x: its own change --
-- file version --
2
-- commit on release/3.x: its own change --
-- file version --
3
-- commit fix on main: lib: mend two --
author: Grace <grace@example.org>
date: 2024-05-06T07:08:09+02:00

It was broken.

Reviewed-by: Ada <ada@example.org>
-- edit lib/a.c --
 one
-two
+TWO
 three
-- commit next on main: lib: mend b --
author: Alan <alan@example.org>
-- file lib/b.c --
B
-- commit other on main: lib: add c --
author: Grace <grace@example.org>
-- file lib/c.c --
c
`

// place of work: a repository as a test sees it and as the package does.
type bench struct {
	*gittest.Repo
	repo  *git.Repo
	store *git.Store
}

func newBench(t testing.TB, r *gittest.Repo) *bench {
	t.Helper()
	return openBench(t, r, r.Dir)
}

func openBench(t testing.TB, r *gittest.Repo, dir string, env ...string) *bench {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, git.Options{Env: append(gittest.Env(), env...), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bench{Repo: r, repo: repo, store: store}
}

// pick makes the pick of these commits, in order, on a branch: git merges.
func (b *bench) pick(t testing.TB, slug, target string, commits ...string) backport.Pick {
	t.Helper()
	picks, err := makePicks(t.Context(), b.repo, b.store, slug, []string{"refs/heads/" + target}, commits...)
	if err != nil {
		t.Fatal(err)
	}
	return picks[0]
}

// makePicks makes picks of the same commits on several branches.
func makePicks(ctx context.Context, repo *git.Repo, store *git.Store, slug string, refs []string, commits ...string) ([]backport.Pick, error) {
	tips, err := repo.RefValues(ctx, refs)
	if err != nil {
		return nil, err
	}
	picks := make([]backport.Pick, len(refs))
	for i, ref := range refs {
		c, err := store.Commit(ctx, tips[ref])
		if err != nil {
			return nil, err
		}
		picks[i] = backport.Pick{
			Fix: backport.Fix{Slug: slug}, Outcome: backport.Clean, Tree: c.Tree,
			Target: backport.Target{Name: strings.TrimPrefix(ref, "refs/heads/"), Ref: ref, Commit: c.ID},
		}
	}
	for _, id := range commits {
		theirs, err := store.Commit(ctx, id)
		if err != nil {
			return nil, err
		}
		before, err := store.Commit(ctx, theirs.Parents[0])
		if err != nil {
			return nil, err
		}
		base, err := store.Trial(before.Tree, "")
		if err != nil {
			return nil, err
		}
		var merges []git.Merge
		for i := range picks {
			var m git.Merge
			if m.Ours, err = store.Trial(picks[i].Tree, base); err != nil {
				return nil, err
			}
			if m.Theirs, err = store.Trial(theirs.Tree, base); err != nil {
				return nil, err
			}
			merges = append(merges, m)
		}
		merged, err := store.MergeTrees(ctx, "", merges)
		if err != nil {
			return nil, err
		}
		for i := range picks {
			p := &picks[i]
			p.Tree = merged[i].Tree
			p.StepTrees = append(p.StepTrees, p.Tree)
			p.Fix.Steps = append(p.Fix.Steps, backport.Step{Commit: id, Base: before.ID, Origin: id})
			p.Fix.Subject = theirs.Subject()
		}
	}
	return picks, nil
}

// publish runs Branches, which must not fail.
func (b *bench) publish(t testing.TB, opts Options, picks ...backport.Pick) []backport.Pick {
	t.Helper()
	out, err := Branches(t.Context(), b.repo, b.store, picks, opts)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// expect checks a pick's branch state, and that its error has these words.
func expect(t testing.TB, p backport.Pick, state, words string) {
	t.Helper()
	got := "none"
	if p.Branch != nil {
		got = p.Branch.State
	}
	if got != state {
		t.Errorf("%s on %s: branch is %q, want %q (error: %s)", p.Fix.Slug, p.Target.Name, got, state, p.Error)
	}
	if (p.Error == "") != (words == "") || !strings.Contains(p.Error, words) {
		t.Errorf("%s on %s: error %q, want %q", p.Fix.Slug, p.Target.Name, p.Error, words)
	}
	if strings.Contains(p.Error, "\n") {
		t.Errorf("%s on %s: error has several lines: %q", p.Fix.Slug, p.Target.Name, p.Error)
	}
}

// object is a commit as stored.
func (b *bench) object(t testing.TB, name string) string {
	t.Helper()
	got := b.Run(t, "", "cat-file", "commit", name)
	if got.Exit != 0 {
		t.Fatalf("%s: %s", name, got.Stderr)
	}
	return got.Stdout
}

// everything is all files below a folder, with their contents.
func everything(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var walk func(string)
	walk = func(sub string) {
		f, err := root.Open(sub)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := f.ReadDir(-1)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			path := sub + "/" + e.Name()
			if e.IsDir() {
				all[path] = "folder"
				walk(path)
				continue
			}
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			content, err := root.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all[path] = info.Mode().String() + info.ModTime().String() + string(content)
		}
	}
	walk(".")
	return all
}
