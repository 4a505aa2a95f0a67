package git_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

const benchStory = `
-- commit base on main: base --
-- file a --
one
-- file "b/c [x].txt" --
base
-- file keep/away --
far
-- branch 1.0 from main --
-- commit own on 1.0: own change --
-- file a --
own
-- commit fix on main: mend it --
-- file a --
mended
-- file "b/c [x].txt" --
fixed
-- file new --
new
`

// newBench lays out a workbench for the pick of fix on 1.0.
func newBench(t *testing.T, r *gittest.Repo, env ...string) (*git.Repo, *git.Store, *git.Workbench) {
	t.Helper()
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: append(gittest.Env(), env...), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	merged, err := store.MergeTrees(t.Context(), "", []git.Merge{{Ours: r.ID("1.0"), Theirs: r.ID("fix")}})
	if err != nil || merged[0].Clean || merged[0].Err != nil {
		t.Fatal(merged, err)
	}
	w, err := repo.NewWorkbench(t.Context(), store, filepath.Join(t.TempDir(), "work \"bench\""), git.Bench{
		Head: r.ID("1.0"), Have: []string{r.ID("1.0"), r.ID("fix")}, Tree: merged[0].Tree, Stages: merged[0].Stages,
		Show: []string{"a", "b/c [x].txt", "new"}, Files: map[string][]byte{"a": []byte("<<<\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return repo, store, w
}

// in runs git in a workbench, as a person does.
func in(t *testing.T, w *git.Workbench, args ...string) string {
	t.Helper()
	r := &gittest.Repo{Dir: w.Dir}
	return r.Git(t, args...)
}

func TestWorkbench(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			var opts []gittest.Option
			if format == "sha256" {
				opts = append(opts, gittest.SHA256())
			}
			r := gittest.New(t, benchStory, opts...)
			r.Git(t, "config", "alias.mine", "rev-parse HEAD")
			r.Git(t, "config", "core.hooksPath", "/nowhere")
			before := r.State(t)
			repo, _, w := newBench(t, r)
			if got := in(t, w, "status", "--porcelain"); got != "UU a\nM  \"b/c [x].txt\"\nA  new" {
				t.Errorf("status %q", got)
			}
			if _, err := os.Stat(filepath.Join(w.Dir, "keep", "away")); err == nil {
				t.Error("a file is checked out that nobody asked for")
			}
			if got := in(t, w, "mine"); got != r.ID("1.0") {
				t.Errorf("HEAD is %s: the user's configuration is not there, or HEAD is wrong", got)
			}
			if got, err := w.Read("a", 100); err != nil || string(got) != "<<<\n" {
				t.Errorf("%q, %v", got, err)
			}
			if left, err := w.Unmerged(t.Context()); err != nil || strings.Join(left, " ") != "a" {
				t.Errorf("unmerged %q, %v", left, err)
			}
			if _, err := w.WriteTree(t.Context(), nil); err == nil {
				t.Error("a tree was written though a file is unmerged")
			}
			for path, text := range map[string]string{"a": "both\n", "b/c [x].txt": "edited\n", "stray": "stray\n"} {
				if err := os.WriteFile(filepath.Join(w.Dir, path), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			tree, err := w.WriteTree(t.Context(), []string{"a"})
			if err != nil || in(t, w, "show", tree+":a") != "both" {
				t.Fatal(tree, err)
			}
			if err := os.MkdirAll(filepath.Join(w.Dir, "keep"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(w.Dir, "keep", "away"), []byte("near\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			if tree, err = w.WriteTree(t.Context(), nil); err != nil || in(t, w, "show", tree+":keep/away") != "near" {
				t.Errorf("a file that was not checked out is not taken in: %v", err)
			}
			if stray, err := w.Untracked(t.Context()); err != nil || strings.Join(stray, " ") != "stray" {
				t.Errorf("untracked %q, %v", stray, err)
			}
			got := strings.Fields(in(t, w, "ls-tree", "-r", "--name-only", tree))
			if strings.Join(got, " ") != `a b/c [x].txt keep/away new` {
				t.Errorf("tree %q", got)
			}
			if err := os.WriteFile(filepath.Join(w.Dir, "more"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
			in(t, w, "add", "more")
			in(t, w, "sparse-checkout", "disable")
			if got, err := w.Read("keep/away", 100); err != nil || string(got) != "near\n" {
				t.Errorf("after all was asked for: %q, %v", got, err)
			}
			if r.State(t) != before {
				t.Error("the user's repository was written to")
			}
			// What was made there is read where the objects are borrowed, and
			// published like anything else.
			again, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir(), Borrow: []string{w.Objects}})
			if err != nil {
				t.Fatal(err)
			}
			store, err := again.NewStore(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			e, ok, err := store.Lookup(t.Context(), tree, "b/c [x].txt")
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			if o, err := store.Read(t.Context(), e.ID(), 0); err != nil || string(o.Content) != "edited\n" {
				t.Errorf("%q, %v", o.Content, err)
			}
			tip, err := store.Trial(tree, r.ID("1.0"))
			if err != nil {
				t.Fatal(err)
			}
			errs, err := again.Publish(t.Context(), store, []string{r.ID("1.0")}, []git.Transaction{{Reason: "r", Updates: []git.Update{{Name: "refs/heads/done", New: tip}}}})
			if err != nil || errs[0] != nil {
				t.Fatal(err, errs)
			}
			if err := os.RemoveAll(repo.Workbench(w.Dir).Dir); err != nil {
				t.Fatal(err)
			}
			r.Fsck(t)
			if got := r.Git(t, "show", "done:a"); got != "both" {
				t.Errorf("%q", got)
			}
		})
	}
}

// The editor is the one that git would take; where it is run does not matter.
func TestWorkbenchEdit(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, benchStory)
	_, _, w := newBench(t, r, `GIT_EDITOR=echo edited >>`, "GIT_DIR="+filepath.Join(r.Dir, ".git"))
	if err := w.Edit(t.Context(), git.Terminal{}, "b/c [x].txt"); err != nil {
		t.Fatal(err)
	}
	if got, err := w.Read("b/c [x].txt", 100); err != nil || string(got) != "fixed\nedited\n" {
		t.Errorf("%q, %v", got, err)
	}
	_, _, w = newBench(t, r, "GIT_EDITOR=false")
	if err := w.Edit(t.Context(), git.Terminal{}, "a"); err == nil {
		t.Error("a failing editor is no error")
	}
}

func TestWorkbenchMergeTool(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, benchStory)
	r.Git(t, "config", "merge.tool", "mine")
	r.Git(t, "config", "mergetool.mine.cmd", `cat "$BASE" "$LOCAL" "$REMOTE" >"$MERGED"`)
	r.Git(t, "config", "mergetool.mine.trustExitCode", "true")
	r.Git(t, "config", "mergetool.keepBackup", "false")
	_, _, w := newBench(t, r)
	if err := w.MergeTool(t.Context(), git.Terminal{}, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	if left, err := w.Unmerged(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("unmerged %q, %v", left, err)
	}
	if got, err := w.Read("a", 100); err != nil || string(got) != "one\nown\nmended\n" {
		t.Errorf("%q, %v", got, err)
	}
}

// Nothing is written through a link, and nothing read.
func TestWorkbenchLinks(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, benchStory)
	_, _, w := newBench(t, r)
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(w.Dir, "a")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(w.Dir, "a")); err != nil {
		t.Fatal(err)
	}
	if got, err := w.Read("a", 100); err == nil {
		t.Errorf("read %q", got)
	}
	if _, err := w.Read("../../etc/passwd", 100); err == nil {
		t.Error("read outside")
	}
}
