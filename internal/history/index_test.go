package history_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

// What git log and git merge-base say is right, for any history, with clocks
// that go wrong, whether the index was made at once or in steps.
func TestAncestryAsGitHasIt(t *testing.T) {
	t.Parallel()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		if n++; n > 15 { // rapid draws 100: enough is enough
			return
		}
		r := drawn(t, drawHistory(rt, false))
		tips := heads(t, r)
		x := open(t, r.Dir, history.Options{})
		for len(tips) > 0 {
			k := rapid.IntRange(1, len(tips)).Draw(rt, "tips")
			update(t, x, tips[:k]...)
			tips = tips[k:]
		}
		log := strings.Split(r.Git(t, "log", "--branches", "--format=%H %P/%ct"), "\n")
		for k, line := range log {
			line, date, _ := strings.Cut(line, "/")
			f := strings.Fields(line)
			if got := x.Parents(f[0]); !slices.Equal(got, f[1:]) {
				rt.Fatalf("parents of %s: got %v", line, got)
			}
			if got := fmt.Sprint(x.Date(f[0])); !x.Known(f[0]) || got != date && got+date != "0" {
				rt.Fatalf("date of %s: %s, git has %q", f[0], got, date)
			}
			log[k] = f[0]
		}
		if x.Len() != len(log) {
			rt.Fatalf("%d commits, git has %d", x.Len(), len(log))
		}
		for _, b := range log {
			reach := strings.Fields(r.Git(t, "rev-list", b))
			for _, a := range log {
				if got, want := x.IsAncestor(a, b), slices.Contains(reach, a); got != want {
					rt.Fatalf("IsAncestor(%s, %s) = %v", a, b, got)
				}
			}
		}
		a, b := log[0], log[len(log)-1]
		if got, want := x.IsAncestor(a, b), r.Run(t, "", "merge-base", "--is-ancestor", a, b).Exit == 0; got != want {
			rt.Fatalf("IsAncestor(%s, %s) = %v", a, b, got)
		}
	})
}

const line = `
-- commit a on main: a --
-- file f --
1
-- commit b on main: b --
-- file f --
2
-- branch old from main --
-- commit c on main: c --
-- file f --
3
-- commit x on old: x --

(cherry picked from commit {{id:c}})
-- file f --
3
-- commit d on main: d --
-- file f --
4
-- commit alone on other: no parent --
-- file g --
1
`

func TestUnknownCommits(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line, gittest.Bare())
	x := open(t, r.Dir, history.Options{})
	nobody := strings.Repeat("1", 40)
	if x.Known(nobody) || x.Date(nobody) != 0 || x.Parents(nobody) != nil || x.IsAncestor(nobody, nobody) || x.PatchID(nobody) != "" {
		t.Error("an empty index knows a commit")
	}
	for _, tip := range []string{"", "main", nobody[:39], nobody + "11", strings.Repeat("1", 64), "-" + nobody[1:]} {
		if err := x.Update(t.Context(), []string{tip}); err == nil {
			t.Errorf("tip %q was taken", tip)
		}
	}
	var missing *git.MissingError
	if err := x.Update(t.Context(), []string{r.ID("main"), nobody}); !errors.As(err, &missing) || missing.IDs[0] != nobody {
		t.Errorf("a tip that is not there: %v", err)
	}
	update(t, x, r.ID("b"))
	if x.Known(r.ID("c")) || !x.Known(r.ID("a")) || x.Len() != 2 {
		t.Error("other commits than those of the tip are known")
	}
	if _, err := x.Present(t.Context(), r.ID("c"), nil); err != nil {
		t.Error("no question is no error:", err)
	}
	if _, err := x.Present(t.Context(), r.ID("c"), []history.Query{{Fix: r.ID("a")}}); !errors.Is(err, git.ErrUnknownName) {
		t.Error("an unknown target:", err)
	}
}

// A tag object is no commit: refs give the commit behind it.
func TestTipIsNoCommit(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line+"-- tag v1 at main --\nVersion 1\n", gittest.Bare())
	x := open(t, r.Dir, history.Options{})
	if err := x.Update(t.Context(), []string{r.Git(t, "rev-parse", "v1")}); err == nil {
		t.Error("a tag object was taken for a commit")
	}
}

func TestRewrittenHistory(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line)
	file := indexFile(t)
	update(t, open(t, r.Dir, history.Options{File: file}), heads(t, r)...)
	r.Git(t, "checkout", "-q", "main")
	r.Git(t, "commit", "-q", "--amend", "-m", "d, said better")
	r.Git(t, "branch", "-D", "other")
	r.Git(t, "reflog", "expire", "--expire=all", "--all")
	r.Git(t, "gc", "-q", "--prune=now")
	if r.Run(t, "", "cat-file", "-e", r.ID("d")).Exit == 0 {
		t.Fatal("the old tip is still there")
	}
	x := open(t, r.Dir, history.Options{File: file})
	update(t, x, heads(t, r)...)
	now := r.Git(t, "rev-parse", "main")
	if !x.IsAncestor(r.ID("c"), now) || x.IsAncestor(r.ID("d"), now) || !x.Known(r.ID("d")) {
		t.Error("wrong ancestry after the rewrite")
	}
}

