package git_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// script makes a program that stands in for a git that is not as it should be.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "git")
	writeProgram(t, path, text)
	return path
}

// writeProgram makes a shell script that can be run. Another process writes
// the file: a test that starts a child at the same moment would hand it the
// file open for writing, and a file so opened cannot be run (ETXTBSY).
func writeProgram(t *testing.T, path, text string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", `cat >"$1" && chmod 700 "$1"`, "sh", path)
	cmd.Stdin = strings.NewReader("#!/bin/sh\n" + text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("write %s: %v %s", path, err, out)
	}
}

func TestOldGit(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	for name, text := range map[string]string{
		"everything is unknown":                   "echo 'usage: git <command>' >&2; exit 129\n",
		"rev-parse repeats what it does not know": `for a; do case $a in --*) echo "$a";; esac; done` + "\n",
	} {
		_, err := git.Open(t.Context(), r.Dir, git.Options{Git: script(t, text), Env: gittest.Env(), Scratch: t.TempDir()})
		if !errors.Is(err, git.ErrTooOld) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	usage := `for a; do case $a in merge-tree|cat-file|check-attr|worktree) echo "usage: git $a <x>" >&2; exit 129;; esac; done; exec git "$@"` + "\n"
	repo, s := openWith(t, r.Dir, 1, git.Options{Git: script(t, usage), Env: gittest.Env(), Scratch: t.TempDir()})
	_, readErr := s.Read(t.Context(), r.ID("ours"), 0)
	_, mergeErr := s.MergeTrees(t.Context(), "", []git.Merge{{Ours: r.ID("ours"), Theirs: r.ID("theirs")}})
	_, blobErr := s.MergeBlobs(t.Context(), []git.Triple{{Base: nothing, Ours: r.ID("ours"), Theirs: r.ID("base"), Driver: git.DriverText}})
	_, busyErr := repo.CheckedOut(t.Context())
	for i, err := range []error{readErr, mergeErr, blobErr, busyErr} {
		if !errors.Is(err, git.ErrTooOld) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d: got %v", i, err)
		}
	}
}

func TestNoGit(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	dir := t.TempDir()
	write(t, filepath.Join(dir, "notes"), "no program")
	for _, program := range []string{"backstay-no-such-program", filepath.Join(dir, "none"), filepath.Join(dir, "notes"), dir} {
		_, err := git.Open(t.Context(), r.Dir, git.Options{Git: program, Env: gittest.Env(), Scratch: t.TempDir()})
		if !errors.Is(err, git.ErrNoGit) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v", program, err)
		}
	}
}

