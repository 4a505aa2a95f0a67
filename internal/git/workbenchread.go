package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Unmerged lists the paths that have stages in the index still.
func (w *Workbench) Unmerged(ctx context.Context) ([]string, error) {
	out, err := w.run.output(ctx, nil, "diff", "--name-only", "--diff-filter=U", "--no-ext-diff", "-z")
	if err != nil {
		return nil, fmt.Errorf("list unmerged files: %w", err)
	}
	return fields(out), nil
}

// Untracked lists the files that are not in the index and not ignored.
func (w *Workbench) Untracked(ctx context.Context) ([]string, error) {
	out, err := w.run.output(ctx, nil, "ls-files", "-z", "--others", "--exclude-standard")
	if err != nil {
		return nil, fmt.Errorf("list untracked files: %w", err)
	}
	return fields(out), nil
}

// fields are the parts of a text that NULs end.
func fields(out []byte) []string {
	var list []string
	for _, f := range strings.Split(string(out), "\x00") {
		if f != "" {
			list = append(list, f)
		}
	}
	return list
}

// ErrNoFile says that there is no regular file at a path of a Workbench.
var ErrNoFile = errors.New("no regular file is there")

// Read reads a regular file of the checkout, of limit bytes at most.
func (w *Workbench) Read(path string, limit int64) ([]byte, error) {
	root, err := os.OpenRoot(w.Dir)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	defer func() { _ = root.Close() }() // it was only read
	name := filepath.FromSlash(path)
	st, err := root.Lstat(name)
	switch {
	case errors.Is(err, os.ErrNotExist), err == nil && !st.Mode().IsRegular():
		return nil, ErrNoFile
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", path, err)
	case st.Size() > limit:
		return nil, fmt.Errorf("read %s: %w", path, ErrTooLarge)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return text, nil
}

// staleLock is how long a lock of the index may stand still until it counts as
// left by a git that was killed.
const staleLock = time.Second

// unlock removes the lock of the index that a killed git has left. The checkout
// is ours; one that some git is working in is waited for.
func (w *Workbench) unlock(ctx context.Context) error {
	name := filepath.Join(w.Dir, ".git", "index.lock")
	var seen os.FileInfo
	for since := time.Now(); ; {
		now, err := os.Lstat(name)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return nil
		case err != nil:
			return fmt.Errorf("look for a lock: %w", err)
		case seen == nil || !os.SameFile(seen, now) || seen.Size() != now.Size() || !seen.ModTime().Equal(now.ModTime()):
			seen, since = now, time.Now()
		case time.Since(since) >= staleLock:
			if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("remove the lock of a git that was killed: %w", err)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// WriteTree takes in what was changed of the files that git knows, and writes
// the index as a tree. It fails where something is unmerged and not among
// resolved, which are paths whose files are taken as they are.
func (w *Workbench) WriteTree(ctx context.Context, resolved []string) (string, error) {
	if err := w.unlock(ctx); err != nil {
		return "", err
	}
	if len(resolved) > 0 {
		// Only a file that is not where the patterns lead needs --sparse.
		in := strings.NewReader(strings.Join(resolved, "\x00") + "\x00")
		if _, err := w.run.output(ctx, in, "--literal-pathspecs", "add", "--force", "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul"); err != nil {
			return "", fmt.Errorf("take in resolved files: %w", err)
		}
	}
	if left, err := w.Unmerged(ctx); err != nil || len(left) > 0 {
		return "", errors.Join(err, fmt.Errorf("write tree: %d files are not resolved", len(left)))
	}
	if _, err := w.run.output(ctx, nil, "add", "--update", "--sparse", "."); err != nil {
		return "", fmt.Errorf("take in changed files: %w", err)
	}
	out, err := w.run.output(ctx, nil, "write-tree")
	if err != nil {
		return "", fmt.Errorf("write tree: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Terminal are the streams that an editor talks through.
type Terminal struct {
	In       io.Reader
	Out, Err io.Writer
}

// Edit opens a file in the user's editor and waits for its end. The editor is
// the one that git would take (git-var(1), GIT_EDITOR), and it is git's own
// shell that runs it, as an alias, which comes to the same as what git does for
// messages: sh -c '<editor> "$@"'.
func (w *Workbench) Edit(ctx context.Context, t Terminal, path string) error {
	run := w.run
	run.env = ownEnv(w.opts.Env)
	editor, err := run.output(ctx, nil, "var", "GIT_EDITOR")
	if err != nil {
		return fmt.Errorf("find the editor: %w", err)
	}
	const alias = "backstay-editor"
	err = w.interact(ctx, t, "-c", "alias."+alias+"=!"+strings.TrimSuffix(string(editor), "\n"), alias,
		filepath.Join(w.Dir, filepath.FromSlash(path)))
	if err != nil {
		return fmt.Errorf("run the editor %s: %w", strings.TrimSpace(string(editor)), err)
	}
	return nil
}

// MergeTool runs the user's `git mergetool` on unmerged files.
func (w *Workbench) MergeTool(ctx context.Context, t Terminal, paths []string) error {
	args := []string{"--literal-pathspecs", "mergetool", "--"}
	if err := w.interact(ctx, t, append(args, paths...)...); err != nil {
		return fmt.Errorf("run git mergetool: %w", err)
	}
	return nil
}

// interact runs a git that a person talks to. It is left to its end: what she
// typed is worth more than our hurry, and it shall not lose its terminal.
func (w *Workbench) interact(ctx context.Context, t Terminal, args ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	cmd := exec.Command(w.run.binary, append(append([]string{}, w.run.lead...), args...)...)
	cmd.Env = append(ownEnv(w.opts.Env), "GIT_OPTIONAL_LOCKS=0")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = t.In, t.Out, t.Err
	var exit *exec.ExitError
	err := cmd.Run()
	if errors.As(err, &exit) {
		return fmt.Errorf("it ended with %s", exit)
	}
	return err
}
