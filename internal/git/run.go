package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// ErrTooOld says that the installed git lacks a command that Backstay needs.
var ErrTooOld = errors.New("this git is too old: Backstay needs git 2.39 or newer")

// ErrNoGit says that git could not be started at all.
var ErrNoGit = errors.New("git could not be started: is it installed and on the PATH?")

// usageStatus is the exit status with which git refuses an unknown option.
const usageStatus = 129

// commandError is a git command that failed: what was run and the last line
// that git said about it.
type commandError struct {
	args   []string
	status int
	stderr string
}

func (e *commandError) Error() string {
	line := lastLine(e.stderr)
	if line == "" {
		line = fmt.Sprintf("exit status %d", e.status)
	}
	return fmt.Sprintf("git %s: %s", e.args[0], line)
}

// lastLine picks what matters of git's stderr: the first "fatal:" or "error:"
// line without its prefix, else the last line.
func lastLine(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	for _, l := range lines {
		for _, p := range []string{"fatal: ", "error: "} {
			if rest, ok := strings.CutPrefix(l, p); ok {
				return strings.TrimSpace(rest)
			}
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

// runner starts git with one fixed environment and fixed leading arguments.
type runner struct {
	binary string
	lead   []string
	env    []string
}

// command prepares a child that dies with ctx and, where the system can, with
// this process.
func (r runner) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, r.binary, append(append([]string{}, r.lead...), args...)...)
	cmd.Env = r.env
	cmd.WaitDelay = 2 * time.Second
	dieWithParent(cmd)
	return cmd
}

// output runs git to its end and returns what it wrote.
func (r runner) output(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	cmd := r.command(ctx, args...)
	return finish(ctx, cmd, stdin, args)
}

func finish(ctx context.Context, cmd *exec.Cmd, stdin io.Reader, args []string) ([]byte, error) {
	var out, errOut bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &limitedWriter{w: &errOut, left: 64 << 10}
	if err := cmd.Run(); err != nil {
		return out.Bytes(), explain(ctx, err, args, errOut.String())
	}
	return out.Bytes(), nil
}

// explain turns the failure of a child into the error a caller branches on.
func explain(ctx context.Context, err error, args []string, stderr string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return ErrNoGit
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("run git %s: %w", args[0], err)
	}
	if exit.ExitCode() == usageStatus && strings.Contains(stderr, "usage:") {
		return fmt.Errorf("%w (`git %s` is not known to it)", ErrTooOld, strings.Join(args, " "))
	}
	if id := unreadable(stderr); id != "" {
		return &MissingError{IDs: []string{id}}
	}
	return &commandError{args: args, status: exit.ExitCode(), stderr: stderr}
}

// MissingError names objects that the repository refers to and does not have:
// a partial clone, or a damaged store.
type MissingError struct{ IDs []string }

func (e *MissingError) Error() string {
	s := strings.Join(e.IDs[:min(len(e.IDs), 3)], ", ")
	if n := len(e.IDs) - 3; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return "this repository lacks the object " + s
}

// unreadable finds the object id in git's complaints about a missing object:
// "unable to read <id>", "missing blob <id>", "could not parse <id>" and the
// like.
func unreadable(stderr string) string {
	for _, line := range strings.Split(stderr, "\n") {
		if !strings.Contains(line, "unable to read") && !strings.Contains(line, "missing") &&
			!strings.Contains(line, "not something we can merge") && !strings.Contains(line, "bad object") &&
			!strings.Contains(line, "could not read") && !strings.Contains(line, "collect_merge_info failed") &&
			!strings.Contains(line, "unable to parse") && !strings.Contains(line, "Could not read") {
			continue
		}
		for _, word := range strings.FieldsFunc(line, func(c rune) bool {
			return c == ' ' || c == '(' || c == ')' || c == '\'' || c == ':' || c == ',' || c == '.'
		}) {
			if IsID(word) {
				return word
			}
		}
	}
	return ""
}

// limitedWriter keeps the first bytes of a stream and swallows the rest.
type limitedWriter struct {
	w    io.Writer
	left int
}

func (l *limitedWriter) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	if _, err := l.w.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}
