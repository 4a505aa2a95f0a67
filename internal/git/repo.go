package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options say how a repository is opened.
type Options struct {
	// Git is the program to run, "git" by default.
	Git string
	// Env is the environment that children start from, normally os.Environ().
	Env []string
	// Scratch is the folder for private stores; os.TempDir() by default.
	Scratch string
	// Fetch lets a partial clone fetch the objects it lacks.
	Fetch bool
	// Fetching, if set, hears before each fetch for how many objects it is.
	Fetching func(objects int)
	// Borrow are further object stores, absolute paths, that a Store reads; the
	// user's git does not know them.
	Borrow []string
}

// Repo is the user's repository: where it is, and its refs and identity.
// Objects are read through a Store.
type Repo struct {
	// Dir is where the user stands: the folder that was opened.
	Dir string
	// GitDir is the absolute path of the repository proper; CommonDir that of
	// the main repository where GitDir belongs to a linked worktree.
	GitDir, CommonDir string
	// Objects is the absolute path of its object store.
	Objects string
	// Worktree is the top of the checkout, empty for a bare repository.
	Worktree string
	Format   Format
	Shallow  bool
	// RefFormat is "files" or "reftable".
	RefFormat string

	// grafts and shallow are the files that cut and mend history.
	grafts, shallow string

	opts Options
	user runner
}

// ErrNoRepository says that a folder is not inside a git repository.
var ErrNoRepository = errors.New("not a git repository")

// Open finds the repository that dir is in, as git itself does.
func Open(ctx context.Context, dir string, opts Options) (*Repo, error) {
	if opts.Git == "" {
		opts.Git = "git"
	}
	if opts.Scratch == "" {
		opts.Scratch = os.TempDir()
	}
	var err error
	if opts.Scratch, err = filepath.Abs(opts.Scratch); err != nil { // children run in other folders
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	r := &Repo{Dir: dir, opts: opts}
	r.user = runner{binary: opts.Git, lead: []string{"-c", "core.hooksPath=" + os.DevNull, "-C", dir}, env: userEnv(opts)}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("open %s: no such folder", dir)
	}
	out, err := r.user.output(ctx, nil, "rev-parse", "--path-format=absolute",
		"--git-dir", "--git-common-dir", "--git-path", "objects",
		"--git-path", "info/grafts", "--git-path", "shallow",
		"--is-bare-repository", "--is-shallow-repository", "--show-object-format",
		"--show-toplevel") // last: without a working tree git fails there, and has said the rest
	f := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	var failed *commandError
	if err != nil && (len(f) < 8 || !errors.As(err, &failed)) {
		if errors.As(err, &failed) && strings.Contains(failed.stderr, "not a git repository") {
			return nil, fmt.Errorf("open %s: %w", dir, ErrNoRepository)
		}
		if failed != nil && strings.Contains(failed.stderr, "dubious ownership") {
			return nil, fmt.Errorf("open %s: %w; if you trust it: git config --global --add safe.directory <its path>", dir, err)
		}
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	if slices.ContainsFunc(f, func(s string) bool { return strings.HasPrefix(s, "--") }) {
		return nil, fmt.Errorf("open %s: %w", dir, ErrTooOld) // it repeats what it does not know
	}
	if len(f) < 8 || f[5] != "true" && f[5] != "false" || f[6] != "true" && f[6] != "false" {
		return nil, fmt.Errorf("open %.200q: the path of the repository has a line break", dir)
	}
	r.GitDir, r.CommonDir, r.Objects, r.grafts, r.shallow = f[0], f[1], f[2], f[3], f[4]
	r.Shallow, r.Format = f[6] == "true", Format(f[7])
	if f[5] == "false" {
		r.Worktree = strings.Join(f[8:], "\n")
	}
	r.RefFormat = "files"
	if _, err := os.Stat(filepath.Join(r.CommonDir, "reftable")); err == nil {
		r.RefFormat = "reftable"
	}
	return r, nil
}

// userEnv is the environment for commands in the user's own repository: the
// user's configuration counts there, tracing and prompting do not.
func userEnv(opts Options) []string {
	env := make([]string, 0, len(opts.Env)+8)
	for _, kv := range opts.Env {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "GIT_TRACE") || dropped[name] {
			continue
		}
		env = append(env, kv)
	}
	env = append(env, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0")
	if !opts.Fetch {
		// GIT_NO_LAZY_FETCH is known from 2.44 on; a git before it is stopped
		// by allowing no transport.
		env = append(env, "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none")
	}
	return env
}

// dropped are variables that would change what plumbing answers.
var dropped = map[string]bool{
	"GIT_INDEX_FILE": true, "GIT_EXTERNAL_DIFF": true, "GIT_DIFF_OPTS": true,
	"GIT_LITERAL_PATHSPECS": true, "GIT_GLOB_PATHSPECS": true, "GIT_NOGLOB_PATHSPECS": true,
	"GIT_ICASE_PATHSPECS": true, "GIT_PAGER": true, "GIT_EDITOR": true, "GIT_PREFIX": true,
	"GIT_DEFAULT_HASH": true, "GIT_FLUSH": true, "LC_ALL": true, "LANGUAGE": true,
	"GIT_NO_LAZY_FETCH": true, "GIT_ALLOW_PROTOCOL": true, "GIT_CONFIG": true,
	"GIT_REDIRECT_STDIN": true, "GIT_REDIRECT_STDOUT": true, "GIT_REDIRECT_STDERR": true,
}

// Vanished lists the object stores that the repository borrows from and that are
// not there: what lies in them cannot be read, and git says no more than that
// some object is missing.
func (r *Repo) Vanished() []string {
	var out []string
	for line := range strings.Lines(readSmall(filepath.Join(r.Objects, "info", "alternates"))) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' || line[0] == '"' {
			continue
		}
		path := filepath.FromSlash(line)
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.Objects, path)
		}
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			out = append(out, path)
		}
	}
	return out
}

// Version is what `git --version` says, for people; nothing branches on it.
func (r *Repo) Version(ctx context.Context) (string, error) {
	out, err := r.user.output(ctx, nil, "--version")
	return strings.TrimSpace(string(out)), err
}

// Config reads one value of git's configuration as the user's git sees it;
// empty where it is not set.
func (r *Repo) Config(ctx context.Context, key string) string {
	out, err := r.user.output(ctx, nil, "config", "--get", key)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(out), "\n")
}

// Ident is the identity git would commit with: "Name <mail> seconds zone".
// The error carries git's own advice where none is configured.
func (r *Repo) Ident(ctx context.Context) (string, error) {
	out, err := r.user.output(ctx, nil, "var", "GIT_COMMITTER_IDENT")
	if err != nil {
		return "", fmt.Errorf("find who commits: %w; set user.name and user.email", err)
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}
