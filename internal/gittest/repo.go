package gittest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/scenario"
)

// Env is the environment for every process of a test that is or runs git; see
// [scenario.Env]. On top of it the identity of the person running the command
// and her clock are fixed.
func Env() []string {
	return append(scenario.Env(),
		"GIT_AUTHOR_NAME=Tess Test", "GIT_AUTHOR_EMAIL=tess@example.org", "GIT_AUTHOR_DATE=2025-01-01T00:00:00Z",
		"GIT_COMMITTER_NAME=Tess Test", "GIT_COMMITTER_EMAIL=tess@example.org", "GIT_COMMITTER_DATE=2025-01-01T00:00:00Z")
}

// A Repo is a repository for one test.
type Repo struct {
	Dir string            // working tree, or the repository itself if bare
	IDs map[string]string // full commit id by label, branch and tag of the scenario

	t testing.TB
}

// An Option says what kind of repository New builds.
type Option func(*scenario.Options)

// Bare leaves out the working tree.
func Bare() Option { return func(o *scenario.Options) { o.Bare = true } }

// SHA256 makes a repository with SHA-256 object ids.
func SHA256() Option { return func(o *scenario.Options) { o.ObjectFormat = "sha256" } }

// New builds the repository of a scenario in a new temporary folder.
func New(t testing.TB, text string, opts ...Option) *Repo {
	t.Helper()
	var options scenario.Options
	for _, set := range opts {
		set(&options)
	}
	built, err := scenario.Build(t.Context(), filepath.Join(t.TempDir(), "repo"), options, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return &Repo{Dir: built.Dir, IDs: built.IDs, t: t}
}

// ID is the full commit id of a label, branch or tag when the repository was
// built.
func (r *Repo) ID(name string) string {
	r.t.Helper()
	id, ok := r.IDs[name]
	if !ok {
		r.t.Fatalf("the scenario has no %q", name)
	}
	return id
}

// A Result is what one process said.
type Result struct {
	Stdout, Stderr string
	Exit           int
}

// Run runs git with an input; its exit status is the caller's to judge.
func (r *Repo) Run(t testing.TB, input string, args ...string) Result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = r.Dir
	cmd.Env = Env()
	cmd.Stdin = strings.NewReader(input)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("git %q: %v", args, err)
	}
	return Result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// Git runs git, which must succeed, and returns its output without the final
// newline.
func (r *Repo) Git(t testing.TB, args ...string) string {
	t.Helper()
	got := r.Run(t, "", args...)
	if got.Exit != 0 {
		t.Fatalf("git %q: exit status %d\n%s%s", args, got.Exit, got.Stdout, got.Stderr)
	}
	return strings.TrimSuffix(got.Stdout, "\n")
}

// Write writes a file of the working tree, with its directories.
func (r *Repo) Write(t testing.TB, path, content string) {
	t.Helper()
	path = filepath.Join(r.Dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Fsck fails the test if git finds the repository damaged, or if a lock or an
// unfinished file lies in it.
func (r *Repo) Fsck(t testing.TB) {
	t.Helper()
	r.Git(t, "fsck", "--strict", "--no-dangling", "--no-progress")
	for _, path := range files(t, r.Git(t, "rev-parse", "--absolute-git-dir")) {
		base := filepath.Base(path)
		if strings.HasSuffix(base, ".lock") || strings.HasPrefix(base, "tmp_") {
			t.Errorf("left behind: %s", path)
		}
	}
}

// State describes all that a command must leave alone when nothing was asked
// for: refs, HEAD and every file of the working tree and of the repository,
// with mode and content, but for its objects. Two states are compared as texts.
func (r *Repo) State(t testing.TB) string {
	t.Helper()
	var out strings.Builder
	head := r.Run(t, "", "symbolic-ref", "HEAD") // fails when detached
	fmt.Fprintf(&out, "%s%s\n", head.Stdout, r.Git(t, "for-each-ref"))
	for _, path := range files(t, r.Dir) {
		name := filepath.ToSlash(path)
		if strings.HasPrefix(strings.TrimPrefix(name, ".git/"), "objects/") {
			continue
		}
		info, err := os.Lstat(filepath.Join(r.Dir, path))
		if err != nil {
			t.Fatal(err)
		}
		var content []byte
		if info.Mode().IsRegular() {
			if content, err = os.ReadFile(filepath.Join(r.Dir, path)); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Fprintf(&out, "%s %q %q\n", info.Mode(), name, content)
	}
	return out.String()
}

// Tree lists the files of a commit or tree: mode, object id, path, a line each.
func (r *Repo) Tree(t testing.TB, treeish string) string {
	t.Helper()
	return r.Git(t, "ls-tree", "-r", treeish)
}

// files lists all files below a folder, relative to it, in order.
func files(t testing.TB, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		path, err = filepath.Rel(root, path)
		found = append(found, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
