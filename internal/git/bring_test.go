package git_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// fetching opens a partial clone that may fetch.
func fetching(t *testing.T, dir string) *git.Store {
	t.Helper()
	_, s := openWith(t, dir, 4, git.Options{Env: gittest.Env(), Scratch: t.TempDir(), Fetch: true})
	return s
}

// What was listed together is fetched together, and what several want at once in
// one journey or two.
func TestFewJourneys(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	base, theirs := r.Git(t, "rev-parse", r.ID("base")+"^{tree}"), r.Git(t, "rev-parse", r.ID("theirs")+"^{tree}")
	clone, mark := partialClone(t, r, "blob:none")
	s := fetching(t, clone.Dir)
	var ids []string
	err := git.NewTrees(s, 0).Diff(t.Context(), base, theirs, nil, func(_ string, x, y git.Entry) error {
		for _, e := range []git.Entry{x, y} {
			if e.Mode.IsRegular() {
				ids = append(ids, e.ID())
			}
		}
		return nil
	})
	if err != nil || len(ids) < 2 {
		t.Fatalf("%v %v", ids, err)
	}
	for _, id := range ids {
		if o, err := s.Read(t.Context(), id, 0); err != nil || o.Kind != "blob" {
			t.Errorf("%s: %v", id, err)
		}
	}
	if n := fetches(t, mark); n != 1 {
		t.Errorf("%d fetches for the %d files of one change", n, len(ids))
	}

	clone, mark = partialClone(t, r, "blob:none")
	s = fetching(t, clone.Dir)
	var wg sync.WaitGroup
	for _, id := range append(ids, ids...) {
		wg.Go(func() {
			if _, err := s.Read(t.Context(), id, 0); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		})
	}
	wg.Wait()
	if n := fetches(t, mark); n < 1 || n > 2 {
		t.Errorf("%d fetches for %d files that are wanted at once", n, len(ids))
	}
	if s.Missed() != nil || s.FetchError() != nil {
		t.Errorf("missed %v, %v", s.Missed(), s.FetchError())
	}
}

// The trees of a history are brought at once, and so are the files of patches
// and of merges.
func TestFewJourneysWithoutTrees(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	clone, mark := partialClone(t, r, "tree:0")
	s := fetching(t, clone.Dir)
	commits := []string{r.ID("base"), r.ID("ours"), r.ID("theirs")}
	lines := 0
	err := s.Patches(t.Context(), commits, func() {}, func([]byte) { lines++ }, func(i int, err error) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	})
	if err != nil || lines == 0 {
		t.Fatalf("%d lines, %v", lines, err)
	}
	if n := fetches(t, mark); n > 3 {
		t.Errorf("%d fetches for patches", n)
	}
	m := git.Merge{Ours: r.ID("ours"), Theirs: r.ID("theirs")}
	if got, err := s.MergeTrees(t.Context(), "", []git.Merge{m, m}); err != nil || said(got[0]) != want(t, r, m) || said(got[1]) != said(got[0]) {
		t.Errorf("%v %v", got, err)
	}
	if n := fetches(t, mark); n > 5 {
		t.Errorf("%d fetches for patches and merges", n)
	}
}

