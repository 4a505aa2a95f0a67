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

// Workbench is a repository of its own with a checkout, where a person resolves
// what git could not merge. It borrows the user's objects and takes over the
// user's configuration, so that her tools work there as at home; the user's
// repository knows nothing of it.
//
// Only what matters is checked out; the rest is in the index, marked with
// skip-worktree, until `git sparse-checkout disable` fetches it. Files are as
// they are stored: no attribute converts them.
type Workbench struct {
	// Dir is the top of the checkout, Objects the absolute path of what was
	// written there.
	Dir, Objects string

	run  runner
	opts Options
}

// Bench says what lies on a new Workbench.
type Bench struct {
	// Head is the commit that HEAD names; it stands on the commits in Have,
	// which the user's repository has.
	Head string
	Have []string
	// Keep are further commits that the store has and that are to outlive it.
	Keep []string
	// Tree is what the index has: merged as far as git could.
	Tree string
	// Stages are the sides of what it could not.
	Stages []Stage
	// Show are the paths to be checked out.
	Show []string
	// Files are contents to be written over those of Tree.
	Files map[string][]byte
}

// benchConfig is the configuration of a workbench behind the user's own: what
// would run programs, watch files or convert contents is off.
const benchConfig = `[core]
	bare = false
	sparseCheckout = true
	sparseCheckoutCone = false
` + inertConfig + `[index]
	sparse = false
`

// benchHead is the branch of a workbench.
const benchHead = "refs/heads/backport"

// NewWorkbench lays a workbench out in dir, which must not exist.
func (r *Repo) NewWorkbench(ctx context.Context, s *Store, dir string, b Bench) (*Workbench, error) {
	w, err := r.layBench(ctx, s, dir, b)
	if err != nil {
		return nil, fmt.Errorf("lay out a worktree: %w", err)
	}
	return w, nil
}

func (r *Repo) layBench(ctx context.Context, s *Store, dir string, b Bench) (*Workbench, error) {
	gitDir := filepath.Join(dir, ".git")
	for _, sub := range []string{"objects/info", "objects/pack", "refs/heads", "info"} {
		if err := os.MkdirAll(filepath.Join(gitDir, sub), 0o700); err != nil {
			return nil, err
		}
	}
	config := "[core]\n\trepositoryformatversion = 0\n"
	if r.Format == SHA256 {
		config = "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n"
	}
	config += "[include]\n\tpath = " + quoteValue(filepath.ToSlash(filepath.Join(r.CommonDir, "config"))) + "\n" + benchConfig
	files := map[string]string{
		"HEAD":                    "ref: " + benchHead + "\n",
		"config":                  config,
		"objects/info/alternates": alternate(r.Objects),
		"info/attributes":         asStored,
		"info/grafts":             readSmall(r.grafts),
		"shallow":                 readSmall(r.shallow),
	}
	for name, text := range files {
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(gitDir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	w := r.Workbench(dir)
	if err := w.bring(ctx, s, b); err != nil {
		return nil, err
	}
	if err := w.fill(ctx, b); err != nil {
		return nil, err
	}
	return w, nil
}

// Workbench is one that was laid out before.
func (r *Repo) Workbench(dir string) *Workbench {
	opts := r.opts
	opts.Env = ownEnv(r.opts.Env)
	return &Workbench{
		Dir: dir, Objects: filepath.Join(dir, ".git", "objects"), opts: opts,
		run: runner{binary: opts.Git, lead: []string{"-C", dir}, env: userEnv(opts)},
	}
}

// ownEnv is an environment without the variables that say which repository is
// meant (git-rev-parse(1), --local-env-vars).
func ownEnv(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX",
			"GIT_OBJECT_DIRECTORY", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES":
			return true
		}
		return false
	})
}

// quoteValue writes a value of a configuration file (git-config(1), SYNTAX).
func quoteValue(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\b", `\b`).Replace(s) + `"`
}

// sparse are the patterns for these paths alone (git-sparse-checkout(1), in the
// syntax of gitignore(5)); a line break, which no pattern can have, is any
// character.
func sparse(paths []string) string {
	var b strings.Builder
	for _, p := range paths {
		b.WriteByte('/')
		for i := range len(p) {
			switch c := p[i]; {
			case c == '\n':
				b.WriteByte('?')
				continue
			case strings.IndexByte(`\*?[ `, c) >= 0:
				b.WriteByte('\\')
			}
			b.WriteByte(p[i])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// bring copies the objects that only the store has.
func (w *Workbench) bring(ctx context.Context, s *Store, b Bench) error {
	bench, err := Open(ctx, w.Dir, w.opts)
	if err != nil {
		return err
	}
	tip, err := s.Trial(b.Tree, b.Head)
	if err != nil {
		return err
	}
	updates := []Update{{Name: benchHead, New: b.Head}, {Name: "refs/backstay/merged", New: tip}}
	for _, st := range b.Stages {
		if st.Mode != ModeGitlink { // a blob that is in no tree needs a name of its own
			updates = append(updates, Update{Name: "refs/backstay/sides/" + st.ID, New: st.ID})
		}
	}
	for _, id := range b.Keep {
		updates = append(updates, Update{Name: "refs/backstay/keep/" + id, New: id})
	}
	slices.SortFunc(updates, func(x, y Update) int { return strings.Compare(x.Name, y.Name) })
	updates = slices.Compact(updates)
	errs, err := bench.Publish(ctx, s, b.Have, []Transaction{{Reason: "backstay: edit", Updates: updates}})
	return errors.Join(err, errs[0])
}

// fill makes index and checkout.
func (w *Workbench) fill(ctx context.Context, b Bench) error {
	patterns := filepath.Join(w.Dir, ".git", "info", "sparse-checkout")
	if err := os.WriteFile(patterns, []byte(sparse(b.Show)), 0o600); err != nil {
		return err
	}
	if _, err := w.run.output(ctx, nil, "read-tree", "-m", "-u", b.Tree); err != nil {
		return err
	}
	// From here on all files are meant: else git add would refuse new ones.
	// Those that are not checked out keep their mark in the index, and lose it
	// when a file turns up in their place.
	if err := os.WriteFile(patterns, []byte("/*\n"), 0o600); err != nil {
		return err
	}
	var info strings.Builder
	cleared := map[string]bool{}
	for _, st := range b.Stages {
		if !cleared[st.Path] {
			cleared[st.Path] = true
			fmt.Fprintf(&info, "0 %s\t%s\x00", strings.Repeat("0", len(b.Tree)), st.Path)
		}
		fmt.Fprintf(&info, "%06o %s %d\t%s\x00", uint32(st.Mode), st.ID, st.N, st.Path)
	}
	if _, err := w.run.output(ctx, strings.NewReader(info.String()), "update-index", "-z", "--index-info"); err != nil {
		return err
	}
	root, err := os.OpenRoot(w.Dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // what was written is closed by itself
	for path, text := range b.Files {
		if err := writeIn(root, path, text); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return nil
}

// writeIn writes a file that is there over, keeping its mode; what stands in
// its place and is none is removed first.
func writeIn(root *os.Root, path string, text []byte) error {
	path = filepath.FromSlash(path)
	mode := os.FileMode(0o666)
	if st, err := root.Lstat(path); err == nil {
		if st.Mode().IsRegular() {
			mode = st.Mode().Perm()
		}
		if err := root.Remove(path); err != nil {
			return err
		}
	}
	if dir := filepath.Dir(path); dir != "." {
		if err := root.MkdirAll(dir, 0o777); err != nil {
			return err
		}
	}
	f, err := root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
