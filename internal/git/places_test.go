package git_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// works fails the test unless the repository at dir answers about sides as git
// would.
func works(t *testing.T, r *gittest.Repo, dir string, env ...string) (*git.Repo, *git.Store) {
	t.Helper()
	repo, s := openAt(t, dir, env...)
	m := git.Merge{Ours: r.ID("ours"), Theirs: r.ID("theirs")}
	got, err := s.MergeTrees(t.Context(), "", []git.Merge{m})
	if err != nil || got[0].Err != nil || said(got[0]) != want(t, r, m) {
		t.Errorf("%q: got %v %v", dir, got, err)
	}
	if c, err := s.Commit(t.Context(), r.ID("ours")); err != nil || c.Subject() != "ours" {
		t.Errorf("%q: got %v %v", dir, c, err)
	}
	return repo, s
}

func write(t *testing.T, path, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestOddPaths(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	for _, name := range []string{"with space", `quote"s'`, "#hash", `"`, "caf\xe9", "tab\there", "-dash", "$(touch x)", `back\slash`, "semi;colon:", " "} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(dir, name)
		if err := os.Rename(r.Dir, dir); err != nil {
			t.Fatal(err)
		}
		r.Dir = dir
		scratch := filepath.Join(t.TempDir(), name)
		_, s := openWith(t, dir, 1, git.Options{Env: gittest.Env(), Scratch: scratch})
		if c, err := s.Commit(t.Context(), r.ID("ours")); err != nil || c.Subject() != "ours" {
			t.Errorf("%q: got %v %v", name, c, err)
		}
		if a, err := lay(t, s, map[string]string{".gitattributes": "* merge=own\n"}); err != nil {
			t.Errorf("%q: %v", name, err)
		} else if d, err := s.MergeDrivers(t.Context(), a, []string{"x"}); err != nil || d[0] != "own" {
			t.Errorf("%q: %q %v", name, d, err)
		}
		works(t, r, dir)
	}
	dir := filepath.Join(t.TempDir(), "line\nbreak")
	if err := os.Rename(r.Dir, dir); err != nil {
		t.Fatal(err)
	}
	_, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "line break") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]gittest.Option{"plain": nil, "bare": {gittest.Bare()}, "sha256": {gittest.SHA256()}} {
		r := gittest.New(t, sides, opts...)
		repo, _ := works(t, r, r.Dir)
		if bare := repo.Worktree == ""; bare != (name == "bare") {
			t.Errorf("%s: worktree %q", name, repo.Worktree)
		}
		if format := r.Git(t, "rev-parse", "--show-object-format"); string(repo.Format) != format {
			t.Errorf("%s: format %s", name, repo.Format)
		}
		linked := filepath.Join(t.TempDir(), "linked")
		r.Git(t, "worktree", "add", "-q", "--detach", linked, "clash")
		write(t, filepath.Join(linked, "sub/x"), "")
		repo, _ = works(t, r, filepath.Join(linked, "sub"))
		if head, err := repo.Resolve(t.Context(), "HEAD"); err != nil || head != r.ID("clash") || repo.Worktree != linked || repo.GitDir == repo.CommonDir {
			t.Errorf("%s, linked: HEAD %s %v, worktree %s, git dir %s", name, head, err, repo.Worktree, repo.GitDir)
		}
		busy, err := repo.CheckedOut(t.Context())
		if _, main := busy["refs/heads/main"]; err != nil || main != (name != "bare") {
			t.Errorf("%s: checked out %v %v", name, busy, err)
		}
	}
}

