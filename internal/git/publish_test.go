package git_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

const twoBranches = `
-- commit base on main: the beginning --
-- file a --
a
-- branch release from base --
-- commit tip on main: go on --
-- file a --
A
`

// publisher is a repository with its store.
type publisher struct {
	*gittest.Repo
	repo  *git.Repo
	store *git.Store
}

func newPublisher(t *testing.T, opts ...gittest.Option) publisher {
	t.Helper()
	r := gittest.New(t, twoBranches, opts...)
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
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
	return publisher{Repo: r, repo: repo, store: store}
}

// commit writes a commit with one new file on top of base to the store.
func (p publisher) commit(t *testing.T, text string) string {
	t.Helper()
	blob, err := p.store.Write("blob", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := git.Tree{}.Apply([]git.Edit{{Name: "new", Mode: git.ModeFile, ID: blob}}, p.store.Format.RawLen())
	if err != nil {
		t.Fatal(err)
	}
	id, err := p.store.Write("tree", tree)
	if err != nil {
		t.Fatal(err)
	}
	who := "A <a@example.org> 1700000000 +0000"
	c := git.Commit{Tree: id, Parents: []string{p.ID("base")}, Author: who, Committer: who, Message: []byte(text)}
	if id, err = p.store.Write("commit", c.Encode()); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestPublishSaysWhyARefWasNotSet(t *testing.T) {
	t.Parallel()
	for _, opts := range [][]gittest.Option{{gittest.Bare()}, {gittest.Bare(), gittest.SHA256()}} {
		p := newPublisher(t, opts...)
		main, tip := p.ID("base"), p.commit(t, "one")
		p.Git(t, "update-ref", "refs/heads/deep/er", main)
		p.Git(t, "update-ref", "refs/heads/same", main)
		p.Write(t, "refs/heads/locked.lock", "")
		create := func(name string) git.Update { return git.Update{Name: name, New: tip} }
		cases := []struct {
			updates []git.Update
			want    error
		}{
			{[]git.Update{create("refs/heads/deep")}, git.ErrRefClash},
			{[]git.Update{create("refs/heads/deep/er/still")}, git.ErrRefClash},
			{[]git.Update{create("refs/heads/x"), create("refs/heads/x/y")}, git.ErrRefClash},
			{[]git.Update{create("refs/heads/locked")}, git.ErrRefLocked},
			{[]git.Update{create("refs/heads/same")}, git.ErrRefChanged},
			{[]git.Update{{Name: "refs/heads/same", Old: tip, New: tip}}, git.ErrRefChanged},
			{[]git.Update{{Name: "refs/heads/gone", Old: main, New: tip}}, git.ErrRefChanged},
			{[]git.Update{create("refs/heads/good/1"), create("refs/backstay/good/1")}, nil},
			{[]git.Update{create("refs/heads/half"), create("refs/heads/same")}, git.ErrRefChanged},
			{[]git.Update{create("refs/heads/good/2")}, nil},
			{[]git.Update{{Name: "refs/heads/good/3", New: strings.Repeat("ab", p.store.Format.RawLen())}}, errAny},
		}
		var ts []git.Transaction
		for i, c := range cases {
			reason := "all of one kind"
			if i%2 == 1 {
				reason = "the others"
			}
			ts = append(ts, git.Transaction{Updates: c.updates, Reason: reason})
		}
		errs, err := p.repo.Publish(t.Context(), p.store, []string{main}, ts)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range cases {
			switch got := errs[i]; {
			case c.want == errAny && got != nil && !strings.Contains(got.Error(), "\n"):
			case !errors.Is(got, c.want) || got != nil && strings.Contains(got.Error(), "\n"):
				t.Errorf("%v: %v, want %v", c.updates, got, c.want)
			}
		}
		refs := p.Git(t, "for-each-ref", "--format=%(refname)", "refs/heads/good", "refs/heads/half", "refs/backstay", "refs/heads/x")
		if refs != "refs/backstay/good/1\nrefs/heads/good/1\nrefs/heads/good/2" {
			t.Errorf("refs: %s", refs)
		}
		if err := os.Remove(filepath.Join(p.repo.GitDir, "refs/heads/locked.lock")); err != nil {
			t.Fatal(err)
		}
		p.Fsck(t)
	}
}

var errAny = errors.New("any error")

func TestPublishWhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	p := newPublisher(t, gittest.Bare())
	ts := []git.Transaction{{Reason: "r", Updates: []git.Update{{Name: "refs/heads/x", New: p.commit(t, "one")}}}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if errs, err := p.repo.Publish(ctx, p.store, nil, ts); !errors.Is(err, context.Canceled) || errs[0] == nil {
		t.Errorf("interrupted: %v, %v", errs, err)
	}
	// A file in the place of the folder: also root cannot write there.
	p.Git(t, "repack", "-adq")
	objects := filepath.Join(p.repo.GitDir, "objects")
	for i := range 256 {
		if err := os.WriteFile(filepath.Join(objects, string("0123456789abcdef"[i>>4])+string("0123456789abcdef"[i&15])), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if errs, err := p.repo.Publish(t.Context(), p.store, []string{p.ID("base")}, ts); err == nil || errs[0] == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("read-only: %v, %v", errs, err)
	}
	if refs := p.Git(t, "for-each-ref", "refs/heads/x"); refs != "" {
		t.Errorf("set: %s", refs)
	}
}

func TestRefValues(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	p.Git(t, "symbolic-ref", "refs/heads/for-main", "refs/heads/main")
	p.Git(t, "tag", "-a", "-m", "tag", "v1")
	names := []string{"refs/heads/main", "refs/heads/gone", "refs/heads/for-main", "refs/tags/v1", "refs/heads/release", "refs/heads/with blank"}
	got, err := p.repo.RefValues(t.Context(), names)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if want := strings.TrimSpace(p.Run(t, "", "rev-parse", "-q", "--verify", name).Stdout); got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}