// An object that the server lacks keeps none of the others away; a remote that is
// gone is asked once.
func TestFetchFails(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	blob, other := r.Git(t, "rev-parse", r.ID("base")+":a"), r.Git(t, "rev-parse", r.ID("ours")+":a")
	clone, mark := partialClone(t, r, "blob:none")
	s := fetching(t, clone.Dir)
	foreign := strings.Repeat("4d", 20)
	lacks(t, s.Fetch(t.Context(), []string{foreign, blob}), foreign)
	if _, err := s.Read(t.Context(), blob, 0); err != nil {
		t.Error(err)
	}
	n := fetches(t, mark)
	_, err := s.Read(t.Context(), foreign, 0)
	lacks(t, err, foreign)
	if again := fetches(t, mark); again != n {
		t.Errorf("what is nowhere was asked for again: %d, then %d fetches", n, again)
	}
	if missed := s.Missed(); len(missed) != 1 || missed[0] != foreign {
		t.Errorf("missed %v", missed)
	}

	clone, mark = partialClone(t, r, "blob:none")
	s = fetching(t, clone.Dir)
	clone.Git(t, "config", "remote.origin.url", "https://user:secret@127.0.0.1:1/x")
	for _, id := range []string{blob, other, blob} {
		_, err := s.Read(t.Context(), id, 0)
		lacks(t, err, id)
	}
	var failed *git.FetchError
	if err := s.FetchError(); !errors.As(err, &failed) || failed.Remote != "origin" || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
	if n := fetches(t, mark); n != 0 {
		t.Errorf("%d fetches", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fetching(t, clone.Dir).Read(ctx, blob, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A fetch leaves the clone's refs and settings alone, whatever is configured.
func TestFetchTouchesObjectsAlone(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	clone, _ := partialClone(t, r, "blob:none")
	clone.Git(t, "update-ref", "refs/heads/mine", r.ID("base"))
	clone.Git(t, "update-ref", "refs/tags/mine", r.ID("base"))
	for _, kv := range [][2]string{
		{"fetch.prune", "true"},
		{"fetch.pruneTags", "true"},
		{"remote.origin.tagOpt", "--tags"},
		{"fetch.writeCommitGraph", "true"},
		{"remote.origin.fetch", "+refs/*:refs/*"},
		{"remote.origin.mirror", "true"},
		{"fetch.recurseSubmodules", "true"},
	} {
		clone.Git(t, "config", kv[0], kv[1])
	}
	state := func() string {
		config, err := os.ReadFile(filepath.Join(clone.Dir, "config"))
		if err != nil {
			t.Fatal(err)
		}
		return clone.Git(t, "for-each-ref") + string(config)
	}
	before := state()
	if _, err := fetching(t, clone.Dir).Read(t.Context(), r.Git(t, "rev-parse", r.ID("ours")+":a"), 0); err != nil {
		t.Fatal(err)
	}
	if after := state(); after != before {
		t.Errorf("changed from\n%s\nto\n%s", before, after)
	}
	if _, err := os.Stat(filepath.Join(clone.Dir, "objects", "info", "commit-graphs")); err == nil {
		t.Error("a commit graph was written")
	}
}

// A damaged file is the trouble of the merges that need it alone.
func TestMergeBlobsDamaged(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides)
	loosen(t, r)
	_, s := openAt(t, r.Dir)
	good := blobs(t, s, 3)
	bad := r.Git(t, "rev-parse", r.ID("theirs")+":a")
	path := filepath.Join(r.Git(t, "rev-parse", "--path-format=absolute", "--git-path", "objects"), bad[:2], bad[2:])
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write(t, path, "garbage")
	got, err := s.MergeBlobs(t.Context(), []git.Triple{
		{Base: good[0], Ours: good[1], Theirs: bad, Driver: git.DriverText},
		{Base: good[0], Ours: good[1], Theirs: good[2], Driver: git.DriverText},
	})
	if err != nil {
		t.Fatal(err)
	}
	lacks(t, got[0].Err, bad)
	if got[1].Err != nil || got[1].Kind != "contents" {
		t.Errorf("got %+v", got[1])
	}
}

func TestVanished(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	repo, _ := openAt(t, r.Dir)
	if got := repo.Vanished(); got != nil {
		t.Errorf("got %v", got)
	}
	there, gone := t.TempDir(), filepath.Join(t.TempDir(), "gone")
	write(t, filepath.Join(r.Dir, "objects/info/alternates"), "# remark\n"+there+"\n\n"+gone+"\n../nowhere\n")
	if got := repo.Vanished(); len(got) != 2 || got[0] != gone || got[1] != filepath.Join(r.Dir, "nowhere") {
		t.Errorf("got %v", got)
	}
}