func TestNoRepository(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	opts := git.Options{Env: append(gittest.Env(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(r.Dir)), Scratch: t.TempDir()}
	if _, err := git.Open(t.Context(), t.TempDir(), opts); !errors.Is(err, git.ErrNoRepository) {
		t.Errorf("an empty folder: %v", err)
	}
	for _, dir := range []string{"", filepath.Join(r.Dir, "not there"), filepath.Join(r.Dir, ".git/HEAD")} {
		if _, err := git.Open(t.Context(), dir, opts); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", dir, err)
		}
	}
	write(t, filepath.Join(r.Dir, ".git/config"), "[core\n")
	if _, err := git.Open(t.Context(), r.Dir, opts); err == nil || !strings.Contains(err.Error(), "bad config") || strings.Contains(err.Error(), "\n") {
		t.Errorf("damaged config: %v", err)
	}
}

func TestAlternates(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	objects := filepath.Join(r.Dir, "objects")
	base := t.TempDir()
	init := func(name, alternate string) string {
		dir := filepath.Join(base, name)
		r.Git(t, "init", "-q", "--bare", dir)
		write(t, filepath.Join(dir, "objects/info/alternates"), alternate+"\n")
		return dir
	}
	relative, err := filepath.Rel(filepath.Join(base, "relative/objects"), objects)
	if err != nil {
		t.Fatal(err)
	}
	works(t, r, init("absolute", objects))
	works(t, r, init("relative", relative))
	works(t, r, init("quoted", `"`+objects+`"`))
	works(t, r, init("chained", "../../relative/objects"))
	works(t, r, init("further", filepath.Join(base, "chained/objects")))
	loop := init("loop", "../../loop/objects")
	works(t, r, loop, "GIT_ALTERNATE_OBJECT_DIRECTORIES="+objects)
	empty := init("empty", "")
	fromHere, err := filepath.Rel(empty, objects)
	if err != nil {
		t.Fatal(err)
	}
	works(t, r, empty, "GIT_ALTERNATE_OBJECT_DIRECTORIES="+filepath.Join(base, "none")+string(os.PathListSeparator)+fromHere)
}

