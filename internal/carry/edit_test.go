package carry_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// editor opens a repository for the edit in dir, as each command does.
func editor(t *testing.T, r *gittest.Repo, dir string) *carry.Editor {
	t.Helper()
	objects, err := carry.EditObjects(dir)
	if err != nil {
		t.Fatal(err)
	}
	opts := git.Options{Env: gittest.Env(), Scratch: t.TempDir()}
	if objects != "" {
		opts.Borrow = []string{objects}
	}
	repo, err := git.Open(t.Context(), r.Dir, opts)
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
	return &carry.Editor{Repo: repo, Store: store, Dir: dir}
}

// theFix is the fix of these commits of main, and the branch old.
func theFix(r *gittest.Repo, labels ...string) (backport.Fix, backport.Target) {
	fix := backport.Fix{Name: "x", Slug: "x"}
	for _, l := range labels {
		fix.Steps = append(fix.Steps, backport.Step{Commit: r.ID(l), Base: r.ID("before-" + l), Origin: r.ID(l)})
	}
	return fix, backport.Target{Name: "old", Ref: "refs/heads/old", Commit: r.ID("old")}
}

const editStory = `
-- commit before-fix on main: base --
-- file "caf\xe9" --
one
-- file win crlf --
one
-- branch old from main --
-- commit own on old: own --
-- file "caf\xe9" --
own
-- file win crlf --
own
-- commit fix on main: mend it --
-- file "caf\xe9" --
fix
-- file win crlf --
fix
`

// Names that are not UTF-8 and other line ends come through, in repositories of
// both formats.
func TestEdit(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			var opts []gittest.Option
			if format == "sha256" {
				opts = append(opts, gittest.SHA256())
			}
			r := gittest.New(t, editStory, opts...)
			before := r.State(t)
			dir := filepath.Join(t.TempDir(), "edit")
			fix, target := theFix(r, "fix")
			s, err := editor(t, r, dir).Begin(t.Context(), fix, target, carry.Order{})
			if err != nil || s.State != carry.EditOpen || s.Left() != 2 {
				t.Fatalf("%+v, %v", s, err)
			}
			name := r.ID("fix")[:12]
			want := "<<<<<<< old\r\nown\r\n||||||| before " + name + "\r\none\r\n=======\r\nfix\r\n>>>>>>> " + name + " mend it\r\n"
			if got, err := os.ReadFile(filepath.Join(s.Worktree, "win")); err != nil || string(got) != want {
				t.Errorf("%q, want %q, %v", got, want, err)
			}
			if s, err = editor(t, r, dir).Continue(t.Context(), false); err != nil || s.Left() != 2 {
				t.Fatalf("%+v, %v", s, err)
			}
			if r.State(t) != before {
				t.Error("the repository was written to")
			}
			for _, path := range []string{"caf\xe9", "win"} {
				if err := os.WriteFile(filepath.Join(s.Worktree, path), []byte("mine\r\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if s, err = editor(t, r, dir).Continue(t.Context(), false); err != nil || s.State != carry.EditDone {
				t.Fatalf("%+v, %v", s, err)
			}
			if s.Pick.Outcome != backport.Resolved || s.Pick.Branch == nil || s.Answers != 2 {
				t.Errorf("%+v", s)
			}
			if got := r.Git(t, "log", "-1", "--format=%b", "backport/old/x"); !strings.Contains(got, "\n\tcaf\xe9: resolved by Tess Test\n\twin: resolved by Tess Test") {
				t.Errorf("message %q", got)
			}
			if got := r.Git(t, "ls-tree", "-z", "--name-only", "backport/old/x"); got != "caf\xe9\x00win\x00" {
				t.Errorf("files %q", got)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("%v is left, %v", left, err)
			}
			r.Fsck(t)
		})
	}
}

// What the ladder resolves needs nobody; what it proposes is laid out without
// markers, to be looked at, or taken where that was said.
// TestEditOfASubmodule follows what is said of one: git add fails where it is
// not checked out.
func TestEditOfASubmodule(t *testing.T) {
	t.Parallel()
	sub := func(digit string) string { return "-- gitlink sub " + strings.Repeat(digit, 40) + " --\n" }
	r := gittest.New(t, "-- commit before-fix on main: base --\n"+sub("1")+"-- branch old from main --\n-- commit own on old: own --\n"+sub("2")+
		"-- commit fix on main: mend it --\n"+sub("3"))
	dir := filepath.Join(t.TempDir(), "edit")
	fix, target := theFix(r, "fix")
	s, err := editor(t, r, dir).Begin(t.Context(), fix, target, carry.Order{GitOnly: true})
	if err != nil || s.Left() != 1 || s.Open[0].Left != "decide with git update-index --cacheinfo 160000,COMMIT,PATH" {
		t.Fatalf("%+v, %v", s, err)
	}
	r.Git(t, "-C", s.Worktree, "update-index", "--cacheinfo", "160000,"+strings.Repeat("3", 40)+",sub")
	if s, err = editor(t, r, dir).Continue(t.Context(), false); err != nil || s.State != carry.EditDone {
		t.Fatalf("%+v, %v", s, err)
	}
}

