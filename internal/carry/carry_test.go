package carry_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

const story = `
-- commit base on main: base --
-- file a --
one
-- branch 1.0 from main --
-- branch 1.1 from main --
-- branch 1.2 from main --
-- commit fix on main: mend it --
-- edit a --
-one
+mended
-- commit own on 1.1: own change --
-- edit a --
-one
+own
-- commit picked on 1.2: mend it --

(cherry picked from commit {{id:fix}})
-- pick fix --
`

// carrier opens a repository as the program does.
func carrier(t *testing.T, dir string, fetch bool) *carry.Carrier {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir(), Fetch: fetch})
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
	index, err := history.Open(t.Context(), repo, store, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &carry.Carrier{Repo: repo, Store: store, Index: index, Jobs: 2}
}

func questions(r *gittest.Repo) ([]backport.Fix, []backport.Target) {
	fix := backport.Fix{Slug: "mend", Steps: []backport.Step{
		{Commit: r.ID("fix"), Base: r.ID("base"), Origin: r.ID("fix")},
	}}
	var targets []backport.Target
	for _, name := range []string{"1.2", "1.1", "1.0"} {
		targets = append(targets, backport.Target{Name: name, Ref: "refs/heads/" + name, Commit: r.ID(name)})
	}
	return []backport.Fix{fix}, targets
}

func outcomes(picks []backport.Pick) string {
	var words []string
	for _, p := range picks {
		word := string(p.Outcome)
		if p.Branch != nil {
			word += " " + p.Branch.State
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func TestCarry(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	fixes, targets := questions(r)
	before := r.State(t)
	for _, step := range []struct {
		name  string
		order carry.Order
		want  string
	}{
		{"only asked", carry.Order{}, "present, conflict, clean"},
		{"dry run", carry.Order{Write: true, DryRun: true}, "present, conflict, clean planned"},
		{"written", carry.Order{Write: true}, "present, conflict, clean created"},
		{"again", carry.Order{Write: true}, "present, conflict, clean unchanged"},
	} {
		picks, err := carrier(t, r.Dir, false).Carry(t.Context(), fixes, targets, step.order)
		if err != nil {
			t.Fatal(err)
		}
		if got := outcomes(picks); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
		if written := r.State(t) != before; written != (step.order.Write && !step.order.DryRun) {
			t.Errorf("%s: repository changed: %v", step.name, written)
		}
	}
	if got := r.Git(t, "log", "-1", "--format=%B", "backport/1.0/mend"); !strings.Contains(got, "(cherry picked from commit "+r.ID("fix")+")") {
		t.Errorf("message %q", got)
	}
	r.Fsck(t)
}

// TestFetch carries in a partial clone, which lacks the files.
func TestFetch(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	r.Git(t, "config", "uploadpack.allowFilter", "true")
	r.Git(t, "config", "uploadpack.allowAnySHA1InWant", "true")
	dir := filepath.Join(t.TempDir(), "partial")
	r.Git(t, "clone", "-q", "--bare", "--filter=blob:none", "file://"+r.Dir, dir)
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	fixes, targets := questions(r)
	for _, step := range []struct {
		fetch bool
		want  string
	}{
		{false, "present, error, clean"},
		{true, "present, conflict, clean"},
	} {
		picks, err := carrier(t, dir, step.fetch).Carry(t.Context(), fixes, targets, carry.Order{Chunks: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := outcomes(picks); got != step.want {
			t.Errorf("fetch %v: %s, want %s", step.fetch, got, step.want)
		}
		if missing := len(picks[1].Missing) > 0; missing == step.fetch {
			t.Errorf("fetch %v: missing %q", step.fetch, picks[1].Missing)
		}
	}
}