// A git that fails says why in one line; one that never ends is ended.
func TestGitThatMisbehaves(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	open := func(text string, limit time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		_, err := git.Open(ctx, r.Dir, git.Options{Git: script(t, text), Env: gittest.Env(), Scratch: t.TempDir()})
		return err
	}
	for text, want := range map[string]string{
		"echo 'warning: x' >&2; echo 'fatal: a\033[31mb' >&2; exit 128": "git rev-parse: a?[31mb",
		"exit 3":                      "git rev-parse: exit status 3",
		"kill -ABRT $$":               "signal: aborted",
		"echo one":                    "line break",
		"echo 'fatal: x' >&2; exit 0": "line break",
	} {
		if err := open(text, time.Minute); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	if err := open("exec sleep 60", 300*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want that time is up", err)
	}
	if err := open("exec yes", 300*time.Millisecond); err == nil {
		t.Error("an endless answer passes")
	}

	full := `for a; do case $a in merge-tree) echo 'error: unable to write file: No space left on device' >&2; exit 128;; esac; done; exec git "$@"`
	_, s := openWith(t, r.Dir, 1, git.Options{Git: script(t, full), Env: gittest.Env(), Scratch: t.TempDir()})
	_, err := s.MergeTrees(t.Context(), "", []git.Merge{{Ours: r.ID("ours"), Theirs: r.ID("theirs")}, {Ours: r.ID("ours"), Theirs: r.ID("theirs")}})
	if err == nil || !strings.Contains(err.Error(), "space left") {
		t.Errorf("got %v, want that the disk is full", err)
	}
	wrong := `for a; do case $a in cat-file) read x; echo "` + strings.Repeat("3", 40) + ` blob 1"; echo x; exec sleep 60;; esac; done; exec git "$@"`
	_, s = openWith(t, r.Dir, 1, git.Options{Git: script(t, wrong), Env: gittest.Env(), Scratch: t.TempDir()})
	if o, err := s.Read(t.Context(), r.ID("ours"), 0); err == nil {
		t.Errorf("the answer to another question passes: %v", o)
	}
}

func TestSomebodyElsesRepository(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	r := gittest.New(t, sides)
	err := filepath.WalkDir(r.Dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, 54321, 54321)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "dubious ownership") || !strings.Contains(err.Error(), "safe.directory") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
	config := filepath.Join(t.TempDir(), "config")
	write(t, config, "[safe]\n\tdirectory = "+r.Dir+"\n")
	_, s := openAt(t, r.Dir, "GIT_CONFIG_GLOBAL="+config) // which is the user's to say
	got, err := s.MergeTrees(t.Context(), "", []git.Merge{{Ours: r.ID("ours"), Theirs: r.ID("theirs")}})
	if err != nil || !got[0].Clean {
		t.Errorf("with safe.directory: %v %v", got, err)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, sides, gittest.Bare())
	scratch := t.TempDir()
	opts := git.Options{Env: gittest.Env(), Scratch: scratch}
	_, live := openWith(t, r.Dir, 1, opts)
	old := time.Now().Add(-time.Hour)
	outside := t.TempDir()
	write(t, filepath.Join(outside, "keep"), "x")
	for _, path := range []string{
		"backstay-store-dead/objects/x", "backstay-store-dead/owner.lock", "backstay-store-unlocked/x",
		"other/x", "backstay-stor/x", "backstay-store-file",
	} {
		write(t, filepath.Join(scratch, path), "x")
	}
	if err := os.Symlink(outside, filepath.Join(scratch, "backstay-store-link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(scratch, "backstay-store-trap"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "keep"), filepath.Join(scratch, "backstay-store-trap/owner.lock")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(scratch, "backstay-store-dead/link")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(scratch)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Chtimes(filepath.Join(scratch, e.Name()), old, old); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(scratch, "backstay-store-young/x"), "x")
	write(t, filepath.Join(scratch, "backstay-store-killed/owner.lock"), "") // a moment ago
	_, beside := openWith(t, r.Dir, 1, opts)
	_, second := openWith(t, r.Dir, 1, opts)
	for path, stays := range map[string]bool{
		"backstay-store-dead": false, "backstay-store-unlocked": false, "other/x": true, "backstay-stor/x": true, "backstay-store-file": true,
		"backstay-store-link": true, "backstay-store-trap": true, "backstay-store-young/x": true, "backstay-store-killed": false,
		filepath.Base(beside.Dir): true, filepath.Base(live.Dir): true, filepath.Base(second.Dir): true,
	} {
		if _, err := os.Lstat(filepath.Join(scratch, path)); (err == nil) != stays {
			t.Errorf("%s: %v, want that it stays: %v", path, err, stays)
		}
	}
	if _, err := os.Stat(filepath.Join(outside, "keep")); err != nil {
		t.Error(err)
	}
}

func TestRelativeScratch(t *testing.T) {
	r := gittest.New(t, sides, gittest.Bare())
	t.Chdir(t.TempDir())
	_, s := openWith(t, r.Dir, 1, git.Options{Env: gittest.Env(), Scratch: "tmp"})
	a, err := lay(t, s, map[string]string{".gitattributes": "* -merge\n"})
	if err != nil {
		t.Fatal(err)
	}
	m := git.Merge{Ours: r.ID("ours"), Theirs: r.ID("theirs")}
	if got, err := s.MergeTrees(t.Context(), a, []git.Merge{m}); err != nil || got[0].Err != nil || got[0].Clean {
		t.Errorf("got %v %v, want a conflict", got, err)
	}
}