func TestShapesOfHistory(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(r *gittest.Repo){
		"replace": func(r *gittest.Repo) { r.Git(t, "replace", "--graft", r.ID("c"), r.ID("x")) },
		"grafts": func(r *gittest.Repo) {
			r.Write(t, ".git/info/grafts", r.ID("c")+" "+r.ID("alone")+" "+r.ID("x")+"\n")
		},
		"circle": func(r *gittest.Repo) { r.Git(t, "replace", "--graft", "-f", r.ID("a"), r.ID("d")) },
		"shallow": func(r *gittest.Repo) {
			r.Write(t, ".git/shallow", r.ID("c")+"\n"+r.ID("x")+"\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, line)
			file := indexFile(t)
			before := open(t, r.Dir, history.Options{File: file})
			update(t, before, heads(t, r)...)
			change(r)
			x := open(t, r.Dir, history.Options{File: file})
			if x.Len() != 0 {
				t.Error("the file was used although history looks otherwise now")
			}
			update(t, x, heads(t, r)...)
			for _, entry := range strings.Split(r.Git(t, "log", "--branches", "--format=%H %P"), "\n") {
				f := strings.Fields(entry)
				got := x.Parents(f[0])
				if name == "circle" && len(got) == 0 {
					continue // one edge of the circle has to go
				}
				if diff := cmp.Diff(f[1:], got, cmp.Transformer("", func(l []string) string { return strings.Join(l, " ") })); diff != "" {
					t.Errorf("parents of %s: %s", f[0], diff)
				}
			}
		})
	}
}

// A commit whose parents the shallow boundary cut off changes everything
// against nothing: that is no change anybody made.
func TestBoundaryHasNoPatchID(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line)
	r.Write(t, ".git/shallow", r.ID("c")+"\n")
	x := open(t, r.Dir, history.Options{})
	update(t, x, r.ID("main"), r.ID("other"))
	if err := x.EnsurePatchIDs(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if x.PatchID(r.ID("c")) != "" {
		t.Error("the boundary has a patch-id")
	}
	if x.PatchID(r.ID("alone")) == "" || x.PatchID(r.ID("d")) == "" {
		t.Error("a root or a child of the boundary has none")
	}
}

func TestSHA256(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line, gittest.SHA256())
	file := indexFile(t)
	update(t, open(t, r.Dir, history.Options{File: file}), heads(t, r)...)
	x := open(t, r.Dir, history.Options{File: file})
	update(t, x, heads(t, r)...)
	if got := present(t, r, x, r.ID("old"), history.Query{Fix: r.ID("c")}); got != "trailer x git-x" {
		t.Errorf("got %q", got)
	}
	if err := x.EnsurePatchIDs(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(r.Run(t, r.Git(t, "show", "--full-index", r.ID("d"))+"\n", "patch-id", "--stable").Stdout)
	if len(want) != 2 || x.PatchID(r.ID("d")) != want[0] {
		t.Errorf("patch-id %s, git says %v", x.PatchID(r.ID("d")), want)
	}
}

// All methods at once, while the index grows: run with the race detector.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line, gittest.Bare())
	file := indexFile(t)
	x := open(t, r.Dir, history.Options{File: file})
	update(t, x, r.ID("x"))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { update(t, x, heads(t, r)...) })
		all.Go(func() {
			if got := present(t, r, x, r.ID("old"), history.Query{Fix: r.ID("b")}); got != "ancestor b" {
				t.Errorf("got %q", got)
			}
		})
		all.Go(func() {
			if !x.IsAncestor(r.ID("a"), r.ID("x")) || len(x.Parents(r.ID("x"))) != 1 {
				t.Error("ancestry changed")
			}
			x.Carried()
		})
		all.Go(func() {
			if err := x.EnsurePatchIDs(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if x.Len() != 6 {
		t.Errorf("%d commits", x.Len())
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line, gittest.Bare())
	last := map[string][2]int{}
	x := open(t, r.Dir, history.Options{Progress: func(stage string, done, total int) { last[stage] = [2]int{done, total} }})
	update(t, x, heads(t, r)...)
	if err := x.EnsurePatchIDs(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	want := map[string][2]int{"commits": {6, 0}, "changed paths": {6, 6}, "patch-ids": {6, 6}}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Error(diff)
	}
}

// Where the file cannot be written, answers are as good as ever.
func TestSaveFails(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, line, gittest.Bare())
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	x := open(t, r.Dir, history.Options{File: filepath.Join(blocked, "index")})
	if err := x.Update(t.Context(), heads(t, r)); err != nil {
		t.Fatal(err)
	}
	if x.SaveError() == nil {
		t.Error("no word of the file that was not written")
	}
	if !x.IsAncestor(r.ID("a"), r.ID("main")) {
		t.Error("no answer")
	}
}
