package git_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// partialClone clones r without blobs (or as filter says). Each time that it
// fetches, a line is written to the file mark.
func partialClone(t *testing.T, r *gittest.Repo, filter string) (clone *gittest.Repo, mark string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "clone")
	r.Git(t, "config", "uploadpack.allowFilter", "true")
	r.Git(t, "config", "uploadpack.allowAnySHA1InWant", "true")
	r.Git(t, "clone", "-q", "--bare", "--filter="+filter, "file://"+r.Dir, dir)
	mark = filepath.Join(t.TempDir(), "mark")
	program := filepath.Join(t.TempDir(), "upload")
	writeProgram(t, program, "echo fetch >>'"+mark+"'\nexec git-upload-pack \"$@\"\n")
	clone = &gittest.Repo{Dir: dir, IDs: r.IDs}
	clone.Git(t, "config", "remote.origin.uploadpack", program)
	return clone, mark
}

func fetches(t *testing.T, mark string) int {
	t.Helper()
	text, err := os.ReadFile(mark)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return len(text) / len("fetch\n")
}

func TestPartialCloneIsNotCompleted(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	blob := r.Git(t, "rev-parse", r.ID("base")+":a")
	r.Git(t, "tag", "-a", "-m", "a key", "key", r.ID("base")+":d/keep")
	clone, mark := partialClone(t, r, "blob:none")
	repo, s := openAt(t, clone.Dir)
	_, err := s.Read(t.Context(), blob, 0)
	lacks(t, err, blob)
	_, _, err = s.Info(t.Context(), blob)
	lacks(t, err, blob)
	got, err := s.MergeTrees(t.Context(), "", []git.Merge{
		{Ours: r.ID("base"), Theirs: r.ID("ours")}, {Ours: r.ID("ours"), Theirs: r.ID("theirs")},
	})
	if err != nil || !got[0].Clean || got[1].Err == nil {
		t.Fatalf("got %v %v", got, err)
	}
	var missing *git.MissingError
	sides := []string{r.Git(t, "rev-parse", r.ID("base")+":a"), r.Git(t, "rev-parse", r.ID("ours")+":a"), r.Git(t, "rev-parse", r.ID("theirs")+":a")}
	if !errors.As(got[1].Err, &missing) || !slices.Contains(sides, missing.IDs[0]) {
		t.Errorf("got %v, want one of %v", got[1].Err, sides)
	}
	files, err := s.MergeBlobs(t.Context(), []git.Triple{{Base: sides[0], Ours: sides[1], Theirs: sides[2], Driver: git.DriverText}})
	if err != nil {
		t.Fatal(err)
	}
	lacks(t, files[0].Err, sides[0])
	refs, err := repo.Refs(t.Context())
	if err != nil || !slices.ContainsFunc(refs, func(r git.Ref) bool { return r.Name == "refs/heads/ours" && r.Commit != "" }) {
		t.Errorf("refs %v %v", refs, err)
	}
	if values, err := repo.RefValues(t.Context(), []string{"refs/heads/ours", "refs/tags/key"}); err != nil || values["refs/heads/ours"] != r.ID("ours") {
		t.Errorf("values %v %v", values, err)
	}
	if id, err := repo.Resolve(t.Context(), "key"); err == nil {
		t.Errorf("a tag of a blob resolves to %s", id)
	}
	err = s.Fetch(t.Context(), sides)
	if !errors.As(err, &missing) || len(missing.IDs) != 3 {
		t.Errorf("fetched without leave: %v", err)
	}
	if n := fetches(t, mark); n != 0 {
		t.Errorf("%d fetches", n)
	}
}

func TestPartialCloneIsFetchedOnDemand(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	clone, mark := partialClone(t, r, "blob:none")
	_, s := openWith(t, clone.Dir, 1, git.Options{Env: gittest.Env(), Scratch: t.TempDir(), Fetch: true})
	ids := []string{r.Git(t, "rev-parse", r.ID("base")+":a"), r.Git(t, "rev-parse", r.ID("ours")+":a"), r.Git(t, "rev-parse", r.ID("theirs")+":a")}
	_, _, err := s.Info(t.Context(), ids[0])
	lacks(t, err, ids[0])
	_, err = s.Read(git.Local(t.Context()), ids[0], 0)
	lacks(t, err, ids[0]) // nothing is fetched that was not asked for
	if n := fetches(t, mark); n != 0 {
		t.Fatalf("%d fetches", n)
	}
	before := clone.Git(t, "for-each-ref")
	if err := s.Fetch(t.Context(), ids); err != nil {
		t.Fatal(err)
	}
	if n := fetches(t, mark); n != 1 {
		t.Errorf("%d fetches for %d objects", n, len(ids))
	}
	if _, err := s.Read(t.Context(), ids[0], 0); err != nil { // by the reader that has missed it
		t.Error(err)
	}
	m := git.Merge{Ours: r.ID("ours"), Theirs: r.ID("theirs")}
	if got, err := s.MergeTrees(t.Context(), "", []git.Merge{m}); err != nil || said(got[0]) != want(t, r, m) {
		t.Errorf("got %v %v", got, err)
	}
	err = s.Fetch(t.Context(), []string{ids[0], nothing})
	lacks(t, err, nothing)
	if err := s.Fetch(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if err := s.Fetch(t.Context(), []string{"--upload-pack=touch x"}); err == nil {
		t.Error("an option passes for an id")
	}
	if after := clone.Git(t, "for-each-ref"); after != before {
		t.Errorf("refs changed from %s to %s", before, after)
	}
	if _, err := os.Stat(filepath.Join(clone.Dir, "FETCH_HEAD")); err == nil {
		t.Error("FETCH_HEAD was written")
	}
}

// Without its trees a commit is merged wrongly by git itself, see
// TestMergeTreesWithoutAnObject.
func TestTreelessClone(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	clone, mark := partialClone(t, r, "tree:0")
	_, s := openAt(t, clone.Dir)
	var requests []git.Merge
	for i := range 20 {
		requests = append(requests, git.Merge{Ours: r.ID("ours"), Theirs: r.ID([]string{"theirs", "other"}[i%2])})
	}
	got, err := s.MergeTrees(t.Context(), "", requests)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range got {
		var missing *git.MissingError
		if !errors.As(m.Err, &missing) {
			t.Errorf("%d: got %s", i, fmt.Sprint(m))
		}
	}
	if n := fetches(t, mark); n != 0 {
		t.Errorf("%d fetches", n)
	}
}
