package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/scenario"
)

// trial is the history that git is tried on: a merge that has an answer.
const trial = `
-- commit on main: one --
-- file a --
1
2
3
4
5
6
7
8
-- branch topic from main --
-- commit on main: two --
-- edit a --
-1
+one
-- commit on topic: three --
-- edit a --
-8
+eight
`

// lab is a folder with repositories to try git on. What git can do is found
// out by having it done, never by its version.
type lab struct {
	dir   string
	built scenario.Repo
	// user is the trial repository as the user's own git sees it.
	user *git.Repo
}

// newLab builds the trial repository. The error says that git cannot do even
// that; the lab, if any, has to be closed all the same.
func (a *app) newLab(ctx context.Context) (*lab, error) {
	dir, err := os.MkdirTemp("", "backstay-doctor-")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	l := &lab{dir: dir}
	l.built, err = scenario.Build(ctx, filepath.Join(dir, "sha1"), scenario.Options{Bare: true}, []byte(trial))
	if err != nil {
		return l, err
	}
	l.user, err = git.Open(ctx, l.built.Dir, git.Options{Env: a.Env, Scratch: dir})
	return l, err
}

func (l *lab) close() error {
	if err := os.RemoveAll(l.dir); err != nil {
		return fmt.Errorf("remove folder: %w", err)
	}
	return nil
}

// git tries what is needed of git and reports whether all of it works.
func (d *diagnosis) git(ctx context.Context, l *lab, labErr error) bool {
	path, err := exec.LookPath("git")
	if err != nil {
		d.add("git", checkMissing, "install git 2.39 or newer (Debian: apt install git) and put it on the PATH", "no git on the PATH")
		return false
	}
	if labErr != nil {
		d.add("git", checkMissing, "install git 2.39 or newer", "%s does not work: %v", path, labErr)
		return false
	}
	said, err := l.user.Version(ctx)
	if err != nil {
		d.add("git", checkWarn, "", "%s does not say its version: %v", path, err)
	} else {
		d.add("git", checkOK, "", "%s, %s", said, path)
	}
	usable := true
	for _, need := range []struct {
		what string
		try  func(context.Context, *git.Store) error
	}{
		{"reads objects in batches (cat-file --batch-command)", l.tryRead},
		{"merges without a checkout (merge-tree --stdin)", l.tryMerge},
	} {
		if err := l.withStore(ctx, need.try); err != nil {
			d.add("git", checkMissing, "install git 2.39 or newer", "%s: %v", need.what, err)
			usable = false
			continue
		}
		d.add("git", checkOK, "", "%s", need.what)
	}
	_, err = scenario.Build(ctx, filepath.Join(l.dir, "sha256"), scenario.Options{Bare: true, ObjectFormat: "sha256"}, []byte(trial))
	d.optional(err, "knows SHA-256 repositories")
	d.optional(l.tryReftable(ctx), "knows reftable repositories")
	return usable
}

// optional adds what only some repositories need.
func (d *diagnosis) optional(err error, what string) {
	if err == nil {
		d.add("git", checkOK, "", "%s", what)
		return
	}
	d.add("git", checkMissing, "only such repositories need it; a newer git brings it", "%s: no", what)
}

func (l *lab) withStore(ctx context.Context, try func(context.Context, *git.Store) error) error {
	store, err := l.user.NewStore(ctx, 1)
	if err != nil {
		return err
	}
	return also(try(ctx, store), store.Close())
}

func (l *lab) tryRead(ctx context.Context, s *git.Store) error {
	_, err := s.Commit(ctx, l.built.IDs["main"])
	return err
}

func (l *lab) tryMerge(ctx context.Context, s *git.Store) error {
	got, err := s.MergeTrees(ctx, git.Attributes(""), []git.Merge{{Ours: l.built.IDs["main"], Theirs: l.built.IDs["topic"]}})
	switch {
	case err != nil:
		return err
	case got[0].Err != nil:
		return got[0].Err
	case !got[0].Clean:
		return errors.New("a merge of two lines far apart came out as a conflict")
	}
	return nil
}

// tryReftable has git open an empty repository of that format, as
// gitformat-reftable(5) and gitrepository-layout(5) describe it.
func (l *lab) tryReftable(ctx context.Context) error {
	dir := filepath.Join(l.dir, "reftable")
	for _, sub := range []string{"objects", "refs", "reftable"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"HEAD":                 "ref: refs/heads/.invalid\n",
		"config":               "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\trefstorage = reftable\n",
		"refs/heads":           "this repository uses the reftable format\n",
		"reftable/tables.list": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
			return err
		}
	}
	repo, err := git.Open(ctx, dir, git.Options{Env: scenario.Env(), Scratch: l.dir})
	if err != nil {
		return err
	}
	_, err = repo.Refs(ctx)
	return err
}