func TestEditClimbs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		outcome  backport.Outcome
		accept   bool
		look     bool
		gitOnly  bool
		state    string
		message  string
		proposed string
		// untouched is a proposal that nobody looks at.
		untouched bool
	}{
		{outcome: backport.Resolved, state: carry.EditDone, message: "\tf: resolved by words\n"},
		{outcome: backport.Proposed, accept: true, state: carry.EditDone, message: "\tf: resolved by words (proposed)\n"},
		{outcome: backport.Proposed, state: carry.EditOpen, proposed: "words", message: "\tf: resolved by Tess Test\n"},
		{outcome: backport.Proposed, state: carry.EditOpen, proposed: "words", untouched: true, message: "\tf: resolved by words (proposed)\n"},
		{outcome: backport.Resolved, look: true, state: carry.EditOpen, proposed: "words", message: "\tf: resolved by Tess Test\n"},
		{outcome: backport.Resolved, gitOnly: true, state: carry.EditOpen},
		{outcome: backport.Conflict, state: carry.EditOpen},
	} {
		t.Run(string(tt.outcome), func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, `
-- commit before-fix on main: base --
-- file f --
one
-- branch old from main --
-- commit own on old: own --
-- file f --
own
-- commit fix on main: mend it --
-- file f --
fix
-- commit on answer: answer --
-- file f --
both
`)
			dir := filepath.Join(t.TempDir(), "edit")
			fix, target := theFix(r, "fix")
			e := editor(t, r, dir)
			e.Adapt = func(_ context.Context, step backport.Step, target, onto string) (carry.Adapted, error) {
				if step.Commit != r.ID("fix") || target != r.ID("old") || onto != r.Git(t, "rev-parse", "old^{tree}") {
					t.Errorf("asked for %v on %s, %s", step, target, onto)
				}
				if tt.outcome == backport.Conflict {
					return carry.Adapted{Outcome: backport.Conflict}, nil
				}
				return carry.Adapted{
					Outcome: tt.outcome, Tree: r.Git(t, "rev-parse", "answer^{tree}"),
					Files: []backport.File{{Path: "f", Outcome: tt.outcome, Rung: "words"}},
				}, nil
			}
			s, err := e.Begin(t.Context(), fix, target, carry.Order{Proposed: tt.accept, Look: tt.look, GitOnly: tt.gitOnly})
			if err != nil || s.State != tt.state {
				t.Fatalf("%+v, %v", s, err)
			}
			if s.State == carry.EditOpen {
				if s.Open[0].Proposed != tt.proposed || (s.Left() == 0) != (tt.proposed != "") {
					t.Errorf("%+v", s.Open)
				}
				if tt.proposed == "" {
					return
				}
				if got, err := os.ReadFile(filepath.Join(s.Worktree, "f")); err != nil || string(got) != "both\n" {
					t.Errorf("%q, %v", got, err)
				}
				if !tt.untouched {
					// git itself brings the markers back.
					bench := &gittest.Repo{Dir: s.Worktree}
					bench.Git(t, "checkout", "-q", "--conflict=diff3", "f")
					if s, _, err = editor(t, r, dir).Status(t.Context()); err != nil || s.Left() != 1 {
						t.Errorf("%+v, %v", s, err)
					}
					if err := os.WriteFile(filepath.Join(s.Worktree, "f"), []byte("looked at\n"), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if s, err = editor(t, r, dir).Continue(t.Context(), false); err != nil || s.State != carry.EditDone {
					t.Fatalf("%+v, %v", s, err)
				}
			}
			if got := r.Git(t, "log", "-1", "--format=%b", "backport/old/x") + "\n"; !strings.Contains(got, tt.message) {
				t.Errorf("message %q", got)
			}
		})
	}
}

// A step that the target has already, by its own word, stays away.
func TestEditSkipsWhatIsThere(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit before-first on main: base --
-- file a --
one
-- file b --
one
-- branch old from main --
-- commit first on main: first --
-- file a --
first
-- commit before-second on main: between --
-- file c --
c
-- commit own on old: first --

(cherry picked from commit {{id:first}})
-- file a --
first, adapted
-- file b --
own
-- commit second on main: second --
-- file b --
second
`)
	dir := filepath.Join(t.TempDir(), "edit")
	fix, target := theFix(r, "first", "second")
	e := editor(t, r, dir)
	e.Index = carrier(t, r.Dir, false).Index
	if err := e.Index.Update(t.Context(), []string{target.Commit, r.ID("second")}); err != nil {
		t.Fatal(err)
	}
	s, err := e.Begin(t.Context(), fix, target, carry.Order{})
	if err != nil || s.Step != 1 || len(s.Open) != 1 || s.Open[0].Path != "b" {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := carry.AbortEdit(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := carry.AbortEdit(dir); err == nil {
		t.Error("given up twice")
	}
}