// As git runs a hook: the environment says where everything is.
func TestEnvironmentOfAHook(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	repo, s := works(t, r, t.TempDir(), "GIT_DIR="+filepath.Join(r.Dir, ".git"), "GIT_WORK_TREE="+r.Dir, "GIT_INDEX_FILE=.git/index.x")
	if repo.Worktree != r.Dir {
		t.Errorf("worktree %s", repo.Worktree)
	}
	readsRight(t.Context(), t, s, blobs(t, s, 2))
	works(t, r, r.Dir, "GIT_DIR=.git", "GIT_PREFIX=d/")

	quarantine := filepath.Join(r.Dir, ".git/objects/incoming")
	if err := os.MkdirAll(filepath.Join(quarantine, "pack"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, s = works(t, r, r.Dir, "GIT_DIR="+filepath.Join(r.Dir, ".git"), "GIT_OBJECT_DIRECTORY="+quarantine,
		"GIT_ALTERNATE_OBJECT_DIRECTORIES="+filepath.Join(r.Dir, ".git/objects"), "GIT_QUARANTINE_PATH="+quarantine)
	pushed := gittest.New(t, "-- commit on main: pushed --\n-- file q --\nq\n", gittest.Bare())
	loosen(t, pushed)
	id := pushed.ID("main")
	text, err := os.ReadFile(filepath.Join(pushed.Dir, "objects", id[:2], id[2:]))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(quarantine, id[:2], id[2:]), string(text))
	if c, err := s.Commit(t.Context(), id); err != nil || c.Subject() != "pushed" {
		t.Errorf("in quarantine: %v %v", c, err)
	}
}

// history is what a store and git log say of a commit's parents.
func history(t *testing.T, r *gittest.Repo, s *git.Store, names ...string) {
	t.Helper()
	for _, name := range names {
		c, err := s.Commit(t.Context(), r.ID(name))
		if want := r.Git(t, "log", "-1", "--format=%P %s", r.ID(name)); err != nil || strings.Join(c.Parents, " ")+" "+c.Subject() != want {
			t.Errorf("%s: got %v %q %v, want %q", name, c.Parents, c.Subject(), err, want)
		}
	}
}

func TestReplacedAndGrafted(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	all := []string{"base", "ours", "theirs", "clash", "other"}
	r.Git(t, "replace", r.ID("clash"), r.ID("theirs"))
	_, s := works(t, r, r.Dir)
	history(t, r, s, all...)
	if c, err := s.Commit(t.Context(), r.ID("clash")); err != nil || c.Subject() != "theirs" || c.ID != r.ID("clash") {
		t.Errorf("replaced: %v %v", c, err)
	}
	m := git.Merge{Ours: r.ID("ours"), Theirs: r.ID("clash")}
	if got, err := s.MergeTrees(t.Context(), "", []git.Merge{m}); err != nil || said(got[0]) != want(t, r, m) || !got[0].Clean {
		t.Errorf("replaced: got %v %v", got, err)
	}
	_, s = openAt(t, r.Dir, "GIT_NO_REPLACE_OBJECTS=1")
	if c, err := s.Commit(t.Context(), r.ID("clash")); err != nil || c.Subject() != "clash" {
		t.Errorf("GIT_NO_REPLACE_OBJECTS: %v %v", c, err)
	}
	r.Git(t, "config", "core.useReplaceRefs", "false")
	_, s = openAt(t, r.Dir)
	history(t, r, s, all...)
	r.Git(t, "config", "--unset", "core.useReplaceRefs")
	r.Git(t, "update-ref", "refs/other/"+r.ID("ours"), r.ID("other"))
	_, s = openAt(t, r.Dir, "GIT_REPLACE_REF_BASE=refs/other")
	if c, err := s.Commit(t.Context(), r.ID("ours")); err != nil || c.Subject() != "other" {
		t.Errorf("GIT_REPLACE_REF_BASE: %v %v", c, err)
	}
	r.Git(t, "replace", "-d", r.ID("clash"))
	r.Git(t, "update-ref", "refs/replace/nonsense", r.ID("ours"))

	ours, theirs, other, clash, base := r.ID("ours"), r.ID("theirs"), r.ID("other"), r.ID("clash"), r.ID("base")
	write(t, filepath.Join(r.Dir, ".git/info/grafts"), "# a remark\n\n"+
		ours+" "+theirs+" "+other+"\n"+ // a merge
		ours+" "+base+"\n"+ // the first line counts
		clash+"\n"+ // a root
		theirs+" nonsense\n") // ignored
	_, s = openAt(t, r.Dir)
	history(t, r, s, "base", "ours", "theirs", "clash")
	elsewhere := filepath.Join(t.TempDir(), "grafts")
	write(t, elsewhere, theirs+" "+other+"\n")
	_, s = openAt(t, r.Dir, "GIT_GRAFT_FILE="+elsewhere)
	if c, err := s.Commit(t.Context(), theirs); err != nil || len(c.Parents) != 1 || c.Parents[0] != other {
		t.Errorf("GIT_GRAFT_FILE: %v %v", c.Parents, err)
	}
}

func TestShallow(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	dir := filepath.Join(t.TempDir(), "shallow")
	r.Git(t, "-c", "protocol.file.allow=always", "clone", "-q", "--depth=1", "--no-single-branch", "file://"+r.Dir, dir)
	repo, s := openAt(t, dir)
	if c, err := s.Commit(t.Context(), r.ID("ours")); err != nil || len(c.Parents) != 0 || !s.Boundary(r.ID("ours")) || !repo.Shallow {
		t.Errorf("got %v %v %v", c.Parents, err, repo.Shallow)
	}
	_, err := s.Commit(t.Context(), nothing)
	lacks(t, err, nothing)
	linked := filepath.Join(t.TempDir(), "linked")
	r.Git(t, "-C", dir, "worktree", "add", "-q", "--detach", linked)
	if repo, s = openAt(t, linked); !s.Boundary(r.ID("ours")) || !repo.Shallow {
		t.Error("a linked worktree does not see the boundary")
	}
}
