package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	// MaxOutput is how many bytes of what a program prints are kept, the last
	// ones.
	MaxOutput = 64 << 10
	// grace is how long after its end a program's children may hold its output
	// open.
	grace = 2 * time.Second
)

// Recipe is one program to run.
type Recipe struct {
	// Run is the program and its arguments. A name without a slash is looked
	// up in Path, one with a slash in Dir.
	Run []string
	// Dir is where it runs, an absolute path. Home is its $HOME and the folder
	// for its temporary files.
	Dir, Home string
	// Path and Lang are its $PATH and $LANG.
	Path, Lang string
	// Timeout ends it; not zero.
	Timeout time.Duration
}

// ErrTimeout says that a program did not end in time.
var ErrTimeout = errors.New("it did not end in time")

// A FailedError is a program that ended with another status than 0.
type FailedError struct {
	Name   string
	Status int
	// Output is the end of what it printed, both streams together.
	Output string
}

func (e *FailedError) Error() string {
	return fmt.Sprintf("%s ended with status %d", e.Name, e.Status)
}

// Run runs a program to its end and returns the end of what it printed. The
// error is a *FailedError where it says that it failed, ErrTimeout where it was
// ended, and else why it could not be started.
func Run(ctx context.Context, r Recipe) (output string, err error) {
	if len(r.Run) == 0 || r.Run[0] == "" {
		return "", errors.New("run a program: it has no name")
	}
	program, err := find(r)
	if err != nil {
		return "", fmt.Errorf("run %s: %w", r.Run[0], err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.Timeout, ErrTimeout)
	defer cancel()
	var out tail
	cmd := exec.CommandContext(ctx, program, r.Run[1:]...)
	cmd.Dir = r.Dir
	cmd.Env = []string{"PATH=" + r.Path, "HOME=" + r.Home, "TMPDIR=" + r.Home, "LANG=" + r.Lang}
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = grace
	group(cmd)
	err = cmd.Run()
	endGroup(cmd)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return out.String(), fmt.Errorf("run %s: %w", r.Run[0], context.Cause(ctx))
	case errors.As(err, &exit):
		return out.String(), &FailedError{Name: r.Run[0], Status: exit.ExitCode(), Output: out.String()}
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return out.String(), fmt.Errorf("run %s: %w", r.Run[0], err)
	}
	return out.String(), nil
}

// find looks a program up in the recipe's own path: exec would take this
// process's.
func find(r Recipe) (string, error) {
	name := r.Run[0]
	if filepath.IsAbs(name) {
		return name, nil
	}
	if strings.ContainsRune(filepath.ToSlash(name), '/') {
		return filepath.Join(r.Dir, name), nil
	}
	for _, dir := range filepath.SplitList(r.Path) {
		// A relative entry of a path would be one of the repository's folders.
		if !filepath.IsAbs(dir) {
			continue
		}
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found, nil
		}
	}
	return "", exec.ErrNotFound
}

// tail keeps the last MaxOutput bytes that are written to it.
type tail struct{ buf bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	n := len(p)
	p = p[max(0, n-MaxOutput):]
	if over := t.buf.Len() + len(p) - MaxOutput; over > MaxOutput {
		t.buf.Next(over)
	}
	t.buf.Write(p)
	return n, nil
}

func (t *tail) String() string {
	b := t.buf.Bytes()
	return string(b[max(0, len(b)-MaxOutput):])
}
